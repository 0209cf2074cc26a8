"""`dmp plugins new`: a plugin that passes its own tests and the conformance suite, to change from there."""

from dataclasses import replace
from pathlib import Path

import click

from dmp_core.cli.setting import json_option, show_json, shows_errors
from dmp_core.testing import new


@click.command("new")
@click.argument("name")
@click.option(
    "--kind", type=click.Choice(new.KINDS), required=True, help="host: a way in, a program beside the bridge."
)
@click.option("--no-input", is_flag=True, help="Ask nothing: take the usual names.")
@click.option(
    "--into",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    default=Path(),
    help="Folder in which the folder NAME is made. Default: here.",
)
@json_option
@shows_errors
def new_command(name: str, kind: str, no_input: bool, into: Path, as_json: bool) -> None:
    """Make a plugin in a new folder NAME, with its tests and its CI; the licence is yours to choose."""
    try:
        names = new.usual(name, kind)
        if not no_input:
            names = _asked(names, kind)
        files = new.render(into / name, kind, names)
    except new.NameRefused as error:
        raise click.UsageError(str(error)) from error
    if as_json:
        show_json({"folder": str(into / name), "kind": kind, "files": [str(file) for file in files]})
        return
    for file in files:
        click.echo(file)
    click.echo(f"\ncd {into / name}\npython -m pytest\ndmp plugins check .")


def _asked(names: new.Names, kind: str) -> new.Names:
    names = replace(names, description=click.prompt("What it does, in one line", default=names.description))
    if kind == "document":
        return replace(names, label=click.prompt("The type of document, as the counter calls it", default=names.label))
    return replace(names, host=click.prompt("The software that it is for", default=names.host))
