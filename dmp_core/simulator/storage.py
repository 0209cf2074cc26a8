"""The one SQLite file behind the registry, the patients' records and the directory: durable, one writer at a time."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any, Final

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS structure (id TEXT PRIMARY KEY, name TEXT NOT NULL, active INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS practitioner (id TEXT PRIMARY KEY) STRICT;
CREATE TABLE IF NOT EXISTS exercise (practitioner TEXT NOT NULL, structure TEXT NOT NULL,
    PRIMARY KEY (practitioner, structure)) STRICT;
CREATE TABLE IF NOT EXISTS patient (id INTEGER PRIMARY KEY, record TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS ins (cx TEXT PRIMARY KEY, patient INTEGER NOT NULL REFERENCES patient) STRICT;
CREATE TABLE IF NOT EXISTS authorisation (patient INTEGER NOT NULL REFERENCES patient, practitioner TEXT NOT NULL,
    until TEXT, PRIMARY KEY (patient, practitioner)) STRICT;
CREATE TABLE IF NOT EXISTS submission_set (unique_id TEXT PRIMARY KEY, entry_uuid TEXT NOT NULL,
    patient INTEGER NOT NULL REFERENCES patient, registered_at TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS document (unique_id TEXT PRIMARY KEY, entry_uuid TEXT NOT NULL UNIQUE, lid TEXT NOT NULL,
    version INTEGER NOT NULL, status TEXT NOT NULL, patient INTEGER NOT NULL REFERENCES patient, cx TEXT NOT NULL,
    submission_set TEXT NOT NULL REFERENCES submission_set, mime_type TEXT NOT NULL, sha1 TEXT NOT NULL,
    size INTEGER NOT NULL, facets TEXT NOT NULL, metadata BLOB NOT NULL, content BLOB NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS document_patient ON document (patient);
CREATE TABLE IF NOT EXISTS association (id TEXT PRIMARY KEY, type TEXT NOT NULL, source TEXT NOT NULL,
    target TEXT NOT NULL, submission_set TEXT NOT NULL REFERENCES submission_set) STRICT;
"""


class Storage:
    """One connection and its lock. Values are committed and on disk when `transaction` ends."""

    def __init__(self, path: Path) -> None:
        self._lock = RLock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute("PRAGMA foreign_keys=ON")
        self._connection.execute("PRAGMA busy_timeout=5000")
        self._connection.executescript(_SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing, and nobody else in between. A transaction inside another one is part of it."""
        with self._lock:
            if self._connection.in_transaction:
                yield self._connection
                return
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """What a SELECT finds."""
        with self._lock:
            return self._connection.execute(statement, values).fetchall()

    def setting(self, name: str) -> str | None:
        found = self.rows("SELECT value FROM setting WHERE name = ?", name)
        return str(found[0][0]) if found else None

    def set(self, name: str, value: str) -> None:
        with self.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (name, value))

    def close(self) -> None:
        with self._lock:
            self._connection.close()
