"""The command line: each command is a module of this package, loaded when it is called."""

from importlib import import_module
from typing import Final

import click

COMMANDS: Final = {
    "demo": "A pharmacy in the browser; or the main job on the terminal: a document fed, a record read.",
    "serve": "The bridge, for a host that starts it as a child.",
    "simulate": "A DMP on this machine, for developers.",
    "cards": "Emulated cards of a simulation: put one into a reader, take it out.",
    "feed": "Feed one document and wait for the DMP's answer.",
    "consult": "List a patient's record.",
    "certificate": "The pharmacy's certificates: import, list, go back to another.",
    "doctor": "What works on this computer and what does not, with the remedy.",
    "support": "One file for whoever helps: doctor, versions, events; nothing of a patient.",
    "identify": "Try Pro Santé Connect: who are you, and where do you exercise?",
    "documents": "Types of document: list them, build one, show it, check it.",
    "plugins": "Plugins: list, install, sign, switch.",
    "emit": "For authors: give events to a plugin and see what it answers.",
    "rules": "The rules of ANS: install, list, remove.",
    "outbox": "What waits, what went, what was refused.",
    "audit": "Who did what with the DMP, with the VIHF of every exchange.",
    "bench": "What the parts cost on this machine, beside a floor of the same run.",
}


class Commands(click.Group):
    """Lists the commands without loading them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"dmp_core.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="dmp-core")
def main() -> None:
    """The DMP for pharmacy software."""
