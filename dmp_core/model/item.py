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


class Fault(HealthModel):
    """Why an item waits or was refused: our code, what the counter reads, and the DMP's own words."""

    code: str
    sentence: str
    remedy: str
    mender: str = ""
    detail: str = ""
    origin: str | None = None
    dmp_text: str = ""


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
    accepted_at: datetime
    changed_at: datetime
    due_at: datetime | None = Field(default=None, description="nothing to do before; None: waits for an event")
    attempts: int = 0
