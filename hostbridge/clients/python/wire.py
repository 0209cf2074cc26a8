"""What every way to the bridge shares: requests that wait for their answer, notices in their order."""

import json
import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any

from .errors import BridgeError


class Wire(ABC):
    """A way to one run of the bridge. Once it ended it never comes back: make another one."""

    def __init__(self, notices: SimpleQueue[dict[str, Any]]) -> None:
        self._notices = notices
        self._lock = threading.Lock()
        self._waiting: dict[int, Future[Any]] = {}
        self._next_id = 0
        self._ended = False
        self._why = ""

    @property
    @abstractmethod
    def pid(self) -> int:
        """Process number of the bridge."""

    @property
    def alive(self) -> bool:
        return not self._ended

    def ask(self, method: str, params: Mapping[str, Any]) -> tuple[int, Future[Any]]:
        """Send a request; the future gives its result, BridgeError, or ConnectionError where the bridge ended.

        Raises TypeError or ValueError for what is no JSON in UTF-8: a date, NaN, half of a surrogate pair.
        """
        future: Future[Any] = Future()
        with self._lock:
            self._next_id += 1
            identifier = self._next_id
        body = message({"jsonrpc": "2.0", "id": identifier, "method": method, "params": params})
        with self._lock:
            if self._ended:
                future.set_exception(ConnectionError(self._why))
                return identifier, future
            self._waiting[identifier] = future
        self._write(body)
        return identifier, future

    def tell(self, method: str, params: Mapping[str, Any]) -> None:
        """Send a notification."""
        self._write(message({"jsonrpc": "2.0", "method": method, "params": params}))

    @abstractmethod
    def end(self, seconds: float) -> int:
        """Take leave, within so many seconds. Gives the exit status of a bridge that ends with it, else 0."""

    @abstractmethod
    def _write(self, body: bytes) -> None:
        """Send one message. Never waits, never raises: where the bridge ended, what waits fails."""

    def _arrived(self, body: bytes) -> None:
        """Hand a message to whom it is for. Raises ValueError for what is none."""
        arrived = json.loads(body)
        for one in arrived if isinstance(arrived, list) else [arrived]:
            if "method" in one:
                self._notices.put(one)
                continue
            with self._lock:
                future = self._waiting.pop(one.get("id"), None)
            if future is not None:
                _settle(future, one)

    def _fail_all(self, why: str = "") -> None:
        """The bridge ended: nothing that waits will be answered."""
        with self._lock:
            self._ended = True
            self._why = self._why or why
            left = list(self._waiting.values())
            self._waiting.clear()
        for future in left:
            future.set_exception(ConnectionError(self._why))


def message(fields: Mapping[str, Any]) -> bytes:
    """One message as compact JSON in UTF-8."""
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _settle(future: Future[Any], answer: dict[str, Any]) -> None:
    if "error" in answer:
        error = answer["error"]
        future.set_exception(BridgeError(error["code"], error["message"], error.get("data")))
    else:
        future.set_result(answer["result"])
