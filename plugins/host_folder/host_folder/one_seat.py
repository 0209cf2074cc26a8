"""One program watches a folder, whatever the seat: two outboxes would each send what it holds."""

import contextlib
import errno
import os
import sys
from pathlib import Path
from typing import Final

_NO_LOCKS: Final = frozenset({errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EINVAL})


class OneSeat:
    """Taken at the first look that finds it free; the operating system, or the share, takes it back after a crash."""

    NAME: Final = ".dmp-verrou"

    def __init__(self, folder: Path) -> None:
        self._file = folder / self.NAME
        self._descriptor = -1

    def ours(self) -> bool:
        """Whether the folder is this program's. Where no lock can be had (a share without locks), it is."""
        if self._stands():
            return True
        self.close()
        try:
            self._descriptor = os.open(self._file, os.O_CREAT | os.O_RDWR, 0o660)
        except OSError:
            return True  # the look itself says what is wrong with the folder
        try:
            _lock(self._descriptor)
        except OSError as error:
            if error.errno in _NO_LOCKS:
                return True
            self.close()
            return False
        return True

    def close(self) -> None:
        if self._descriptor >= 0:
            with contextlib.suppress(OSError):
                os.close(self._descriptor)
        self._descriptor = -1

    def _stands(self) -> bool:
        """Whether what we hold is the file that stands there: a share may have gone and come back."""
        if self._descriptor < 0:
            return False
        try:
            return os.path.samestat(os.fstat(self._descriptor), self._file.stat())
        except OSError:
            return False


def _lock(descriptor: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
