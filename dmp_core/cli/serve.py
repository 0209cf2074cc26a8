"""`dmp serve --stdio`: the bridge."""

import logging
import sys
from pathlib import Path

import click

from dmp_core.cli.setting import config_option, read_config, shows_errors


@click.command("serve")
@click.option("--stdio", is_flag=True, required=True, help="Speak JSON-RPC on standard input and output.")
@click.option(
    "--log",
    "level",
    type=click.Choice(["warning", "info"]),
    default="warning",
    show_default=True,
    help="What is told on standard error, one JSON object a line; never anything of a patient.",
)
@config_option
@shows_errors
def command(stdio: bool, level: str, files: tuple[Path, ...]) -> None:  # noqa: ARG001 - the only way so far, and it must be named
    """Serve one host, which starts this command as its child."""
    from dmp_core.app import App
    from hostbridge.transports.stdio import serve

    logging.basicConfig(stream=sys.stderr, level=level.upper(), format="%(message)s")
    config = read_config(files)
    sys.exit(serve(lambda structure, adapter: App(config, structure, adapter=adapter)))
