"""`dmp documents map --mapping TABLE FILE`: what a table makes of a host's export, before a pharmacy uses it."""

from pathlib import Path

import click

from dmp_core.api.mapping import documents, read_mapping
from dmp_core.cli.setting import show_json, shows_errors
from dmp_core.errors import ContentInvalid

_FILE = click.Path(path_type=Path, dir_okay=False, exists=True)


@click.command("map")
@click.option("--mapping", "table", type=_FILE, required=True, help="TOML file in the mapping language.")
@click.argument("file", type=_FILE)
@shows_errors
def command(table: Path, file: Path) -> None:
    """Print, as JSON, each document that FILE holds; files that it names are taken from its folder."""

    def beside(name: str) -> bytes:
        if Path(name).name != name:
            raise ContentInvalid("a file joined stands in the folder of the export")
        try:
            return (file.parent / name).read_bytes()
        except OSError as error:
            raise ContentInvalid(f"a file joined cannot be read: {error.strerror}") from None

    found = documents(read_mapping(table.read_bytes()), file.read_bytes(), beside)
    show_json([document.model_dump(mode="json", exclude_none=True) for document in found])
