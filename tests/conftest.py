"""What every test may use: the oracle that others wrote, a clock that stands still, identifiers that repeat."""

import os
from pathlib import Path

import pytest

from dmp_core.testing.clock import ManualClock
from dmp_core.testing.ids import SeededIds

ROOT = Path(__file__).resolve().parent.parent
ORACLE = ROOT.parent / "shared" / "oracle"


@pytest.fixture(scope="session")
def oracle() -> Path:
    """The folder of what others wrote. Absent: skipped with one loud line, under CI=true a failure."""
    if not ORACLE.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail(f"the oracle is missing: {ORACLE.name} is expected beside the project")
        pytest.skip("NO ORACLE: what others wrote was not compared")
    return ORACLE


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def ids() -> SeededIds:
    return SeededIds()
