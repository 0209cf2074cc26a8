"""The header of any CDA, for people and for lists: type, title, date, authors, patient."""

from dataclasses import dataclass, field

from dmp_core.documents.tree import attribute, every, first, is_self_presenting, open_document, text
from dmp_core.model.document import Code
from dmp_core.model.identity import Ins
from dmp_core.xml import Element


@dataclass(frozen=True, slots=True)
class Header:
    """What a document says of itself. Times as written (HL7 TS); identifiers as (root, extension)."""

    unique_id: str
    type_code: Code
    title: str = field(repr=False)
    effective_time: str
    act_time: str
    authors: tuple[str, ...] = field(repr=False)
    patient_ids: tuple[tuple[str, str], ...] = field(repr=False)
    patient_name: str = field(repr=False)
    patient_birth_date: str = field(repr=False)
    version: int
    set_id: str
    replaces: tuple[str, ...]
    body: str  # "structured", or the media type of the file inside
    self_presenting: bool

    def is_of(self, ins: Ins) -> bool:
        """Does the document name this INS?"""
        return (str(ins.oid), ins.value) in self.patient_ids


def read_header(cda: bytes) -> Header:
    """The header of a CDA; what it does not say is ''. Raises XmlRefused, DocumentInvalid (there is no document)."""
    document = open_document(cda)
    patient = "recordTarget/patientRole/patient"
    code = Code(
        code=attribute(document, "code", "code"),
        system=attribute(document, "code", "codeSystem"),
        label=attribute(document, "code", "displayName"),
    )
    return Header(
        unique_id=_identifier(first(document, "id")),
        type_code=code,
        title=text(document, "title"),
        effective_time=attribute(document, "effectiveTime", "value"),
        act_time=attribute(document, "documentationOf/serviceEvent/effectiveTime/low", "value"),
        authors=tuple(_author(author) for author in every(document, "author/assignedAuthor")),
        patient_ids=tuple(
            (identifier.get("root", ""), identifier.get("extension", ""))
            for identifier in every(document, "recordTarget/patientRole/id")
        ),
        patient_name=_name(document, f"{patient}/name"),
        patient_birth_date=attribute(document, f"{patient}/birthTime", "value"),
        version=_version(attribute(document, "versionNumber", "value")),
        set_id=_identifier(first(document, "setId")),
        replaces=tuple(_identifier(parent) for parent in every(document, "relatedDocument/parentDocument/id")),
        body=attribute(document, "component/nonXMLBody/text", "mediaType") or "structured",
        self_presenting=is_self_presenting(document),
    )


def _version(value: str) -> int:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 1


def _identifier(identifier: Element | None) -> str:
    if identifier is None:
        return ""
    root, extension = identifier.get("root", ""), identifier.get("extension", "")
    return f"{root}^{extension}" if extension else root


def _author(assigned: Element) -> str:
    return _name(assigned, "assignedPerson/name") or text(assigned, "assignedAuthoringDevice/softwareName")


def _name(node: Element, path: str) -> str:
    return " ".join(filter(None, (text(node, f"{path}/given"), text(node, f"{path}/family"))))
