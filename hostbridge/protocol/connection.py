"""One host and its calls: each is admitted, checked against its model, done, and answered exactly once.

The connection starts no thread. `receive` runs where the transport reads; `Later` work runs where `submit` puts it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from pydantic import BaseModel, ValidationError

from dmp_core import log
from dmp_core.errors import DmpError, MessageInvalid
from dmp_core.model.limits import BRIDGE_FRAME
from hostbridge.protocol import findings, jsonrpc
from hostbridge.protocol.jsonrpc import Call, Id, Refused, RpcCode, RpcError, invalid_request
from hostbridge.protocol.lifecycle import LifeCycle, Phase

Send = Callable[[bytes], None]


@dataclass(frozen=True, slots=True)
class Later:
    """What a handler returns instead of a result that takes its time: the work that will give it.

    `here`: it takes the time of this machine alone, so that it waits for no other's network.
    """

    work: Callable[[], BaseModel]
    here: bool = False


Submit = Callable[[Callable[[], Any], Callable[[Any], None], bool], object]
"""Does the work behind the host and hands over its result; True where the work is of this machine alone."""


@dataclass(slots=True)
class Asked:
    """A request that is being answered. Handlers look at `cancelled` where they can stop early."""

    id: Id
    method: str
    tell: Callable[[str, BaseModel], None]
    cancelled: bool = False
    answered: bool = False


@dataclass(frozen=True, slots=True)
class Method:
    """One row of the closed table. `handle` gets the checked parameters and the request."""

    params: type[BaseModel]
    handle: Callable[[Any, Asked], BaseModel | Later]


@dataclass(slots=True)
class _Answers:
    """Gathers what one frame is answered: one message, or one array for a batch."""

    missing: int
    batch: bool
    send: Send
    lock: Lock = field(default_factory=Lock)
    done: list[tuple[Id | None, bytes]] = field(default_factory=list)

    def add(self, identifier: Id | None, answer: bytes) -> None:
        with self.lock:
            self.done.append((identifier, answer))
            complete = len(self.done) == self.missing
        if complete:
            self.send(self._whole() if self.batch else answer)

    def _whole(self) -> bytes:
        size = sum(len(answer) for _, answer in self.done)
        if size > BRIDGE_FRAME:
            return _array(jsonrpc.too_large(identifier, size) for identifier, _ in self.done if identifier is not None)
        return _array(answer for _, answer in self.done)


class Connection:
    """Speaks JSON-RPC with one host. `status` is None until the host sent `exit`, then the exit status."""

    def __init__(self, methods: Mapping[str, Method], *, send: Send, submit: Submit) -> None:
        self._methods = methods
        self._send = send
        self._submit = submit
        self._life = LifeCycle()
        self._lock = Lock()
        self._open: dict[Id, tuple[Asked, _Answers]] = {}
        self._listening = False
        self.status: int | None = None

    @property
    def introduced(self) -> bool:
        """True once `initialize` succeeded."""
        return self._life.phase is not Phase.NEW

    def receive(self, body: bytes, answer: Send | None = None) -> bool:
        """Do all calls of one frame, in their order; True where it will be answered. Never raises for what it holds.

        `answer` takes the answer of this frame, where it does not go the way of the notices.
        """
        frame = jsonrpc.read(body)
        expected = [call for call in frame.calls if isinstance(call, Refused) or call.id is not None]
        answers = _Answers(len(expected), frame.batch, answer or self._send)
        for call in frame.calls:
            if isinstance(call, Refused):
                self._refuse(call.id, call.error, answers)
            elif call.id is None:
                self._notified(call)
            else:
                self._asked(call, call.id, answers)
        return bool(expected)

    def refuse(self, error: DmpError) -> None:
        """Tell the host that a frame could not be read at all."""
        answers = _Answers(1, False, self._send)
        self._refuse(None, RpcError(RpcCode.PARSE_ERROR, error), answers)

    def finished(self) -> int:
        """The exit status where the stream ended: as `exit` gave it, or as if it came now."""
        return self._life.leave() if self.status is None else self.status

    def tell(self, method: str, params: BaseModel) -> None:
        """Notify the host, once it said `initialized`; before, it could not understand and can read all later."""
        if self._listening:
            self._send(jsonrpc.notification(method, params))

    def _asked(self, call: Call, identifier: Id, answers: _Answers) -> None:
        asked = Asked(identifier, call.method, self.tell)
        try:
            method = self._admitted(call)
            params = checked(method.params, call.params)
            self._remember(asked, answers)
        except RpcError as error:
            self._refuse(identifier, error, answers)
            return
        outcome = _attempt(lambda: method.handle(params, asked), call.method)
        if isinstance(outcome, Later):
            self._put_behind(asked, outcome)
        else:
            self._finish(asked, outcome)

    def _put_behind(self, asked: Asked, later: Later) -> None:
        def work() -> Any:
            return None if asked.cancelled else _attempt(later.work, asked.method)

        def done(result: Any) -> None:
            self._finish(asked, result)

        refused = _attempt(lambda: self._submit(work, done, later.here), asked.method)
        if isinstance(refused, Exception):  # the app closes
            done(refused)

    def _admitted(self, call: Call) -> Method:
        self._life.admit(call.method)
        if call.method in _NOTIFICATIONS:
            raise invalid_request("this method is a notification: it has no id")
        method = self._methods.get(call.method)
        if method is None:
            raise RpcError(
                RpcCode.METHOD_NOT_FOUND, MessageInvalid(findings.nearest("method", call.method, self._methods))
            )
        return method

    def _remember(self, asked: Asked, answers: _Answers) -> None:
        with self._lock:
            if asked.id in self._open:
                raise invalid_request("id: a request with this id is not answered yet")
            self._open[asked.id] = (asked, answers)

    def _finish(self, asked: Asked, outcome: Any) -> None:
        """Answer, unless a cancellation did it already."""
        with self._lock:
            if asked.answered:
                return
            asked.answered = True
            _, answers = self._open.pop(asked.id)
        if isinstance(outcome, BaseModel):
            self._life.answered(asked.method)
            answers.add(asked.id, jsonrpc.success(asked.id, outcome))
        else:
            answers.add(asked.id, jsonrpc.failure(asked.id, _as_rpc_error(outcome)))

    def _notified(self, call: Call) -> None:
        if call.method == "initialized":
            self._listening = self.introduced
        elif call.method == "exit":
            self.status = self._life.leave()
        elif call.method == "$/cancelRequest":
            self._cancel(call.params.get("id"))
        else:
            # JSON-RPC forbids any answer to a notification; what changes something must be asked for, to be answered.
            name = call.method if call.method in self._methods else "unknown"
            log.warning("bridge.notification_ignored", method=name)

    def _cancel(self, identifier: Any) -> None:
        with self._lock:
            asked, _ = self._open.get(identifier, (None, None)) if jsonrpc.is_id(identifier) else (None, None)
        if asked is not None:
            asked.cancelled = True
            self._finish(asked, RpcError(RpcCode.CANCELLED, MessageInvalid("cancelled by the host")))

    def _refuse(self, identifier: Id | None, error: RpcError, answers: _Answers) -> None:
        log.warning("bridge.refused", code=int(error.code), reason=error.error.code)
        answers.add(identifier, jsonrpc.failure(identifier, error))


_NOTIFICATIONS = frozenset({"initialized", "exit", "$/cancelRequest"})


def _array(answers: Any) -> bytes:
    return b"[" + b",".join(answers) + b"]"


def checked(model: type[BaseModel], params: dict[str, Any]) -> BaseModel:
    """Parameters as their model, from JSON and strictly: "1" is no number. Raises RpcError -32602."""
    try:
        return model.model_validate_json(jsonrpc.dump(params), strict=True)
    except ValidationError as error:
        raise RpcError(RpcCode.INVALID_PARAMS, MessageInvalid(findings.of(error, model))) from None


def _attempt(work: Callable[[], Any], method: str) -> Any:
    """What `work` gives, or the error that it raised. Nothing that a method does may end the bridge."""
    try:
        return work()
    except DmpError as error:
        return error
    except RpcError as error:
        return error
    except Exception as error:  # noqa: BLE001 - the last guard: an unforeseen error is an answer, not the end
        log.warning("bridge.failed", method=method, error=type(error).__name__)
        return error


def _as_rpc_error(outcome: Any) -> RpcError:
    if isinstance(outcome, RpcError):
        return outcome
    if isinstance(outcome, DmpError):
        return RpcError(RpcCode.CORE_ERROR, outcome)
    return RpcError(RpcCode.INTERNAL_ERROR, DmpError())
