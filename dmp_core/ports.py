"""The roles that the parts play for each other. Each is implemented once or more; nobody imports the implementation."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol
from uuid import UUID

from dmp_core.model.item import NewItem, OutboxItem, State


class Clock(Protocol):
    """The only reader of the time."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go back, from an arbitrary start."""
        ...


class Ids(Protocol):
    """The only source of identifiers and randomness."""

    def uuid(self) -> UUID: ...

    def token(self, size: int) -> bytes:
        """`size` bytes fit for a key."""
        ...


class Hash(StrEnum):
    """What is hashed before it is signed. SHA-1 serves only where a national service still asks for it."""

    SHA256 = "sha256"
    SHA1 = "sha1"


class Signer(Protocol):
    """A private key that signs and stays where it is: in a file, or in a card."""

    @property
    def certificate(self) -> bytes:
        """The signer's X.509 certificate, DER."""
        ...

    @property
    def chain(self) -> Sequence[bytes]:
        """Certificates of the issuers known, DER, nearest first."""
        ...

    @property
    def subject(self) -> str:
        """The certificate's subject as the VIHF's Issuer wants it: RFC 2253, most specific first, `ST=`, `GN=`."""
        ...

    def sign(self, data: bytes, hash_name: Hash = Hash.SHA256) -> bytes:
        """RSASSA-PKCS1-v1_5 of `data`. Raises CardError."""
        ...


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One SOAP request ready for the wire. `service` is the last segment of the path: `patients`, `registry`..."""

    service: str
    content_type: str
    body: bytes = field(repr=False)
    transaction: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    status: int
    content_type: str
    body: bytes = field(repr=False)


class Transport(Protocol):
    """HTTPS with a client certificate to one DMP."""

    def post(self, request: HttpRequest) -> HttpAnswer:
        """Send and wait for the whole answer. Raises TransportError, whose `after_send` tells if it may have been done.

        Any HTTP status is an answer; redirects are never followed.
        """
        ...

    def close(self) -> None: ...


class KeyStore(Protocol):
    """Keeps the secrets that the outbox's keys are wrapped with, and that seal the audit."""

    def secret(self, name: str) -> bytes:
        """32 bytes, made at first use, the same ever after. Raises OutboxUnreadable where they are lost."""
        ...


class OutboxStore(Protocol):
    """The durable store of items. Every call returns after the disk has it. Safe to call from several threads."""

    def accept(self, new: NewItem, *, item_id: str, now: datetime) -> tuple[OutboxItem, bool]:
        """Keep `new` and give its item, True if it is new; the same key and bytes give the same item again.

        Raises KeyConflict where other bytes stand under that key, OutboxFull where the disk is full.
        """
        ...

    def get(self, item_id: str) -> OutboxItem:
        """Raises NotFound."""
        ...

    def by_key(self, structure: str, key: str) -> OutboxItem | None: ...

    def of_record(self, structure: str, record: str) -> Sequence[OutboxItem]:
        """All items of one record of the host, oldest first."""
        ...

    def of_patient(self, structure: str, host_id: str) -> Sequence[OutboxItem]:
        """All items of one patient of the host, oldest first."""
        ...

    def in_states(self, states: frozenset[State], *, limit: int = 1000) -> Sequence[OutboxItem]:
        """Oldest first."""
        ...

    def due(self, now: datetime, *, limit: int = 50) -> Sequence[OutboxItem]:
        """Items whose `due_at` has come at `now`, in the order in which they were accepted.

        `due_at` is when delivery has something to do; None: only an event (a patient, a card, an answer of the counter)
        makes it so. Only accepted, composed, held, ready, uncertain and waiting items have one: see `change`.
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
        plugin, due_at, attempts; what is not given stays, but
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
        """Ids of the items that can no longer be read, after mending what can be mended. For an idle task."""
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


@dataclass(frozen=True, slots=True)
class AuditBreak:
    """The first record of an audit that is not as it was written. `rule`: entry, order, end, witness, file."""

    number: int
    rule: str


class Audit(Protocol):
    """The chained record of what was done, by whom."""

    def record(self, action: str, /, **facts: str | int | None) -> None:
        """Append one record; it is on disk when this returns. `facts`: identifiers and codes, never a person's data;
        any other text is kept as a keyed digest. Raises AuditUnavailable: what cannot be recorded must not be done.
        """
        ...

    def records(self) -> Iterator[Mapping[str, Any]]: ...

    def verify(self) -> AuditBreak | None:
        """Where the record was edited, cut, reordered or put back to an older copy; None where it is whole."""
        ...

    def close(self) -> None: ...
