"""A clock that moves only when a test says so."""

from datetime import UTC, datetime, timedelta


class ManualClock:
    """Stands at `start` (a Thursday morning in Paris) until `advance` moves it."""

    def __init__(self, start: datetime = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)) -> None:
        self._now = start
        self._monotonic = 0.0

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    def advance(self, by: timedelta) -> None:
        self._now += by
        self._monotonic += by.total_seconds()

    def wait(self, seconds: float) -> None:
        """Stands for a sleep: the time passes at once."""
        self.advance(timedelta(seconds=seconds))
