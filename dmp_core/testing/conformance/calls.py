"""A way in that listens, called as its scenario says, and as nobody should call it."""

import contextlib
import http.client
import json
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

from dmp_core.testing.conformance.program import Program
from dmp_core.testing.conformance.report import Rule
from dmp_core.testing.conformance.scenario import Call

LISTENS: Final = Rule(
    "way-in.listens",
    "it listens on this machine alone, and tells where in a private file that goes with it",
    "bind 127.0.0.1; write `url` and `token` into a file of mode 0600; remove it at the end",
)
ANSWERS: Final = Rule(
    "way-in.answers", "each call of its scenario is answered as promised", "mend it, the scenario, or the driver"
)
GATE: Final = Rule(
    "way-in.gate",
    "a page of elsewhere, another name for this machine and whoever has no token get nothing",
    "compare Host and Origin by equality, the token in constant time, before anything is routed",
)
NONSENSE: Final = Rule(
    "way-in.nonsense",
    "a body that makes no sense is refused with 4xx, and nothing breaks",
    "read bodies strictly, with a limit; answer 400, 413, 415 or 422",
)
_SECONDS: Final = 60.0
_ELSEWHERE: Final = "attaquant.exemple"
_MOST: Final = 1_000_000  # bytes of an answer
_BODIES: Final[Mapping[str, bytes]] = {
    "an empty body": b"",
    "half a body": b'{"a": ',
    "a list": b"[]",
    "deep nesting": b"[" * 100_000,
    "bytes that are no text": b"\xff\xfe\x00" * 100,
    "a million digits": b'{"a": ' + b"9" * 1_000_000 + b"}",
    "20 MB": b" " * 20_000_000,
}


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back. `status` 0: nothing that is HTTP."""

    status: int
    body: bytes = field(repr=False, default=b"")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a way in listens, as it announced it."""

    url: str
    token: str = field(repr=False, default="")

    def ask(
        self, call: Call, body: bytes | None, *, more: Mapping[str, str] | None = None, bearer: bool = True
    ) -> Answered:
        """One request; `more` takes the place of the usual headers."""
        where = urlsplit(self.url)
        headers = {"Host": where.netloc, "Content-Type": call.type}
        if self.token and bearer:
            headers["Authorization"] = f"Bearer {self.token}"
        connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=_SECONDS)
        try:
            connection.putrequest(call.method, where.path + call.path or "/", skip_host=True, skip_accept_encoding=True)
            for name, value in (headers | dict(more or {})).items():
                connection.putheader(name, value)
            connection.putheader("Content-Length", str(len(body or b"")))
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # refused before all of it was heard
                connection.endheaders(body or None)
            answer = connection.getresponse()
            return Answered(answer.status, answer.read(_MOST))
        except (OSError, http.client.HTTPException):
            return Answered(0)
        finally:
            connection.close()


def find(program: Program) -> Address | None:
    """Where it listens, once it says so; None where it never does."""
    if not program.until(program.announced.is_file):
        return None
    try:
        told: Any = json.loads(program.announced.read_bytes())
        return Address(str(told["url"]), str(told.get("token", "")))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def exposed(program: Program, address: Address | None) -> Iterator[str]:
    """What is wrong with where it listens and how it says so, while it works."""
    if address is None:
        yield f'{program.scenario.listens} never says where, as {{"url": ..., "token": ...}}'
        return
    try:
        here = ip_address(urlsplit(address.url).hostname or "").is_loopback
    except ValueError:
        here = False
    if not here:
        yield "its address is not one of this machine's own"
    if os.name == "posix" and program.announced.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield f"others can read {program.scenario.listens}"


def left_behind(program: Program) -> Iterator[str]:
    """What of it stays after the end."""
    if program.announced.exists():
        yield f"{program.scenario.listens} still stands after its end"


def promised(program: Program, address: Address) -> Iterator[str]:
    """The calls of the scenario, in order: what was answered otherwise."""
    for rank, call in enumerate(program.scenario.calls, 1):
        answer = address.ask(call, _body(program, call))
        if answer.status != call.status:
            yield f"call {rank} ({call.method} {call.path}): {_told(answer)}, not {call.status}"
            continue
        missing = [text for text in call.answers if text.encode() not in answer.body]
        if missing:
            yield f"call {rank} ({call.method} {call.path}): its answer has no {', '.join(map(repr, missing))}"


def strangers(program: Program, address: Address) -> Iterator[str]:
    """The same calls by who should get nothing; the bridge must hear nothing of them."""
    heard = len(program.said())
    for call in program.scenario.calls:
        body, where = _body(program, call), f"{call.method} {call.path}"
        others = {
            "a page of elsewhere": address.ask(call, body, more={"Origin": f"https://{_ELSEWHERE}"}),
            "a page without an origin": address.ask(call, body, more={"Origin": "null"}),
            "another name for this machine": address.ask(call, body, more={"Host": _ELSEWHERE}),
        }
        if address.token and not call.public:
            others["nobody's token"] = address.ask(call, body, more={"Authorization": "Bearer x"})
            others["no token"] = address.ask(call, body, bearer=False)
        for who, answer in others.items():
            if not 400 <= answer.status < 500:
                yield f"{where} by {who}: {_told(answer)}"
    if len(program.said()) != heard:
        yield "the bridge heard of a call that was to be refused"


def senseless(program: Program, address: Address) -> Iterator[str]:
    """The same calls with other bodies, and under another type; the usual ones are answered afterwards as before."""
    for call in program.scenario.calls:
        if call.method != "POST":
            continue
        for what, body in _BODIES.items():
            answer = address.ask(call, body)
            if not 400 <= answer.status < 500:
                yield f"POST {call.path} with {what}: {_told(answer)}"
        answer = address.ask(call, _body(program, call), more={"Content-Type": "text/plain"})
        if not 400 <= answer.status < 500:
            yield f"POST {call.path} as text/plain: {_told(answer)}"


def broken(program: Program, address: Address) -> Iterator[str]:
    """The calls of the scenario where any answer will do but a failure of the way in itself."""
    for call in program.scenario.calls:
        answer = address.ask(call, _body(program, call))
        if answer.status in (0, 500):
            yield f"{call.method} {call.path}: {_told(answer)}"


def _body(program: Program, call: Call) -> bytes | None:
    return (program.work / call.body).read_bytes() if call.body else None


def _told(answer: Answered) -> str:
    return f"answered {answer.status}" if answer.status else "not answered"
