"""`dmp plugins show` and `dmp plugins logs`: one plugin, what it may do, what it did."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from dmp_core.cli.plugins import host_of, lanes_of
from dmp_core.cli.setting import config_option, json_option, read_config, show_json, shows_errors
from dmp_core.config import Config
from dmp_core.errors import NotFound
from dmp_core.plughost.discovery import Found
from dmp_core.plughost.ledger import Grant


@click.command("show")
@click.argument("plugin")
@click.option("--try", "tried", is_flag=True, help="Start it as a bridge would, ask what it provides, say what holds.")
@config_option
@json_option
@shows_errors
def show_command(plugin: str, tried: bool, files: tuple[Path, ...], as_json: bool) -> None:
    """Show one plugin. Without --try nothing of it is imported."""
    config = read_config(files)
    data = described(config, plugin)
    if tried:
        data |= trial(config, plugin)
    if as_json:
        show_json(data)
        return
    for name, value in data.items():
        click.echo(f"{name:14} {_text(value)}".rstrip())


@click.command("logs")
@click.argument("plugin")
@config_option
@shows_errors
def logs_command(plugin: str, files: tuple[Path, ...]) -> None:
    """Show the newest part of what a plugin printed in its worker; in production only how much it was."""
    config = read_config(files)
    if printed := lanes_of(config).prints.read(plugin):
        click.echo(printed, nl=False)
        return
    described(config, plugin)  # raises NotFound
    click.echo(f"{plugin} printed nothing", err=True)


def described(config: Config, plugin: str) -> dict[str, Any]:
    """All that is known of a plugin. Raises NotFound."""
    lanes = lanes_of(config)
    found = [one for one in lanes.find() if one.id == plugin]
    if not found:
        raise NotFound("no plugin of this name is installed")
    quarantine, granted = lanes.ledger.quarantine(plugin), lanes.ledger.grant(plugin)
    return {
        **_of(found[0]),
        "lane": "process" if plugin in config.plugins.in_process else "worker",
        "granted": granted is not None and not (_asked(found[0]) or granted).beyond(granted),
        "quarantine": quarantine.reason if quarantine else "",
        "missed": len(lanes.ledger.missed(plugin)),
        "versions": lanes.store.versions(plugin),
    }


def trial(config: Config, plugin: str) -> dict[str, Any]:
    """What it does when it is started: status, reason, what confines it, which types of document it brings."""
    host = host_of(config, plugin)
    try:
        host.try_out(plugin)
        types = sorted(type_id for type_id, brought in host.types().items() if brought.plugin == plugin)
        state = next((state for state in host.report() if state.id == plugin), None)
        assert state is not None, "it was enabled"
        return {"status": state.status, "reason": state.reason, "isolation": dict(state.isolation), "types": types}
    finally:
        host.close()


def rights(found: Found) -> list[str]:
    """What a plugin asks for, a line each."""
    asked = _asked(found)
    if asked is None:
        return []
    return [
        f"published by   {asked.publisher}",
        f"hooks          {', '.join(asked.hooks)}",
        f"reads          {', '.join(asked.reads) or 'nothing'}",
        f"settings       {', '.join(asked.settings) or 'none'}",
    ]


def _asked(found: Found) -> Grant | None:
    return Grant.asked_by(found.manifest, found.publisher) if found.manifest else None


def _of(found: Found) -> dict[str, Any]:
    asked = _asked(found)
    data = {"id": found.id, "distribution": found.distribution, "digest": found.digest, "reason": found.reason}
    if found.manifest is not None:
        data |= {"version": found.manifest.version, "kind": str(found.manifest.kind)}
    return data | (asdict(asked) if asked else {})


def _text(value: Any) -> str:
    match value:
        case dict():
            return ", ".join(f"{name} {state}" for name, state in value.items())
        case list() | tuple():
            return ", ".join(str(each) for each in value)
    return str(value)
