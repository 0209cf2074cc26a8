"""What every test may use: what others wrote, a clock that stands still, identifiers that repeat."""

import hypothesis
import pytest
from cards import card_pki, counter, cps3, cps4, holder, pcsc, pull_out, put_in, slots
from others import ans, oracle, schema

from dmp_core.testing.clock import ManualClock
from dmp_core.testing.ids import SeededIds

__all__ = [
    "ans", "card_pki", "counter", "cps3", "cps4", "holder", "oracle", "pcsc", "pull_out", "put_in", "schema", "slots",
]  # fmt: skip

hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def ids() -> SeededIds:
    return SeededIds()
