"""`dmp documents types`: the types of document that the installed plugins bring."""

from typing import Any

import click

from dmp_core.cli.documents import document_plugins
from dmp_core.cli.setting import json_option, show_json, shows_errors
from dmp_core.model.document import FeedPolicy
from dmp_core.plughost.offers import ResolvedType


@click.command("types")
@json_option
@shows_errors
def command(as_json: bool) -> None:
    """List the types: what hosts write in `document/saved`, the official code, how they leave, who brings them."""
    plugins = document_plugins()
    rows = [_row(brought, plugins.policy(type_id)) for type_id, brought in sorted(plugins.types().items())]
    if as_json:
        show_json(rows)
        return
    for row in rows:
        click.echo(f"{row['id']:32} {row['type_code']:10} {row['policy']:10} {row['plugin']:22} {row['label']}")


def _row(brought: ResolvedType, policy: FeedPolicy) -> dict[str, Any]:
    kind = brought.type
    return {
        "id": kind.id,
        "type_code": kind.type_code.code,
        "label": kind.label,
        "policy": policy,
        "plugin": brought.plugin,
        "class_code": kind.class_code.code,
        "format_code": kind.format_code.code,
        "level": 3 if kind.templates else 1,
        "example": kind.example is not None,
    }
