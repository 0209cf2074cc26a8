"""`dmp cards`: put an emulated card of a simulation into a reader, and take it out."""

from pathlib import Path

import click

from dmp_core.cli.setting import config_option, json_option, read_config, show_json, shows_errors
from dmp_core.errors import ConfigInvalid
from dmp_core.testing.card_tray import KINDS, CardTray


@click.group("cards")
def command() -> None:
    """Emulated cards, in simulation only: `dmp simulate --cards` prepares them."""


@command.command("list")
@config_option
@json_option
@shows_errors
def show(files: tuple[Path, ...], as_json: bool) -> None:
    """What is in the readers, and which cards there are."""
    tray = _tray(files)
    if as_json:
        show_json({"readers": tray.cards(), "cards": dict(KINDS)})
        return
    for reader, kind in tray.cards().items():
        click.echo(f"{reader} : {kind or 'vide'}")
    for kind, words in KINDS.items():
        click.echo(f"  {kind:16} {words}")


@command.command("insert")
@click.argument("card", type=click.Choice(list(KINDS)))
@click.option("--reader", help="As `dmp cards list` names it. Default: the first empty one.")
@config_option
@shows_errors
def insert(card: str, reader: str | None, files: tuple[Path, ...]) -> None:
    """Put CARD into a reader."""
    click.echo(f"{_tray(files).insert(card, reader)} : {card}")


@command.command("remove")
@click.option("--reader", help="As `dmp cards list` names it. Default: all of them.")
@config_option
@shows_errors
def remove(reader: str | None, files: tuple[Path, ...]) -> None:
    """Take the cards out."""
    for name in _tray(files).remove(reader):
        click.echo(f"{name} : vide")


def _tray(files: tuple[Path, ...]) -> CardTray:
    folder = read_config(files).cards.emulated
    if folder is None:
        raise ConfigInvalid(
            "cards.emulated is not set: `dmp simulate --cards` writes cards.toml, a layer over dmp.toml"
        )
    return CardTray(folder)
