"""Thousands of calls are written one behind the other while no answer is waited for, on each way to the bridge."""

import json
import os
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import pytest
from listening_bridge import INITIALIZE, Bridge, listening_bridge

from hostbridge.clients.python.websocket import Line

CALLS = 3000


def call(number: int) -> bytes:
    if number == 0:
        return json.dumps({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": INITIALIZE}).encode()
    return json.dumps({"jsonrpc": "2.0", "id": number, "method": "software/about", "params": {}}).encode()


def answered(write: Callable[[bytes], Any], read: Callable[[], bytes]) -> list[tuple[int, bool]]:
    """Which calls are answered, in the order of the answers, and whether with a result."""
    writer = threading.Thread(target=lambda: [write(call(number)) for number in range(1, CALLS)], daemon=True)
    writer.start()
    answers = [json.loads(read()) for _ in range(1, CALLS)]
    writer.join(60)
    return [(answer["id"], "result" in answer) for answer in answers]


@pytest.fixture
def bridge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bridge]:
    with listening_bridge(tmp_path, monkeypatch) as found:
        yield found


ALL = [(number, True) for number in range(1, CALLS)]


def test_calls_in_a_pipe_are_each_answered_once_in_their_order(house) -> None:
    process = subprocess.Popen(
        house.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, **house.environment}
    )
    assert process.stdin is not None and process.stdout is not None
    source, sink = process.stdout, process.stdin

    def write(body: bytes) -> None:
        sink.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        sink.flush()

    with source, sink:
        write(call(0))
        assert "result" in json.loads(_body(source))
        found = answered(write, lambda: _body(source))
    assert process.wait(60) == 1, "it left as its host did"

    assert found == ALL


def test_calls_on_one_websocket_are_each_answered_once_in_their_order(bridge: Bridge) -> None:
    line = Line.to(bridge.announce)
    line.write(call(0))
    assert "result" in json.loads(line.read() or b"{}")

    found = answered(line.write, lambda: line.read() or b"{}")

    line.close()
    assert found == ALL


def test_calls_on_one_connection_of_http_are_each_answered_once_in_their_order(bridge: Bridge) -> None:
    _, headers, _ = bridge.ask("POST", "/rpc", bridge.bearer, call(0))
    lines = ["POST /rpc HTTP/1.1", f"Host: 127.0.0.1:{bridge.port}", f"Dmp-Connection: {headers['dmp-connection']}"]
    head = "\r\n".join([*lines, *(f"{name}: {value}" for name, value in bridge.bearer.items()), ""]).encode()

    with socket.create_connection(("127.0.0.1", bridge.port), 60) as client, client.makefile("rb") as source:
        found = answered(
            lambda body: client.sendall(head + b"Content-Length: %d\r\n\r\n" % len(body) + body), lambda: _body(source)
        )

    assert found == ALL


def _body(source: IO[bytes]) -> bytes:
    """The body of the next frame or answer."""
    size = 0
    while (line := source.readline()) not in (b"\r\n", b""):
        if line.lower().startswith(b"content-length:"):
            size = int(line.split(b":")[1])
    return source.read(size)
