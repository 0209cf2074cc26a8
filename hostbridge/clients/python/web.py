"""A bridge that is spoken to over HTTP: a request each, and notices that are asked for."""

import contextlib
import http.client
import socket
import threading
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Final

from . import announced
from .outgoing import Workers
from .wire import Wire, message

_AT_ONCE: Final = 8
_NOTICE_SECONDS: Final = 20


class Web(Wire):
    """A program of its own to the bridge, from the first answer on (`Dmp-Connection`).

    The host's threads never touch a connection: a bridge that does not answer keeps ours.
    """

    def __init__(self, announce: Path, notices: SimpleQueue[dict[str, Any]]) -> None:
        """Raises OSError where no bridge is announced, or another program listens in its place."""
        super().__init__(notices)
        self._bridge = announced.read(announce)
        self._open: set[http.client.HTTPConnection] = set()
        self._idle: SimpleQueue[http.client.HTTPConnection] = SimpleQueue()
        self._idle.put(self._connected())
        self._name: str | None = None
        self._first = True
        self._introduced = threading.Event()  # the first answer gives the name that all later calls carry
        self._told = threading.Event()  # what was told last has gone: a call never overtakes it
        self._told.set()
        self._asking = Workers(_AT_ONCE, "dmp-bridge-http")
        self._telling = Workers(1, "dmp-bridge-http-out")  # apart: a cancellation waits for no call
        self._listening: threading.Thread | None = None  # noqa: TID251 - in the host's process, as that of Child

    @property
    def pid(self) -> int:
        return self._bridge.pid

    def tell(self, method: str, params: Mapping[str, Any]) -> None:
        self._told = told = threading.Event()
        self._telling.put(partial(self._tell, message({"jsonrpc": "2.0", "method": method, "params": params}), told))

    def end(self, seconds: float) -> int:
        self._told.wait(seconds)
        self._fail_all()
        self._asking.end()
        self._telling.end()
        with self._lock:
            left = list(self._open)
        for connection in left:
            _cut(connection)
        return 0

    def _write(self, body: bytes) -> None:
        with self._lock:
            first, self._first = self._first, False
        self._asking.put(partial(self._ask, body, self._told, first))

    def _ask(self, body: bytes, told: threading.Event, first: bool) -> None:
        told.wait()
        if not first:
            self._introduced.wait()
        self._post(body)
        self._introduced.set()

    def _tell(self, body: bytes, told: threading.Event) -> None:
        self._post(body)
        told.set()

    def _post(self, body: bytes) -> None:
        try:
            answer = self._exchange("POST", "/rpc", body)
            if answer:
                self._arrived(answer)
        except (OSError, ValueError, http.client.HTTPException):
            self._fail_all()

    def _exchange(self, method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
        """The body of the answer. Raises ConnectionError where the bridge does not know this program any more."""
        connection = self._taken()
        sent = {"Authorization": f"Bearer {self._bridge.token}", **headers}
        if self._name:
            sent["Dmp-Connection"] = self._name
        if method == "POST":
            sent["Content-Type"] = "application/json"
        try:
            connection.request(method, path, body or None, sent)
            answer = connection.getresponse()
            data = answer.read()
            if answer.status not in (200, 204):
                raise ConnectionError(f"HTTP {answer.status}")
        except BaseException:
            with self._lock:
                self._open.discard(connection)
            connection.close()
            raise
        self._idle.put(connection)
        self._named(answer.getheader("Dmp-Connection"))
        return data

    def _named(self, name: str | None) -> None:
        with self._lock:
            if name is None or self._name is not None:
                return
            self._name = name
        self._listening = threading.Thread(target=self._listen, name="dmp-bridge-notices", daemon=True)  # noqa: TID251
        self._listening.start()

    def _listen(self) -> None:
        try:
            while not self._ended:
                self._arrived(self._exchange("GET", "/notices", Prefer=f"wait={_NOTICE_SECONDS}") or b"[]")
        except (OSError, ValueError, http.client.HTTPException):
            self._fail_all()

    def _taken(self) -> http.client.HTTPConnection:
        if self._ended:
            raise ConnectionError
        try:
            return self._idle.get_nowait()
        except Empty:
            return self._connected()

    def _connected(self) -> http.client.HTTPConnection:
        connection = announced.connect(self._bridge)
        with self._lock:
            if not self._ended:
                self._open.add(connection)
                return connection
        connection.close()
        raise ConnectionError


def _cut(connection: http.client.HTTPConnection) -> None:
    """Whichever thread still waits on this connection sees its end."""
    with contextlib.suppress(OSError, AttributeError):  # it is closed already
        connection.sock.shutdown(socket.SHUT_RDWR)
    connection.close()
