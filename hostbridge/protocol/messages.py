"""Messages of the bridge's life, of patients and of what is saved, as closed models; other areas have their own module.

Names of fields are snake_case in every message. Times are ISO 8601 with their offset, dates ISO 8601, bytes base64
(RFC 4648, standard alphabet, with padding). Parameters are read strictly: "1" is no number, an unknown field an error.
"""

import re
import string
from datetime import date
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field, StringConstraints, field_validator

from dmp_core.api.events import SavedDocument
from dmp_core.api.ui import Ui
from dmp_core.model.access import Environment
from dmp_core.model.document import FeedPolicy, RecordEntry, RecordStatus, UniqueId
from dmp_core.model.health import HealthModel
from dmp_core.model.identity import Patient
from dmp_core.model.item import (
    State,
)
from dmp_core.model.limits import FED_DOCUMENT
from dmp_core.model.listing import NewOfType
from dmp_core.model.practitioner import Operator

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
    beside: bool = Field(default=False, description="a way in beside the LGO: its operator works for it alone")


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
