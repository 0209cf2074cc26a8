"""An item of the outbox: one document that the host handed over, and what became of it."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from dmp_core.model.document import Visibility
from dmp_core.model.health import HealthModel
from dmp_core.model.identity import Patient
from dmp_core.model.practitioner import Who


class State(StrEnum):
    """Where an item is. Which change is allowed stands in `outbox/states.py`."""

    ACCEPTED = "accepted"
    COMPOSED = "composed"
    AWAITING_CONFIRMATION = "awaiting_confirmation"
    HELD = "held"
    READY = "ready"
    SENDING = "sending"
    SENT = "sent"
    WAITING = "waiting"
    UNCERTAIN = "uncertain"
    HANDED = "handed"  # another seat, which has the card, accepted it; `seat` says which
    REFUSED = "refused"
    CANCELLED = "cancelled"
    TRANSLATED = "translated"  # a raw message that the adapter turned into items of their own


class WaitReason(StrEnum):
    """Why an item waits. It goes back by itself to the state that it left."""

    IDENTITY = "identity"
    PLUGIN = "plugin"
    CARD = "card"
    NETWORK = "network"
    RATE = "rate"
    CONFLICT = "conflict"
    AUTHOR = "author"  # who wrote it has left: somebody takes it over
    SEAT = "seat"  # offered to another seat, which has not said yet whether it took it


class CancelReason(StrEnum):
    """Why the counter decided that a document does not leave."""

    PATIENT_OPPOSED = "patient_opposed"  # to this document; an opposition to all feeding is recorded as a consent
    MISTAKE = "mistake"
    NOT_USEFUL = "not_useful"
    OTHER = "other"


class Fault(HealthModel):
    """Why an item waits or was refused: our code, what the counter reads, and the DMP's own words."""

    code: str
    sentence: str
    remedy: str
    mender: str = ""
    detail: str = ""
    origin: str | None = None
    dmp_text: str = ""


class CorrectionKind(StrEnum):
    """What may be done to a document after it was sent; everything else is a replacement: a new save."""

    WITHDRAW = "withdraw"
    VISIBILITY = "visibility"
    ARCHIVE = "archive"
    UNARCHIVE = "unarchive"


class WithdrawReason(StrEnum):
    """Why a document leaves the DMP (SC.DMP/CONF.03, HISTO.02)."""

    WRONG_PATIENT = "wrong_patient"
    WRONG_DOCUMENT = "wrong_document"
    PATIENT_REQUEST = "patient_request"


class CorrectionState(StrEnum):
    """Pending: asked, and the DMP has not said that it is done; it is looked up until it has."""

    PENDING = "pending"
    DONE = "done"
    REFUSED = "refused"


class Correction(HealthModel):
    """One correction of a sent document, kept with its receipt. `patient` only as long as it is pending."""

    kind: CorrectionKind
    state: CorrectionState = CorrectionState.PENDING
    reason: WithdrawReason | None = None
    visibility: Visibility | None = None
    who: Who = Field(repr=False)
    patient: Patient | None = Field(default=None, repr=False)
    fault: Fault | None = None
    asked_at: datetime
    changed_at: datetime
    attempts: int = 0


class NewItem(HealthModel):
    """What the host hands over, before anything looked into it."""

    key: str = Field(min_length=1, max_length=200, description="the host's name of this save")
    record: str = Field(min_length=1, max_length=200, description="the host's name of the saved record")
    type_id: str = Field(min_length=1, max_length=100, description="which type of document, as plugins name it")
    who: Who
    patient: Patient | None = Field(default=None, repr=False, description="None: a raw message not read yet")
    content: bytes = Field(repr=False, description="the host's bytes, kept as they came")


class Frozen(HealthModel):
    """What no later try may change: the identity of the document, and its description."""

    unique_id: str
    submission_set_id: str
    set_id: str
    version: int = Field(ge=1)
    hash: str
    size: int


class Made(HealthModel):
    """A document that was composed and confirmed elsewhere: what READY has beyond what the host handed over."""

    document: bytes = Field(repr=False)
    metadata: bytes = Field(repr=False)
    frozen: Frozen
    title: str = Field(repr=False)
    visibility: Visibility
    plugin: str | None


class OutboxItem(HealthModel):
    """One item as the store holds it. `revision` guards each change: whoever read an older one is refused."""

    id: str
    revision: int
    key: str
    record: str
    type_id: str
    who: Who = Field(repr=False)
    patient: Patient | None = Field(default=None, repr=False, description="None once sent, or not read yet")
    state: State
    resume: State | None = Field(default=None, description="where a waiting item goes back to")
    reason: WaitReason | None = None
    fault: Fault | None = None
    title: str = Field(default="", repr=False)
    visibility: Visibility = Visibility()
    frozen: Frozen | None = None
    plugin: str | None = Field(default=None, description="name and version of the plugin that composed it")
    seat: str | None = Field(default=None, description="the seat that has it, or may have it: its fingerprint")
    accepted_at: datetime
    changed_at: datetime
    due_at: datetime | None = Field(default=None, description="nothing to do before; None: waits for an event")
    attempts: int = 0
    corrections: tuple[Correction, ...] = Field(default=(), description="after it was sent, oldest first")

    @property
    def host_id(self) -> str | None:
        """The host's reference of its patient, as long as the item has one."""
        return self.patient.host_id if self.patient else None

    @property
    def correcting(self) -> Correction | None:
        """The correction whose end is not known yet: one at most, the last one."""
        last = self.corrections[-1] if self.corrections else None
        return last if last and last.state is CorrectionState.PENDING else None

    @property
    def withdrawn(self) -> Correction | None:
        """The correction that took the document out of the DMP."""
        done = (one for one in self.corrections if one.state is CorrectionState.DONE)
        return next((one for one in done if one.kind is CorrectionKind.WITHDRAW), None)

    @property
    def archived(self) -> bool:
        """Whether we put the document into the archive of the DMP last."""
        moves = {CorrectionKind.ARCHIVE: True, CorrectionKind.UNARCHIVE: False}
        done = [one.kind for one in self.corrections if one.state is CorrectionState.DONE and one.kind in moves]
        return bool(done) and moves[done[-1]]
