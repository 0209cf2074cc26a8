"""Files that only their owner reads: what a way in announces, what a host leaves for it; and one instance a session."""

import contextlib
import json
import os
import stat
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from way_in.settings import SettingsWrong

_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


class NotPrivate(Exception):
    """A file or folder that is absent, is no plain one, or that others can reach."""


def make_folder(folder: Path) -> None:
    """Make it for this user alone. Raises SettingsWrong where what stands there is not."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _require_own(folder.lstat(), stat.S_ISDIR)
    except (OSError, NotPrivate) as error:
        raise SettingsWrong(f"{folder.name}: the folder must be this user's alone (mode 0700)") from error


def write(file: Path, told: dict[str, Any]) -> None:
    """The file, whole or not at all. Raises SettingsWrong."""
    make_folder(file.parent)
    fresh = file.with_suffix(f".{os.getpid()}.new")
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    try:
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, flags, 0o600), "wb") as opened:
            opened.write(json.dumps(told).encode())
        fresh.replace(file)
    except OSError as error:
        raise SettingsWrong(f"{file.name}: {error.strerror}") from error


def read(file: Path, limit: int) -> bytes:
    """At most `limit` bytes of a plain file of this user's alone. Raises NotPrivate."""
    try:
        descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(descriptor, "rb") as opened:
            _require_own(os.fstat(opened.fileno()), stat.S_ISREG)
            data = opened.read(limit + 1)
    except OSError as error:
        raise NotPrivate(file.name) from error
    if len(data) > limit:
        raise NotPrivate(file.name)
    return data


def _require_own(found: os.stat_result, kind: Any) -> None:
    """Windows keeps %LOCALAPPDATA% for its user by itself, and knows no such modes."""
    foreign = sys.platform != "win32" and (found.st_uid != os.geteuid() or bool(stat.S_IMODE(found.st_mode) & _OTHERS))
    if not kind(found.st_mode) or foreign:
        raise NotPrivate


class OnlyOne:
    """Held by the one instance of this session; the operating system takes it back after a crash."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._descriptor = -1

    def __enter__(self) -> Self:
        """Raises BlockingIOError where another instance runs, SettingsWrong where the folder cannot be used."""
        make_folder(self._file.parent)
        self._descriptor = os.open(self._file, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            _lock(self._descriptor)
        except OSError as error:
            self._release()
            raise BlockingIOError from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._release()

    def _release(self) -> None:
        with contextlib.suppress(OSError):
            os.close(self._descriptor)
        self._descriptor = -1


def _lock(descriptor: int) -> None:
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
