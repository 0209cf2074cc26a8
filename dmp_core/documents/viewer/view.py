"""What the viewer is told of a document, and what it gives back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from dmp_core.documents.pages import Drawing
from dmp_core.model.document import Code, RecordEntry
from dmp_core.model.identity import Ins, Patient


@dataclass(frozen=True, slots=True)
class ViewContext:
    """What the record says of the document, None where nobody knows: then nothing is compared.

    `patient` is the one whose record is open, `ins_history` the INS that were theirs before. `row` is the row of the
    record, with hash, size, status and visibility. `latest_version` is the highest version of the same set. `draw`
    gives the pages of a harmless PDF as pictures, e.g. `pages.draw`; without it, or where it gives None, a PDF is a
    file to open.
    """

    patient: Patient | None = field(default=None, repr=False)
    ins_history: tuple[Ins, ...] = field(default=(), repr=False)
    row: RecordEntry | None = field(default=None, repr=False)
    latest_version: int | None = None
    time_zone: str = "Europe/Paris"
    draw: Callable[[bytes], Drawing | None] | None = field(default=None, repr=False)


class Level(StrEnum):
    """How loud a notice is. A blocking one folds the document: the reader opens it by an act; it is not imported."""

    BLOCKING = "blocking"
    WARNING = "warning"
    INFO = "info"


class Notice(StrEnum):
    """What is said above a document; levels and sentences stand in `words`."""

    OTHER_PATIENT = "other_patient"
    ALTERED = "altered"
    NO_INS = "no_ins"
    UNKNOWN_INS = "unknown_ins"
    REPLACED = "replaced"
    SUPERSEDED = "superseded"
    DELETED = "deleted"
    ARCHIVED = "archived"
    MASKED = "masked"
    HIDDEN_FROM_PATIENT = "hidden_from_patient"
    BY_PATIENT = "by_patient"
    SELF_PRESENTING = "self_presenting"
    ODD_CHARACTERS = "odd_characters"
    REMOVED = "removed"


class Removed(StrEnum):
    """What was taken out; each place carries a visible mark, but for attributes, which are counted only."""

    LINK = "link"
    REMOTE = "remote"
    ACTIVE = "active"
    UNKNOWN = "unknown"
    SPLIT = "split"
    ATTRIBUTE = "attribute"
    FILE = "file"
    MISSING = "missing"
    REPEATED = "repeated"
    DEPTH = "depth"
    EXCESS = "excess"


class Access(StrEnum):
    """How far a file inside a document may be opened."""

    SHOWN = "shown"  # part of the page: an image written anew, a plain text
    OPEN = "open"  # a PDF without active content: in a viewer, or saved
    WARNED = "warned"  # saved only, after a warning
    REFUSED = "refused"  # kept as evidence, never handed to the reader


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside a document. `name` is made by us; `media_type` is what the bytes are, not what the document says.

    `reason` tells, in French, why it is not simply opened.
    """

    name: str
    media_type: str
    label: str
    access: Access
    reason: str = ""
    content: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class View:
    """A document ready to be shown: `fragment` is HTML for the body of `page`."""

    title: str = field(repr=False)
    type_code: Code
    class_code: str
    unique_id: str
    version: int
    language: str
    fragment: str = field(repr=False)
    notices: tuple[Notice, ...]
    attachments: tuple[Attachment, ...]
    removed: Mapping[Removed, int]

    @property
    def blocked(self) -> bool:
        """Must the reader act before the document is seen? Such a document is not imported."""
        return bool({Notice.OTHER_PATIENT, Notice.ALTERED} & set(self.notices))
