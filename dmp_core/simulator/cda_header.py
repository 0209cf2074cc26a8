"""The header of a CDA R2 document, also of one inside an `xsl:stylesheet`: the simulator's own reading.

Documents of others are read as they come: a missing part is '' or None, and only `Described` asks for more.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from dmp_core import xml
from dmp_core.errors import XmlRefused
from dmp_core.model.oids import PS_IDNAT, STRUCT_IDNAT
from dmp_core.simulator.submission import Coded
from dmp_core.xml import Element

STRUCTURED: Final = "structured"

_HL7: Final = "urn:hl7-org:v3"
_NS: Final = {"h": _HL7}


class CdaUnreadable(Exception):
    """No CDA, or one without what a registry needs; the text names what is missing, never a value."""


@dataclass(frozen=True, slots=True)
class CdaAuthor:
    """Who wrote or signed. `id_root` and `id` identify the person, `institution_id` the structure."""

    id_root: str
    id: str
    family: str = field(repr=False)
    given: str = field(repr=False)
    specialty: Coded | None
    institution_id: str
    institution_name: str
    role: str
    is_device: bool


@dataclass(frozen=True, slots=True)
class CdaHeader:
    """What the header says. Times as written (HL7 TS); ids as (root, extension)."""

    unique_id: str
    set_id: str
    version: str
    type_code: Coded
    title: str = field(repr=False)
    effective_time: str
    language: str
    confidentiality: Coded | None
    patient_ids: tuple[tuple[str, str], ...] = field(repr=False)
    birth_name: str = field(repr=False)
    birth_given: str = field(repr=False)
    used_name: str = field(repr=False)
    used_given: str = field(repr=False)
    sex: str = field(repr=False)
    birth_date: str = field(repr=False)
    authors: tuple[CdaAuthor, ...]
    legal_authenticator: CdaAuthor | None
    service_start: str
    service_stop: str
    facility: Coded | None
    practice: Coded | None
    templates: tuple[str, ...]
    replaces: tuple[str, ...]
    body: str  # "structured", or the media type of nonXMLBody


def read_header(data: bytes) -> CdaHeader:
    """The header of a CDA. Raises CdaUnreadable."""
    root = clinical_document(data)
    type_code = _code(_first(root, "h:code"))
    unique_id = _id(_first(root, "h:id"))
    if not unique_id or type_code is None:
        raise CdaUnreadable("id ou code du document absent")
    patient = _first(root, "h:recordTarget/h:patientRole/h:patient")
    event = _first(root, "h:documentationOf/h:serviceEvent")
    start, stop = _interval(_first(event, "h:effectiveTime"))
    signer = _first(root, "h:legalAuthenticator/h:assignedEntity")
    return CdaHeader(
        unique_id=unique_id,
        set_id=_id(_first(root, "h:setId")),
        version=_value(_first(root, "h:versionNumber"), "value"),
        type_code=type_code,
        title=_text(_first(root, "h:title")),
        effective_time=_value(_first(root, "h:effectiveTime"), "value"),
        language=_value(_first(root, "h:languageCode"), "code"),
        confidentiality=_code(_first(root, "h:confidentialityCode")),
        patient_ids=_patient_ids(root),
        birth_name=_name(patient, "family", "BR") or _name(patient, "family", ""),
        birth_given=_name(patient, "given", "BR") or _name(patient, "given", ""),
        used_name=_name(patient, "family", "CL"),
        used_given=_name(patient, "given", "CL"),
        sex=_value(_first(patient, "h:administrativeGenderCode"), "code"),
        birth_date=_value(_first(patient, "h:birthTime"), "value")[:8],
        authors=tuple(_authors(root)),
        legal_authenticator=None if signer is None else _author(signer, ""),
        service_start=start,
        service_stop=stop,
        facility=_code(_first(root, "h:componentOf//h:location/h:healthCareFacility/h:code")),
        practice=_code(_first(event, "h:performer//h:representedOrganization/h:standardIndustryClassCode")),
        templates=tuple(_value(element, "root") for element in root.findall("h:templateId", _NS)),
        replaces=tuple(
            _id(element)
            for related in root.findall("h:relatedDocument[@typeCode='RPLC']", _NS)
            for element in related.findall("h:parentDocument/h:id", _NS)
        ),
        body=_body(root),
    )


def clinical_document(data: bytes) -> Element:
    """The ClinicalDocument, the root itself or the only one inside a stylesheet that displays it.

    Raises CdaUnreadable.
    """
    try:
        root = xml.parse(data)
    except XmlRefused as error:
        raise CdaUnreadable(f"XML refusé : {error.detail}") from None
    found = list(root.iter(f"{{{_HL7}}}ClinicalDocument"))
    if len(found) != 1:
        raise CdaUnreadable("un ClinicalDocument attendu")
    return found[0]


def _first(element: Element | None, path: str) -> Element | None:
    return None if element is None else element.find(path, _NS)


def _value(element: Element | None, attribute: str) -> str:
    return "" if element is None else element.get(attribute, "").strip()


def _text(element: Element | None) -> str:
    """The text without its markup, white space folded."""
    return "" if element is None else " ".join(str(element.xpath("string()")).split())


def _id(element: Element | None) -> str:
    """`root` or `root^extension`, as the uniqueId of XDS is made (IHE PCC TF-2 4.1.1)."""
    root, extension = _value(element, "root"), _value(element, "extension")
    return f"{root}^{extension}" if root and extension else root


def _code(element: Element | None) -> Coded | None:
    code = _value(element, "code")
    return Coded(code, _value(element, "codeSystem"), _value(element, "displayName")) if code else None


def _patient_ids(root: Element) -> tuple[tuple[str, str], ...]:
    found = root.findall("h:recordTarget/h:patientRole/h:id", _NS)
    return tuple(
        (_value(element, "root"), _value(element, "extension")) for element in found if element.get("extension")
    )


def _name(patient: Element | None, part: str, qualifier: str) -> str:
    """Family or given name of one qualifier: BR birth, CL in use, '' none."""
    found = [] if patient is None else patient.findall(f"h:name/h:{part}", _NS)
    return next((_text(element) for element in found if element.get("qualifier", "") == qualifier), "")


def _interval(element: Element | None) -> tuple[str, str]:
    low, high = _value(_first(element, "h:low"), "value"), _value(_first(element, "h:high"), "value")
    return low or _value(element, "value"), high


def _authors(root: Element) -> Iterator[CdaAuthor]:
    for author in root.findall("h:author", _NS):
        assigned = author.find("h:assignedAuthor", _NS)
        if assigned is not None:
            yield _author(assigned, _value(_first(author, "h:functionCode"), "displayName"))


def _author(assigned: Element, role: str) -> CdaAuthor:
    device = _first(assigned, "h:assignedAuthoringDevice")
    organization = _first(assigned, "h:representedOrganization")
    identifier = _of_root(assigned, PS_IDNAT)
    names = (
        ("h:softwareName", "h:manufacturerModelName") if device is not None else ("h:name/h:family", "h:name/h:given")
    )
    holder = device if device is not None else _first(assigned, "h:assignedPerson")
    return CdaAuthor(
        id_root=_value(identifier, "root"),
        id=_value(identifier, "extension"),
        family=_text(_first(holder, names[0])),
        given=_text(_first(holder, names[1])),
        specialty=_code(_first(assigned, "h:code")),
        institution_id=_value(None if organization is None else _of_root(organization, STRUCT_IDNAT), "extension"),
        institution_name=_text(_first(organization, "h:name")),
        role=role,
        is_device=device is not None,
    )


def _of_root(element: Element, root: str) -> Element | None:
    """The id in the national register `root`, else the first one."""
    found = element.findall("h:id", _NS)
    return next((part for part in found if part.get("root") == root), found[0] if found else None)


def _body(root: Element) -> str:
    if root.find("h:component/h:structuredBody", _NS) is not None:
        return STRUCTURED
    return _value(_first(root, "h:component/h:nonXMLBody/h:text"), "mediaType")
