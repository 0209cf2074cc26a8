"""One process owns an outbox: a lock of the operating system, which a crash releases."""

import os
import sys
from pathlib import Path

from dmp_core.errors import OutboxLocked
from dmp_core.outbox.private import open_private

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


class Owner:
    """Holds the lock of `path` until closed. Raises OutboxLocked where another process, or another store, holds it."""

    def __init__(self, path: Path) -> None:
        self._descriptor = open_private(path, os.O_CREAT | os.O_RDWR)
        try:
            _lock(self._descriptor)
        except OSError as error:
            self.close()
            raise OutboxLocked from error

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
