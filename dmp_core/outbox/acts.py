"""The declared acts in a SQLite file of its own: year and type plain, what names a record or a patient sealed."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from dmp_core.errors import OutboxUnreadable
from dmp_core.model.act import Act
from dmp_core.outbox.database import Database
from dmp_core.outbox.vault import Vault
from dmp_core.ports import Ids, KeyStore

SECRET: Final = "acts"  # noqa: S105 - the name of the secret
SCRIPTS: Final = (
    """
    CREATE TABLE act (
        mark BLOB PRIMARY KEY,       -- keyed digest of structure, type and record
        structure TEXT NOT NULL,
        year INTEGER NOT NULL,       -- in which it was done
        sealed BLOB NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX act_year ON act (structure, year);
    CREATE TABLE secret_check (value BLOB NOT NULL) STRICT;
    """,
)
_PUT: Final = (
    "INSERT INTO act (mark, structure, year, sealed) VALUES (?, ?, ?, ?) ON CONFLICT (mark)"
    " DO UPDATE SET year = excluded.year, sealed = excluded.sealed"
)


class SqliteActs:
    """`ports.ActStore` on the file `path`; see there what each call gives and raises. One process owns the file."""

    def __init__(self, path: Path, keys: KeyStore, ids: Ids) -> None:
        """Raises OutboxLocked; OutboxUnreadable also where the secret is not the one that the file was made with."""
        self._vault = Vault(keys.secret(SECRET), ids)
        self._db = Database(path, SCRIPTS, check=self._vault.check)

    def declare(self, structure: str, acts: Iterable[Act]) -> None:
        rows = [self._row(structure, act) for act in acts]
        with self._db.writing() as db:
            for row in rows:
                db.execute(_PUT, row)

    def retract(self, structure: str, acts: Iterable[Act]) -> None:
        marks = [self._mark(structure, act) for act in acts]
        with self._db.writing() as db:
            for mark in marks:
                db.execute("DELETE FROM act WHERE mark = ?", (mark,))

    def of_year(self, structure: str, year: int) -> Sequence[Act]:
        with self._db.reading() as db:
            rows: list[Any] = db.execute(
                "SELECT mark, sealed FROM act WHERE structure = ? AND year = ?", (structure, year)
            ).fetchall()
        acts = [self._opened(mark, structure, year, sealed) for mark, sealed in rows]
        return sorted(acts, key=lambda act: (act.done_on, act.type_id, act.record))

    def close(self) -> None:
        self._db.close()

    def _row(self, structure: str, act: Act) -> tuple[bytes, str, int, bytes]:
        mark, year = self._mark(structure, act), act.done_on.year
        key = self._vault.receipt_key(mark.hex())
        return mark, structure, year, self._vault.seal(key, act.model_dump_json().encode(), mark, structure, year)

    def _opened(self, mark: bytes, structure: str, year: int, sealed: bytes) -> Act:
        plain = self._vault.open(self._vault.receipt_key(mark.hex()), sealed, mark, structure, year)
        try:
            return Act.model_validate_json(plain)
        except ValidationError as error:
            raise OutboxUnreadable("an act that this program does not know") from error

    def _mark(self, structure: str, act: Act) -> bytes:
        return self._vault.mark("act", structure, f"{act.type_id}\x1f{act.record}".encode())
