"""The audit in a file of its own: each record is sealed with the one before, the last one is known elsewhere.

An edited, deleted, added or moved record breaks the chain; a cut end contradicts the sealed head; an older copy of the
whole file contradicts the witness, which belongs in another folder. Who holds the key can forge; who removes both
files leaves no trace in them: keep a copy elsewhere. What is enclosed with a record (a VIHF) lies beside it, encrypted;
its digest stands in the record, so that it can be neither changed nor lost unnoticed.
"""

import hashlib
import hmac
import json
import os
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import apsw

from dmp_core.audit.enclosure import Envelope
from dmp_core.audit.witness import Head, Witness
from dmp_core.errors import AuditBroken, AuditUnavailable
from dmp_core.ports import AuditBreak, Clock, KeyStore

FACTS: Final = frozenset(
    {
        "assertion_id", "author", "code", "count", "holder", "item", "message_id", "mode", "operator", "origin",
        "patient", "plugin", "profile", "purpose", "reason", "result", "right", "seat", "session", "state", "structure",
        "submission_set_id", "transaction", "type_id", "unique_id", "version",
    }
)  # fmt: skip
"""What a record may tell. `author`: PS_IdNat; `patient`: the host's own reference, never an INS; no name of anybody."""

_TOKEN: Final = re.compile(r"[A-Za-z0-9_.:/^&@+~#-]{0,200}")
_START: Final = bytes(32)
_SECRET: Final = "audit"  # noqa: S105 - the name of the secret
_PAGE: Final = 1000
_SCHEMA: Final = """
    CREATE TABLE IF NOT EXISTS entry (number INTEGER PRIMARY KEY, line TEXT NOT NULL, seal BLOB NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS head (line BLOB NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS enclosure (number INTEGER PRIMARY KEY, sealed BLOB NOT NULL) STRICT;
"""
_OLDEST_FIRST: Final = "SELECT number, line, seal FROM entry WHERE number > ? ORDER BY number LIMIT ?"
_NEWEST_FIRST: Final = "SELECT number, line, seal FROM entry WHERE number < ? ORDER BY number DESC LIMIT ?"


