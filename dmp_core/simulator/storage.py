"""The one SQLite file behind the registry, the patients' records and the directory: durable, one writer at a time."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any, Final

from dmp_core.errors import ConfigInvalid

_VERSION: Final = 2
_SCHEMA: Final = f"""
BEGIN IMMEDIATE;
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE structure (id TEXT PRIMARY KEY, name TEXT NOT NULL, active INTEGER NOT NULL) STRICT;
CREATE TABLE practitioner (id TEXT PRIMARY KEY, family TEXT NOT NULL, given TEXT NOT NULL,
    specialty TEXT NOT NULL) STRICT;
CREATE TABLE exercise (practitioner TEXT NOT NULL, structure TEXT NOT NULL,
    PRIMARY KEY (practitioner, structure)) STRICT;
CREATE TABLE patient (id INTEGER PRIMARY KEY, record TEXT NOT NULL) STRICT;
CREATE TABLE ins (cx TEXT PRIMARY KEY, patient INTEGER NOT NULL REFERENCES patient) STRICT;
CREATE TABLE authorisation (patient INTEGER NOT NULL REFERENCES patient, practitioner TEXT NOT NULL,
    until TEXT, since TEXT NOT NULL, last_action TEXT NOT NULL, medecin_traitant INTEGER NOT NULL,
    PRIMARY KEY (patient, practitioner)) STRICT;
CREATE TABLE submission_set (unique_id TEXT PRIMARY KEY, entry_uuid TEXT NOT NULL UNIQUE,
    patient INTEGER NOT NULL REFERENCES patient, registered_at TEXT NOT NULL, facets TEXT NOT NULL,
    metadata BLOB NOT NULL) STRICT;
CREATE TABLE document (entry_uuid TEXT PRIMARY KEY, unique_id TEXT NOT NULL, lid TEXT NOT NULL,
    version INTEGER NOT NULL, status TEXT NOT NULL, patient INTEGER NOT NULL REFERENCES patient, cx TEXT NOT NULL,
    submission_set TEXT NOT NULL REFERENCES submission_set, mime_type TEXT NOT NULL, sha1 TEXT NOT NULL,
    size INTEGER NOT NULL, facets TEXT NOT NULL, metadata BLOB NOT NULL, content BLOB NOT NULL,
    UNIQUE (unique_id, version)) STRICT;
CREATE INDEX document_patient ON document (patient);
CREATE INDEX document_lid ON document (lid);
CREATE TABLE association (id TEXT PRIMARY KEY, type TEXT NOT NULL, source TEXT NOT NULL,
    target TEXT NOT NULL, submission_set TEXT NOT NULL REFERENCES submission_set, slots TEXT NOT NULL) STRICT;
CREATE INDEX association_set ON association (submission_set);
CREATE TABLE assertion (id TEXT PRIMARY KEY, at TEXT NOT NULL) STRICT;
CREATE INDEX assertion_at ON assertion (at);
PRAGMA user_version = {_VERSION};
COMMIT;
"""


class Storage:
    """One connection and its lock. Values are committed and on disk when `transaction` ends."""

    def __init__(self, path: Path) -> None:
        """Open or make the file. Raises ConfigInvalid for one of an older simulator."""
        self._lock = RLock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=FULL")
        self._connection.execute("PRAGMA foreign_keys=ON")
        self._connection.execute("PRAGMA busy_timeout=5000")
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        (tables,) = self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if tables and version != _VERSION:
            self._connection.close()
            raise ConfigInvalid("this folder was made by another version of the simulator: give it a new one")
        if not tables:
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
