"""One SQLite file, one connection, one lock: opened safely, and no error of SQLite leaves unmapped."""

import errno
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Final

import apsw

from dmp_core.errors import OutboxError, OutboxFull, OutboxLocked, OutboxUnreadable
from dmp_core.outbox.migrations import MIGRATIONS, migrate
from dmp_core.outbox.owner import Owner
from dmp_core.outbox.private import make_folder, open_private, sync_folder
from dmp_core.outbox.transaction import transaction

OLDEST_SQLITE: Final = (3, 51, 3)  # up to 3.51.2 a WAL reset can corrupt: sqlite.org/wal.html#walresetbug
_PRAGMAS: Final = (
    ("journal_mode", "wal"),
    ("synchronous", "full"),
    ("fullfsync", "on"),  # macOS: fsync alone does not reach the disk
    ("checkpoint_fullfsync", "on"),
    ("secure_delete", "on"),
    ("foreign_keys", "on"),
    ("cell_size_check", "on"),
    ("trusted_schema", "off"),
    ("temp_store", "memory"),
    ("mmap_size", 0),
    ("wal_autocheckpoint", 8192),  # pages of 4 kB: a net only, an idle task checkpoints before
)
_KINDS: Final[tuple[tuple[type[apsw.Error], type[OutboxError]], ...]] = (
    (apsw.FullError, OutboxFull),
    (apsw.BusyError, OutboxLocked),
    (apsw.LockedError, OutboxLocked),
    (apsw.CorruptError, OutboxUnreadable),
    (apsw.NotADBError, OutboxUnreadable),
    (apsw.FormatError, OutboxUnreadable),
    (apsw.IOError, OutboxUnreadable),
    (apsw.CantOpenError, OutboxUnreadable),
    (apsw.SQLError, OutboxUnreadable),  # the schema is damaged: every statement is tested on a sound one
)


def mapped(error: apsw.Error) -> OutboxError:
    """Our error for one of SQLite's; its name is kept in `origin`."""
    name = type(error).__name__
    for theirs, ours in _KINDS:
        if isinstance(error, theirs):
            return ours(origin=name)
    return OutboxError(origin=name)


@contextmanager
def translated() -> Iterator[None]:
    """Nothing but OutboxError comes out for what SQLite, the disk or a damaged text raises."""
    try:
        yield
    except apsw.Error as error:
        raise mapped(error) from error
    except OSError as error:
        kind = OutboxFull if error.errno == errno.ENOSPC else OutboxUnreadable
        raise kind(origin=errno.errorcode.get(error.errno or 0)) from error
    except UnicodeDecodeError as error:
        raise OutboxUnreadable("a text is no UTF-8") from error


def require_sqlite(version: str) -> None:
    """Raise OutboxError where this SQLite, `3.54.1`, is older than OLDEST_SQLITE."""
    if tuple(int(number) for number in version.split(".")) < OLDEST_SQLITE:
        raise OutboxError(f"SQLite {version}; 3.51.3 or newer is needed")


class Database:
    """The file at `path`, owned by this process, its schema made by `scripts`.

    `check`: what the vault's secret gives; a file that was made with another secret is refused, since nothing would be
    found in it. Raises OutboxLocked, OutboxUnreadable, OutboxFull.
    """

    def __init__(self, path: Path, scripts: Sequence[str] = MIGRATIONS, *, check: bytes | None = None) -> None:
        require_sqlite(apsw.sqlite_lib_version())
        self.path = path
        self._lock = threading.RLock()
        with translated():
            make_folder(path.parent)
            self._owner = Owner(path.with_name(f"{path.name}.lock"))
        try:
            with translated():
                self._connection = _connect(path, scripts)
        except BaseException:
            self._owner.close()
            raise
        if check is not None:
            try:
                self._require(check)
            except BaseException:
                self.close()
                raise

    def _require(self, check: bytes) -> None:
        with self.writing() as db:
            known = [value for (value,) in db.execute("SELECT value FROM secret_check")]
            if not known:
                db.execute("INSERT INTO secret_check VALUES (?)", (check,))
            elif check not in known:
                raise OutboxUnreadable("the secret is not the one that the file was made with")

    @contextmanager
    def reading(self) -> Iterator[apsw.Connection]:
        with self._lock, translated():
            yield self._connection

    @contextmanager
    def writing(self) -> Iterator[apsw.Connection]:
        """One transaction: on disk when the block ends, undone where it raises."""
        with self._lock, translated():
            if not self.path.exists():
                raise OutboxUnreadable("the file was removed while it was open")
            with transaction(self._connection):
                yield self._connection

    def checkpoint(self) -> None:
        """Empty the journal into the file. Who writes meanwhile waits for the cutting of the journal alone."""
        with translated():
            if not Path(self._connection.filename_wal).stat().st_size:
                return
            with closing(_opened(self.path)) as beside:
                beside.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
            with self._lock, suppress(apsw.BusyError):  # `is_sound` reads meanwhile: the next time does it
                self._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)

    def is_sound(self) -> bool:
        """Whether SQLite finds the pages and indexes whole. Nobody waits: it reads on a connection of its own."""
        try:
            with closing(_opened(self.path)) as beside:
                return bool(beside.execute("PRAGMA integrity_check(1)").get == "ok")
        except apsw.Error:
            return False

    def close(self) -> None:
        with self._lock, translated():
            self._connection.close()
            self._owner.close()


def _connect(path: Path, scripts: Sequence[str]) -> apsw.Connection:
    if not path.exists():
        os.close(open_private(path, os.O_CREAT | os.O_RDWR))
        sync_folder(path.parent)
    connection = _opened(path)
    try:
        migrate(connection, scripts)
    except BaseException:
        connection.close()
        raise
    return connection


def _opened(path: Path) -> apsw.Connection:
    """A connection to a file that is there: one that was removed is not made anew."""
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
    try:
        for name, value in _PRAGMAS:
            connection.pragma(name, value)
    except BaseException:
        connection.close()
        raise
    return connection
