"""The SQLite file: opened safely, owned by one, brought up to date, and no error of SQLite unmapped."""

import inspect
import os
import stat
from pathlib import Path

import apsw
import pytest

from dmp_core.errors import NotFound, OutboxError, OutboxFull, OutboxLocked, OutboxUnreadable
from dmp_core.outbox import database
from dmp_core.outbox.database import Database
from dmp_core.outbox.keystore import FileKeyStore
from dmp_core.outbox.migrations import APPLICATION_ID, MIGRATIONS, migrate
from dmp_core.outbox.sqlite import SqliteOutbox
from dmp_core.testing.ids import SeededIds

ERRORS = [kind for kind in vars(apsw).values() if inspect.isclass(kind) and issubclass(kind, apsw.Error)]
UNREADABLE = {"CorruptError", "NotADBError", "FormatError", "IOError", "CantOpenError", "SQLError"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "outbox.db"


def test_sqlite_has_more_than_one_class_of_errors() -> None:
    assert len(ERRORS) > 35


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
def test_every_error_of_sqlite_is_ours_outside(path: Path, kind: type[apsw.Error]) -> None:
    expected = {"FullError": OutboxFull, "BusyError": OutboxLocked, "LockedError": OutboxLocked}
    expected |= dict.fromkeys(UNREADABLE, OutboxUnreadable)
    db = Database(path)

    with pytest.raises(OutboxError) as caught, db.writing():
        raise kind("what SQLite says may name a column")

    assert type(caught.value) is expected.get(kind.__name__, OutboxError)
    assert caught.value.origin == kind.__name__
    db.close()


def test_a_failed_transaction_is_undone_and_the_next_one_works(path: Path) -> None:
    db = Database(path)

    with pytest.raises(NotFound), db.writing() as connection:
        connection.execute("INSERT INTO secret_check VALUES (x'00')")
        raise NotFound

    with db.writing() as connection:
        assert connection.execute("SELECT count(*) FROM secret_check").get == 0
    db.close()


def test_the_settings_that_the_promise_needs_are_on(path: Path) -> None:
    db = Database(path)
    names = ("journal_mode", "synchronous", "secure_delete", "foreign_keys", "cell_size_check", "temp_store")

    with db.reading() as connection:
        settings = {name: connection.pragma(name) for name in names}

    assert settings == {
        "journal_mode": "wal",
        "synchronous": 2,
        "secure_delete": 1,
        "foreign_keys": 1,
        "cell_size_check": 1,
        "temp_store": 2,
    }
    db.close()


@pytest.mark.skipif(os.name == "nt", reason="Windows has access lists instead of modes")
def test_every_file_is_private(path: Path) -> None:
    db = Database(path)

    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}

    assert set(modes) == {"outbox.db", "outbox.db-wal", "outbox.db-shm", "outbox.db.lock"}
    assert set(modes.values()) == {0o600}
    db.close()


def test_an_sqlite_that_can_corrupt_is_refused() -> None:
    for version in ("3.40.1", "3.51.2"):
        with pytest.raises(OutboxError, match=version):
            database.require_sqlite(version)
    for version in ("3.51.3", "3.54.1", "3.100.0", "4.0.0"):
        database.require_sqlite(version)


def test_a_second_owner_is_refused_until_the_first_closes(path: Path) -> None:
    first = Database(path)

    with pytest.raises(OutboxLocked):
        Database(path)

    first.close()
    Database(path).close()


def test_a_file_of_another_program_is_not_touched(path: Path) -> None:
    path.parent.mkdir()
    other = apsw.Connection(str(path))
    other.execute("CREATE TABLE theirs (x)")
    other.close()

    with pytest.raises(OutboxUnreadable, match="another program"):
        Database(path)


@pytest.mark.parametrize("content", [b"no database at all" * 100, b"SQLite format 3\x00" + b"\xff" * 5000])
def test_a_file_that_is_no_database_is_unreadable(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)

    with pytest.raises(OutboxUnreadable):
        Database(path)


def test_a_newer_schema_is_refused_with_both_numbers(path: Path) -> None:
    db = Database(path)
    with db.reading() as connection:
        connection.pragma("user_version", len(MIGRATIONS) + 6)
    db.close()

    with pytest.raises(OutboxUnreadable, match=rf"{len(MIGRATIONS) + 6}.*{len(MIGRATIONS)}"):
        Database(path)


def test_a_migration_is_done_whole_or_not_at_all(tmp_path: Path) -> None:
    connection = apsw.Connection(str(tmp_path / "x.db"))
    first = "CREATE TABLE a (x); INSERT INTO a VALUES (1);"
    broken = "ALTER TABLE a ADD COLUMN y; INSERT INTO missing VALUES (1);"

    with pytest.raises(apsw.SQLError):
        migrate(connection, [first, broken])

    assert (connection.pragma("user_version"), connection.pragma("application_id")) == (1, APPLICATION_ID)
    migrate(connection, [first, "ALTER TABLE a ADD COLUMN y"])
    assert connection.execute("SELECT x, y FROM a").fetchall() == [(1, None)]
    connection.close()


def test_a_file_that_was_removed_takes_no_more_saves(path: Path) -> None:
    db = Database(path)
    path.unlink()

    with pytest.raises(OutboxUnreadable, match="removed"), db.writing():
        pass

    db.close()


def test_a_folder_that_cannot_be_made_is_an_outbox_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")

    with pytest.raises(OutboxUnreadable):
        Database(tmp_path / "file" / "outbox.db")


def test_a_store_that_was_closed_says_so(tmp_path: Path, ids: SeededIds) -> None:
    store = SqliteOutbox(tmp_path / "outbox.db", FileKeyStore(tmp_path / "keys", ids), ids, reserve=1)
    store.close()
    store.close()

    with pytest.raises(OutboxError):
        store.counts()
