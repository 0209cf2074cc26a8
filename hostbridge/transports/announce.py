"""The private file that tells the host where the bridge listens: port, token and process, for its owner alone.

It is written whole or not at all, in a folder that nobody else can enter, and never over something that is not ours:
a link, another user's file, a file that others can read.
"""

import contextlib
import json
import os
import stat
import sys
from pathlib import Path
from typing import Final

from dmp_core.errors import ConfigInvalid
from dmp_core.outbox.owner import Owner

VERSION: Final = 1
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def default_path(name: str = "bridge") -> Path:
    """`$XDG_RUNTIME_DIR/dmp/bridge.json`; on Windows under %LOCALAPPDATA%, which is the user's own; else ~/.cache."""
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    else:
        base = Path(os.environ.get("XDG_RUNTIME_DIR") or Path.home() / ".cache")
    return base / "dmp" / f"{name}.json"


class Announcement:
    """The file of one bridge, and the lock that keeps a second bridge from taking its place."""

    def __init__(self, path: Path) -> None:
        """Raises ConfigInvalid where folder or file is not this user's alone, OutboxLocked where another bridge is."""
        self._path = path
        self.pid = os.getpid()
        _require_private_folder(path.parent)
        _require_ours(path.with_suffix(".lock"))
        self._owner = Owner(path.with_suffix(".lock"))
        try:
            _require_ours(path)
        except ConfigInvalid:
            self._owner.close()
            raise

    def write(self, address: str, port: int, token: str) -> None:
        """Announce this process. Raises ConfigInvalid where the disk refuses."""
        told = {"version": VERSION, "address": address, "port": port, "token": token, "pid": self.pid}
        fresh = self._path.with_suffix(f".{self.pid}.new")
        try:
            with contextlib.suppress(FileNotFoundError):
                fresh.unlink()
            flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
            descriptor = os.open(fresh, flags, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(json.dumps(told).encode())
            fresh.replace(self._path)
        except OSError as error:
            raise ConfigInvalid(f"announce: the file cannot be written: {error.strerror}") from error

    def withdraw(self) -> None:
        """The bridge leaves: nobody shall look for it there."""
        with contextlib.suppress(OSError):
            self._path.unlink()
        self._owner.close()


def _require_private_folder(folder: Path) -> None:
    """Make the folder with mode 0700, or refuse one that others can write or read."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise ConfigInvalid(f"announce: the folder cannot be used: {error.strerror}") from error
    if not stat.S_ISDIR(found.st_mode):
        raise ConfigInvalid("announce: the folder is a link")
    _require_private(found, "the folder")


def _require_ours(path: Path) -> None:
    """Refuse what stands at `path` unless it is a plain file that only we can read: what an earlier bridge left."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return
    except OSError as error:
        raise ConfigInvalid(f"announce: the file cannot be used: {error.strerror}") from error
    if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
        raise ConfigInvalid("announce: what stands there is no plain file")
    _require_private(found, "the file")


def _require_private(found: os.stat_result, what: str) -> None:
    """Windows keeps %LOCALAPPDATA% for its user by itself, and knows no such modes."""
    if sys.platform != "win32" and (found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & _OTHERS):
        raise ConfigInvalid(f"announce: {what} must be this user's alone (mode 0700, 0600)")
