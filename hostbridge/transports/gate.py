"""Who is let in, decided before anything is read or routed: where the request says it goes, comes from, and its token.

A page in a browser of this machine reaches every port of 127.0.0.1, also under a name of its own (DNS rebinding): so
Host, Origin and the token are all three checked, each by equality.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from dmp_core.model.limits import BRIDGE_FRAME
from hostbridge.transports.secret import Secret, Verdict

RPC: Final = "/rpc"
WINDOWS: Final = ("/w/", "/panel/")
FORM_LIMIT: Final = 65_536
_API: Final[Mapping[str, tuple[str, int]]] = {
    RPC: ("POST", BRIDGE_FRAME),
    "/notices": ("GET", 0),
    "/prove": ("GET", 0),
    "/rotate": ("POST", 0),
}
"""Path of the interface for hosts -> its method and the longest body."""
_JSON: Final = re.compile(r"application/json(?:\s*;\s*charset\s*=\s*\"?utf-8\"?)?", re.IGNORECASE)
_FORM: Final = re.compile(r"application/x-www-form-urlencoded(?:\s*;\s*charset\s*=\s*\"?utf-8\"?)?", re.IGNORECASE)
_CHALLENGE: Final = re.compile(r"[0-9a-f]{64}")
_BEARER: Final = "Bearer "
_PROOF: Final = "Proof "
SUBPROTOCOL: Final = "dmp-bridge.1"
_TOKEN_PROTOCOL: Final = "dmp-token."  # noqa: S105 - a prefix, no token


@dataclass(frozen=True, slots=True)
class Head:
    """What a request says of itself. Names of headers are lower-case; each stands at most once (`StrictHead`)."""

    method: str
    path: str
    query: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    websocket: bool = False
    known: bool = False  # the same connection showed the token before

    def get(self, name: str) -> str | None:
        return self.headers.get(name)


class Gate:
    """Where this bridge listens and what it lets in. `secret` None: windows only, no host comes this way."""

    def __init__(self, address: str, port: int, secret: Secret | None) -> None:
        self._hosts = frozenset({f"{address}:{port}", f"localhost:{port}"})
        self._port = port
        self._secret = secret

    def refusal(self, head: Head) -> int | None:
        """The status that ends this request; None where it may go on."""
        if head.get("host") not in self._hosts:
            return 421
        if head.method == "OPTIONS" or (head.get("origin") is not None and not self._own_origin(head)):
            return 403
        if head.path in _API:
            return self._refused_host(head)
        if not head.path.startswith(WINDOWS):
            return 404 if self._verdict(head) is Verdict.RIGHT else 401
        if head.query and not head.path.startswith("/w/"):
            return 400
        if head.method == "POST":
            return self._refused_form(head)
        return 405 if head.method != "GET" or head.websocket else self._length(head, 0)

    def _own_origin(self, head: Head) -> bool:
        """A page of the very address that was asked: `http://` and what Host says."""
        return head.get("origin") == f"http://{head.get('host')}"

    def _refused_host(self, head: Head) -> int | None:
        """The interface for hosts: one method, JSON, the token in its header, nothing in the address."""
        method, limit = _API[head.path]
        if head.query:
            return 400
        if head.path == RPC and head.method == "POST" and not _JSON.fullmatch(head.get("content-type") or ""):
            return 415
        verdict = self._verdict(head)
        if verdict is Verdict.PAUSED:
            return 429
        if verdict is not Verdict.RIGHT:
            return 401
        if head.websocket:
            return None if head.path == RPC else 405
        return 405 if head.method != method else self._length(head, limit)

    def _verdict(self, head: Head) -> Verdict:
        shown = head.get("authorization")
        if self._secret is None:
            return Verdict.MISSING
        if head.path == "/prove":
            challenge = head.get("dmp-challenge") or ""
            if not _CHALLENGE.fullmatch(challenge):
                return Verdict.MISSING
            return self._secret.check_proof(challenge, _after(_PROOF, shown), self._port)
        token = _after(_BEARER, shown)
        if token is None and head.websocket:
            token = token_of(head.get("sec-websocket-protocol"))
        return self._secret.check(token, known=head.known)

    def _refused_form(self, head: Head) -> int | None:
        """A button of a window: only a page of ours presses it."""
        if head.get("origin") is None:
            return 403
        if not _FORM.fullmatch(head.get("content-type") or ""):
            return 415
        return self._length(head, FORM_LIMIT)

    @staticmethod
    def _length(head: Head, limit: int) -> int | None:
        return 413 if int(head.get("content-length") or 0) > limit else None


def token_of(protocols: str | None) -> str | None:
    """The token among the subprotocols of a WebSocket, for clients that can set no header."""
    offered = [each.strip() for each in (protocols or "").split(",")]
    return next((each.removeprefix(_TOKEN_PROTOCOL) for each in offered if each.startswith(_TOKEN_PROTOCOL)), None)


def _after(scheme: str, header: str | None) -> str | None:
    return header.removeprefix(scheme) if header is not None and header.startswith(scheme) else None
