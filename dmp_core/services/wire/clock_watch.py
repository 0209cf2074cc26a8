"""Compares the clock of this computer with the DMP's (PRE_TPS): a VIHF made with a wrong one is refused."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from dmp_core import log
from dmp_core.errors import ClockWrong
from dmp_core.services.notices import CareNeeded, Notice

_AGAIN: Final = timedelta(hours=24)
_RESOLUTION: Final = timedelta(seconds=1)  # of the HTTP header `Date`


class ClockWatch:
    """Looks at the date of every answer; tells when the clock is off by more than `tolerance`, again each day."""

    def __init__(self, tolerance: timedelta, tell: Callable[[Notice], None]) -> None:
        self._tolerance = tolerance
        self._tell = tell
        self._told_at: datetime | None = None
        self.offset = timedelta(0)  # what must be added to the clock to have the DMP's time; 0 within the resolution

    @property
    def is_wrong(self) -> bool:
        """Whether the last answer showed a difference beyond the tolerance."""
        return abs(self.offset) > self._tolerance

    @property
    def detail(self) -> str:
        """`the clock is 754 s behind the DMP's`."""
        word = "behind" if self.offset > timedelta(0) else "ahead of"
        return f"the clock is {abs(round(self.offset.total_seconds()))} s {word} the DMP's"

    def saw(self, date: datetime, *, sent_at: datetime, came_at: datetime) -> None:
        """The DMP dated its answer `date`; by this clock it was between `sent_at` and `came_at`."""
        if date < sent_at - _RESOLUTION:
            self.offset = date - sent_at
        elif date > came_at + _RESOLUTION:
            self.offset = date - came_at
        else:
            self.offset = timedelta(0)
        if not self.is_wrong:
            self._told_at = None
        elif self._told_at is None or came_at - self._told_at >= _AGAIN:
            self._told_at = came_at
            log.warning("clock.wrong", delay=round(self.offset.total_seconds()))
            self._tell(CareNeeded(ClockWrong(self.detail)))
