"""The roles that the parts play for each other. Each is implemented once or more; nobody imports the implementation."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, Protocol, TypeVar
from uuid import UUID

from dmp_core.model.act import Act
from dmp_core.model.beneficiary import Beneficiary
from dmp_core.model.identification import Channel, Identified, Prompt
from dmp_core.model.item import Made, NewItem, OutboxItem, State

T = TypeVar("T")


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
    date: datetime | None = None  # when the server says that it answered (RFC 9110, 6.6.1)


@dataclass(frozen=True, slots=True)
class HttpStream:
    """An answer whose bytes are still coming. `pieces` raises TransportError where they stop."""

    status: int
    content_type: str
    pieces: Iterator[bytes] = field(repr=False)
    date: datetime | None = None


class Transport(Protocol):
    """HTTPS with a client certificate to one DMP."""

    def post(self, request: HttpRequest) -> HttpAnswer:
        """Send and wait for the whole answer. Raises TransportError, whose `after_send` tells if it may have been done.

        Any HTTP status is an answer; redirects are never followed.
        """
        ...

    def stream(self, request: HttpRequest) -> AbstractContextManager[HttpStream]:
        """As `post`, with the body given as it comes."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class WebRequest:
    """One request to a web service that is no DMP, at a whole address. Neither headers nor body are ever shown."""

    method: Literal["GET", "POST"]
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    seconds: float = 10.0


class Web(Protocol):
    """HTTPS to web services: Pro Santé Connect, the vendor's proxy to it."""

    def send(self, request: WebRequest) -> HttpAnswer:
        """The whole answer, whatever its status; redirects are never followed. Raises TransportError."""
        ...

    def close(self) -> None: ...


class RedirectListener(Protocol):
    """Hears the browser come back from Pro Santé Connect, on this machine."""

    @property
    def uri(self) -> str:
        """The `redirect_uri` to announce."""
        ...

    def take(self) -> str | None:
        """The query of the first redirect that came; None as long as none did. Never waits."""
        ...

    def close(self) -> None: ...


@dataclass(slots=True)
class Attempt:
    """An identification under way. `due_at`: when to poll next. `private` belongs to the provider."""

    prompt: Prompt
    due_at: datetime
    private: Any = field(repr=False)


@dataclass(frozen=True, slots=True)
class Proof:
    """Who was identified. `private` belongs to the provider: tokens, in memory only."""

    identified: Identified
    private: Any = field(repr=False)
    renewable: bool = True


class IdentityProvider(Protocol):
    """Identifies a professional: Pro Santé Connect, directly or through the vendor's proxy.

    Its calls wait for the network and raise PscError. An attempt or a proof is used by one thread at a time.
    """

    def begin(self, channel: Channel, login: str | None, now: datetime) -> Attempt:
        """Ask for an identification; `login`: PS_IdNat, which the card and the phone need. Nobody is waited for."""
        ...

    def poll(self, attempt: Attempt, now: datetime) -> Proof | None:
        """Who it is; None as long as the professional did not act. Sets `due_at`. Raises PscDenied, PscExpired."""
        ...

    def redirected(self, attempt: Attempt, url: str) -> None:
        """The browser came back at `url`, as whoever received it says; the next poll uses it."""
        ...

    def abandon(self, attempt: Attempt) -> None:
        """Wait for this identification no longer. Never raises."""
        ...

    def renew(self, proof: Proof, now: datetime) -> Proof:
        """The same person for longer. Raises PscExpired where the session is over."""
        ...

    def end(self, proof: Proof) -> None:
        """Close the session at Pro Santé Connect."""
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

    def of_patient(self, structure: str, host_id: str) -> Sequence[OutboxItem]:
        """All items of one patient of the host, oldest first."""
        ...

    def in_states(
        self, states: frozenset[State], *, limit: int = 1000, since: datetime | None = None
    ) -> Sequence[OutboxItem]:
        """Oldest first. With `since` newest first, and of what is at its end only what was accepted from then on."""
        ...

    def due(self, now: datetime, *, limit: int = 50) -> Sequence[OutboxItem]:
        """Items whose `due_at` has come at `now`, in the order in which they were accepted.

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


class CardCalls(Protocol):
    """Lets one caller at a time use the cards, and nobody wait for a card that does not answer."""

    def __call__(self, work: Callable[[], T], seconds: float, undo: Callable[[T], object] | None) -> T:
        """What `work` gives or raises. Raises CardSilent after `seconds`; a result that comes later goes to `undo`."""
        ...


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


@dataclass(frozen=True, slots=True)
class ReaderState:
    """One reader now. `atr` is empty where no card is in, or where the card in it gives none (`mute`).

    `busy`: another program holds the card for itself alone. `turn` changes with each card that comes or goes.
    """

    reader: str
    atr: bytes = b""
    mute: bool = False
    busy: bool = False
    turn: int = 0


class CardLine(Protocol):
    """A shared connection to the card in a reader, nobody else speaking to it meanwhile."""

    def transmit(self, command: bytes) -> bytes:
        """The card's answer, status word included. Raises CardError."""
        ...


class Readers(Protocol):
    """The card readers of this seat: any number, in any order, those of two slots as two."""

    def wait(self, seconds: float) -> Sequence[ReaderState]:
        """All readers, as soon as something changed since the last call, at the latest after `seconds`.

        Raises ReadersUnavailable; the next call tries anew.
        """
        ...

    def interrupt(self) -> None:
        """Make the `wait` under way on another thread come back now."""
        ...

    def open(self, reader: str) -> AbstractContextManager[CardLine]:
        """A line to the card in `reader`; at its end the card is left as it is, never reset. From any thread.

        Raises ReaderBusy, ReaderUnplugged, CardPulled, CardMute, ReadersUnavailable.
        """
        ...

    def close(self) -> None: ...


class BeneficiaryProvider(Protocol):
    """Says whom a carte Vitale, or an Appli carte Vitale, names: the card's free zone, the GIE's API, its services.

    Calls wait for the card or the network. A NIR found there is no INS.
    """

    def on_card(self, reader: str) -> Sequence[Beneficiary]:
        """The persons on the Vitale in that reader, in the card's order. Raises CardError."""
        ...

    def behind_code(self, code: str) -> Sequence[Beneficiary]:
        """The persons behind a code scanned on a phone. Raises ScannedCodeRefused, ScannedCodeUnsupported."""
        ...
