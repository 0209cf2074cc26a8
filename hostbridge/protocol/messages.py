"""Every message of the bridge, as a closed model: parameters of what the host asks, results, what the bridge tells.

Names of fields are snake_case in every message. Times are ISO 8601 with their offset, dates ISO 8601, bytes base64
(RFC 4648, standard alphabet, with padding). Parameters are read strictly: "1" is no number, an unknown field an error.
"""

import re
import string
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, field_validator

from dmp_core.api.events import SavedDocument
from dmp_core.api.ui import Ui
from dmp_core.model.access import Environment
from dmp_core.model.document import FeedPolicy, RecordEntry, RecordStatus, UniqueId, Visibility
from dmp_core.model.health import HealthModel
from dmp_core.model.identity import Patient
from dmp_core.model.item import (
    Correction,
    CorrectionKind,
    CorrectionState,
    Fault,
    OutboxItem,
    State,
    WaitReason,
    WithdrawReason,
)
from dmp_core.model.limits import FED_DOCUMENT, TITLE
from dmp_core.model.listing import NewOfType
from dmp_core.model.practitioner import Operator
from dmp_core.outbox import corrections

PROTOCOL_VERSION: Final = "1.0"
_REFERENCE: Final = re.compile(r"[A-Za-z0-9_.:/^&@+~#-]{1,100}")
FILES: Final = frozenset({"cda", "pdf"})
_BASE64: Final = (string.ascii_letters + string.digits + "+/").encode()

Key = Annotated[str, StringConstraints(min_length=1, max_length=150)]
HostId = Annotated[str, StringConstraints(min_length=1, max_length=100)]
ItemId = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=80)]


class Message(HealthModel):
    """Root of the messages."""


class Nothing(Message):
    """Parameters or result where there is nothing to say: `{}`."""


# ---------------------------------------------------------------- what the host asks


def _named_by_a_reference(operator: Operator) -> Operator:
    if not _REFERENCE.fullmatch(operator.id):
        raise ValueError("operator.id is a reference: letters, digits and . _ : / @ + ~ # ^ & - only")
    return operator


OperatorAtWork = Annotated[Operator, AfterValidator(_named_by_a_reference)]
"""An operator whose `id` may stand in the audit."""


class Program(Message):
    """A program and its version."""

    name: Text
    version: Text


class HostCapabilities(Message):
    """What the host can do. `panels`: it opens the addresses of windows in a browser or a web view of its own."""

    panels: bool = False


class Initialize(Message):
    """`initialize`: who speaks. `adapter` and `structure` (Struct_IdNat) where the configuration leaves a choice."""

    protocol_version: str = Field(pattern=r"^1\.[0-9]{1,3}$", description="1.x: fields are added, never changed")
    host: Program
    adapter: Text | None = None
    structure: Text | None = None
    operator: OperatorAtWork | None = None
    capabilities: HostCapabilities = HostCapabilities()


class OperatorChanged(Message):
    """`operator/changed`: another person works; None: nobody does."""

    operator: OperatorAtWork | None


class PatientMessage(Message):
    """`patient/opened`, `patient/updated`: the whole patient, as the host's file has it now."""

    patient: Patient = Field(repr=False)


class PatientReference(Message):
    """`patient/closed`, `dmp/open`, `dmp/status`: a patient by the host's own reference."""

    host_id: HostId = Field(repr=False)


class ListRecord(PatientReference):
    """`dmp/list`: `since` a date, `default` (two years) or `all`; `progressive`: rows also come as `dmp/rows`."""

    since: date | Literal["default", "all"] = "default"
    progressive: bool = False


class FetchDocument(PatientReference):
    """`dmp/fetch`: one document that `dmp/list` gave."""

    unique_id: UniqueId


class DocumentSaved(SavedDocument):
    """`document/saved`: `key` names this save, `record` the host's record, `type_id` the type of document.

    `content` is what the type's model wants; a finished file stands in its field `pdf` or `cda`.
    """

    key: Key
    record: Key
    type_id: Text

    @field_validator("content")
    @classmethod
    def _files_are_base64(cls, content: dict[str, Any]) -> dict[str, Any]:
        return files_are_base64(content)


