"""Messages of an opened record as windows draw it: how it is entered, a list while it grows, a document as a page."""

from datetime import date, datetime

from pydantic import Field

from dmp_core.documents.viewer import Notice
from dmp_core.model.access import Purpose
from dmp_core.model.document import UniqueId
from dmp_core.model.listing import RecordFilter, Since
from dmp_core.model.row import Row
from hostbridge.protocol.messages import Message, PatientReference
from hostbridge.protocol.record import DocumentsListed, Failure


class BeginList(PatientReference):
    """`dmp/listBegin`: as `dmp/list`, answered at once; `dmp/listShow` tells how far it is."""

    since: Since = "default"
    filter: RecordFilter = RecordFilter()


class ShowDocument(PatientReference):
    """`dmp/view`: one document that was listed."""

    unique_id: UniqueId


class AccessShown(Message):
    """Result of `dmp/access` and `dmp/leave`. `over`: an emergency whose time is up; `until`: when it will be."""

    name: str = Field(repr=False)
    birth_date: date = Field(repr=False)
    open: bool
    purpose: Purpose
    until: datetime | None
    secret_connection: bool
    refused: bool = Field(description="the patient, asked now, does not want to be read")
    over: bool


class ListShown(Message):
    """Result of `dmp/listBegin` and `dmp/listShow`. `entries`: provisional until `listed`; `withdrawn`: none."""

    since: Since
    filter: RecordFilter = Field(repr=False)
    goes_on: bool
    entries: tuple[Row, ...] = Field(repr=False)
    listed: DocumentsListed | None = None
    withdrawn: Failure | None = None


class DocumentPage(Message):
    """Result of `dmp/view`: the document as one safe HTML page, to be shown in a sandboxed frame, with its headers.

    `blocked`: another patient's, or altered; the page folds it, and it cannot be imported.
    """

    entry: Row = Field(repr=False)
    title: str = Field(repr=False)
    html: str = Field(repr=False)
    headers: dict[str, str]
    notices: tuple[Notice, ...]
    blocked: bool
