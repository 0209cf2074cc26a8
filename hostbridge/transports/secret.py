"""What tells the host from everybody else on this machine: a token of 256 bits, and a proof that both know it.

The proof comes first: a program that took the announced port learns nothing, for the token is sent to a server that
answered a challenge with it. It is bound to the port, so that it cannot be fetched from the real server at another.
"""

import hmac
from collections.abc import Callable
from enum import StrEnum
from threading import Lock
from typing import Final

from hostbridge.clients.python import proof

TOKEN_BYTES: Final = 32
WRONG_ALLOWED: Final = 10  # guesses before a pause
PAUSE: Final = 1.0  # seconds in which no new connection is listened to


class Verdict(StrEnum):
    RIGHT = "right"
    WRONG = "wrong"
    MISSING = "missing"
    PAUSED = "paused"


class Secret:
    """The token of one start of the bridge. Safe for threads."""

    def __init__(self, draw: Callable[[int], bytes], monotonic: Callable[[], float]) -> None:
        """`draw(size)` gives bytes fit for a key; `monotonic()` gives seconds that never go back."""
        self._draw = draw
        self._monotonic = monotonic
        self._lock = Lock()
        self._wrong = 0
        self._paused_until = float("-inf")
        self.token = draw(TOKEN_BYTES).hex()

    def rotate(self) -> str:
        """Another token from now on; the former is worth nothing."""
        with self._lock:
            self.token = self._draw(TOKEN_BYTES).hex()
            return self.token

    def check(self, presented: str | None, *, known: bool = False) -> Verdict:
        """Whether that is the token, in a time that does not depend on it. `known`: the connection showed it before."""
        return self._judge(presented is not None, known, hmac.compare_digest(_bytes(presented), _bytes(self.token)))

    def check_proof(self, challenge: str, presented: str | None, port: int) -> Verdict:
        """Whether the client that asks for a proof knows the token itself."""
        expected = proof.of_client(self.token, challenge, port)
        return self._judge(presented is not None, False, hmac.compare_digest(_bytes(presented), _bytes(expected)))

    def prove(self, challenge: str, port: int, pid: int) -> str:
        """This server's answer to `challenge`."""
        return proof.of_server(self.token, challenge, port, pid)

    def _judge(self, given: bool, known: bool, right: bool) -> Verdict:
        if not given:
            return Verdict.MISSING
        with self._lock:
            if self._monotonic() < self._paused_until and not known:
                return Verdict.PAUSED
            if right:
                self._wrong = 0
                return Verdict.RIGHT
            self._wrong += 1
            if self._wrong >= WRONG_ALLOWED:
                self._wrong, self._paused_until = 0, self._monotonic() + PAUSE
            return Verdict.WRONG


def _bytes(text: str | None) -> bytes:
    """Text of a header as bytes of one length for the comparison, whatever was sent."""
    return (text or "").encode("utf-8", "replace")[:128].ljust(128, b"\0")
