"""The rows of the items, read and written on a connection that its user has locked."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import apsw
from pydantic import ValidationError

from dmp_core.errors import ItemChanged, NotFound, OutboxUnreadable
from dmp_core.model.identity import Patient
from dmp_core.model.item import OutboxItem, State
from dmp_core.outbox.database import translated
from dmp_core.outbox.rows import COLUMNS, Marks, Plain, instant, item_of, moment, plain_of, seal_receipt
from dmp_core.outbox.states import DESTROYED
from dmp_core.outbox.vault import Vault
from dmp_core.ports import DamagedItem

PATIENT: Final = "patient"
CONTENT: Final = "content"
_LAST: Final = instant(datetime(3000, 1, 1, tzinfo=UTC))  # what a damaged time may be at most
_SELECT: Final = f"SELECT {COLUMNS}, wrapped, receipt FROM item WHERE seq = ?"  # noqa: S608 - our own names
_INSERT: Final = f"INSERT INTO item ({COLUMNS}, wrapped, receipt) VALUES ({'?, ' * (COLUMNS.count(',') + 2)}?)"  # noqa: S608
_UPDATE: Final = (
    "UPDATE item SET state = ?, resume = ?, reason = ?, changed_at = ?, due_at = ?, attempts = ?, revision = ?,"
    " patient_mark = ?, wrapped = ?, receipt = ? WHERE seq = ?"
)
_PUT: Final = (
    "INSERT INTO part (seq, name, sealed) VALUES (?, ?, ?)"
    " ON CONFLICT (seq, name) DO UPDATE SET sealed = excluded.sealed"
)


class Table:
    """The table `item` with its parts. A damaged row raises OutboxUnreadable and concerns no other."""

    def __init__(self, db: apsw.Connection, vault: Vault) -> None:
        self._db = db
        self._vault = vault

    def seq_of(self, item_id: str) -> int:
        """Number of the row of `item_id`. Raises NotFound."""
        found = self._fetch("SELECT seq FROM item WHERE id = ?", item_id)
        if not found:
            raise NotFound("no such item")
        return int(found[0][0])

    def seq_of_key(self, structure: str, key: str) -> int | None:
        found = self._fetch("SELECT seq FROM item WHERE key_mark = ?", self.mark("key", structure, key))
        return int(found[0][0]) if found else None

    def all(self, *, limit: int, after: str = "") -> Sequence[tuple[int, str]]:
        """Number and id of the next rows by id, as the index has them: readable where the row is not."""
        query = "SELECT seq, id FROM item INDEXED BY item_id WHERE id > ? ORDER BY id LIMIT ?"
        return [(int(seq), str(item_id)) for seq, item_id in self._fetch(query, after, limit)]

    def remains(self, seq: int, item_id: str) -> DamagedItem:
        """What the plain columns of a row say, without the seal that vouches for them. Raises OutboxUnreadable."""
        found = self._fetch("SELECT structure, type_id, state, accepted_at FROM item WHERE seq = ?", seq)
        if not found:
            return DamagedItem(item_id)
        structure, type_id, state, accepted_at = found[0]
        return DamagedItem(
            item_id,
            str(structure),
            str(type_id),
            State(state) if state in set(State) else None,
            moment(accepted_at) if 0 <= accepted_at < _LAST else None,
        )

    def mark(self, kind: str, structure: str, value: str | bytes) -> bytes:
        return self._vault.mark(kind, structure, value if isinstance(value, bytes) else value.encode())

    def item(self, seq: int) -> OutboxItem:
        """The item of a row. Raises OutboxUnreadable."""
        plain, wrapped, receipt = self._row(seq)
        patient = None
        if wrapped is not None and plain.patient_mark is not None:
            try:
                patient = Patient.model_validate_json(self._opened(plain, wrapped, PATIENT))
            except (NotFound, ValidationError) as error:
                raise OutboxUnreadable("the patient of an item is missing") from error
        return item_of(self._vault, plain, receipt, patient)

    def holds(self, seq: int, content: bytes) -> bool:
        """True where the item was made of exactly this content, even once it is destroyed."""
        plain = self._row(seq)[0]
        return plain.content_mark == self.mark("content", plain.structure, content)

    def part(self, seq: int, name: str) -> bytes:
        """What was stored beside a row under `name`. Raises NotFound where it is not, or no longer, there."""
        plain, wrapped, _ = self._row(seq)
        return self._opened(plain, wrapped, name)

    def _opened(self, plain: Plain, wrapped: bytes | None, name: str) -> bytes:
        found = self._fetch("SELECT sealed FROM part WHERE seq = ? AND name = ?", plain.seq, name)
        if wrapped is None or not found:
            raise NotFound(name)
        return self._vault.open(self._vault.unwrap(plain.id, wrapped), found[0][0], plain.id, name)

    def parts(self, seq: int) -> Sequence[str]:
        return [str(name) for (name,) in self._fetch("SELECT name FROM part WHERE seq = ?", seq)]

    def insert(self, item: OutboxItem, content: bytes) -> None:
        """Store a new item behind all others."""
        structure = item.who.structure.national_id
        marks = Marks(
            key=self.mark("key", structure, item.key),
            record=self.mark("record", structure, item.record),
            patient=self._patient_mark(item),
            content=self.mark("content", structure, content),
        )
        seq = int(self._fetch("SELECT coalesce(max(seq), 0) + 1 FROM item")[0][0])
        plain = plain_of(item, seq, marks)
        key, wrapped = self._vault.new_key(item.id)
        self._fetch(_INSERT, *plain, wrapped, seal_receipt(self._vault, plain, item))
        self._put(plain, key, {CONTENT: content} | _patient_part(item))

    def update(
        self, seen: OutboxItem, follow: Callable[[OutboxItem], OutboxItem], parts: Mapping[str, bytes]
    ) -> OutboxItem:
        """Replace what `seen` shows by what `follow` makes of it, with new `parts`. Raises ItemChanged."""
        seq = self.seq_of(seen.id)
        before, wrapped, _ = self._row(seq)
        current = self.item(seq)
        if current.revision != seen.revision:
            raise ItemChanged(f"revision {seen.revision}, now {current.revision}")
        after = follow(current)
        marks = Marks(
            key=before.key_mark,
            record=before.record_mark,
            patient=self._patient_mark(after) or before.patient_mark,
            content=before.content_mark,
        )
        plain = plain_of(after, seq, marks)
        if after.state in DESTROYED:
            wrapped = None
            self._fetch("DELETE FROM part WHERE seq = ?", seq)
        elif wrapped is not None:
            changed = _patient_part(after) if after.patient != current.patient else {}
            self._put(plain, self._vault.unwrap(plain.id, wrapped), {**parts, **changed})
        self._write(plain, wrapped, seal_receipt(self._vault, plain, after))
        return after

    def _write(self, plain: Plain, wrapped: bytes | None, receipt: bytes) -> None:
        self._fetch(
            _UPDATE,
            plain.state,
            plain.resume,
            plain.reason,
            plain.changed_at,
            plain.due_at,
            plain.attempts,
            plain.revision,
            plain.patient_mark,
            wrapped,
            receipt,
            plain.seq,
        )

    def _put(self, plain: Plain, key: bytes, parts: Mapping[str, bytes]) -> None:
        for name, data in parts.items():
            self._fetch(_PUT, plain.seq, name, self._vault.seal(key, data, plain.id, name))

    def _patient_mark(self, item: OutboxItem) -> bytes | None:
        if item.patient is None:
            return None
        return self.mark("patient", item.who.structure.national_id, item.patient.host_id)

    def _row(self, seq: int) -> tuple[Plain, bytes | None, bytes]:
        found = self._fetch(_SELECT, seq)
        if not found:
            raise OutboxUnreadable("a row is gone that an index knows")
        *columns, wrapped, receipt = found[0]
        plain = Plain(*columns)
        if not isinstance(receipt, bytes) or (wrapped is None) is not (plain.state in DESTROYED):
            raise OutboxUnreadable("a row lacks its receipt or its key")
        return plain, wrapped, receipt

    def _fetch(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with translated():
            return list(self._db.execute(query, values).fetchall())


def _patient_part(item: OutboxItem) -> dict[str, bytes]:
    return {} if item.patient is None else {PATIENT: item.patient.model_dump_json().encode()}
