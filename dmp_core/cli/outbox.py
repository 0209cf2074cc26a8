"""`dmp outbox`: what waits, what went, what was refused. Only while no host has the outbox open."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from dmp_core.app import App
from dmp_core.cli.setting import config_option, json_option, read_config, show_json, shows_errors, who_of
from dmp_core.model.item import OutboxItem, State
from dmp_core.outbox.states import label


@click.group("outbox")
def command() -> None:
    """What waits, what went, what was refused."""


@command.command("list")
@click.option("--all", "everything", is_flag=True, help="Also what was sent or cancelled.")
@config_option
@json_option
@shows_errors
def list_items(everything: bool, files: tuple[Path, ...], as_json: bool) -> None:
    """One line an item, oldest first."""
    hidden = frozenset() if everything else {State.SENT, State.CANCELLED, State.TRANSLATED}
    with _app(files) as app:
        items = app.outbox.in_states(frozenset(State) - hidden)
    if as_json:
        show_json([_data(item) for item in items])
    for item in () if as_json else items:
        click.echo(f"{item.id}  {item.type_id:28}  {label(item.state, item.reason)}")


@command.command("show")
@click.argument("item_id")
@config_option
@json_option
@shows_errors
def show(item_id: str, files: tuple[Path, ...], as_json: bool) -> None:
    """One item, with the reason why it waits or was refused."""
    with _app(files) as app:
        item = app.outbox.get(item_id)
    _print(item, as_json=as_json)


@command.command("history")
@click.argument("record")
@config_option
@json_option
@shows_errors
def history(record: str, files: tuple[Path, ...], as_json: bool) -> None:
    """Every save of one record of the host, oldest first, with the version that the DMP has of it."""
    with _app(files) as app:
        items = app.outbox.of_record(app.structure.national_id, record)
    if as_json:
        show_json([_data(item) for item in items])
    for item in () if as_json else items:
        version = f"version {item.frozen.version}" if item.frozen else ""
        click.echo(f"{item.accepted_at:%Y-%m-%d %H:%M}  {item.id}  {version:10}  {label(item.state, item.reason)}")


@command.command("retry")
@click.argument("item_id")
@config_option
@json_option
@shows_errors
def retry(item_id: str, files: tuple[Path, ...], as_json: bool) -> None:
    """Try a refused or waiting item again at the next delivery."""
    with _app(files) as app:
        item = app.delivery.retry(item_id, who_of(app.config))
    _print(item, as_json=as_json)


@command.command("cancel")
@click.argument("item_id")
@config_option
@json_option
@shows_errors
def cancel(item_id: str, files: tuple[Path, ...], as_json: bool) -> None:
    """Do not send an item that has not left yet."""
    with _app(files) as app:
        item = app.delivery.cancel(item_id, who_of(app.config))
    _print(item, as_json=as_json)


@contextmanager
def _app(files: tuple[Path, ...]) -> Iterator[App]:
    app = App(read_config(files))
    try:
        yield app
    finally:
        app.close()


def _print(item: OutboxItem, *, as_json: bool) -> None:
    if as_json:
        show_json(_data(item))
        return
    click.echo(f"{item.id}  {item.type_id}  {label(item.state, item.reason)}")
    if item.fault:
        click.echo(f"  {item.fault.sentence} [{item.fault.code}] {item.fault.detail}\n  {item.fault.remedy}")


def _data(item: OutboxItem) -> dict[str, object]:
    """The item without anything that tells of a patient."""
    return {
        "item": item.id,
        "type": item.type_id,
        "state": item.state,
        "label": label(item.state, item.reason),
        "accepted_at": item.accepted_at.isoformat(),
        "unique_id": item.frozen.unique_id if item.frozen else None,
        "version": item.frozen.version if item.frozen else None,
        "fault": item.fault.model_dump() if item.fault else None,
    }
