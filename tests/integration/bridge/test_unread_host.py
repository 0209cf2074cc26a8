"""A host that does not read what it is told: the bridge goes on, hears the next call, and ends when it is asked to."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from hostbridge.protocol.framing import FrameReader, encode

CALLS = 5_000  # whose answers fill every pipe between the two several times


def message(number: int, method: str = "software/about", params: dict[str, Any] | None = None) -> bytes:
    return encode(json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": params or {}}).encode())


@pytest.fixture
def bridge(house) -> Iterator[subprocess.Popen[bytes]]:
    """A bridge that answered `initialize`, and thousands of calls whose answers nobody has read."""
    process = subprocess.Popen(
        house.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, **house.environment}
    )
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(message(0, "initialize", {"protocol_version": "1.0", **house.introduction}))
    for number in range(1, CALLS):
        process.stdin.write(message(number))
    process.stdin.flush()
    yield process
    process.kill()
    process.wait(30)
    process.stdin.close()
    process.stdout.close()


def test_a_host_may_write_thousands_of_calls_before_it_reads_the_first_answer(bridge):
    frames = FrameReader(bridge.stdout)

    answers = [json.loads(frames.read() or b"{}") for _ in range(CALLS)]

    assert [answer["id"] for answer in answers] == list(range(CALLS))
    assert all("result" in answer for answer in answers)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP], ids=lambda number: number.name)
def test_a_signal_ends_it_though_nobody_reads(number, bridge):
    bridge.send_signal(number)

    assert bridge.wait(30) == 0


def test_it_leaves_with_a_host_that_closes_what_it_writes_and_never_reads(bridge):
    bridge.stdin.close()

    assert bridge.wait(30) == 1
