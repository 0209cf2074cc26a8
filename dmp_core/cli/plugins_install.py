"""`dmp plugins install`, `upgrade`, `rollback`, `remove`: plugins of others, from files, without any network."""

from collections.abc import Sequence
from pathlib import Path

import click

from dmp_core.cli.plugins import lanes_of
from dmp_core.cli.plugins_show import rights
from dmp_core.cli.setting import config_option, json_option, read_config, show_json, shows_errors
from dmp_core.errors import PluginRefused
from dmp_core.plughost.discovery import Found
from dmp_core.plughost.lanes import Lanes
from dmp_core.plughost.ledger import Grant
from dmp_core.plughost.store import Candidate

_wheel = click.argument("wheel", metavar="FILE.whl", type=click.Path(path_type=Path, exists=True, dir_okay=False))
_brought = click.option(
    "--wheel",
    "brought",
    metavar="DEP.whl",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    help="A package that the plugin needs; repeatable.",
)
yes_option = click.option("--yes", is_flag=True, help="Grant the rights that are shown, without a question.")


@click.command("install")
@_wheel
@_brought
@yes_option
@config_option
@json_option
@shows_errors
def install_command(wheel: Path, brought: tuple[Path, ...], yes: bool, files: tuple[Path, ...], as_json: bool) -> None:
    """Verify FILE.whl (its signature first), show the rights it asks, and install it in a folder of its own."""
    lanes = lanes_of(read_config(files))
    _put_in(lanes, lanes.store.candidate(wheel, brought), yes=yes, as_json=as_json)


@click.command("upgrade")
@_wheel
@_brought
@yes_option
@config_option
@json_option
@shows_errors
def upgrade_command(wheel: Path, brought: tuple[Path, ...], yes: bool, files: tuple[Path, ...], as_json: bool) -> None:
    """As install, for a plugin that is there; a running bridge takes it up within a minute."""
    lanes = lanes_of(read_config(files))
    candidate = lanes.store.candidate(wheel, brought)
    if not lanes.store.current(candidate.manifest.id):
        raise PluginRefused(f"{candidate.manifest.id} is not installed: use `dmp plugins install`")
    _put_in(lanes, candidate, yes=yes, as_json=as_json)


@click.command("rollback")
@click.argument("plugin")
@config_option
@json_option
@shows_errors
def rollback_command(plugin: str, files: tuple[Path, ...], as_json: bool) -> None:
    """Put the version before in use again; a second rollback takes it back."""
    _told({"plugin": plugin, "version": lanes_of(read_config(files)).store.roll_back(plugin)}, as_json=as_json)


@click.command("remove")
@click.argument("plugin")
@config_option
@json_option
@shows_errors
def remove_command(plugin: str, files: tuple[Path, ...], as_json: bool) -> None:
    """Take a plugin out. Documents that it should have made wait in the outbox, with that reason."""
    lanes = lanes_of(read_config(files))
    lanes.store.remove(plugin)
    lanes.ledger.forget(plugin)
    _told({"plugin": plugin, "removed": True}, as_json=as_json)


def ask_for(lines: Sequence[str], plugin: str, *, yes: bool, quiet: bool) -> None:
    """Show the rights and wait for a yes. Ends the command where there is none."""
    if not quiet:
        for line in lines:
            click.echo(line)
    if not yes:
        click.confirm(f"Grant this to {plugin}?", abort=True, err=True)


def _put_in(lanes: Lanes, candidate: Candidate, *, yes: bool, as_json: bool) -> None:
    plugin = candidate.manifest.id
    found = Found(plugin, candidate.wheel.distribution, manifest=candidate.manifest, publisher=candidate.publisher)
    asked, granted = Grant.asked_by(candidate.manifest, candidate.publisher), lanes.ledger.grant(plugin)
    more = asked.beyond(granted) if granted else ()
    signed = "signed" if candidate.signed else "UNSIGNED: production refuses it"
    lines = [f"plugin         {plugin} {candidate.manifest.version}, {signed}", *rights(found)]
    lines += [f"new            {line}" for line in more]
    if granted is None or more or granted.publisher != asked.publisher:
        ask_for(lines, plugin, yes=yes, quiet=as_json)
    lanes.store.install(candidate)
    lanes.ledger.keep_grant(plugin, asked)
    lanes.ledger.lift(plugin)
    data = {"plugin": plugin, "version": candidate.manifest.version, "digest": candidate.wheel.digest}
    _told(data | {"publisher": candidate.publisher, "signed": candidate.signed is not None}, as_json=as_json)


def _told(data: dict[str, object], *, as_json: bool) -> None:
    if as_json:
        show_json(data)
    else:
        click.echo("  ".join(f"{name}: {value}" for name, value in data.items()))
