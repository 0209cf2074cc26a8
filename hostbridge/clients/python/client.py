"""What a Python host uses: calls with a time limit, notices by asking for them, and a bridge that comes back.

Only the standard library is needed. A bridge that died is started again at the next call, or found again where it was
announced, and hears again what it must know: `initialize`, the operator, the patients that are open. A `document/saved`
or `host/event` that was not answered is repeated under its own key, which the bridge accepts once; any other call then
raises BridgeGone, and the host decides.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any, Final, Literal, Self

from hostbridge.clients.python.child import Child
from hostbridge.clients.python.errors import BridgeError, BridgeGone, BridgeTimeout
from hostbridge.clients.python.web import Web
from hostbridge.clients.python.websocket import Socket
from hostbridge.clients.python.wire import Wire

PROTOCOL_VERSION: Final = "1.0"
REPEATABLE: Final = frozenset({"document/saved", "host/event"})
BACK_OFF: Final = (0.1, 0.5, 2.0, 5.0)  # seconds before each new start
TIMEOUT: Final = 30.0


@dataclass(frozen=True, slots=True)
class Notice:
    """What the bridge told by itself: `feed/finished`, `window/show`, `outbox/changed`..."""

    method: str
    params: dict[str, Any] = field(repr=False)


class BridgeClient:
    """One bridge as a child of this program. `command` starts it, e.g. `["dmp", "serve", "--stdio"]`.

    `BridgeClient.at` finds one that runs already.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str] | None = None,
        back_off: Sequence[float] = BACK_OFF,
    ) -> None:
        self._open: Callable[[], Wire] = lambda: Child(command, self._notices, environment)
        self._back_off = back_off
        self._notices: SimpleQueue[dict[str, Any]] = SimpleQueue()
        self._starting = threading.Lock()
        self._closing = threading.Event()
        self._wire: Wire | None = None
        self._initialize: dict[str, Any] = {}
        self._operator: dict[str, Any] | None = None
        self._patients: dict[str, dict[str, Any]] = {}

    @classmethod
    def at(
        cls, announce: Path, way: Literal["websocket", "http"] = "websocket", *, back_off: Sequence[float] = BACK_OFF
    ) -> Self:
        """A bridge that `dmp serve --loopback` announced in this file, with the same calls."""
        client = cls((), back_off=back_off)
        kind = Socket if way == "websocket" else Web
        client._open = lambda: kind(announce, client._notices)
        return client

    def start(self, params: Mapping[str, Any], timeout: float = TIMEOUT) -> dict[str, Any]:
        """Start the bridge and introduce the host; `params` as `initialize` takes them, the version added here.

        Gives the result of `initialize`. Raises BridgeError.
        """
        self._initialize = {"protocol_version": PROTOCOL_VERSION, **params}
        with self._starting:
            try:
                return self._begin(timeout)
            except OSError as error:
                raise BridgeGone("initialize", _why(error)) from error

    def call(self, method: str, params: Mapping[str, Any] | None = None, timeout: float = TIMEOUT) -> dict[str, Any]:
        """The result of one request. Raises BridgeError, BridgeTimeout, BridgeGone."""
        params = dict(params or {})
        why = "start comes first" if not self._initialize else "this client was closed"
        for delay in (0.0, *self._back_off):
            if self._closing.wait(delay) or not self._initialize:
                break
            try:
                wire = self._running()
            except OSError as error:
                why = _why(error)
                continue
            try:
                result = self._once(wire, method, params, timeout)
            except ConnectionError as error:
                why = _why(error)
                if method in REPEATABLE:
                    continue
                break
            self._remember(method, params)
            return result
        raise BridgeGone(method, why)

    def next_notice(self, timeout: float) -> Notice | None:
        """The oldest notice not yet taken; None where none comes within `timeout` seconds."""
        try:
            message = self._notices.get(timeout=timeout)
        except Empty:
            return None
        return Notice(message["method"], message["params"])

    def close(self) -> int:
        """Say goodbye and wait for the bridge to leave. Gives its exit status, 0 where all went well."""
        self._closing.set()
        wire, self._wire = self._wire, None
        if wire is None:
            return 0
        try:
            self._once(wire, "shutdown", {}, TIMEOUT)
            wire.tell("exit", {})
        except (BridgeError, ConnectionError):
            pass  # it leaves all the same: its pipe closes
        return wire.end()

    @property
    def pid(self) -> int | None:
        """Process number of the bridge that runs."""
        return self._wire.pid if self._wire else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _running(self) -> Wire:
        """The way to the bridge, opened again where it ended. Raises OSError where it does not open."""
        with self._starting:
            if self._wire is None or not self._wire.alive:
                self._begin(TIMEOUT)
            assert self._wire is not None, "_begin made one"
            return self._wire

    def _begin(self, timeout: float) -> dict[str, Any]:
        if self._wire is not None:
            self._wire.end()
        self._wire = wire = self._open()
        try:
            return self._introduce(wire, timeout)
        except BaseException:
            wire.end()
            raise

    def _introduce(self, wire: Wire, timeout: float) -> dict[str, Any]:
        """Tell a new bridge all that it must know."""
        result = self._once(wire, "initialize", self._initialize, timeout)
        wire.tell("initialized", {})
        if self._operator is not None:
            self._once(wire, "operator/changed", self._operator, timeout)
        for opened in self._patients.values():
            self._once(wire, "patient/opened", opened, timeout)
        return result

    @staticmethod
    def _once(wire: Wire, method: str, params: Mapping[str, Any], timeout: float) -> dict[str, Any]:
        identifier, answer = wire.ask(method, params)
        try:
            result: dict[str, Any] = answer.result(timeout)
        except FutureTimeout:
            wire.tell("$/cancelRequest", {"id": identifier})
            raise BridgeTimeout(method, timeout) from None
        return result

    def _remember(self, method: str, params: dict[str, Any]) -> None:
        """Keep what a bridge that starts again must hear."""
        if method == "operator/changed":
            self._operator = params
        elif method in ("patient/opened", "patient/updated"):
            self._patients[params["patient"]["host_id"]] = params
        elif method == "patient/closed":
            self._patients.pop(params["host_id"], None)


def _why(error: OSError) -> str:
    """Why the bridge does not start or does not answer, for the developer."""
    return str(error) or "the bridge ended before it answered"
