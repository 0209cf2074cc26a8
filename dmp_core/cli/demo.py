"""`dmp demo`: a pharmacy in the browser, or the two roads on the terminal; each part in its own process as in life."""

import sys
import tempfile
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import click

from dmp_core.cli.demo_counter import open_counter
from dmp_core.cli.demo_record import write_record
from dmp_core.cli.demo_stage import Stage, Step
from dmp_core.cli.setting import json_option, show_json, shows_errors
from dmp_core.model.access import Mode

_RUNS: Final = {"direct": (Mode.DIRECT, Mode.DIRECT), "indirect": (Mode.INDIRECT, Mode.AIR)}


@click.command("demo")
@click.option("--scenario", type=click.Choice(["feed", "consult"]), help="One road, on this terminal.")
@click.option("--mode", type=click.Choice(list(_RUNS)), help="Feed in one mode only. Default: each in turn.")
@click.option(
    "--documents",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Consult: a folder of CDA files becomes the simulated record, and every patient of it is read.",
)
@click.option("--cards", is_flag=True, help="The pharmacy works on its professional's card, an emulated one.")
@click.option("--no-browser", is_flag=True, help="Print the address of the pharmacy without opening it.")
@json_option
@shows_errors
def command(
    scenario: str | None, mode: str | None, documents: Path | None, cards: bool, no_browser: bool, as_json: bool
) -> None:
    """A small pharmacy software in the browser, beside a simulated DMP: no server, no card, no account. Ctrl+C ends it.

    Beside its menu stand two readers with emulated cards to put in and take out, the carte Vitale among them. With
    --cards the pharmacy feeds and reads by the CPS in them (code 1234); without it, by certificates in files.

    With --scenario, --mode, --documents or --json it plays the main job on this terminal instead (without --scenario:
    both roads); the exit status is then 0 only if what was fed, or stood in the record, was read back identical.
    """
    on_terminal = scenario or mode or documents or as_json
    if on_terminal and (no_browser or cards):
        raise click.UsageError("--no-browser and --cards go with the pharmacy in the browser")
    if documents and scenario == "feed":
        raise click.UsageError("--documents goes with --scenario consult")
    show = _silent if as_json else _print_step
    results = []
    with tempfile.TemporaryDirectory(prefix="dmp-demo-", ignore_cleanup_errors=True) as folder:
        if not on_terminal:
            open_counter(Path(folder), browser=not no_browser, cards=cards)
            return
        if scenario != "consult" and not documents:
            results.append(_feed(Path(folder) / "feed", [mode] if mode else list(_RUNS), show))
        if scenario != "feed":
            results.append(_consult(Path(folder) / "consult", documents, show))
    if as_json:
        show_json(results[0] if len(results) == 1 else {"ok": all(one["ok"] for one in results), "scenarios": results})
    else:
        for result in results:
            _print_end(result)
    sys.exit(0 if all(result["ok"] for result in results) else 1)


def _feed(folder: Path, modes: Sequence[str], show: Callable[[Step], None]) -> dict[str, Any]:
    """A vaccination, saved in the LGO, is in the record: once for each mode, all in one record."""
    runs = []
    with Stage(folder) as stage:
        for mode in modes:
            feeds, reads = _RUNS[mode]
            show(Step.title(f"Alimenter en mode {feeds.name.lower()}, lire en mode {reads.name.lower()}"))
            config = stage.config(mode, feed_mode=feeds, read_mode=reads)
            steps, ended = stage.lgo("feed", config, "--save", f"demonstration-{mode}", show=show)
            ok = ended and any(step.name == "compare" and step.ok for step in steps)
            runs.append({"feed": feeds.name.lower(), "read": reads.name.lower(), "ok": ok, "steps": _data(steps)})
    return {"scenario": "feed", "ok": all(run["ok"] for run in runs), "runs": runs}


def _consult(folder: Path, documents: Path | None, show: Callable[[Step], None]) -> dict[str, Any]:
    """Every document of the record is listed and comes back byte for byte."""
    show(Step.title("Accéder au DMP : lister, ouvrir"))
    source = documents or write_record(folder / "record")
    with Stage(folder, source) as stage:
        steps, ended = stage.lgo("consult", stage.config("consult"), show=show)
        loaded = stage.loaded()
    read = {one["unique_id"]: one for step in steps for one in step.documents}
    found = [_compared(source / one["file"], read.get(one["unique_id"])) for one in loaded if one["unique_id"]]
    refused = [{"file": one["file"], "reason": one["reason"]} for one in loaded if not one["unique_id"]]
    ok = ended and bool(found) and all(one["identical"] for one in found)
    return {"scenario": "consult", "ok": ok, "documents": found, "refused": refused, "steps": _data(steps)}


def _compared(file: Path, read: dict[str, Any] | None) -> dict[str, Any]:
    """One file of the record, as it was listed, and whether the bytes that came back are its own."""
    expected = sha256(file.read_bytes()).hexdigest()
    return {"file": file.name, **(read or {}), "identical": read is not None and read["sha256"] == expected}


def _data(steps: Sequence[Step]) -> list[dict[str, Any]]:
    """The steps for a transcript; the documents stand beside them."""
    return [{key: value for key, value in step.data.items() if key != "documents"} for step in steps]


def _silent(_step: Step) -> None:
    """Nothing is printed before the transcript."""


def _print_step(step: Step) -> None:
    if step.is_title:
        click.secho(f"\n{step.name}", bold=True)
        return
    mark = click.style("✓", fg="green") if step.ok else click.style("✗", fg="red")
    transaction, state = step.data.get("transaction", ""), step.data.get("state", "")
    click.echo(f" {mark} {step.name:16} {transaction:6} {state:22} {step.data['ms']:6} ms  {step.data['detail']}")
    for one in step.documents:
        click.echo(f"     {one['date'][:8]}  {one['type']:36.36}  {one['author']:24.24}  {one['title']:.60}")


def _print_end(result: dict[str, Any]) -> None:
    for one in result.get("refused", ()):
        click.echo(f"   {one['file']} : non déposé, {one['reason']}")
    for one in result.get("documents", ()):
        if not one["identical"]:
            click.echo(f"   {one['file']} : relu différent, ou pas du tout")
    if result["scenario"] == "feed":
        said = "le document déposé a été relu à l’identique" if result["ok"] else "le document n’a pas fait le trajet"
    else:
        count = sum(one["identical"] for one in result["documents"])
        said = f"{count} document(s) sur {len(result['documents'])} relus à l’identique"
    click.secho(f"\n{result['scenario']} : {said}", fg="green" if result["ok"] else "red", bold=True)
