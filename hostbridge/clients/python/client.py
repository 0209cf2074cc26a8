"""What a Python host uses: calls with a time limit, notices by asking for them, and a bridge that comes back.

Only the standard library is needed, and this folder may be copied anywhere, under any name. A bridge that died is
started again at the next call, or found again where it was announced, and hears again what it must know: `initialize`,
the operator, the patients that are open. A `document/saved` or `host/event` that was not answered is repeated under its
own key, which the bridge accepts once; any other call then raises BridgeGone, and the host decides. A bridge that never
worked is not tried again by itself: each call tries once. Any thread may call.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any, Final, Literal, Self

from .child import Child
from .errors import BridgeError, BridgeGone, BridgeTimeout
from .web import Web
from .websocket import Socket
from .wire import Wire

PROTOCOL_VERSION: Final = "1.0"
REPEATABLE: Final = frozenset({"document/saved", "host/event"})
BACK_OFF: Final = (0.1, 0.5, 2.0, 5.0)  # seconds before each new start
TIMEOUT: Final = 30.0
_AT_LEAST: Final = 1.0  # seconds that a bridge has to leave


@dataclass(frozen=True, slots=True)
class Notice:
    """What the bridge told by itself: `feed/finished`, `window/show`, `outbox/changed`..."""

    method: str
    params: dict[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Begun:
    """A bridge that knows its host."""

    wire: Wire
    initialized: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the host waits for one call."""

    method: str
    seconds: float
    until: float

    @classmethod
    def of(cls, method: str, seconds: float = TIMEOUT) -> Self:
        return cls(method, seconds, time.monotonic() + seconds)  # noqa: TID251 - the host's own time

    @property
    def left(self) -> float:
        return max(0.0, self.until - time.monotonic())  # noqa: TID251 - the host's own time

    def lost(self) -> BridgeTimeout:
        return BridgeTimeout(self.method, self.seconds)


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
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._wire: Wire | None = None
        self._begun: Future[_Begun] | None = None
        self._ran = False
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

        Gives the result of `initialize`. Raises BridgeError. Later than `timeout` it still starts, for the next call.
        """
        patience = Patience.of("initialize", timeout)
        with self._lock:
            self._initialize = {"protocol_version": PROTOCOL_VERSION, **params}
            self._begun = None
        try:
            return self._running(patience).initialized
        except OSError as error:
            raise BridgeGone("initialize", _why(error)) from error

    def call(self, method: str, params: Mapping[str, Any] | None = None, timeout: float = TIMEOUT) -> dict[str, Any]:
        """The result of one request, a new start of the bridge included.

        Raises BridgeError, BridgeTimeout, BridgeGone, and no later than `timeout` says.
        """
        params, patience = dict(params or {}), Patience.of(method, timeout)
        why = "start comes first" if not self._initialize else "this client was closed"
        for delay in (0.0, *self._back_off):
            if self._closing.wait(min(delay, patience.left)) or not self._initialize:
                break
            try:
                wire = self._running(patience).wire
            except OSError as error:
                why = _why(error)
                if not self._ran:
                    break
                continue
            try:
                result = _once(wire, params, patience)
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

    def close(self, timeout: float = TIMEOUT) -> int:
        """Say goodbye and wait for the bridge to leave. Gives its exit status, 0 where all went well."""
        patience = Patience.of("shutdown", timeout)
        self._closing.set()
        with self._lock:
            wire, self._wire = self._wire, None
        if wire is None:
            return 0
        with contextlib.suppress(BridgeError, ConnectionError):  # it leaves all the same: its pipe closes
            _once(wire, {}, patience)
            wire.tell("exit", {})
        return wire.end(max(patience.left, _AT_LEAST))

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

    def _running(self, patience: Patience) -> _Begun:
        """The way to the bridge, opened again where it ended. Raises OSError where it does not open."""
        with self._lock:
            begun = self._begun
            if begun is None or (begun.done() and not _lives(begun)):
                begun = self._begun = Future()
                # In the host's process, not in the core: a start that lasts keeps no caller longer than it wants.
                threading.Thread(target=self._begin, args=(begun,), name="dmp-bridge-start", daemon=True).start()  # noqa: TID251
        try:
            return begun.result(patience.left)
        except FutureTimeout:
            if begun.done():
                raise  # the way itself gave up
            raise patience.lost() from None

    def _begin(self, begun: Future[_Begun]) -> None:
        try:
            begun.set_result(self._introduced())
        except BaseException as error:  # noqa: BLE001 - whoever waits hears it
            begun.set_exception(error)

    def _introduced(self) -> _Begun:
        with self._lock:
            before, self._wire = self._wire, None
        if before is not None:
            before.end(_AT_LEAST)
        wire = self._open()
        with self._lock:
            if not self._closing.is_set():
                self._wire = wire
        try:
            if self._closing.is_set():
                raise ConnectionError("this client was closed")
            begun = _Begun(wire, self._introduce(wire))
            self._ran = True
            return begun
        except BaseException:
            wire.end(_AT_LEAST)
            raise

    def _introduce(self, wire: Wire) -> dict[str, Any]:
        """Tell a new bridge all that it must know."""
        result = _once(wire, self._initialize, Patience.of("initialize"))
        wire.tell("initialized", {})
        if self._operator is not None:
            _once(wire, self._operator, Patience.of("operator/changed"))
        for opened in list(self._patients.values()):
            _once(wire, opened, Patience.of("patient/opened"))
        return result

    def _remember(self, method: str, params: dict[str, Any]) -> None:
        """Keep what a bridge that starts again must hear."""
        if method == "operator/changed":
            self._operator = params
        elif method in ("patient/opened", "patient/updated"):
            self._patients[params["patient"]["host_id"]] = params
        elif method == "patient/closed":
            self._patients.pop(params["host_id"], None)


def _once(wire: Wire, params: Mapping[str, Any], patience: Patience) -> dict[str, Any]:
    identifier, answer = wire.ask(patience.method, params)
    try:
        result: dict[str, Any] = answer.result(patience.left)
    except FutureTimeout:
        wire.tell("$/cancelRequest", {"id": identifier})
        raise patience.lost() from None
    return result


def _lives(begun: Future[_Begun]) -> bool:
    return begun.exception() is None and begun.result().wire.alive


def _why(error: OSError) -> str:
    """Why the bridge does not start or does not answer, for the developer."""
    return str(error) or "the bridge ended before it answered"
