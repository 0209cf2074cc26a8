"""A bridge that is spoken to over HTTP: a request each, and notices that are asked for."""

import contextlib
import http.client
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Final

from hostbridge.clients.python import announced
from hostbridge.clients.python.wire import Wire, message

_AT_ONCE: Final = 8
_NOTICE_SECONDS: Final = 20


class Web(Wire):
    """A program of its own to the bridge, from the first answer on (`Dmp-Connection`)."""

    def __init__(self, announce: Path, notices: SimpleQueue[dict[str, Any]]) -> None:
        """Raises OSError where no bridge is announced, or another program listens in its place."""
        super().__init__(notices)
        self._bridge = announced.read(announce)
        self._idle: SimpleQueue[http.client.HTTPConnection] = SimpleQueue()
        self._idle.put(announced.connect(self._bridge))
        self._name: str | None = None
        self._order = threading.Lock()  # the first call gives the name that all later ones carry
        self._busy = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="dmp-bridge-http")
        self._listening: threading.Thread | None = None  # noqa: TID251 - in the host's process, as that of Child

    @property
    def pid(self) -> int:
        return self._bridge.pid

    def tell(self, method: str, params: Mapping[str, Any]) -> None:
        self._post(message({"jsonrpc": "2.0", "method": method, "params": params}))

    def end(self) -> int:
        self._fail_all()
        self._busy.shutdown(wait=False, cancel_futures=True)
        while True:
            try:
                self._idle.get_nowait().close()
            except Empty:
                return 0

    def _write(self, body: bytes) -> None:
        if self._name is None:
            with self._order:
                if self._name is None:
                    self._post(body)
                    return
        with contextlib.suppress(RuntimeError):  # it ended: what waits has failed
            self._busy.submit(self._post, body)

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
        except BaseException:
            connection.close()
            raise
        if answer.status not in (200, 204):
            connection.close()
            raise ConnectionError(f"HTTP {answer.status}")
        self._idle.put(connection)
        self._named(answer.getheader("Dmp-Connection"))
        return data

    def _named(self, name: str | None) -> None:
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
        try:
            return self._idle.get_nowait()
        except Empty:
            return announced.connect(self._bridge)
