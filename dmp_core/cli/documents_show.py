"""`dmp documents show FILE`: a CDA as a pharmacist reads it, as a page that stands alone."""

from pathlib import Path
from typing import BinaryIO

import click

from dmp_core.cli.setting import json_option, show_json, shows_errors
from dmp_core.documents.viewer import View, page, render
from dmp_core.documents.viewer.words import NOTICES, summary


@click.command("show")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("-o", "--output", type=click.File("wb", lazy=True), help="File of the page (HTML); - for stdout.")
@json_option
@shows_errors
def command(file: Path, output: BinaryIO | None, as_json: bool) -> None:
    """Show the CDA in FILE: what it is, what is said above it, which files it holds. The page itself goes to --output.

    The page runs no script and loads nothing; files that are not shown in it are offered there.
    """
    view = render(file.read_bytes())
    if output is not None:
        output.write(page(view))
    if as_json:
        show_json(_told(view))
        return
    click.echo(f"{view.type_code.label} ({view.type_code.code}), version {view.version}")
    for notice in view.notices:
        click.echo(f"  {NOTICES[notice][1]}")
    if view.removed:
        click.echo(f"  {summary(view.removed)}")
    for attachment in view.attachments:
        click.echo(f"  {attachment.name}  {attachment.label}, {attachment.access}  {attachment.reason}".rstrip())


def _told(view: View) -> dict[str, object]:
    return {
        "unique_id": view.unique_id,
        "version": view.version,
        "type_code": view.type_code.code,
        "class_code": view.class_code,
        "blocked": view.blocked,
        "notices": list(view.notices),
        "removed": dict(view.removed),
        "attachments": [
            {
                "name": one.name,
                "media_type": one.media_type,
                "access": one.access,
                "reason": one.reason,
                "bytes": len(one.content),
            }
            for one in view.attachments
        ],
    }
