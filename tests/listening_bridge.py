"""A bridge that listens in the test's own process, with its token, and the calls that reached a handler."""

import base64
import contextlib
import http.client
import os
import re
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from counters import OFFLINE

from dmp_core.app import App
from dmp_core.config import load
from dmp_core.system import SystemClock, SystemIds
from hostbridge.methods import table
from hostbridge.transports.announce import Announcement
from hostbridge.transports.loopback import Loopback, running

CONFIG = (
    OFFLINE
    + """
[structure.1990000001]
name = "PHARMACIE DES ESSAIS"
"""
)
INITIALIZE = {"protocol_version": "1.0", "host": {"name": "essai", "version": "1"}}


@dataclass
class Bridge:
    """A bridge that listens in this process, and the calls that reached a handler."""

    loopback: Loopback
    announce: Path
    handled: list[str]

    @property
    def port(self) -> int:
        return self.loopback.port

    @property
    def token(self) -> str:
        assert self.loopback.secret is not None
        return self.loopback.secret.token

    def raw(self, data: bytes, *, seconds: float = 10) -> bytes:
        """All that is answered to these bytes until the connection closes, or is silent after an answer."""
        with socket.create_connection(("127.0.0.1", self.port), seconds) as client:
            with contextlib.suppress(OSError):  # it closed before it took all
                client.sendall(data)
            answer = b""
            with contextlib.suppress(OSError):
                while not _is_whole(answer) and (piece := client.recv(65_536)):
                    answer += piece
            return answer

    def status(self, data: bytes) -> int:
        return int(self.raw(data).split(b" ", 2)[1])

    def ask(
        self, method: str, path: str, headers: dict[str, str] | None = None, body: bytes | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        with contextlib.closing(connection):
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}


def _is_whole(answer: bytes) -> bool:
    head, ended, body = answer.partition(b"\r\n\r\n")
    found = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    return bool(ended and found and len(body) >= int(found[1]))


@contextlib.contextmanager
def listening_bridge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bridge]:
    """A bridge of one pharmacy whose DMP answers nowhere."""
    file = tmp_path / "dmp.toml"
    file.write_text(CONFIG, encoding="utf-8")
    config, handled = load(file), list[str]()
    monkeypatch.setattr(table, "_handle", _counting(table._handle, handled))
    loopback = Loopback(
        lambda structure, adapter: App(config, structure, adapter=adapter), clock=SystemClock(), ids=SystemIds()
    )
    with running(loopback):
        announcement = Announcement(tmp_path / "run" / "bridge.json")
        assert loopback.secret is not None
        announcement.write(loopback.address, loopback.port, loopback.secret.token)
        loopback.exchange.rotated = lambda: announcement.write(
            loopback.address, loopback.port, loopback.secret.token if loopback.secret else ""
        )
        yield Bridge(loopback, tmp_path / "run" / "bridge.json", handled)
        announcement.withdraw()


def _counting(handle: Callable[..., Any], handled: list[str]) -> Callable[..., Any]:
    def counted(seat: Any, name: str, params: Any, asked: Any) -> Any:
        handled.append(name)
        return handle(seat, name, params, asked)

    return counted


def lines(*headers: str, request: str = "GET /w/0123456789abcdef/ HTTP/1.1") -> bytes:
    return "\r\n".join((request, *headers, "", "")).encode()


def upgrade(bridge: Bridge, *headers: str, path: str = "/rpc") -> bytes:
    key = base64.b64encode(os.urandom(16)).decode()
    return lines(
        f"Host: 127.0.0.1:{bridge.port}", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {key}", *headers, request=f"GET {path} HTTP/1.1",
    )  # fmt: skip
