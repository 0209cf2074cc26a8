"""`dmp documents`: which types of document there are, and what one is made of; each command is loaded when called."""

from importlib import import_module
from typing import Final

import click

from dmp_core.config import Config
from dmp_core.plughost.discovery import discover
from dmp_core.plughost.guard import Status
from dmp_core.plughost.host import PluginHost
from dmp_core.plughost.manifest import Kind
from dmp_core.system import SystemClock

COMMANDS: Final = {
    "types": "The types of document that the installed plugins bring.",
    "schema": "The JSON schema of a type's content, for hosts.",
    "build": "Make the CDA of a content, or of the type's own example.",
    "show": "Show a CDA as a pharmacist reads it.",
    "map": "Say what a table makes of a host’s export.",
    "check": "Check a CDA against our rules and those of ANS.",
}


class DocumentCommands(click.Group):
    """Lists the commands without loading them: `name` is in `documents_name.py`."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        found: click.Command = import_module(f"dmp_core.cli.documents_{cmd_name}").command
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group("documents", cls=DocumentCommands)
def command() -> None:
    """Types of document, for those who write hosts and plugins. No configuration is needed."""


def document_plugins(config: Config | None = None) -> PluginHost:
    """Every installed plugin that brings documents, with the settings of `config`; what cannot start goes to stderr."""
    plugins = PluginHost(
        [found.id for found in discover() if found.manifest and found.manifest.kind is Kind.DOCUMENT],
        clock=SystemClock(),
        settings=config.plugins.settings if config else None,
        policies=config.documents.policies if config else None,
        choices=config.documents.plugins if config else None,
        time_zone=time_zone_of(config),
        trust=config.plugins.trust(config.data, config.environment) if config else None,
    )
    plugins.types()
    for state in plugins.report():
        if state.reason and state.status is not Status.FOUND:
            click.echo(f"{state.id}: {state.reason}", err=True)
    return plugins


def time_zone_of(config: Config | None) -> str:
    """Where the pharmacy is. Raises ConfigInvalid."""
    return config.the_structure(None).time_zone if config else "Europe/Paris"
