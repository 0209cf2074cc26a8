"""`dmp serve --stdio | --loopback`: the bridge."""

import gc
import json
import logging
import shlex
import sys
from pathlib import Path
from typing import NoReturn

import click

from dmp_core.cli import emulated
from dmp_core.cli.plugins_dir import loose_plugins, plugins_dir_option
from dmp_core.cli.setting import config_option, read_config, shows_errors, tell
from dmp_core.errors import DmpError


@click.command("serve")
@click.option("--stdio", "way", flag_value="stdio", help="Speak JSON-RPC on standard input and output.")
@click.option("--loopback", "way", flag_value="loopback", help="Speak HTTP and WebSocket on 127.0.0.1.")
@click.option(
    "--join",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Speak on standard input and output as a front of the bridge that is announced in this file.",
)
@click.option(
    "--announce",
    type=click.Path(dir_okay=False, path_type=Path),
    help="With --loopback: the private file that tells where, instead of the one in the user's runtime folder.",
)
@click.option(
    "--with",
    "companions",
    multiple=True,
    metavar="NAME",
    help="With --loopback: start this way in (a module, its options) beside the bridge, and end it with it.",
)
@click.option(
    "--log",
    "level",
    type=click.Choice(["warning", "info"]),
    default="warning",
    show_default=True,
    help="What is told on standard error, one JSON object a line; never anything of a patient.",
)
@plugins_dir_option
@config_option
@shows_errors
def command(
    way: str | None,
    join: Path | None,
    announce: Path | None,
    companions: tuple[str, ...],
    level: str,
    plugins_dir: Path | None,
    files: tuple[Path, ...],
) -> None:
    """Serve one host, which starts this command as its child, or the programs of one user on this machine."""
    if (way is None) is (join is None) or (way != "loopback" and (announce or companions)):
        raise click.UsageError("one of --stdio, --loopback and --join; --announce and --with go with --loopback")
    logging.basicConfig(stream=sys.stderr, level=level.upper(), format="%(message)s")
    try:
        status = _serve(way, join, announce, companions, plugins_dir, files)
    except DmpError as error:
        if way != "stdio" or sys.stdin.isatty():
            raise
        status = _refuse(error)
    sys.exit(status)


def _refuse(error: DmpError) -> int:
    """Answer `initialize` with what forbids the start: a host that shows no standard error hears it all the same."""
    from hostbridge.transports.stdio import serve

    def open_app(_structure: str | None, _adapter: str | None) -> NoReturn:
        raise error

    tell(error)
    return serve(open_app)


def _serve(
    way: str | None,
    join: Path | None,
    announce: Path | None,
    companions: tuple[str, ...],
    plugins_dir: Path | None,
    files: tuple[Path, ...],
) -> int:
    """The exit status. Raises DmpError where the configuration, or the bridge to join, does not allow a start."""
    from dmp_core.app import App
    from dmp_core.system import SystemClock, SystemIds
    from hostbridge.transports.beside import load, windows_beside

    if join is not None:
        from hostbridge.transports.relay import join as join_bridge

        return join_bridge(join)
    config = read_config(files)
    clock, ids, settings = SystemClock(), SystemIds(), config.bridge
    more = loose_plugins(config, plugins_dir)

    def open_app(structure: str | None, adapter: str | None) -> App:
        app = App(config, structure, adapter=adapter, more_plugins=more, **emulated.parts(config))
        gc.freeze()  # what is loaded now stays: looking through all of it again would halt every call for 0.1 s
        return app

    if way == "stdio":
        from hostbridge.transports.stdio import serve

        return serve(open_app, windows_beside(clock, ids, listen=settings.listen, frame=settings.frame))
    from hostbridge.transports.announce import Announcement, default_path

    transport = load()
    path = announce or default_path()
    announcement = Announcement(path)
    loopback = transport.Loopback(open_app, clock=clock, ids=ids, listen=settings.listen, frame=settings.frame)
    status: int = transport.serve(
        loopback,
        announcement,
        companions=[_beside(name, path) for name in companions],
        on_ready=lambda: click.echo(json.dumps({"announce": str(path), "pid": announcement.pid})),
    )
    return status


def _beside(name: str, announce: Path) -> list[str]:
    """The command of a way in, whose bridge is a front of the one that starts it."""
    front = [sys.executable, "-m", "dmp_core.cli", "serve", "--join", str(announce)]
    return [sys.executable, "-m", *shlex.split(name), "--bridge", *front]
