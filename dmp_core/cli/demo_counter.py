"""The demonstration LGO in a browser: simulated DMP, bridge and LGO in processes of their own, until Ctrl+C."""

import signal
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click

from dmp_core.cli.demo_stage import Stage
from dmp_core.errors import ConfigInvalid, ExtraMissing
from dmp_core.model.access import Mode


def open_counter(folder: Path, *, browser: bool, cards: bool) -> None:
    """Start all, print the address, open it where `browser`, end all after Ctrl+C. Raises ConfigInvalid, ExtraMissing.

    The pharmacy runs on software certificates (indirect to feed, AIR to read): each operator works as themselves. With
    `cards` it runs on the emulated card in its readers, and on its holder's behalf.
    """
    try:
        import jinja2  # noqa: F401 - the pages and the windows need it
        import uvicorn  # noqa: F401
    except ImportError as error:
        raise ExtraMissing("bridge") from error
    with _ended_by_signals(), Stage(folder, cards=True) as stage:
        modes = (Mode.DIRECT, Mode.DIRECT) if cards else (Mode.INDIRECT, Mode.AIR)
        config = stage.config("counter", feed_mode=modes[0], read_mode=modes[1], on_card=cards)
        with stage.web(config) as (address, lgo):
            click.echo(address)
            click.echo("La pharmacie de démonstration est ouverte. Ctrl+C pour tout arrêter.")
            if browser:
                webbrowser.open(address)
            try:
                lgo.wait()
            except KeyboardInterrupt:
                return
        raise ConfigInvalid("the demonstration LGO ended by itself")


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """A request to end is what Ctrl+C is, even where a shell had it ignored: what was started is ended as well."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
