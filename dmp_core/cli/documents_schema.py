"""`dmp documents schema TYPE`: what a host hands over in `document/saved`."""

import click

from dmp_core.cli.documents import document_plugins
from dmp_core.cli.setting import show_json, shows_errors
from dmp_core.errors import NotFound


@click.command("schema")
@click.argument("type_id", metavar="TYPE")
@shows_errors
def command(type_id: str) -> None:
    """Print the JSON schema of the content of TYPE."""
    model = document_plugins().type_of(type_id).type.content_model
    if model is None:
        raise NotFound("this type takes a finished file: it has no content model")
    show_json(model.model_json_schema())
