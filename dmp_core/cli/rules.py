"""`dmp rules`: the rules of ANS on this machine, put in, told, taken out."""

import sys
from pathlib import Path

import click

from dmp_core.cli.setting import config_option, json_option, read_config, show_json, shows_errors
from dmp_core.rules import installation
from dmp_core.rules.checking import FOLDER
from dmp_core.rules.ruleset import RuleSet
from dmp_core.system import SystemClock

data_option = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the data; default: the one that the configuration names.",
)


@click.group("rules")
def command() -> None:
    """The rules that ANS publishes for CDA documents. They are not shipped: download them, then install them here."""


@command.command("install")
@click.argument("source", type=click.Path(path_type=Path, exists=True))
@click.option("--name", help="Name of the set in the configuration; default: that of the package.")
@data_option
@config_option
@json_option
@shows_errors
def install(source: Path, name: str | None, data: Path | None, files: tuple[Path, ...], as_json: bool) -> None:
    """Verify the package of ANS (a folder or a ZIP), translate its rules, and install them beside those there."""
    folder = _folder(data, files)
    with click.progressbar(length=0, label="ANS", file=sys.stderr, hidden=as_json) as bar:

        def told(done: int, of_all: int) -> None:
            bar.length = of_all
            bar.update(done - bar.pos)

        found = installation.install(source, folder, name=name, at=SystemClock().now(), progress=told)
    if as_json:
        show_json(found.model_dump(mode="json"))
        return
    click.echo(_line(found))
    for note in found.notes:
        click.echo(f"  {note}")


@command.command("list")
@data_option
@config_option
@json_option
@shows_errors
def list_sets(data: Path | None, files: tuple[Path, ...], as_json: bool) -> None:
    """One line a set."""
    folder = _folder(data, files)
    found = installation.installed(folder)
    if as_json:
        show_json([one.model_dump(mode="json") for one in found])
        return
    for one in found:
        click.echo(_line(one))
    for name in sorted({*installation.names(folder)} - {one.name for one in found}):
        click.echo(f"{name}  cannot be used: remove it and install it again")


@command.command("remove")
@click.argument("name")
@data_option
@config_option
@json_option
@shows_errors
def remove(name: str, data: Path | None, files: tuple[Path, ...], as_json: bool) -> None:
    """Take a set out."""
    installation.remove(_folder(data, files), name)
    if as_json:
        show_json({"removed": name})


def _folder(data: Path | None, files: tuple[Path, ...]) -> Path:
    return (data or read_config(files).data) / FOLDER


def _line(one: RuleSet) -> str:
    return f"{one.name}  {one.dated or ''}  {len(one.general)} + {len(one.types)} schematrons  {one.digest[:12]}"