def files_are_base64(content: dict[str, Any]) -> dict[str, Any]:
    """The same content: a file in it is whole and small enough before anything decodes it."""
    for name in FILES & content.keys():
        _require_base64(content[name])
    return content


def _require_base64(value: object) -> None:
    if not isinstance(value, str) or not value.isascii():
        raise ValueError("a file is base64")
    if len(value) > (FED_DOCUMENT + 2) // 3 * 4:
        raise ValueError(f"a file has {FED_DOCUMENT} bytes at most")
    if not _is_base64(value):
        raise ValueError("a file is base64 of the standard alphabet, padded, without spaces or lines")


def _is_base64(text: str) -> bool:
    """Without decoding it: the strict decoder of the standard library takes thirty times as long."""
    data = text.encode()
    padding = len(data) - len(data.rstrip(b"="))
    return len(data) % 4 == 0 and padding <= 2 and not data.translate(None, _BASE64)[padding:]


class HostEventMessage(Message):
    """`host/event`: a message in the host's own words, for its adapter; `key` names it."""

    name: str = Field(min_length=1, max_length=100)
    payload: dict[str, Any] = Field(repr=False)
    key: Key


class ItemReference(Message):
    """`feed/describe`, `outbox/show`, `outbox/retry`: one item of the outbox."""

    item: ItemId


class ConfirmFeed(ItemReference):
    """`feed/confirm`: send it, with another title or visibility where they are given."""

    title: Annotated[str, StringConstraints(min_length=1, max_length=TITLE)] | None = Field(default=None, repr=False)
    visibility: Visibility | None = None


class ListOutbox(Message):
    """`outbox/list`: the items in these states, oldest first; absent: all.

    `since`: of what is at its end (sent, cancelled, translated) only what was accepted from then on; the newest first.
    """

    states: frozenset[State] = frozenset(State)
    limit: int = Field(default=200, ge=1, le=1000)
    since: datetime | None = None


class StatusOfKeys(Message):
    """`outbox/status`: what became of what the host saved under these keys, after a fall of its own for instance."""

    keys: tuple[Key, ...] = Field(min_length=1, max_length=500)


# ---------------------------------------------------------------- what the bridge answers


class TypeOffered(Message):
    """A type of document that `document/saved` may name."""

    id: str
    label: str
    policy: FeedPolicy


class TypesListed(Message):
    """Result of `document/types`: those of `initialize`, asked for again."""

    types: tuple[TypeOffered, ...]


class ServerCapabilities(Message):
    methods: tuple[str, ...]
    notices: tuple[str, ...]
    panels: bool = Field(default=False, description="windows have addresses: `window/show`, `panel/open`")


class Initialized(Message):
    """Result of `initialize`. A window that shows the DMP says so where `environment` is not production.

    `adapter`: the plugin that knows this LGO; None where the one asked for is not installed, or does not work.
    """

    protocol_version: str = PROTOCOL_VERSION
    server: Program
    environment: Environment
    capabilities: ServerCapabilities
    document_types: tuple[TypeOffered, ...]
    adapter: str | None = None
    ui: Ui | None


class PatientShown(Message):
    """Result of `patient/current`: whom the host shows now; None: nobody."""

    host_id: str | None = Field(repr=False)
    name: str | None = Field(repr=False)
    birth_date: date | None = Field(repr=False)
    is_minor: bool


class PatientKnown(Message):
    """Result of `patient/opened` and `patient/updated`: items that waited for this identity and go on."""

    resumed: tuple[str, ...]


class Accepted(Message):
    """Result of `document/saved` and `host/event`: it is on disk."""

    item: str
    state: State


class CorrectionView(Message):
    """What was done to a document after it was sent: withdrawn, shown otherwise, archived. `by`: operator.id."""

    kind: CorrectionKind
    state: CorrectionState
    label: str = Field(description="in French")
    reason: WithdrawReason | None
    visibility: Visibility | None
    by: str
    asked_at: datetime
    changed_at: datetime
    fault: Fault | None

    @classmethod
    def of(cls, correction: Correction) -> Self:
        same = ("kind", "state", "reason", "visibility", "asked_at", "changed_at", "fault")
        return cls(
            label=corrections.label(correction),
            by=correction.who.operator.id,
            **{name: getattr(correction, name) for name in same},
        )


