"""What a campaign plays with: cards that go at a chosen command, certificates of chosen dates, a clock that moves."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from dmp_core.simulator.cards.cps3 import Cps3
from dmp_core.simulator.cards.holder import Holder
from dmp_core.simulator.pki import Authority, Pki

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


def dated(holder: Holder, pki: Pki, folder: Path, dates: tuple[datetime, datetime] | None = None) -> Holder:
    """The same person with a new pair of certificates, of those dates."""
    made, person = Pki(folder), holder.practitioner
    Authority.load(pki.authority).issue_to(made, person, dates)
    return Holder.of(made, person, *holder.structures)


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
