"""`dmp plugins check`: the conformance suite over a plugin or a way in, with a report."""

import sys
import tempfile
from pathlib import Path

import click

from dmp_core.cli.setting import json_option, shows_errors
from dmp_core.plughost.hooks import HOOKS
from dmp_core.plughost.worker.process import WorkerLimits
from dmp_core.testing.conformance import suite
from dmp_core.testing.projects import project_of

_file = click.Path(path_type=Path, dir_okay=False)


@click.command("check")
@click.argument("named", metavar="[NAME|FOLDER|FILE.py]", default=".")
@click.option("--report", type=_file, help="Write the report there, too: text, or JSON where the name ends in .json.")
@click.option("--junit", type=_file, help="Write a JUnit file there, for a CI.")
@click.option("--slow", type=click.FloatRange(1, 100), default=1.0, help="Allow that many times the usual time.")
@json_option
@shows_errors
def check_command(named: str, report: Path | None, junit: Path | None, slow: float, as_json: bool) -> None:
    """Check the plugin of a project's FOLDER (default: here), an installed one, or a single file.

    It is read, run over the events of the corpus in a process of its own, given nonsense, and listened to for values of
    patients; a way in is run beside a real bridge. Nothing reaches a network. Exit status 1 where a rule failed.
    """
    with tempfile.TemporaryDirectory(prefix="dmp-check-") as written:
        found = suite.run(project_of(named, written=Path(written)), _limits(slow))
    text = found.as_json() if as_json else found.as_text()
    click.echo(text, nl=False)
    if report is not None:
        report.write_text(found.as_json() if report.suffix == ".json" else found.as_text(), encoding="utf-8")
    if junit is not None:
        junit.write_bytes(found.as_junit())
    sys.exit(0 if found.passed else 1)


def _limits(slow: float) -> WorkerLimits:
    usual = WorkerLimits()
    hooks = {hook: usual.of(hook) * slow for hook in HOOKS}
    return WorkerLimits(start=usual.start * slow, load=usual.load * slow, hooks=hooks)
