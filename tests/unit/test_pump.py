"""The thread that delivers: the host's saves come first, and never keep it from delivering for ever."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from dmp_core.pump import Pump

LONG = 60.0  # seconds: longer than any test
WAIT = 20.0


@pytest.fixture
def stopping() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def _pause(due: datetime | None) -> timedelta:
    return timedelta(seconds=LONG) if due is None else timedelta(0)


def test_a_woken_pump_takes_a_step_once_it_is_quiet(stopping: threading.Event) -> None:
    steps = threading.Semaphore(0)
    pump = Pump("test", stopping, _pause, settle=0.01)
    pump.start(steps.release)
    assert steps.acquire(timeout=WAIT)

    pump.wake()

    assert steps.acquire(timeout=WAIT)
    stopping.set()
    pump.join(WAIT)


def test_whoever_wakes_a_pump_without_a_pause_does_not_keep_it_from_its_step(stopping: threading.Event) -> None:
    steps = threading.Semaphore(0)
    pump = Pump("test", stopping, _pause, settle=LONG)
    pump.start(steps.release)
    assert steps.acquire(timeout=WAIT)

    stepped = False
    for _ in range(2000):
        pump.wake()
        if stepped := steps.acquire(timeout=0.01):
            break

    assert stepped
    stopping.set()
    pump.join(WAIT)


def test_a_pump_that_settles_still_ends_at_once(stopping: threading.Event) -> None:
    stepped = threading.Event()
    pump = Pump("test", stopping, _pause, settle=LONG)
    pump.start(stepped.set)
    assert stepped.wait(WAIT)
    pump.wake()

    stopping.set()
    pump.join(WAIT)

    assert "test" not in {thread.name for thread in threading.enumerate()}


def test_a_step_learns_that_somebody_woke_the_pump_meanwhile(stopping: threading.Event) -> None:
    seen: list[bool] = []
    done = threading.Event()

    def step() -> None:
        seen.append(pump.overtaken)
        pump.wake()
        seen.append(pump.overtaken)
        done.set()
        stopping.set()

    pump = Pump("test", stopping, _pause)
    pump.start(step)

    assert done.wait(WAIT)
    assert seen == [False, True]
    pump.join(WAIT)


def test_a_pump_that_was_never_started_is_overtaken_by_nobody(stopping: threading.Event) -> None:
    pump = Pump("test", stopping, _pause)

    pump.wake()

    assert not pump.overtaken
