"""`dmp plugins`: which plugins there are, and those of others: installed, signed, switched; loaded when called."""

from importlib import import_module
from typing import Final

import click

from dmp_core.config import Config
from dmp_core.plughost.host import PluginHost
from dmp_core.plughost.lanes import Lanes
from dmp_core.system import SystemClock

COMMANDS: Final = {
    "new": ("plugins_new", "For authors: a new plugin, with its tests and its CI."),
    "check": ("plugins_check", "For authors: whether a plugin keeps the rules of all plugins."),
    "why": ("plugins_why", "Why a hook of a plugin was not called, in one line."),
    "list": ("plugins_list", "Every plugin, where it runs, and why one does not."),
    "show": ("plugins_show", "One plugin: its rights, its publisher, its versions; --try starts it."),
    "logs": ("plugins_show", "What a plugin printed."),
    "install": ("plugins_install", "Install a plugin from its wheel, offline."),
    "upgrade": ("plugins_install", "Put a newer version in the place of the one in use."),
    "rollback": ("plugins_install", "Put the version before in use again."),
    "remove": ("plugins_install", "Take a plugin out with all its versions."),
    "enable": ("plugins_switch", "Let a plugin run, with the rights it asks; end its quarantine."),
    "disable": ("plugins_switch", "Let a plugin run no more."),
    "keygen": ("plugins_sign", "For publishers: a new key."),
    "sign": ("plugins_sign", "For publishers: sign a wheel."),
}


class PluginCommands(click.Group):
    """Lists the commands without loading them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        found: click.Command = getattr(import_module(f"dmp_core.cli.{COMMANDS[cmd_name][0]}"), f"{cmd_name}_command")
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, told) for name, (_, told) in COMMANDS.items()])


@click.group("plugins", cls=PluginCommands)
def command() -> None:
    """Plugins: those beside the core, and those installed from wheels in a folder of their own."""


def lanes_of(config: Config) -> Lanes:
    """The plugins of this installation, under its rules."""
    return Lanes(config.plugins.trust(config.data, config.environment), SystemClock())


def host_of(config: Config, *more: str) -> PluginHost:
    """The host as a bridge would make it, with `more` plugins enabled."""
    return PluginHost(
        [*config.plugins.enabled, *more],
        clock=SystemClock(),
        settings=config.plugins.settings,
        policies=config.documents.policies,
        choices=config.documents.plugins,
        trust=config.plugins.trust(config.data, config.environment),
    )