class ItemView(Message):
    """One item of the outbox for the host. `hash` is the SHA-1 of the document, as the DMP keeps it."""

    item: str
    key: str
    record: str
    type_id: str
    host_id: str | None = Field(repr=False)
    state: State
    label: str = Field(description="the state in French")
    reason: WaitReason | None
    fault: Fault | None
    title: str = Field(repr=False)
    visibility: Visibility
    unique_id: str | None
    hash: str | None
    size: int | None
    version: int | None
    accepted_at: datetime
    changed_at: datetime
    due_at: datetime | None
    attempts: int
    corrections: tuple[CorrectionView, ...] = Field(default=(), description="after it was sent, oldest first")
    patient_name: str | None = Field(default=None, repr=False, description="where it was asked for, until it is sent")

    @classmethod
    def of(cls, item: OutboxItem) -> Self:
        """The item without its operator and without its patient's identity."""
        frozen = item.frozen
        return cls(
            item=item.id,
            host_id=item.host_id,
            corrections=tuple(CorrectionView.of(one) for one in item.corrections),
            label=corrections.label_of(item),
            unique_id=frozen.unique_id if frozen else None,
            hash=frozen.hash if frozen else None,
            size=frozen.size if frozen else None,
            version=frozen.version if frozen else None,
            **{name: getattr(item, name) for name in _SAME},
        )


_SAME: Final = (
    "key", "record", "type_id", "state", "reason", "fault", "title", "visibility", "accepted_at", "changed_at",
    "due_at", "attempts",
)  # fmt: skip


class OutboxListed(Message):
    """Result of `outbox/list`; `counts` of all items, whatever was asked."""

    items: tuple[ItemView, ...]
    counts: dict[State, int]


class KeysKnown(Message):
    """Result of `outbox/status`, in the order asked; `unknown`: was never saved, or is forgotten since."""

    items: tuple[ItemView, ...]
    unknown: tuple[str, ...]


class RecordStatusKnown(Message):
    """Result of `dmp/open` and `dmp/status`."""

    status: RecordStatus


class RecordListed(Message):
    """Result of `dmp/list`: all rows, in the order of the DMP."""

    entries: tuple[RecordEntry, ...] = Field(repr=False)


class DocumentFetched(Message):
    """Result of `dmp/fetch`: the bytes as they were deposited."""

    unique_id: str
    mime_type: str
    size: int
    sha256: str
    content: str = Field(repr=False, description="base64")


class ShutDown(Message):
    """Result of `shutdown`: what is still on its way, by state; kept, and taken up at the next start."""

    unfinished: dict[State, int]


# ---------------------------------------------------------------- what the bridge tells


class WindowShow(Message):
    """`window/show`: the feed window should open for this item, without taking the focus; `feed/describe` fills it."""

    window: Literal["feed"] = "feed"
    item: ItemView
    address: str | None = Field(default=None, repr=False, description="opens the window once, within thirty seconds")


class StatusNotice(Message):
    """`dmp/statusChanged`: what the DMP, or a plugin's `text`, says of a patient's record."""

    host_id: str = Field(repr=False)
    status: RecordStatus | None = None
    text: str | None = Field(default=None, repr=False)
    new: tuple[NewOfType, ...] | None = Field(default=None, description="what the list just made shows as new")


class Rows(Message):
    """`dmp/rows`: some rows of the `dmp/list` with this id, provisional until its answer."""

    request: int | str
    entries: tuple[RecordEntry, ...] = Field(repr=False)


class ItemNotice(Message):
    """`outbox/changed`, `feed/finished`: the item as it is now."""

    item: ItemView


class MessageShow(Message):
    """`message/show`: a plugin's message for the operator."""

    plugin: str
    text: str = Field(repr=False)
    level: str


class Progress(Message):
    """`$/progress`: how many rows the `dmp/list` with this id has read."""

    request: int | str
    done: int


NOTICES: Final = (
    "window/show", "dmp/statusChanged", "dmp/rows", "feed/finished", "outbox/changed", "message/show", "$/progress",
    "identity/changed", "identity/diverges",
    "dmp/badge", "patient/suggested", "card/changed", "psc/needed", "psc/browse", "psc/changed", "care/needed",
    "sharing/changed", "sharing/consultationWanted",
    "pin/needed", "session/changed", "document/importWanted", "document/newerVersion",
)  # fmt: skip
