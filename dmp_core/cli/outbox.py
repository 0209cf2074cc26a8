"""`dmp outbox`: what waits, what went, what was refused. Only while no host has the outbox open."""

from pathlib import Path

import click

from dmp_core.cli import outbox_bonus, outbox_correct
from dmp_core.cli.outbox_shown import data_of, opened, print_item
from dmp_core.cli.setting import config_option, json_option, show_json, shows_errors, who_of
from dmp_core.errors import ItemsUnreadable
from dmp_core.model.item import State
from dmp_core.outbox.corrections import label_of
from dmp_core.outbox.states import loss


@click.group("outbox")
def command() -> None:
    """What waits, what went, what was refused."""


@command.command("list")
@click.option("--all", "everything", is_flag=True, help="Also what was sent or cancelled.")
@config_option
@json_option
@shows_errors
def list_items(everything: bool, files: tuple[Path, ...], as_json: bool) -> None:
    """One line an item, oldest first; on standard error those that no longer read."""
    hidden = frozenset() if everything else {State.SENT, State.CANCELLED, State.TRANSLATED}
    with opened(files) as app:
        items = app.outbox.in_states(frozenset(State) - hidden)
        app.store_watch.look()
        damaged = app.store_watch.damaged(app.structure.national_id)
    if damaged:
        click.echo(f"{ItemsUnreadable.sentence} [{ItemsUnreadable.code}]", err=True)
    for lost in damaged:
        saved = f"{lost.accepted_at:%Y-%m-%d %H:%M}" if lost.accepted_at else ""
        click.echo(f"{lost.id}  {lost.type_id or '':28}  {saved}  {loss(lost.state)}", err=True)
    if as_json:
        show_json([data_of(item) for item in items])
    for item in () if as_json else items:
        click.echo(f"{item.id}  {item.type_id:28}  {label_of(item)}")


@command.command("show")
@click.argument("item_id")
@config_option
@json_option
@shows_errors
def show(item_id: str, files: tuple[Path, ...], as_json: bool) -> None:
    """One item, with the reason why it waits or was refused."""
    with opened(files) as app:
        item = app.outbox.get(item_id)
    print_item(item, as_json=as_json)


@command.command("history")
@click.argument("record")
@config_option
@json_option
@shows_errors
def history(record: str, files: tuple[Path, ...], as_json: bool) -> None:
    """Every save of one record of the host, oldest first, with the version that the DMP has of it."""
    with opened(files) as app:
        items = app.outbox.of_record(app.structure.national_id, record)
    if as_json:
        show_json([data_of(item) for item in items])
    for item in () if as_json else items:
        version = f"version {item.frozen.version}" if item.frozen else ""
        click.echo(f"{item.accepted_at:%Y-%m-%d %H:%M}  {item.id}  {version:10}  {label_of(item)}")


@command.command("retry")
@click.argument("item_id")
@config_option
@json_option
@shows_errors
def retry(item_id: str, files: tuple[Path, ...], as_json: bool) -> None:
    """Try a refused or waiting item again at the next delivery."""
    with opened(files) as app:
        item = app.delivery.retry(item_id, who_of(app.config))
    print_item(item, as_json=as_json)


@command.command("cancel")
@click.argument("item_id")
@config_option
@json_option
@shows_errors
def cancel(item_id: str, files: tuple[Path, ...], as_json: bool) -> None:
    """Do not send an item that has not left yet."""
    with opened(files) as app:
        item = app.delivery.cancel(item_id, who_of(app.config))
    print_item(item, as_json=as_json)


for further in (*outbox_correct.COMMANDS, outbox_bonus.bonus):
    command.add_command(further)
