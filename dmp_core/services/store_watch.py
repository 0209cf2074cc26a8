"""Whether all that was accepted still reads: what does not is told, and named until a copy is put back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from dmp_core import log
from dmp_core.errors import ItemsUnreadable, OutboxError
from dmp_core.ports import Clock, DamagedItem, OutboxStore
from dmp_core.services.notices import CareNeeded, Notice

EVERY: Final = timedelta(days=1)


class StoreWatch:
    """Looks through the whole store once a day, the first time at the start; `behind` runs it where nobody waits."""

    def __init__(
        self,
        outbox: OutboxStore,
        *,
        clock: Clock,
        behind: Callable[[Callable[[], object]], None],
        tell: Callable[[Notice], None],
    ) -> None:
        self._outbox = outbox
        self._clock = clock
        self._behind = behind
        self._tell = tell
        self._due = clock.monotonic()
        self._damaged: tuple[DamagedItem, ...] = ()

    def step(self) -> None:
        """The daily look, where it is due."""
        if self._clock.monotonic() >= self._due:
            self._due = self._clock.monotonic() + EVERY.total_seconds()
            self._behind(self.look)

    def look(self) -> None:
        """Look now; what was not known before is told."""
        try:
            found = tuple(map(self._outbox.damaged, self._outbox.verify()))
        except OutboxError as error:  # the app closes meanwhile, or nothing of the file reads
            log.warning("outbox.not_verified", code=error.code)
            return
        known = {item.id for item in self._damaged}
        self._damaged = found
        if {item.id for item in found} - known:
            log.warning("outbox.items_unreadable", count=len(found))
            self._tell(CareNeeded(ItemsUnreadable(f"{len(found)} items")))

    def damaged(self, structure: str) -> tuple[DamagedItem, ...]:
        """Of this pharmacy, or of nobody knows which, as the last look found them."""
        return tuple(item for item in self._damaged if item.structure in (structure, None))

    @property
    def count(self) -> int:
        return len(self._damaged)
