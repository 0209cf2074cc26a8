"""`dmp plugins list`: every plugin, where it runs, and why one does not."""

from dataclasses import asdict
from pathlib import Path

import click

from dmp_core.cli.plugins import host_of
from dmp_core.cli.setting import config_option, json_option, read_config, show_json, shows_errors


@click.command("list")
@config_option
@json_option
@shows_errors
def list_command(files: tuple[Path, ...], as_json: bool) -> None:
    """List the plugins, without importing one."""
    host = host_of(read_config(files))
    try:
        states = host.report()
    finally:
        host.close()
    if as_json:
        show_json([asdict(state) for state in states])
        return
    for state in states:
        waits = "  [events wait]" if state.events_wait else ""
        click.echo(f"{state.id:24} {state.version:10} {state.status:12} {state.lane:8} {state.reason}{waits}".rstrip())
