"""What `resolve_document` gives: the body of a document. The core adds header, frame, metadata and checks."""

from datetime import date, datetime

from pydantic import Field

from dmp_core.model.document import Code
from dmp_core.model.health import HealthModel
from dmp_core.model.practitioner import Practitioner


class Act(HealthModel):
    """The act that a document reports: when, and by whom where that is not the author."""

    start: datetime | date
    stop: datetime | date | None = None
    performer: Practitioner | None = Field(default=None, description="None: the author did it")
    codes: tuple[Code, ...] = Field(default=(), description="what was done, each an event; none: the type of document")


class Body(HealthModel):
    """Root of the bodies."""

    act: Act
    title: str | None = Field(default=None, max_length=200, repr=False, description="None: the title rule of the type")
    other_authors: tuple[Practitioner, ...] = Field(default=(), description="authors beside the one of the item")


class PdfBody(Body):
    """An unstructured document (CDA level 1, N1): the bytes of a PDF."""

    pdf: bytes = Field(repr=False)


class FileBody(Body):
    """An unstructured document (N1) that the host hands finished: PDF, JPEG, PNG, TIFF, RTF or plain text (UTF-8).

    The core makes it a conforming N1, or refuses it with the reason. `media_type` None: told by the bytes.
    """

    content: bytes = Field(repr=False)
    media_type: str | None = None


class CdaBody(Body):
    """A structured body (CDA level 3, N3), written with `dmp_core.api.cda`: the serialised `structuredBody` element."""

    structured_body: bytes = Field(repr=False)
    consents: tuple[Code, ...] = Field(default=(), description="consents of the patient to the act")
    orders: tuple[Code, ...] = Field(default=(), description="prescriptions that it fulfils: identifier and its root")
