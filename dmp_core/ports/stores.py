"""What is kept on disk."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from dmp_core.model.act import Act
from dmp_core.model.item import Made, NewItem, OutboxItem, State


@dataclass(frozen=True, slots=True)
class DamagedItem:
    """What still reads of an item that as a whole does not; None: neither does that. Nothing of it is certain."""

    id: str
    structure: str | None = None
    type_id: str | None = None
    state: State | None = None
    accepted_at: datetime | None = None


class OutboxStore(Protocol):
    """The durable store of items. Every call returns after the disk has it. Safe to call from several threads."""

    def accept(self, new: NewItem, *, item_id: str, now: datetime) -> tuple[OutboxItem, bool]:
        """Keep `new` and give its item, True if it is new; the same key and bytes give the same item again.

        Raises KeyConflict where other bytes stand under that key, OutboxFull where the disk is full.
        """
        ...

    def receive(self, new: NewItem, made: Made, *, item_id: str, now: datetime) -> tuple[OutboxItem, bool]:
        """As `accept`, of a document that another seat composed and confirmed: the item is READY, all or nothing."""
        ...

    def get(self, item_id: str) -> OutboxItem:
        """Raises NotFound."""
        ...

    def by_key(self, structure: str, key: str) -> OutboxItem | None: ...

    def of_record(self, structure: str, record: str) -> Sequence[OutboxItem]:
        """All items of one record of the host, oldest first."""
        ...

    def of_patient(
        self, structure: str, host_id: str, states: frozenset[State] = frozenset(State)
    ) -> Sequence[OutboxItem]:
        """The items of one patient of the host that are in these states, oldest first."""
        ...

    def in_states(
        self, states: frozenset[State], *, limit: int = 1000, since: datetime | None = None
    ) -> Sequence[OutboxItem]:
        """Oldest first. With `since` newest first, and of what is at its end only what was accepted from then on."""
        ...

    def due(self, now: datetime, *, limit: int = 50) -> Iterator[OutboxItem]:
        """Items whose `due_at` has come at `now`, in the order in which they were accepted, each read at its turn.

        `due_at` is when delivery has something to do; None: only an event (a patient, a card, an answer of the counter)
        makes it so. Only accepted, composed, held, ready, uncertain and waiting items have one, and sent ones whose
        correction is pending: see `change`.
        """
        ...

    def next_due(self) -> datetime | None:
        """When the next item falls due; None where all wait for an event."""
        ...

    def content(self, item_id: str) -> bytes:
        """The host's bytes, as they came. Raises NotFound once destroyed."""
        ...

    def document(self, item_id: str) -> bytes:
        """The composed document. Raises NotFound where there is none (yet, or any more)."""
        ...

    def metadata(self, item_id: str) -> bytes:
        """What describes the composed document, as `change(metadata=...)` was given it. Raises NotFound."""
        ...

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
        """Move `item` to `state` with other `fields` of OutboxItem, if the table allows it and nobody changed it since.

        `fields`: patient, reason (asked for in WAITING), fault (asked for in REFUSED), title, visibility, frozen,
        plugin, due_at, attempts, who (of the same structure), corrections (in SENT); what is not given stays, but
        - `resume` follows from the table and is never given;
        - `due_at` becomes `now` on entering accepted, composed, ready or uncertain, and None on entering another state;
        - reason and fault end with the state that they explain (waiting; waiting, uncertain, refused).
        The same state again changes the fields only (not in SENDING, CANCELLED). From READY on, document, metadata and
        frozen are refused. To SENT: the document, its metadata, the content and the patient are destroyed with their
        key, the receipt stays. Raises ItemChanged, WrongState; ValueError for a mistake of the caller.
        """
        ...

    def translate(self, item: OutboxItem, new: Sequence[tuple[str, NewItem]], *, now: datetime) -> Sequence[OutboxItem]:
        """Make the items `new` (id, item) of a raw message: all or nothing. It stays TRANSLATED, its content destroyed.

        Raises KeyConflict, OutboxFull, ItemChanged, WrongState.
        """
        ...

    def recover(self, now: datetime) -> Sequence[OutboxItem]:
        """Make UNCERTAIN what a stop left in SENDING, and give it. Called once at start, before anything is sent."""
        ...

    def receipts(self, structure: str, *, since: datetime, until: datetime) -> Iterator[OutboxItem]:
        """What was sent among the items accepted from `since` to before `until`, oldest first."""
        ...

    def was_made_of(self, item: OutboxItem, content: bytes) -> bool:
        """True where the host's bytes of `item` were exactly these, also once they are destroyed."""
        ...

    def checkpoint(self) -> None:
        """Tidy up what slows no save when done between saves. For an idle task, and after the last SENT of a batch."""
        ...

    def verify(self) -> Sequence[str]:
        """Ids of the items that can no longer be read, after mending what can be mended. For a task of its own.

        Who writes meanwhile waits for one item at most.
        """
        ...

    def damaged(self, item_id: str) -> DamagedItem:
        """What still reads of an item that `verify` named."""
        ...

    def counts(self) -> Mapping[State, int]: ...

    def close(self) -> None: ...


