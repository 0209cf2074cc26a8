"""What the commands of the outbox share: the outbox opened, an item told without anything of its patient."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from dmp_core.app import App
from dmp_core.cli import emulated
from dmp_core.cli.setting import read_config, show_json
from dmp_core.model.item import CorrectionState, Fault, OutboxItem
from dmp_core.outbox import corrections
from dmp_core.outbox.states import fate


@contextmanager
def opened(files: tuple[Path, ...]) -> Iterator[App]:
    """The app of this configuration, closed in the end. Raises OutboxLocked while a host has it open."""
    config = read_config(files)
    app = App(config, **emulated.parts(config))
    try:
        yield app
    finally:
        app.close()


def print_item(item: OutboxItem, *, as_json: bool) -> None:
    """One item, with what was done to it after it was sent, and why it waits or was refused."""
    if as_json:
        show_json(data_of(item))
        return
    click.echo(f"{item.id}  {item.type_id}  {corrections.label_of(item)}")
    _print_fault(item.fault)
    if item.fault and fate(item.state):
        click.echo(f"  {fate(item.state)}")
    for one in item.corrections:
        click.echo(f"  {one.asked_at:%Y-%m-%d %H:%M}  {corrections.label(one)}  ({one.who.operator.id})")
        _print_fault(one.fault)
        if one.fault and one.state is CorrectionState.PENDING:
            click.echo("  Le logiciel vérifie auprès du DMP si c’est fait, et ne recommence que si ce ne l’est pas.")


def data_of(item: OutboxItem) -> dict[str, object]:
    """The item without anything that tells of a patient."""
    return {
        "item": item.id,
        "type": item.type_id,
        "state": item.state,
        "label": corrections.label_of(item),
        "accepted_at": item.accepted_at.isoformat(),
        "unique_id": item.frozen.unique_id if item.frozen else None,
        "version": item.frozen.version if item.frozen else None,
        "fault": item.fault.model_dump() if item.fault else None,
        "corrections": [
            {
                "kind": one.kind,
                "state": one.state,
                "reason": one.reason,
                "visibility": one.visibility.model_dump() if one.visibility else None,
                "by": one.who.operator.id,
                "asked_at": one.asked_at.isoformat(),
                "fault": one.fault.model_dump() if one.fault else None,
            }
            for one in item.corrections
        ],
    }


def _print_fault(fault: Fault | None) -> None:
    if fault:
        told = f"{fault.sentence} [{fault.code}] {fault.detail}".rstrip(), fault.dmp_text, fault.remedy
        click.echo("\n".join(f"  {line}" for line in told if line))
