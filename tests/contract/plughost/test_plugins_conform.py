"""Every plugin and every way in of this project keeps the rules that are asked of others."""

from pathlib import Path

import pytest

from dmp_core.plughost.hooks import HOOKS
from dmp_core.plughost.worker.process import WorkerLimits
from dmp_core.testing.conformance import suite
from dmp_core.testing.conformance.report import Outcome
from dmp_core.testing.projects import in_folder

ROOT = Path(__file__).resolve().parents[3] / "plugins"
PLUGINS = sorted(file.parents[1] for file in ROOT.glob("*/*/dmp-plugin.toml"))
WAYS_IN = sorted(file.parents[2] for file in ROOT.glob("*/tests/corpus/way_in.toml"))
SLOW = WorkerLimits(start=60, load=30, hooks=dict.fromkeys(HOOKS, 20.0))


@pytest.mark.parametrize("folder", [*PLUGINS, *WAYS_IN], ids=lambda folder: folder.name)
def test_a_shipped_plugin_passes_the_suite(folder: Path) -> None:
    report = suite.run(in_folder(folder), SLOW)

    tests_stand_elsewhere = {"static.tests"} if folder in WAYS_IN else set()
    wanting = [
        (one.rule, one.what)
        for one in report.results
        if one.outcome in (Outcome.FAILED, Outcome.WARNED) and one.rule not in tests_stand_elsewhere
    ]
    assert wanting == []


def test_no_plugin_is_left_out() -> None:
    announced = {file.parent for file in ROOT.glob("*/pyproject.toml") if "dmp.plugins" in file.read_text()}

    assert announced == set(PLUGINS)


def test_every_way_in_is_driven_as_a_black_box() -> None:
    programs = {file.parents[1] for file in ROOT.glob("*/*/__main__.py")} - set(PLUGINS)

    assert programs == set(WAYS_IN)
