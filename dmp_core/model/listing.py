"""What is asked of a record, and what came of it: a filter, the rows, what changed, the sections with their counts."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from dmp_core.model.document import UniqueId
from dmp_core.model.health import HealthModel
from dmp_core.model.row import Row
from dmp_core.model.sections import words

Since = date | Literal["default", "all"]
"""`default`: two years the first time, later what changed since the last visit; `all`: no date."""

WantedCode = Annotated[str, StringConstraints(min_length=1, max_length=200)]


class RecordFilter(HealthModel):
    """Which documents; nothing set: all that are active. Several values of one field: any of them.

    A code is one of the value set of ANS, or `code^^system`. Days are the pharmacy's, both included.
    """

    types: tuple[WantedCode, ...] = Field(default=(), max_length=50)
    classes: tuple[WantedCode, ...] = Field(default=(), max_length=20)
    formats: tuple[WantedCode, ...] = Field(default=(), max_length=20)
    practice_settings: tuple[WantedCode, ...] = Field(default=(), max_length=20)
    facilities: tuple[WantedCode, ...] = Field(default=(), max_length=20)
    events: tuple[WantedCode, ...] = Field(default=(), max_length=20, description="`code^^system`")
    confidentiality: tuple[WantedCode, ...] = Field(default=(), max_length=4)
    service_from: date | None = None
    service_to: date | None = None
    created_from: date | None = None
    created_to: date | None = None
    author: Annotated[str, StringConstraints(min_length=2, max_length=100)] | None = Field(
        default=None, repr=False, description="part of the name of an author or of their structure"
    )
    author_id: Annotated[str, StringConstraints(pattern=r"^[0-9A-Z/]{3,45}$")] | None = Field(
        default=None, description="PS_IdNat"
    )
    section: str | None = None
    archived: bool = Field(default=False, description="archived documents as well (EX_3.1-1030)")
    replaced: bool = Field(default=False, description="replaced documents as well")

    @property
    def narrows(self) -> bool:
        """Something is set: what comes is not the list that a visit is measured by."""
        return self != RecordFilter()


class Scope(StrEnum):
    """What was asked."""

    FIRST = "first"  # two years back, nothing was seen before
    CHANGES = "changes"  # since the last visit
    ALL = "all"
    FROM = "from"  # a day that was named
    FILTERED = "filtered"


class Gone(HealthModel):
    """A document seen before that is no more among the active ones. `status`: a URN, see `oids.Status`."""

    unique_id: UniqueId
    status: str


class NewOfType(HealthModel):
    """How many documents of a type are new since the last visit."""

    type_code: str
    label: str
    count: int


class Empty(StrEnum):
    """Why a section shows nothing, as far as the DMP told."""

    NONE = "none"
    NONE_IN_PERIOD = "none_in_period"
    UNCHANGED = "unchanged"
    RIGHT_MISSING = "right_missing"
    NOT_ASKED = "not_asked"
    CUT = "cut"  # it may be among what was not read

    @property
    def text(self) -> str:
        """In French."""
        return words("empty")[self]


class SectionCount(HealthModel):
    """One section of the list. `empty` where nothing stands in it, with `text` in French."""

    section: str
    label: str
    count: int = 0
    new: int = 0
    empty: Empty | None = None
    text: str = ""


class Cut(HealthModel):
    """More documents answer than one list holds: the first `rows` that came are given, the others were not read."""

    rows: int
    text: str = Field(description="in French, with what to do next")

    @classmethod
    def after(cls, rows: int) -> "Cut":
        return cls(rows=rows, text=words("cut")["text"].format(count=f"{rows:,}".replace(",", "\u202f")))


class Listing(HealthModel):
    """A whole answer, or the first rows of one that is too long (`cut`). `since`: from then on; None: no limit."""

    rows: tuple[Row, ...] = Field(repr=False)
    scope: Scope
    since: datetime | None = None
    asked_at: datetime
    gone: tuple[Gone, ...] = ()
    new: tuple[NewOfType, ...] = ()
    sections: tuple[SectionCount, ...] = ()
    cut: Cut | None = None
