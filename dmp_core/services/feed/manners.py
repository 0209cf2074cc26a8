"""How fast the DMP may be fed: never more than four in any sliding second, a word beyond 30 000 a day.

Source: DNS/CNAM guide v1.5. What was fed before a restart is known from the audit, which holds every exchange.
"""

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock
from typing import Final
from zoneinfo import ZoneInfo

from dmp_core import log
from dmp_core.errors import ManyFeeds
from dmp_core.model.limits import FEEDS_PER_DAY, FEEDS_PER_SECOND
from dmp_core.ports import Audit, Clock
from dmp_core.services.notices import CareNeeded, Notice

SECOND: Final = timedelta(seconds=1)
_FEED: Final = "TD2.1"
_ASKING: Final = "dmp.asking"


class FeedPace:
    """The feeds of one structure. A day is one of `time_zone`."""

    def __init__(
        self, audit: Audit, structure: str, *, clock: Clock, time_zone: ZoneInfo, tell: Callable[[Notice], None]
    ) -> None:
        self._audit = audit
        self._structure = structure
        self._clock = clock
        self._zone = time_zone
        self._tell = tell
        self._lock = Lock()
        self._last: deque[float] | None = None  # monotonic times of the last feeds; None: the past was not read yet
        self._day = clock.now().astimezone(time_zone).date()
        self._count = 0

    def pause(self) -> timedelta | None:
        """How long to wait before the next feed, so that no second ever holds more than four; None: now."""
        with self._lock:
            last = self._known()
            if len(last) < FEEDS_PER_SECOND:
                return None
            left = last[0] + SECOND.total_seconds() - self._clock.monotonic()
            return timedelta(seconds=left) if left > 0 else None

    def feeding(self) -> None:
        """One feed is about to leave."""
        with self._lock:
            self._known().append(self._clock.monotonic())
            today = self._clock.now().astimezone(self._zone).date()
            if today != self._day:
                self._day, self._count = today, 0
            self._count += 1
            reached = self._count == FEEDS_PER_DAY
        if reached:
            log.warning("feed.many", count=FEEDS_PER_DAY, structure=self._structure)
            self._tell(CareNeeded(ManyFeeds(f"{FEEDS_PER_DAY} feeds in one day")))

    @property
    def today(self) -> int:
        """Feeds of this day, those before a restart too."""
        with self._lock:
            self._known()
            return self._count if self._clock.now().astimezone(self._zone).date() == self._day else 0

    def _known(self) -> deque[float]:
        """The last feeds; at the first call out of the audit."""
        if self._last is None:
            self._last = deque(maxlen=FEEDS_PER_SECOND)
            now, monotonic = self._clock.now(), self._clock.monotonic()
            times = [at for at in self._of_today(now) if at <= now]
            self._count = len(times)
            for at in reversed(times[:FEEDS_PER_SECOND]):
                self._last.append(monotonic - (now - at).total_seconds())
        return self._last

    def _of_today(self, now: datetime) -> list[datetime]:
        """When the feeds of this day left, newest first."""
        self._day = now.astimezone(self._zone).date()
        times = []
        for record in self._audit.latest():
            at = datetime.fromisoformat(record["at"])
            if at.astimezone(self._zone).date() < self._day:
                break
            ours = record.get("transaction") == _FEED and record.get("structure") == self._structure
            if ours and record["action"] == _ASKING:
                times.append(at)
        return times
