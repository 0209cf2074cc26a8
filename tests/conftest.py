"""What every test may use: what others wrote, a clock that stands still, identifiers that repeat."""

import pytest
from others import ans, oracle, schema

from dmp_core.testing.clock import ManualClock
from dmp_core.testing.ids import SeededIds

__all__ = ["ans", "oracle", "schema"]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def ids() -> SeededIds:
    return SeededIds()
