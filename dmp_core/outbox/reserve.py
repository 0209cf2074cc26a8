"""Room kept on the disk, so that what becomes of a document can be recorded when the disk is full."""

import os
from pathlib import Path

from dmp_core import log
from dmp_core.outbox.private import open_private


class Reserve:
    """A file of `size` bytes that is given up when the disk is full, and taken again when there is room."""

    def __init__(self, path: Path, size: int) -> None:
        self._path = path
        self._size = size
        self._held = False

    def take(self) -> bool:
        """True where the room is held, now or already."""
        if not self._held:
            try:
                _allocate(self._path, self._size)
            except OSError:
                self._path.unlink(missing_ok=True)
            else:
                self._held = True
        return self._held

    def give_up(self) -> None:
        """Free the room."""
        if self._held:
            log.warning("outbox.reserve_given_up", bytes=self._size)
        self._path.unlink(missing_ok=True)
        self._held = False


def _allocate(path: Path, size: int) -> None:
    descriptor = open_private(path, os.O_CREAT | os.O_WRONLY)
    with os.fdopen(descriptor, "wb") as file:
        if hasattr(os, "posix_fallocate"):
            os.posix_fallocate(descriptor, 0, max(size, 1))
        else:
            file.write(bytes(size))
