"""`dmp plugins enable` and `disable`: by hand, over what the configuration says."""

from pathlib import Path

import click

from dmp_core.cli.plugins import lanes_of
from dmp_core.cli.plugins_install import ask_for, yes_option
from dmp_core.cli.plugins_show import rights, trial
from dmp_core.cli.setting import config_option, json_option, read_config, show_json, shows_errors
from dmp_core.errors import NotFound, PluginRefused
from dmp_core.plughost.ledger import Grant


@click.command("enable")
@click.argument("plugin")
@yes_option
@config_option
@json_option
@shows_errors
def enable_command(plugin: str, yes: bool, files: tuple[Path, ...], as_json: bool) -> None:
    """Let a plugin run: its rights are shown and granted, its quarantine ends, and it is started once."""
    config = read_config(files)
    lanes = lanes_of(config)
    found = [one for one in lanes.find() if one.id == plugin]
    if not found:
        raise NotFound("no plugin of this name is installed")
    usable = [one for one in found if not one.reason and one.manifest is not None]
    if not usable or usable[0].manifest is None:
        raise PluginRefused(f"{plugin}: {found[0].reason}")
    asked, granted = Grant.asked_by(usable[0].manifest, usable[0].publisher), lanes.ledger.grant(plugin)
    if granted is None or granted.publisher != asked.publisher or asked.beyond(granted):
        ask_for(rights(usable[0]), plugin, yes=yes, quiet=as_json)
        lanes.ledger.keep_grant(plugin, asked)
    lanes.ledger.lift(plugin)
    lanes.ledger.switch(plugin, None if plugin in config.plugins.enabled else True)
    told = trial(config, plugin)
    if as_json:
        show_json({"plugin": plugin, **told})
    else:
        click.echo(f"{plugin}: {told['status']}  {told['reason']}".rstrip())
        for name, state in told["isolation"].items():
            click.echo(f"  {name:12} {state}")


@click.command("disable")
@click.argument("plugin")
@config_option
@json_option
@shows_errors
def disable_command(plugin: str, files: tuple[Path, ...], as_json: bool) -> None:
    """Let a plugin run no more; a running bridge takes it up within a minute."""
    config = read_config(files)
    lanes_of(config).ledger.switch(plugin, False if plugin in config.plugins.enabled else None)
    if as_json:
        show_json({"plugin": plugin, "enabled": False})
