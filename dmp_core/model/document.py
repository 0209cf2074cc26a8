"""What the DMP says of a document: codes, visibility, the metadata sent and the rows received."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from dmp_core.model.health import HealthModel
from dmp_core.model.limits import TITLE, UNIQUE_ID
from dmp_core.model.oids import DMP_CONFIDENTIALITY, HL7_CONFIDENTIALITY

Oid = Annotated[str, StringConstraints(pattern=r"^[0-2](\.(0|[1-9][0-9]*))+$", max_length=UNIQUE_ID)]
UniqueId = Annotated[str, StringConstraints(min_length=1, max_length=UNIQUE_ID)]
XdsTime = Annotated[str, StringConstraints(pattern=r"^[0-9]{4,14}$")]


class Code(HealthModel):
    """A coded value: `system` is the OID (or, in XDS, the name) of what `code` belongs to."""

    code: str
    system: str
    label: str = ""

    def __repr__(self) -> str:
        return f"Code({self.code!r}, {self.system!r})"


class Visibility(HealthModel):
    """Who may not see a document (EX_2.1-1050). Nothing set: everyone who may see the record sees it."""

    masked_to_professionals: bool = False
    hidden_from_patient: bool = False
    hidden_from_representatives: bool = False

    @property
    def codes(self) -> tuple[Code, ...]:
        """Confidentiality codes in XDS: `N` always, then what restricts it."""
        codes = [Code(code="N", system=HL7_CONFIDENTIALITY, label="Normal")]
        if self.masked_to_professionals:
            codes.append(Code(code="MASQUE_PS", system=DMP_CONFIDENTIALITY, label="Masqué aux professionnels de santé"))
        if self.hidden_from_patient:
            codes.append(Code(code="INVISIBLE_PATIENT", system=DMP_CONFIDENTIALITY, label="Non visible par le patient"))
        if self.hidden_from_representatives:
            codes.append(
                Code(
                    code="INVISIBLE_REPRESENTANTS_LEGAUX",
                    system=DMP_CONFIDENTIALITY,
                    label="Non visible par les représentants légaux du patient",
                )
            )
        return tuple(codes)


class XdsAuthor(HealthModel):
    """An author in XDS, as HL7 v2 strings (IHE ITI TF-3 4.2.3.1.4); `dmp_protocol.md` section 5.3."""

    person: str | None = Field(default=None, repr=False, description="XCN")
    specialty: tuple[str, ...] = ()
    institution: tuple[str, ...] = Field(default=(), description="XON")
    role: tuple[str, ...] = ()


class DocumentMetadata(HealthModel):
    """XDS DocumentEntry of a document to send, derived from its CDA. Times are UTC, `yyyyMMddHHmmss`."""

    unique_id: UniqueId
    title: str = Field(min_length=1, max_length=TITLE, repr=False)
    type_code: Code
    class_code: Code
    format_code: Code
    healthcare_facility: Code
    practice_setting: Code
    confidentiality: tuple[Code, ...] = Field(min_length=1, max_length=4)
    language: str = "fr-FR"
    mime_type: str = "text/xml"
    creation_time: XdsTime
    service_start_time: XdsTime
    service_stop_time: XdsTime | None = None
    authors: tuple[XdsAuthor, ...] = Field(min_length=1)
    legal_authenticator: str = Field(repr=False, description="XCN")
    patient_id: str = Field(repr=False, description="CX of the INS")
    source_patient_id: str = Field(repr=False, description="CX")
    source_patient_info: tuple[str, ...] = Field(default=(), repr=False, description="PID-5, PID-7, PID-8")
    event_codes: tuple[Code, ...] = ()
    hash: str = Field(pattern=r"^[0-9a-f]{40}$", description="SHA-1 of the bytes, hexadecimal")
    size: int = Field(ge=0, description="bytes")
    replaces: str | None = Field(default=None, description="entryUUID of the document that this one replaces")


class SubmittedDocument(HealthModel):
    """A document of a submission: what describes it, and its bytes."""

    metadata: DocumentMetadata
    content: bytes = Field(repr=False)


class Submission(HealthModel):
    """One document on its way to the DMP, or several. All but `submission_time` is frozen when the item is ready."""

    submission_set_id: Oid
    source_id: Oid
    content_type: Code
    author: XdsAuthor
    title: str = Field(default="", repr=False)
    document: DocumentMetadata
    content: bytes = Field(repr=False)
    further: tuple[SubmittedDocument, ...] = Field(default=(), description="documents of the same patient")

    @property
    def documents(self) -> tuple[SubmittedDocument, ...]:
        """Every document of the set, the first one first."""
        return (SubmittedDocument(metadata=self.document, content=self.content), *self.further)


class RecordEntry(HealthModel):
    """One row of a patient's record, as TD3.1 returns it. What the DMP left out is None or empty."""

    unique_id: UniqueId
    entry_uuid: str
    logical_id: str | None = None
    version: str | None = None
    status: str
    repository_id: str | None = None
    mime_type: str = ""
    title: str = Field(default="", repr=False)
    comments: str = Field(default="", repr=False)
    type_code: Code | None = None
    class_code: Code | None = None
    format_code: Code | None = None
    healthcare_facility: Code | None = None
    practice_setting: Code | None = None
    confidentiality: tuple[Code, ...] = ()
    event_codes: tuple[Code, ...] = ()
    language: str | None = None
    creation_time: str | None = None
    service_start_time: str | None = None
    service_stop_time: str | None = None
    authors: tuple[XdsAuthor, ...] = ()
    legal_authenticator: str | None = Field(default=None, repr=False)
    patient_id: str | None = Field(default=None, repr=False)
    source_patient_id: str | None = Field(default=None, repr=False)
    source_patient_info: tuple[str, ...] = Field(default=(), repr=False)
    hash: str | None = None
    size: int | None = None
    home_community_id: str | None = None


class RecordStatus(StrEnum):
    """What TD0.2 says of a patient's DMP for whoever asks."""

    ABSENT = "absent"
    CLOSED = "closed"
    AUTHORISED = "authorised"
    NOT_AUTHORISED = "not_authorised"
    EXPIRED = "expired"
    BLOCKED = "blocked"


class FeedPolicy(StrEnum):
    """How a document leaves: the feed window, by itself after a hold, or only when somebody asks."""

    WINDOW = "window"
    AUTOMATIC = "automatic"
    MANUAL = "manual"
