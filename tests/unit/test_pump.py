"""The thread that delivers: the host's saves come first, and never keep it from delivering."""

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from dmp_core.errors import OutboxError
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


def test_a_woken_pump_takes_a_step_after_its_rest(stopping: threading.Event) -> None:
    steps = threading.Semaphore(0)
    pump = Pump("test", stopping, _pause, settle=0.01)
    pump.start(steps.release)
    assert steps.acquire(timeout=WAIT)

    pump.wake()

    assert steps.acquire(timeout=WAIT)
    stopping.set()
    pump.join(WAIT)


def test_no_step_is_taken_during_the_rest(stopping: threading.Event) -> None:
    steps = threading.Semaphore(0)
    pump = Pump("test", stopping, _pause, settle=LONG)
    pump.start(steps.release)
    assert steps.acquire(timeout=WAIT)

    for _ in range(10):
        pump.wake()
    stopping.set()
    pump.join(WAIT)

    assert not steps.acquire(blocking=False)


def test_a_host_that_wakes_without_a_pause_does_not_keep_a_pump_from_its_steps(stopping: threading.Event) -> None:
    steps, busy = threading.Semaphore(0), threading.Event()
    pump = Pump("test", stopping, _pause, settle=0.001)

    def wake() -> None:
        while not busy.is_set():
            pump.wake()

    host = threading.Thread(target=wake)
    host.start()
    pump.start(steps.release)

    stepped = [steps.acquire(timeout=WAIT) for _ in range(5)]

    busy.set()
    host.join()
    stopping.set()
    pump.join(WAIT)
    assert stepped == [True] * 5


def test_a_step_that_fails_is_told_and_taken_again(stopping: threading.Event) -> None:
    tries = threading.Semaphore(0)
    pump = Pump("test", stopping, _pause)

    def step() -> None:
        tries.release()
        raise OutboxError("test")

    pump.start(step)
    assert tries.acquire(timeout=WAIT)
    pump.wake()

    assert tries.acquire(timeout=WAIT)
    stopping.set()
    pump.join(WAIT)


def test_a_pump_that_was_woken_before_it_started_takes_its_first_step_alone(stopping: threading.Event) -> None:
    seen: list[bool] = []
    done = threading.Event()
    pump = Pump("test", stopping, _pause)
    pump.wake()

    def step() -> None:
        seen.append(pump.overtaken)
        done.set()

    pump.start(step)

    assert done.wait(WAIT)
    assert seen == [False]
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