class ChainedAudit:
    """`ports.Audit` on the file `path`, with its `witness` in another folder (the one of the keys).

    Raises AuditBroken at opening where its end is not what was written last: a broken chain is never continued.
    """

    def __init__(self, path: Path, keys: KeyStore, clock: Clock, *, witness: Path) -> None:
        self._clock = clock
        self._key = keys.secret(_SECRET)
        self._witness = Witness(witness, self._key)
        self._envelope = Envelope(self._key)
        self._lock = threading.RLock()
        with _translated():
            self._db = _connect(path)
            try:
                self._start()
            except BaseException:
                self._db.close()
                raise

    def record(self, action: str, enclosed: bytes | None = None, /, **facts: str | int | None) -> None:
        if facts.keys() - FACTS:
            raise ValueError(f"facts outside the closed list: {sorted(facts.keys() - FACTS)}")
        told = {name: self._told(value) for name, value in sorted(facts.items()) if value is not None}
        entry = {"at": self._clock.now().isoformat(), "action": action, **told}
        with self._lock, _translated():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                head = self._append(entry, enclosed)
                self._db.execute("COMMIT")
            except BaseException:
                if self._db.in_transaction:  # a full disk has undone it by itself
                    self._db.execute("ROLLBACK")
                raise
            self._witness.write(head)

    def _told(self, value: str | int) -> str | int:
        """The value where it is an identifier or a code; a keyed digest of any other text: it may name a person."""
        if isinstance(value, int) or _TOKEN.fullmatch(value):
            return value
        return "hmac:" + hmac.digest(self._key, b"fact " + value.encode(), hashlib.sha256)[:16].hex()

    def _append(self, entry: dict[str, Any], enclosed: bytes | None) -> Head:
        last = self._head()
        if enclosed is not None:
            sealed = self._envelope.seal(last.number + 1, enclosed)
            entry = {**entry, "enclosed": hashlib.sha256(sealed).hexdigest()}
            self._db.execute("INSERT OR REPLACE INTO enclosure VALUES (?, ?)", (last.number + 1, sealed))
        line = json.dumps(entry, ensure_ascii=True)
        head = Head(last.number + 1, self._seal(last, line))
        self._db.execute("INSERT INTO entry VALUES (?, ?, ?)", (head.number, line, head.seal))
        self._db.execute("UPDATE head SET line = ?", (head.to_line(self._key),))
        return head

    def records(self) -> Iterator[Mapping[str, Any]]:
        """Oldest first: `number`, `at` (ISO 8601, UTC), `action`, then the facts."""
        for number, line, _ in self._entries():
            yield _parsed(number, line)

    def latest(self) -> Iterator[Mapping[str, Any]]:
        for number, line, _ in self._entries(newest_first=True):
            yield _parsed(number, line)

    def as_told(self, value: str) -> str:
        return str(self._told(value))

    def enclosed(self, number: int) -> bytes | None:
        with self._lock, _translated():
            lines: list[Any] = self._db.execute("SELECT line FROM entry WHERE number = ?", (number,)).fetchall()
            sealed = self._enclosure(number)
        promised = _parsed(number, lines[0][0]).get("enclosed") if lines else None
        if promised is None:
            return None
        if sealed is None or hashlib.sha256(sealed).hexdigest() != promised:
            raise AuditBroken(f"record {number}: what was enclosed")
        return self._envelope.open(number, sealed)

    def verify(self) -> AuditBreak | None:
        try:
            with self._lock, _translated():
                return self._walk()
        except AuditBroken:
            return AuditBreak(0, "file")

    def close(self) -> None:
        with self._lock, _translated():
            self._db.close()

    def _start(self) -> None:
        """Begin an empty audit, or refuse one whose end was altered."""
        self._db.execute(_SCHEMA)
        if not self._witness.exists and not self._db.execute("SELECT 1 FROM entry").fetchall():
            start = Head(0, _START)
            self._db.execute(
                "INSERT INTO head SELECT ? WHERE NOT EXISTS (SELECT 1 FROM head)", (start.to_line(self._key),)
            )
            self._witness.write(start)
        broken = self._end()
        if broken is not None:
            raise AuditBroken(f"record {broken.number}: {broken.rule}")

    def _walk(self) -> AuditBreak | None:
        last = Head(0, _START)
        for number, line, seal in self._entries():
            if number != last.number + 1:
                return AuditBreak(last.number + 1, "order")
            if seal != self._seal(last, line):
                return AuditBreak(number, "entry")
            if not self._holds(number, _parsed(number, line).get("enclosed")):
                return AuditBreak(number, "enclosure")
            last = Head(number, seal)
        return self._end()

    def _end(self) -> AuditBreak | None:
        """Compare the last record with the sealed head, and the witness with the record that it saw."""
        ends: list[Any] = self._db.execute("SELECT number, seal FROM entry ORDER BY number DESC LIMIT 1").fetchall()
        number, seal = ends[0] if ends else (0, _START)
        try:
            head = self._head()
        except AuditBroken:
            return AuditBreak(number, "end")
        if (head.number, head.seal) != (number, seal):
            return AuditBreak(min(head.number, number) + 1, "end")
        seen = self._witness.read()
        if seen is None:
            return AuditBreak(number, "witness")
        found = self._db.execute("SELECT seal FROM entry WHERE number = ?", (seen.number,)).fetchall()
        if seen.number and found != [(seen.seal,)]:
            return AuditBreak(min(seen.number, number + 1), "witness")
        return None

    def _head(self) -> Head:
        lines: list[Any] = self._db.execute("SELECT line FROM head").fetchall()
        head = Head.from_line(lines[0][0], self._key) if len(lines) == 1 else None
        if head is None:
            raise AuditBroken("the head")
        return head

    def _holds(self, number: int, promised: str | None) -> bool:
        """True where what the record says was enclosed is there, unchanged."""
        if promised is None:
            return True
        sealed = self._enclosure(number)
        return sealed is not None and hashlib.sha256(sealed).hexdigest() == promised

    def _enclosure(self, number: int) -> bytes | None:
        found: list[Any] = self._db.execute("SELECT sealed FROM enclosure WHERE number = ?", (number,)).fetchall()
        return found[0][0] if found else None

    def _entries(self, *, newest_first: bool = False) -> Iterator[tuple[int, str, bytes]]:
        """All records by page, so that nothing is locked while somebody reads."""
        last = (1 << 62) if newest_first else -(1 << 62)
        while True:
            with self._lock, _translated():
                page: list[Any] = self._db.execute(
                    _NEWEST_FIRST if newest_first else _OLDEST_FIRST, (last, _PAGE)
                ).fetchall()
            yield from page
            if len(page) < _PAGE:
                return
            last = page[-1][0]

    def _seal(self, last: Head, line: str) -> bytes:
        return hmac.digest(self._key, b"entry %d " % last.number + last.seal + line.encode(), hashlib.sha256)


def _parsed(number: int, line: str) -> Mapping[str, Any]:
    """Raises AuditBroken for a line that is not of ours."""
    try:
        return {"number": number, **json.loads(line)}
    except (ValueError, TypeError) as error:
        raise AuditBroken(f"record {number}") from error


def _connect(path: Path) -> apsw.Connection:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    db = apsw.Connection(str(path))
    try:
        db.set_busy_timeout(2000)
        for name, value in (("journal_mode", "wal"), ("synchronous", "full"), ("fullfsync", "on")):
            db.pragma(name, value)
    except BaseException:
        db.close()
        raise
    return db


@contextmanager
def _translated() -> Iterator[None]:
    """Nothing but AuditBroken and AuditUnavailable comes out for what SQLite or the disk raises."""
    try:
        yield
    except (apsw.CorruptError, apsw.NotADBError, apsw.SQLError, UnicodeDecodeError) as error:
        raise AuditBroken(origin=type(error).__name__) from error
    except (apsw.Error, OSError) as error:
        raise AuditUnavailable(origin=type(error).__name__) from error
