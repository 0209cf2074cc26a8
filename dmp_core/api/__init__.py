"""All that a plugin imports: hooks, events, actions, bodies of documents, the parts of a CDA body.

What is not here is private to the core and may change at any time.
"""

from dmp_core.api import cda
from dmp_core.api.actions import (
    Action,
    AskFeedWindow,
    Badge,
    ConsultRecord,
    FeedDocument,
    Hold,
    ShowMessage,
    ShowStatus,
    SuggestPatient,
)
from dmp_core.api.bodies import Act, Body, CdaBody, FileBody, PdfBody
from dmp_core.api.content import read_content, remedy
from dmp_core.api.context import Context
from dmp_core.api.documents import DocumentType
from dmp_core.api.events import (
    CardChanged,
    CardPerson,
    DocumentRead,
    DocumentSaved,
    DocumentWanted,
    Event,
    FeedFinished,
    HostEvent,
    PatientClosed,
    PatientOpened,
    PatientUpdated,
    RecordListed,
    SavedDocument,
    TypesWanted,
    UiWanted,
)
from dmp_core.api.hookspecs import hookimpl
from dmp_core.api.layout import Block, Bullets, Facts, LaidOut, LaidSection, Paragraph, Table
from dmp_core.api.report import HandedFile, Report, refuse_future
from dmp_core.api.ui import MenuEntry, Ui
from dmp_core.api.version import API_VERSION
from dmp_core.errors import ContentInvalid
from dmp_core.model import oids
from dmp_core.model.codes import ValueSet, value_set
from dmp_core.model.document import Code, FeedPolicy, RecordEntry, Visibility
from dmp_core.model.finding import Finding, Severity
from dmp_core.model.health import HealthModel
from dmp_core.model.identity import (
    IdentityDocument,
    IdentityDocumentKind,
    IdentityMark,
    IdentityStatus,
    Ins,
    PastIns,
    Patient,
    Sex,
    Traits,
)
from dmp_core.model.oids import InsOid
from dmp_core.model.practitioner import Address, Operator, Practitioner, Right, Structure, Who

__all__ = [
    "API_VERSION", "Act", "Action", "Address", "AskFeedWindow", "Badge", "Block", "Body", "Bullets", "CardChanged",
    "CardPerson", "CdaBody", "Code", "ConsultRecord", "ContentInvalid", "Context", "DocumentRead", "DocumentSaved",
    "DocumentType", "DocumentWanted", "Event", "Facts", "FeedDocument", "FeedFinished", "FeedPolicy", "FileBody",
    "Finding", "HandedFile", "HealthModel", "Hold", "HostEvent", "IdentityDocument",
    "IdentityDocumentKind", "IdentityMark", "IdentityStatus", "Ins", "InsOid", "LaidOut", "LaidSection", "MenuEntry",
    "Operator", "Paragraph", "PastIns", "Patient", "PatientClosed", "PatientOpened",
    "PatientUpdated", "PdfBody", "Practitioner", "RecordEntry", "RecordListed", "Report", "Right", "SavedDocument",
    "Severity", "Sex", "ShowMessage", "ShowStatus", "Structure", "SuggestPatient", "Table", "Traits", "TypesWanted",
    "Ui", "UiWanted", "ValueSet", "Visibility", "Who", "cda", "hookimpl", "oids", "read_content", "refuse_future",
    "remedy", "value_set",
]  # fmt: skip
