"""The assertions that were used, on disk: one that was believed before a restart is not believed again after it."""

from datetime import datetime, timedelta

from dmp_core.simulator.storage import Storage


class Replays:
    """IDs of assertions, each kept as long as its assertion could still be valid."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def is_first(self, identifier: str, at: datetime, *, kept: timedelta) -> bool:
        """Whether nobody used this ID within `kept`; from now on somebody did."""
        with self._storage.transaction() as connection:
            connection.execute("DELETE FROM assertion WHERE at < ?", ((at - kept).isoformat(),))
            used = connection.execute("INSERT OR IGNORE INTO assertion VALUES (?, ?)", (identifier, at.isoformat()))
            return used.rowcount == 1
