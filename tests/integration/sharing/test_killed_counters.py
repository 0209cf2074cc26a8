"""Either counter stops at any step of a handing over: nothing is lost, nothing is in the DMP twice."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from dmp_core.model.item import State

SCRIPT = Path(__file__).with_name("counter_process.py")
WAIT = 30.0


class Stopped(BaseException):
    """The current is gone."""


class StopsAt:
    """A store of the first counter that stops before or after one change, once."""

    def __init__(self, inner: Any, step: str) -> None:
        self._inner = inner
        self._when, _, self._state = step.partition(":")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def change(self, item: Any, state: Any, **fields: Any) -> Any:
        marks = f"{state}{':' + fields['reason'] if fields.get('reason') else ''}"
        if marks == self._state and self._when == "before":
            raise Stopped
        done = self._inner.change(item, state, **fields)
        if marks == self._state and self._when == "after":
            raise Stopped
        return done


@pytest.fixture
def port() -> int:
    """A port that stays the second counter's through its restarts."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts the second counter as a process that shares already."""
    running: list[subprocess.Popen[str]] = []

    def begin(step: str = "") -> subprocess.Popen[str]:
        files = [str(tmp_path / "dmp" / "dmp.toml"), str(tmp_path / "comptoir 2.toml")]
        child = subprocess.Popen(
            [sys.executable, str(SCRIPT), *files, step],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        running.append(child)
        assert child.stdout is not None
        assert child.stdout.readline().strip(), "the second counter did not start"
        return child

    yield begin
    for child in running:
        with suppress(OSError):
            assert child.stdin is not None
            child.stdin.close()
        child.wait(WAIT)


def pair(first: Any, second: Any, serve: Any) -> None:
    serve(second)
    address = f"127.0.0.1:{second.enable()}"
    second.sharing.pair(None, second.who)
    code = first.sharing.pair(address, first.who).pairing.code
    first.sharing.confirm(code, first.who)
    second.sharing.confirm(code, second.who)
    second.close()


def until_sent(first: Any, second: Any, item: Any) -> None:
    """Steps of both counters until the item is at its end."""
    for _ in range(10):
        first.sharing.borrow_step()
        second.deliver()
        if first.get(item).state is State.SENT:
            return
    found = first.get(item)
    raise AssertionError(f"{found.state} {found.reason} {found.fault}")


STEPS_THERE = (
    "before:receive",
    "after:receive",
    "before:sending",
    "after:sending",
    "before:sent",
    "after:sent",
)


@pytest.mark.parametrize("step", STEPS_THERE)
def test_the_counter_with_the_card_is_killed(make: Any, serve: Any, start: Any, port: int, step: str) -> None:
    simulator, _, counterside = make
    first, second = counterside("comptoir 1", card=False), counterside("comptoir 2", card=True, port=port)
    pair(first, second, serve)
    item = first.waiting()
    child = start(step)
    until = time.monotonic() + WAIT
    while child.poll() is None and time.monotonic() < until:
        first.sharing.borrow_step()
    assert child.wait(WAIT) == 9
    first.sharing.borrow_step()
    assert first.get(item).state in {State.WAITING, State.HANDED}

    second = counterside("comptoir 2", card=True, port=port)
    serve(second)
    second.app.outbox.recover(second.clock.now())
    second.enable()
    until_sent(first, second, item)

    number = simulator.patients.number(first.patient.ins.cx)
    assert sum(not one.facets.is_signature for one in simulator.registry.of_patient(number)) == 1


STEPS_HERE = (
    "before:waiting:seat",
    "after:waiting:seat",
    "before:handed",
    "after:handed",
    "before:sent",
    "after:sent",
)


@pytest.mark.parametrize("step", STEPS_HERE)
def test_the_counter_without_the_card_stops(make: Any, serve: Any, step: str) -> None:
    simulator, _, counterside = make
    first = counterside("comptoir 1", card=False, wrap=lambda store: StopsAt(store, step))
    second = counterside("comptoir 2", card=True)
    serve(second)
    address = f"127.0.0.1:{second.enable()}"
    second.sharing.pair(None, second.who)
    code = first.sharing.pair(address, first.who).pairing.code
    first.sharing.confirm(code, first.who)
    second.sharing.confirm(code, second.who)
    item = first.waiting()
    with pytest.raises(Stopped):
        for _ in range(4):
            first.sharing.borrow_step()
            second.deliver()
    first.close()

    first = counterside("comptoir 1", card=False)
    first.app.outbox.recover(first.clock.now())
    until_sent(first, second, item)

    assert len(second.there()) == 1
    number = simulator.patients.number(first.patient.ins.cx)
    assert sum(not one.facets.is_signature for one in simulator.registry.of_patient(number)) == 1
