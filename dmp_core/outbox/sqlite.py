"""The store of one seat or one data folder: SQLite, sealed from the first row, durable when a call returns."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Final, TypeVar

import apsw

from dmp_core import log
from dmp_core.errors import KeyConflict, NotFound, OutboxError, OutboxFull, OutboxUnreadable
from dmp_core.model.item import Made, NewItem, OutboxItem, State
from dmp_core.outbox.changes import begin, follow
from dmp_core.outbox.database import Database, translated
from dmp_core.outbox.reserve import Reserve
from dmp_core.outbox.rows import instant
from dmp_core.outbox.states import FINAL
from dmp_core.outbox.table import CONTENT, Table
from dmp_core.outbox.vault import Vault
from dmp_core.ports import DamagedItem, Ids, KeyStore

T = TypeVar("T")
RESERVE: Final = 40_000_000  # bytes: more than the journal holds (8192 pages), so that it can be emptied into the file
_PAGE: Final = 100  # numbers of rows that are looked up at once
_BEHIND_ALL: Final = 2**63 - 1
SECRET: Final = "outbox"  # noqa: S105 - the name of the secret


class SqliteOutbox:
    """`ports.OutboxStore` on the file `path`; see there what each call gives and raises.

    One process owns the file. A row that no longer reads is left out of lists and logged, the others go on.
    SQLite cuts a journal at a damaged frame: after a crash, a flipped bit there can undo the last changes.
    """

    def __init__(self, path: Path, keys: KeyStore, ids: Ids, *, reserve: int = RESERVE) -> None:
        self._reserve = Reserve(path.with_name(f"{path.name}.reserve"), reserve)
        self._vault = Vault(keys.secret(SECRET), ids)
        self._told: set[int] = set()
        self._db = Database(path)
        try:
            self._require_secret()
        except BaseException:
            self._db.close()
            raise
        self._reserve.take()

    def accept(self, new: NewItem, *, item_id: str, now: datetime) -> tuple[OutboxItem, bool]:
        if not self._reserve.take():
            raise OutboxFull("no room is left to record what becomes of it")
        with self._db.writing() as db:
            return self._accept(Table(db, self._vault), new, item_id, now)

    def translate(self, item: OutboxItem, new: Sequence[tuple[str, NewItem]], *, now: datetime) -> Sequence[OutboxItem]:
        if not self._reserve.take():
            raise OutboxFull("no room is left to record what becomes of it")
        with self._db.writing() as db:
            table = Table(db, self._vault)
            made = [self._accept(table, one, item_id, now)[0] for item_id, one in new]
            table.update(item, lambda current: follow(current, State.TRANSLATED, now, {}), {})
            return made

    def receive(self, new: NewItem, made: Made, *, item_id: str, now: datetime) -> tuple[OutboxItem, bool]:
        def write() -> tuple[OutboxItem, bool]:
            with self._db.writing() as db:
                table = Table(db, self._vault)
                item, is_new = self._accept(table, new, item_id, now)
                return (_ready(table, item, made, now) if is_new else item), is_new

        return self._with_reserve(write)

    def _accept(self, table: Table, new: NewItem, item_id: str, now: datetime) -> tuple[OutboxItem, bool]:
        seq = table.seq_of_key(new.who.structure.national_id, new.key)
        if seq is None:
            item = begin(new, item_id, now)
            table.insert(item, new.content)
            return item, True
        item = table.item(seq)
        if not table.holds(seq, new.content):
            raise KeyConflict
        return item, False

    def change(
        self,
        item: OutboxItem,
        state: State,
        *,
        now: datetime,
        document: bytes | None = None,
        metadata: bytes | None = None,
        **fields: Any,
    ) -> OutboxItem:
        parts = {"document": document, "metadata": metadata}
        given = {name: data for name, data in parts.items() if data is not None}

        def write() -> OutboxItem:
            with self._db.writing() as db:
                return Table(db, self._vault).update(
                    item, lambda current: follow(current, state, now, fields, composed=bool(given)), given
                )

        return self._with_reserve(write)

    def recover(self, now: datetime) -> Sequence[OutboxItem]:
        interrupted = self.in_states(frozenset({State.SENDING}))
        return [self.change(item, State.UNCERTAIN, now=now) for item in interrupted]

    def get(self, item_id: str) -> OutboxItem:
        with self._db.reading() as db:
            table = Table(db, self._vault)
            return table.item(table.seq_of(item_id))

    def by_key(self, structure: str, key: str) -> OutboxItem | None:
        with self._db.reading() as db:
            table = Table(db, self._vault)
            seq = table.seq_of_key(structure, key)
            return None if seq is None else table.item(seq)

    def of_record(self, structure: str, record: str) -> Sequence[OutboxItem]:
        mark = self._vault.mark("record", structure, record.encode())
        return list(self._items("record_mark = ?", [(mark,)]))

    def of_patient(
        self, structure: str, host_id: str, states: frozenset[State] = frozenset(State)
    ) -> Sequence[OutboxItem]:
        mark, asked = self._vault.mark("patient", structure, host_id.encode()), ", ".join(["?"] * len(states))
        found = self._items(f"patient_mark = ? AND state IN ({asked})", [(mark, *map(str, states))])
        return [item for item in found if item.state in states]

    def in_states(
        self, states: frozenset[State], *, limit: int = 1000, since: datetime | None = None
    ) -> Sequence[OutboxItem]:
        if since is None:
            found = self._items("state = ?", [(str(state),) for state in sorted(states)])
        else:
            first = {state: instant(since) if state in FINAL else 0 for state in sorted(states)}
            values = [(str(state), start) for state, start in first.items()]
            found = self._items("state = ? AND accepted_at >= ?", values, newest=True)
        return list(islice((item for item in found if item.state in states), limit))

    def due(self, now: datetime, *, limit: int = 50) -> Iterator[OutboxItem]:
        found = self._items("due_at <= ?", [(instant(now),)], index="item_due")
        return islice((item for item in found if item.due_at is not None and item.due_at <= now), limit)

    def next_due(self) -> datetime | None:
        soonest = self._numbers(f"SELECT seq FROM item WHERE due_at IS NOT NULL ORDER BY due_at LIMIT {_PAGE}")  # noqa: S608
        items = (self._readable(seq) for seq in soonest)
        return next((item.due_at for item in items if item is not None), None)

    def receipts(self, structure: str, *, since: datetime, until: datetime) -> Iterator[OutboxItem]:
        with self._db.reading() as db:
            found: list[Any] = db.execute(
                "SELECT seq FROM item WHERE state = 'sent' AND structure = ? AND accepted_at >= ? AND accepted_at < ?"
                " ORDER BY accepted_at, seq",
                (structure, instant(since), instant(until)),
            ).fetchall()
        for (seq,) in found:
            if (item := self._readable(seq)) is not None:
                yield item

    def content(self, item_id: str) -> bytes:
        return self._part(item_id, CONTENT)

    def document(self, item_id: str) -> bytes:
        return self._part(item_id, "document")

    def metadata(self, item_id: str) -> bytes:
        return self._part(item_id, "metadata")

    def was_made_of(self, item: OutboxItem, content: bytes) -> bool:
        with self._db.reading() as db:
            table = Table(db, self._vault)
            return table.holds(table.seq_of(item.id), content)

    def counts(self) -> Mapping[State, int]:
        with self._db.reading() as db:
            found: list[Any] = db.execute("SELECT state, count(*) FROM item GROUP BY state").fetchall()
        numbers = dict(found)
        return {state: numbers.get(str(state), 0) for state in State}

    def checkpoint(self) -> None:
        self._db.checkpoint()
        self._reserve.take()

    def verify(self) -> Sequence[str]:
        if not self._db.is_sound():
            with suppress(OutboxUnreadable), self._db.reading() as db:  # damaged pages of rows: those are named below
                _reindex(db)
        return [item_id for seq, item_id in self._all() if not self._reads(seq)]

    def damaged(self, item_id: str) -> DamagedItem:
        try:
            with self._db.reading() as db:
                table = Table(db, self._vault)
                return table.remains(table.seq_of(item_id), item_id)
        except (OutboxError, NotFound):
            return DamagedItem(item_id)

    def _all(self) -> Iterator[tuple[int, str]]:
        last = ""
        while True:
            with self._db.reading() as db:
                page = Table(db, self._vault).all(after=last, limit=_PAGE)
            if not page:
                return
            yield from page
            last = page[-1][1]

    def _reads(self, seq: int) -> bool:
        with self._db.reading() as db:
            return self._whole(Table(db, self._vault), seq)

    def close(self) -> None:
        self._db.close()

    def _part(self, item_id: str, name: str) -> bytes:
        with self._db.reading() as db:
            table = Table(db, self._vault)
            return table.part(table.seq_of(item_id), name)

    def _items(
        self, where: str, each: Sequence[tuple[Any, ...]], *, newest: bool = False, index: str | None = None
    ) -> Iterator[OutboxItem]:
        """The items that `where` finds with any of the values, in the order in which they were accepted.

        Each is read when its turn comes, and may have moved on: however long the list, a save waits for one row of it.
        """
        found = self._walk(where, each, newest, index) if each else ()
        return (item for seq in found if (item := self._readable(seq)) is not None)

    def _walk(self, where: str, each: Sequence[tuple[Any, ...]], newest: bool, index: str | None) -> Iterator[int]:
        """The numbers of the rows, page by page; one query for all values, so that no row that moves is seen twice."""
        source = f"item INDEXED BY {index}" if index else "item"
        beyond, order, last = ("<", "DESC", _BEHIND_ALL) if newest else (">", "ASC", 0)
        end = f"ORDER BY seq {order} LIMIT {_PAGE}"
        one = f"SELECT seq FROM (SELECT seq FROM {source} WHERE {where} AND seq {beyond} ? {end})"  # noqa: S608 - our own words
        query = f"{' UNION ALL '.join([one] * len(each))} {end}"
        while page := self._numbers(query, *(bound for values in each for bound in (*values, last))):
            yield from page
            last = page[-1]

    def _numbers(self, query: str, *values: Any) -> list[int]:
        """The numbers of rows that `query` finds; a damaged index is built anew once."""
        with self._db.reading() as db:
            try:
                return _column(db, query, values)
            except OutboxUnreadable:
                _reindex(db)
                return _column(db, query, values)

    def _readable(self, seq: int) -> OutboxItem | None:
        try:
            with self._db.reading() as db:
                return Table(db, self._vault).item(seq)
        except (OutboxError, NotFound) as error:
            if seq not in self._told:
                self._told.add(seq)
                log.warning("outbox.item_unreadable", row=seq, code=error.code)
            return None

    def _whole(self, table: Table, seq: int) -> bool:
        try:
            table.item(seq)
            for name in table.parts(seq):
                table.part(seq, name)
        except (OutboxError, NotFound):
            return False
        return True

    def _with_reserve(self, write: Callable[[], T]) -> T:
        """What `write` gives; where the disk is full, once more with the reserve and the journal's room given up."""
        try:
            return write()
        except OutboxFull:
            self._reserve.give_up()
            with suppress(OutboxError):
                self._db.checkpoint()
            try:
                return write()
            finally:
                self._reserve.take()

    def _require_secret(self) -> None:
        """Raise OutboxUnreadable where the secret is another one than the file was made with."""
        with self._db.writing() as db:
            known = [value for (value,) in db.execute("SELECT value FROM secret_check")]
            if self._vault.check in known:
                return
            table = Table(db, self._vault)
            rows = table.all(limit=_PAGE) if known else []
            if rows and not any(self._whole(table, seq) for seq, _ in rows):
                raise OutboxUnreadable("the secret is not the one that the file was made with")
            db.execute("DELETE FROM secret_check")
            db.execute("INSERT INTO secret_check VALUES (?)", (self._vault.check,))


def _ready(table: Table, item: OutboxItem, made: Made, now: datetime) -> OutboxItem:
    """The item just accepted, with the document that was made elsewhere."""
    about = {"title": made.title, "visibility": made.visibility, "plugin": made.plugin}
    parts = {"document": made.document, "metadata": made.metadata}
    item = table.update(item, lambda seen: follow(seen, State.COMPOSED, now, about, composed=True), parts)
    return table.update(item, lambda seen: follow(seen, State.READY, now, {"frozen": made.frozen}), {})


def _column(db: apsw.Connection, query: str, values: tuple[Any, ...]) -> list[int]:
    with translated():
        found: list[Any] = db.execute(query, values).fetchall()
    return [seq for (seq,) in found]


def _reindex(db: apsw.Connection) -> None:
    log.warning("outbox.reindexed")
    with translated():
        db.execute("REINDEX")
