"""What is done now and then without being asked: recordings purged, parameters read again."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final

from dmp_core import log
from dmp_core.errors import DmpError
from dmp_core.ports import Clock

EVERY: Final = timedelta(hours=1)


class Upkeep:
    """Does each work once an hour at most, whenever `step` is called. One that fails keeps no other from being done."""

    def __init__(self, works: Sequence[Callable[[], object]], *, clock: Clock) -> None:
        self._works = works
        self._clock = clock
        self._due = clock.monotonic()

    def step(self) -> None:
        if self._clock.monotonic() < self._due:
            return
        self._due = self._clock.monotonic() + EVERY.total_seconds()
        for work in self._works:
            try:
                work()
            except DmpError as error:
                log.warning("upkeep.failed", code=error.code)
