"""What a campaign plays with: cards that go at a chosen command, certificates of chosen dates, a clock that moves."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from dmp_core.simulator.cards.cps3 import Cps3
from dmp_core.simulator.cards.holder import CardKey, Holder
from dmp_core.simulator.pki import Authority

Leave = Callable[[], None]


class Leaving(Cps3):
    """A card that is gone at its n-th command: before it is done, or once it is done but not yet answered."""

    def __init__(self, holder: Holder, *, leave: Leave, at: int, done: bool, **options: Any) -> None:
        super().__init__(holder, **options)
        self.asked = 0
        self._leave, self._at, self._done = leave, at, done

    def apdu(self, command: bytes) -> bytes | None:
        self.asked += 1
        if self.asked != self._at:
            return super().apdu(command)
        if self._done:
            super().apdu(command)
        self._leave()
        return None


Dates = tuple[datetime, datetime]


def dated(holder: Holder, authority: Authority, dates: Dates) -> Holder:
    """The same person and keys under new certificates of those dates."""
    pairs = (holder.authentication, holder.signature)
    authentication, signature = (
        CardKey(pair.key, reissued(pair.certificate, authority, dates).public_bytes(Encoding.DER)) for pair in pairs
    )
    return replace(holder, authentication=authentication, signature=signature)


def reissued(certificate: bytes, authority: Authority, dates: Dates) -> x509.Certificate:
    """The certificate, DER, anew: another serial number, those dates."""
    old = x509.load_der_x509_certificate(certificate)
    number = x509.random_serial_number()
    builder = x509.CertificateBuilder(old.issuer, old.subject, old.public_key(), number, *dates)
    for extension in old.extensions:
        builder = builder.add_extension(extension.value, critical=extension.critical)
    return builder.sign(authority.key, SHA256())


class SeatClock:
    """The computer's clock, which a test moves on; the time of day stays true, as the DMP compares it with its own.

    `ahead` puts the time of day forward where nothing is asked of the DMP.
    """

    def __init__(self) -> None:
        self._moved = 0.0
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def monotonic(self) -> float:
        return time.monotonic() + self._moved

    def wait(self, **duration: float) -> None:
        self._moved += timedelta(**duration).total_seconds()
