"""Messages about the record of an opened patient: how it is opened, what it holds, who else may read it."""

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from dmp_core.dmp.td04_patients import DateType
from dmp_core.dmp.td09_web import Page
from dmp_core.dmp.td13_administrative import PostalAddress, Telecom
from dmp_core.model.document import Code, UniqueId
from dmp_core.model.identity import Ins
from dmp_core.model.listing import Cut, Gone, Listing, NewOfType, RecordFilter, Scope, SectionCount
from dmp_core.model.opening import Change, Opening, OpenWish
from dmp_core.model.row import Row
from hostbridge.protocol.messages import (
    DocumentFetched,
    HostId,
    ListRecord,
    Message,
    PatientReference,
    RecordListed,
    RecordStatusKnown,
    Rows,
)

# ---------------------------------------------------------------- what the host asks


class OpenRecord(OpenWish, PatientReference):
    """`dmp/open`: with what the counter answered so far; ask again with the answer to the question that came back."""


class ListDocuments(ListRecord):
    """`dmp/list`: `since` as in `ListRecord`; with a `filter` two years or from that day, and the visit stays."""

    filter: RecordFilter = RecordFilter()


class FetchDocuments(PatientReference):
    """`dmp/fetchAll`: several documents that `dmp/list` gave."""

    unique_ids: tuple[UniqueId, ...] = Field(min_length=1, max_length=100)


class Authorise(PatientReference):
    """`dmp/authorise`: because the patient said so at the counter."""

    change: Change


class ListAuthorisations(PatientReference):
    """`dmp/authorisations`: who may read this record, who is barred."""

    which: Literal["active", "barred", "all"] = "all"


class ListPatients(Message):
    """`dmp/patients`: whose record the professional may read; since that day a document came, or they were let in."""

    since: date
    about: DateType = DateType.LAST_DOCUMENT


class OpenPage(Message):
    """`dmp/web`: a page of the DMP for professionals, of the patient or (dashboard, settings) of none."""

    page: Page
    host_id: HostId | None = Field(default=None, repr=False)


# ---------------------------------------------------------------- what the bridge answers


class BadgeKnown(RecordStatusKnown):
    """Result of `dmp/status`. `text` says it in French; `new`: what the last list showed, None before the first."""

    text: str
    new: tuple[NewOfType, ...] | None = None


class RecordOpened(Opening):
    """Result of `dmp/open`. `ask_text`: the question in French; without one and not `open`, the patient refuses."""

    text: str = Field(description="the status in French")
    ask_text: str | None = None


class DocumentsListed(RecordListed):
    """Result of `dmp/list`: the rows that replace the provisional ones. `gone`: seen before, active no more.

    `cut`: the DMP has more documents than these; its sentence is to be shown.
    """

    entries: tuple[Row, ...] = Field(repr=False)
    scope: Scope
    since: datetime | None = None
    asked_at: datetime
    gone: tuple[Gone, ...] = ()
    new: tuple[NewOfType, ...] = ()
    sections: tuple[SectionCount, ...] = ()
    cut: Cut | None = None

    @classmethod
    def of(cls, listing: Listing) -> "DocumentsListed":
        told = {name: getattr(listing, name) for name in Listing.model_fields if name != "rows"}
        return cls.model_construct(entries=listing.rows, **told)


class Failure(Message):
    """An error as the bridge tells it where something else succeeded."""

    code: str
    sentence: str
    remedy: str
    dmp_text: str = ""


class RefusedDocument(Failure):
    unique_id: UniqueId


class DocumentsFetched(Message):
    """Result of `dmp/fetchAll`. `left`: did not fit into the answer; ask for them again, the DMP is not asked twice."""

    documents: tuple[DocumentFetched, ...]
    refused: tuple[RefusedDocument, ...] = ()
    left: tuple[UniqueId, ...] = ()


class Authorised(RecordStatusKnown):
    """Result of `dmp/authorise`. `changed` false: it was so already."""

    changed: bool


class Professional(Message):
    """Somebody who may read a record, or is barred."""

    national_id: str
    first_name: str | None = Field(repr=False)
    last_name: str | None = Field(repr=False)
    specialties: tuple[Code, ...]
    started_at: datetime | None
    last_action_at: datetime | None
    barred: bool


class AuthorisationsListed(Message):
    """Result of `dmp/authorisations`, in the order of the DMP."""

    professionals: tuple[Professional, ...]


class KnownPatient(Message):
    """A patient whose record the professional may read."""

    ins: Ins | None = Field(repr=False)
    birth_name: str | None = Field(repr=False)
    last_name: str | None = Field(repr=False)
    first_name: str | None = Field(repr=False)
    birth_date: str | None = Field(repr=False, description="yyyyMMdd")
    last_access: datetime | None
    last_update: datetime | None
    last_addition: datetime | None


class PatientsListed(Message):
    """Result of `dmp/patients`, in the order of the DMP."""

    patients: tuple[KnownPatient, ...] = Field(repr=False)


class PageAddress(Message):
    """Result of `dmp/web`: for the browser of this machine, and for no log: it names the patient."""

    url: str = Field(repr=False)


class Contact(Message):
    """Somebody whom the record names. `to_warn`: in an emergency; else a relative or a legal representative."""

    to_warn: bool
    relation: str | None
    family: str | None = Field(repr=False)
    given_names: tuple[str, ...] = Field(repr=False)
    organisation: str | None = Field(repr=False)
    telecoms: tuple[Telecom, ...] = Field(repr=False)
    addresses: tuple[PostalAddress, ...] = Field(repr=False)


class ContactsKnown(Message):
    """Result of `dmp/contacts`: those to warn first. None named: the DMP holds none."""

    contacts: tuple[Contact, ...] = Field(repr=False)


# ---------------------------------------------------------------- what the bridge tells


class ProvisionalRows(Rows):
    """`dmp/rows`: some rows of the `dmp/list` with this id, provisional until its answer.

    `withdrawn`: none of the rows told so far may be shown, and why; the answer is that error.
    """

    entries: tuple[Row, ...] = Field(default=(), repr=False)
    withdrawn: Failure | None = None
