"""`dmp doctor`: what works on this computer and what does not, each with its remedy."""

import sys
from pathlib import Path
from typing import Any, Final

import click

from dmp_core.cards.pin import Pin
from dmp_core.cli.doctor_setup import diagnose
from dmp_core.cli.setting import config_option, json_option, read_config, show_json, shows_errors
from dmp_core.services.doctor.examination import Group
from dmp_core.services.doctor.finding import Severity

_MARKS: Final = {
    Severity.OK: ("✓", "green"),
    Severity.INFO: ("·", "blue"),
    Severity.WARNING: ("!", "yellow"),
    Severity.ERROR: ("✗", "red"),
}


@click.command("doctor")
@click.option("--structure", help="Struct_IdNat, where several are configured.")
@click.option("--code", is_flag=True, help="Ask for the card's code, to compare the structures on the card.")
@click.option("--all", "everything", is_flag=True, help="Show what works as well.")
@config_option
@json_option
@shows_errors
def command(structure: str | None, code: bool, everything: bool, files: tuple[Path, ...], as_json: bool) -> None:
    """Look at readers, cards, certificates, network, clock and plugins; nothing of a patient is read or shown.

    The exit status is 1 where something does not work.
    """
    groups = diagnose(read_config(files), structure, _ask if code else None)
    if as_json:
        show_json(as_data(groups))
    else:
        _show(groups, everything=everything)
    sys.exit(1 if any(group.worst is Severity.ERROR for group in groups) else 0)


def as_data(groups: tuple[Group, ...]) -> dict[str, Any]:
    """The diagnosis for `--json` and for whoever helps."""
    return {
        "ok": all(group.worst is not Severity.ERROR for group in groups),
        "groups": [
            {
                "id": group.id,
                "title": group.title,
                "worst": str(group.worst),
                "findings": [finding.as_data() for finding in group.findings],
            }
            for group in groups
        ],
    }


def _show(groups: tuple[Group, ...], *, everything: bool) -> None:
    for group in groups:
        shown = [one for one in group.findings if everything or one.severity not in (Severity.OK, Severity.INFO)]
        mark, colour = _MARKS[group.worst]
        click.echo(f"{click.style(mark, fg=colour)} {group.title}")
        for finding in shown:
            sign, tint = _MARKS[finding.severity]
            code = f" [{finding.code}]" if finding.code else ""
            click.echo(f"   {click.style(sign, fg=tint)} {finding.text}{code}")
            if finding.remedy:
                click.echo(f"     → {finding.remedy}")
    count = sum(one.severity is Severity.ERROR for group in groups for one in group.findings)
    click.echo("\nTout fonctionne." if not count else f"\n{count} point(s) à corriger.")


def _ask(tries_left: int) -> Pin | None:
    """The code of the card, typed without being shown; an empty one leaves the card alone."""
    typed: str = click.prompt(
        f"Code de la carte CPS ({tries_left} essais ; Entrée pour passer)",
        hide_input=True,
        default="",
        show_default=False,
        err=True,
    )
    return Pin(bytearray(typed, "utf-8")) if typed else None
