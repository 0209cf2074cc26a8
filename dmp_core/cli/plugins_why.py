"""`dmp plugins why NAME [HOOK]`: in one line, why a hook was not called."""

from pathlib import Path

import click

from dmp_core.cli.plugins import lanes_of
from dmp_core.cli.plugins_dir import loose_plugins, plugins_dir_option
from dmp_core.cli.setting import config_option, json_option, read_config, show_json, shows_errors
from dmp_core.config import Config
from dmp_core.plughost.hooks import HOOKS
from dmp_core.plughost.host import PluginHost
from dmp_core.plughost.why import why
from dmp_core.system import SystemClock


@click.command("why")
@click.argument("plugin")
@click.argument("hook", type=click.Choice(list(HOOKS)), required=False)
@plugins_dir_option
@config_option
@json_option
@shows_errors
def why_command(
    plugin: str, hook: str | None, plugins_dir: Path | None, files: tuple[Path, ...], as_json: bool
) -> None:
    """Say why HOOK of PLUGIN (any of its hooks, if none is named) was not called, or when it is."""
    line = told(read_config(files), plugin, hook, plugins_dir)
    if as_json:
        show_json({"plugin": plugin, "hook": hook, "why": line})
    else:
        click.echo(line)


def told(config: Config, plugin: str, hook: str | None, plugins_dir: Path | None = None) -> str:
    """The line. The plugin is started once, as a bridge would. Raises ConfigInvalid."""
    lanes, more = lanes_of(config), loose_plugins(config, plugins_dir)
    host = PluginHost(
        config.plugins.enabled,
        clock=SystemClock(),
        settings=config.plugins.settings,
        choices=config.documents.plugins,
        trust=config.plugins.trust(config.data, config.environment),
        more=more or tuple,
    )
    try:
        host.try_out(plugin)
        host.types()
        states = [state for state in host.report() if state.id == plugin]
    finally:
        host.close()
    found = [*(more() if more else ()), *lanes.find()]
    manifest = next((one.manifest for one in found if one.id == plugin and one.manifest), None)
    return why(plugin, hook, states, manifest=manifest, switched=lanes.ledger.switched(plugin))
