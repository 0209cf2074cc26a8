"""The roles that the parts play for each other. Each is implemented once or more; nobody imports the implementation."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
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

    def sign(self, data: bytes) -> bytes:
        """RSASSA-PKCS1-v1_5 with SHA-256 of `data`. Raises CardError."""
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
    """Keeps the secret that the outbox's keys are wrapped with."""

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
        """Items that something can be done for at `now`, in the order in which they were accepted."""
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

        To SENT: the document, its metadata and the content are destroyed with their key, the receipt stays.
        Raises ItemChanged, WrongState.
        """
        ...

    def counts(self) -> Mapping[State, int]: ...

    def close(self) -> None: ...


class Audit(Protocol):
    """The chained record of what was done, by whom."""

    def record(self, action: str, /, **facts: str | int | None) -> None:
        """Append one record; it is on disk when this returns. `facts`: identifiers and codes, never a person's data."""
        ...

    def records(self) -> Iterator[Mapping[str, Any]]: ...

    def close(self) -> None: ...
