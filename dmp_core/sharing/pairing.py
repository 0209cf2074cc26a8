"""Two seats get to know each other: a code of six digits that both screens show, and a person who compares them.

The seat that calls commits to its nonce before it sees the other's, so that whoever stands between must fix everything
before knowing which code will come: one chance in a million, and one try. The code depends on both certificates: who
replaces one is seen.
"""

import hashlib
import hmac
from dataclasses import dataclass
from threading import Lock
from typing import Final

from dmp_core.errors import PairingRefused
from dmp_core.sharing.identity import fingerprint
from dmp_core.sharing.seats import KnownSeat

SECONDS: Final = 120.0
NONCE: Final = 32  # bytes
_PURPOSE: Final = b"dmp seat pairing 1"


def commitment(nonce: bytes, certificate: bytes) -> bytes:
    """What the caller sends first: it can reveal only this nonce afterwards."""
    return hashlib.sha256(_PURPOSE + b" commitment" + nonce + certificate).digest()


def code(caller: bytes, called: bytes, caller_nonce: bytes, called_nonce: bytes) -> str:
    """Six digits of both certificates (DER) and both nonces."""
    parts = (_PURPOSE, hashlib.sha256(caller).digest(), hashlib.sha256(called).digest(), caller_nonce, called_nonce)
    digest = hashlib.sha256(b"".join(len(part).to_bytes(4, "big") + part for part in parts)).digest()
    return f"{int.from_bytes(digest[:8], 'big') % 1_000_000:06d}"


def require_revealed(promised: bytes, nonce: bytes, certificate: bytes) -> None:
    """Raise PairingRefused where the caller reveals another nonce than it had committed to."""
    if not hmac.compare_digest(promised, commitment(nonce, certificate)):
        raise PairingRefused("the nonce is not the one committed to")


@dataclass(frozen=True, slots=True)
class Offer:
    """The other seat and the code that must stand on its screen as well."""

    seat: KnownSeat
    code: str


class Pairings:
    """One pairing at a time, for two minutes, with one try. Safe for threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._until = 0.0
        self._taken = False
        self._offer: Offer | None = None

    def begin(self, now: float) -> None:
        """Somebody at this seat wants to pair; an earlier pairing is over. `now`: monotonic seconds."""
        with self._lock:
            self._until, self._taken, self._offer = now + SECONDS, False, None

    def end(self) -> None:
        with self._lock:
            self._until, self._taken, self._offer = 0.0, False, None

    def left(self, now: float) -> float | None:
        """Seconds that the pairing under way has left; None: there is none."""
        with self._lock:
            return self._until - now if now < self._until else None

    def open_to_callers(self, now: float) -> bool:
        """True while this seat waits for another one that nobody has spoken to it yet."""
        with self._lock:
            return now < self._until and not self._taken

    def take(self, now: float) -> None:
        """One seat begins to speak: no other one may, in this pairing. Raises PairingRefused."""
        with self._lock:
            if now >= self._until or self._taken:
                raise PairingRefused("nobody pairs now")
            self._taken = True

    def offer(self, offer: Offer, now: float) -> None:
        """The code is known: it is shown. Raises PairingRefused."""
        with self._lock:
            if now >= self._until or self._offer is not None:
                raise PairingRefused("too late")
            self._taken, self._offer = True, offer

    def offered(self, now: float) -> Offer | None:
        with self._lock:
            return self._offer if now < self._until else None

    def confirm(self, typed: str, now: float) -> KnownSeat:
        """The seat, where `typed` is the code; whatever it is, the pairing is over. Raises PairingRefused."""
        with self._lock:
            offer, in_time = self._offer, now < self._until
            self._until, self._taken, self._offer = 0.0, False, None
        if offer is None or not in_time:
            raise PairingRefused("no code is shown, or its time is over")
        if not hmac.compare_digest(offer.code.encode(), typed.encode()):
            raise PairingRefused("another code")
        return offer.seat


def same(certificate: bytes, other: bytes) -> bool:
    return hmac.compare_digest(fingerprint(certificate), fingerprint(other))
