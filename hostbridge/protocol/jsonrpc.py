"""JSON-RPC 2.0: a frame becomes calls, a result or an error becomes a frame (https://www.jsonrpc.org/specification).

Ids are strings or whole numbers, never null; an error has the id of its message where one could be read. Every error
carries in `data` the same fields: those of `DmpError.as_data()`, so that a host can always show a French sentence and
its remedy.
"""

import re
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final

from pydantic import BaseModel
from pydantic_core import to_json

from dmp_core.errors import DmpError, FrameTooLarge, MessageInvalid
from dmp_core.model.limits import BRIDGE_FRAME
from hostbridge.protocol import strict_json

Id = int | str

BATCH: Final = 50
_ID_LENGTH = 100
_METHOD_LENGTH = 100
_FRONT: Final = re.compile(rb'\{\s*"jsonrpc"\s*:\s*"2\.0"\s*,\s*"id"\s*:\s*(0|[1-9][0-9]{0,8})\s*,')
_MEMBERS = frozenset({"jsonrpc", "id", "method", "params"})


class RpcCode(IntEnum):
    """Codes of JSON-RPC 2.0, of the base protocol of LSP, and -32000 for all errors of the core."""

    PARSE_ERROR = -32700
    INVALID_REQUEST = -32600
    METHOD_NOT_FOUND = -32601
    INVALID_PARAMS = -32602
    INTERNAL_ERROR = -32603
    CORE_ERROR = -32000
    NOT_INITIALIZED = -32002
    CANCELLED = -32800


class RpcError(Exception):
    """What answers a call that fails: a code of the protocol and the error that the host reads."""

    def __init__(self, code: RpcCode, error: DmpError) -> None:
        super().__init__(f"{code}: {error}")
        self.code = code
        self.error = error


@dataclass(frozen=True, slots=True)
class Call:
    """One request, or one notification (`id` None)."""

    method: str
    params: dict[str, Any] = field(repr=False)
    id: Id | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """A part of a frame that is no call. `id` where one could be read."""

    error: RpcError
    id: Id | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """All that one frame asks; a batch is answered by one array."""

    calls: tuple[Call | Refused, ...]
    batch: bool = False


def invalid_request(detail: str) -> RpcError:
    return RpcError(RpcCode.INVALID_REQUEST, MessageInvalid(detail))


def read(body: bytes) -> Frame:
    """The calls of one frame. Never raises: what cannot be read stands in it as refused."""
    try:
        value = strict_json.loads(body)
    except MessageInvalid as error:
        return Frame((Refused(RpcError(RpcCode.PARSE_ERROR, error), _id_at_the_front(body)),))
    if not isinstance(value, list):
        return Frame((_call(value),))
    if not 1 <= len(value) <= BATCH:
        return Frame((Refused(invalid_request(f"a batch holds 1 to {BATCH} calls")),))
    return Frame(tuple(_call(one) for one in value), batch=True)


def _id_at_the_front(body: bytes) -> int | None:
    """The id of a message that is no JSON, where it stands in front: else nobody could say whose error this is."""
    found = _FRONT.match(body)
    return int(found[1]) if found else None


def _call(value: Any) -> Call | Refused:
    if not isinstance(value, dict):
        return Refused(invalid_request("a call is an object"))
    identifier = value.get("id")
    if "id" in value and not is_id(identifier):
        return Refused(invalid_request("id: a string of 1 to 100 characters, or a whole number"))
    method, params = value.get("method"), value.get("params", {})
    if value.keys() - _MEMBERS or value.get("jsonrpc") != "2.0":
        return Refused(invalid_request('members: jsonrpc "2.0", id, method, params'), identifier)
    if not isinstance(method, str) or not 1 <= len(method) <= _METHOD_LENGTH:
        return Refused(invalid_request("method: a string of 1 to 100 characters"), identifier)
    if not isinstance(params, dict):
        return Refused(RpcError(RpcCode.INVALID_PARAMS, MessageInvalid("params: an object, by name")), identifier)
    return Call(method, params, identifier)


def is_id(value: Any) -> bool:
    if isinstance(value, str):
        return 1 <= len(value) <= _ID_LENGTH
    return isinstance(value, int) and not isinstance(value, bool)


def success(identifier: Id, result: BaseModel) -> bytes:
    """The answer to a request, or the error FrameTooLarge in its place."""
    answer = b'{"jsonrpc":"2.0","id":%b,"result":%b}' % (dump(identifier), result.model_dump_json().encode())
    return answer if len(answer) <= BRIDGE_FRAME else too_large(identifier, len(answer))


def failure(identifier: Id | None, error: RpcError) -> bytes:
    """The answer to a request that failed; `identifier` None where it could not be read."""
    told = {"code": int(error.code), "message": error.error.sentence, "data": error.error.as_data()}
    return dump({"jsonrpc": "2.0", "id": identifier, "error": told})


def unreadable(error: DmpError) -> bytes:
    """The answer to a frame that could not be read at all."""
    return failure(None, RpcError(RpcCode.PARSE_ERROR, error))


def too_large(identifier: Id, size: int) -> bytes:
    return failure(
        identifier, RpcError(RpcCode.CORE_ERROR, FrameTooLarge(f"answer of {size} bytes, {BRIDGE_FRAME} at most"))
    )


def notification(method: str, params: BaseModel) -> bytes:
    """What the bridge tells without being asked."""
    return b'{"jsonrpc":"2.0","method":%b,"params":%b}' % (dump(method), params.model_dump_json().encode())


def dump(value: Any) -> bytes:
    """`value` as compact JSON in UTF-8."""
    return to_json(value)
