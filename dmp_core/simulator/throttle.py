"""How many requests somebody may make in one second (DNS/CNAM guide v1.5: fewer than five feeds)."""

from collections import defaultdict, deque
from threading import Lock


class Throttle:
    """Counts in a sliding second, apart for each key."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._times: dict[str, deque[float]] = defaultdict(deque)
        self._lock = Lock()

    def allows(self, key: str, at: float) -> bool:
        """Whether the request at `at` (seconds, any origin) is within the limit; one that is not does not count."""
        with self._lock:
            times = self._times[key]
            while times and at - times[0] >= 1:
                times.popleft()
            if len(times) >= self._limit:
                return False
            times.append(at)
            return True