class PatientFile(Protocol):
    """What stays of a patient between visits, encrypted on disk: consents, the last visit of the record, identity.

    One value per structure, patient of the host and `kind` (`consent`, `visit`, `identity`...). Safe for threads.
    """

    def read(self, structure: str, host_id: str, kind: str) -> bytes | None:
        """The value last written. Raises OutboxUnreadable where its key is lost."""
        ...

    def write(self, structure: str, host_id: str, kind: str, value: bytes, *, now: datetime) -> None:
        """Keep `value` in the place of the earlier one; it is on disk when this returns. Raises OutboxFull."""
        ...

    def forget(self, structure: str, host_id: str) -> None:
        """Destroy all that is kept of this patient, with its key."""
        ...

    def purge(self, before: datetime, *, kind: str) -> int:
        """Destroy the values of that kind written before, and say how many there were."""
        ...

    def close(self) -> None: ...


class ActStore(Protocol):
    """What the host declared as finished, encrypted where it names a record or a patient. Safe for threads."""

    def declare(self, structure: str, acts: Iterable[Act]) -> None:
        """Keep each in the place of the one of the same type and record. All or none. Raises OutboxFull."""
        ...

    def retract(self, structure: str, acts: Iterable[Act]) -> None:
        """Forget those of these types and records."""
        ...

    def of_year(self, structure: str, year: int) -> Sequence[Act]:
        """Those done in a calendar year, by date, type, record. Raises OutboxUnreadable."""
        ...

    def close(self) -> None: ...


class SealedFiles(Protocol):
    """Encrypted files that end by themselves at their time. `kind` (`exchange`, `order`) sorts them; no people's names.

    Every call raises OutboxFull or OutboxUnreadable for what the disk or the key does.
    """

    def write(self, kind: str, plain: bytes, *, until: datetime) -> str:
        """Keep `plain` until that time, and give its name."""
        ...

    def read(self, name: str) -> bytes:
        """What `write` kept. Raises OutboxUnreadable where it is gone or was altered."""
        ...

    def names(self, kind: str) -> Sequence[str]:
        """In no order of time that could be relied upon."""
        ...

    def remove(self, name: str) -> None: ...

    def purge(self, now: datetime) -> int:
        """Remove what has had its time, and say how many there were."""
        ...


@dataclass(frozen=True, slots=True)
class AuditBreak:
    """The first record of an audit that is not as it was written. `rule`: entry, order, end, witness, file."""

    number: int
    rule: str


class Audit(Protocol):
    """The chained record of what was done, by whom."""

    def record(self, action: str, enclosed: bytes | None = None, /, **facts: str | int | None) -> None:
        """Append one record; it is on disk when this returns. `facts`: identifiers and codes, never a person's data;
        any other text is kept as a keyed digest. `enclosed` (a VIHF) is kept encrypted beside the record, and its loss
        or change is found as that of the record. Raises AuditUnavailable: what cannot be recorded must not be done.
        """
        ...

    def records(self) -> Iterator[Mapping[str, Any]]: ...

    def latest(self) -> Iterator[Mapping[str, Any]]:
        """As `records`, newest first."""
        ...

    def as_told(self, value: str) -> str:
        """A fact as the records have it: `value`, or the keyed digest that stands for it."""
        ...

    def enclosed(self, number: int) -> bytes | None:
        """What was enclosed with that record, opened; None where nothing was. Raises AuditBroken."""
        ...

    def verify(self) -> AuditBreak | None:
        """Where the record was edited, cut, reordered or put back to an older copy; None where it is whole."""
        ...

    def close(self) -> None: ...
