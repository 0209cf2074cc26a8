"""What stays of a patient between visits, in a SQLite file of its own: sealed, found by keyed digests only."""

from datetime import datetime
from pathlib import Path
from typing import Any, Final

import apsw

from dmp_core.errors import OutboxUnreadable
from dmp_core.outbox.database import Database
from dmp_core.outbox.rows import instant
from dmp_core.outbox.vault import Vault
from dmp_core.ports import Ids, KeyStore

SECRET: Final = "patients"  # noqa: S105 - the name of the secret
SCRIPTS: Final = (
    """
    CREATE TABLE patient (
        mark BLOB PRIMARY KEY,       -- keyed digest of structure and host_id
        wrapped BLOB NOT NULL        -- the patient's key
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE fact (
        mark BLOB NOT NULL REFERENCES patient (mark) ON DELETE CASCADE,
        kind TEXT NOT NULL,
        written_at INTEGER NOT NULL, -- microseconds since 1970, UTC
        sealed BLOB NOT NULL,
        PRIMARY KEY (mark, kind)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX fact_age ON fact (kind, written_at);
    CREATE TABLE secret_check (value BLOB NOT NULL) STRICT;
    """,
)
"""The schema, version by version: see `migrations.py`."""

_PUT: Final = (
    "INSERT INTO fact (mark, kind, written_at, sealed) VALUES (?, ?, ?, ?) ON CONFLICT (mark, kind)"
    " DO UPDATE SET written_at = excluded.written_at, sealed = excluded.sealed"
)


class SqlitePatientFile:
    """`ports.PatientFile` on the file `path`; see there what each call gives and raises. One process owns the file."""

    def __init__(self, path: Path, keys: KeyStore, ids: Ids) -> None:
        """Raises OutboxLocked; OutboxUnreadable also where the secret is not the one that the file was made with."""
        self._vault = Vault(keys.secret(SECRET), ids)
        self._db = Database(path, SCRIPTS, check=self._vault.check)

    def read(self, structure: str, host_id: str, kind: str) -> bytes | None:
        mark = self._mark(structure, host_id)
        with self._db.reading() as db:
            wrapped = _first(db, "SELECT wrapped FROM patient WHERE mark = ?", mark)
            found = _first(db, "SELECT written_at, sealed FROM fact WHERE mark = ? AND kind = ?", mark, kind)
        if found is None:
            return None
        if wrapped is None:
            raise OutboxUnreadable("the key of a patient is missing")
        written_at, sealed = found
        return self._vault.open(self._key(mark, wrapped[0]), sealed, mark, kind, written_at)

    def write(self, structure: str, host_id: str, kind: str, value: bytes, *, now: datetime) -> None:
        mark, written_at = self._mark(structure, host_id), instant(now)
        with self._db.writing() as db:
            wrapped = _first(db, "SELECT wrapped FROM patient WHERE mark = ?", mark)
            key = self._new_key(db, mark) if wrapped is None else self._key(mark, wrapped[0])
            sealed = self._vault.seal(key, value, mark, kind, written_at)
            db.execute(_PUT, (mark, kind, written_at, sealed))

    def forget(self, structure: str, host_id: str) -> None:
        with self._db.writing() as db:
            db.execute("DELETE FROM patient WHERE mark = ?", (self._mark(structure, host_id),))

    def purge(self, before: datetime, *, kind: str) -> int:
        with self._db.writing() as db:
            db.execute("DELETE FROM fact WHERE kind = ? AND written_at < ?", (kind, instant(before)))
            destroyed = db.changes()
            db.execute("DELETE FROM patient WHERE mark NOT IN (SELECT mark FROM fact)")
        return destroyed

    def close(self) -> None:
        self._db.close()

    def _mark(self, structure: str, host_id: str) -> bytes:
        return self._vault.mark("patient", structure, host_id.encode())

    def _key(self, mark: bytes, wrapped: bytes) -> bytes:
        return self._vault.unwrap(mark.hex(), wrapped)

    def _new_key(self, db: apsw.Connection, mark: bytes) -> bytes:
        key, wrapped = self._vault.new_key(mark.hex())
        db.execute("INSERT INTO patient (mark, wrapped) VALUES (?, ?)", (mark, wrapped))
        return key


def _first(db: apsw.Connection, query: str, *values: Any) -> tuple[Any, ...] | None:
    found: list[Any] = db.execute(query, values).fetchall()
    return tuple(found[0]) if found else None
