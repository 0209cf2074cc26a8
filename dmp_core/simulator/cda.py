"""A CDA document and the XDS metadata that follow from its bytes alone (ANS's mapping, spec `cda.md` section 5)."""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

from dmp_core.model.oids import PS_IDNAT, STRUCT_IDNAT, InsOid
from dmp_core.simulator import value_sets
from dmp_core.simulator.cda_header import STRUCTURED, CdaAuthor, CdaHeader, CdaUnreadable, read_header
from dmp_core.simulator.submission import Author, Coded

__all__ = [
    "CdaAuthor",
    "CdaHeader",
    "CdaUnreadable",
    "Described",
    "entry_metadata",
    "format_code",
    "read_header",
    "utc",
]

_TIME: Final = re.compile(r"([0-9]{4,14})(?:\.[0-9]+)?(?:([+-])([0-9]{1,4}))?")
_INS: Final = frozenset(str(oid) for oid in InsOid)


@dataclass(frozen=True, slots=True)
class Described:
    """All that a registry keeps of a document: what an ExtrinsicObject says. Times are UTC or plain dates."""

    unique_id: str
    title: str = field(repr=False)
    type_code: Coded
    class_code: Coded
    format_code: Coded
    facility: Coded | None  # some published documents name none
    practice: Coded | None
    confidentiality: tuple[Coded, ...]
    language: str
    creation_time: str
    service_start: str
    service_stop: str
    authors: tuple[Author, ...]
    legal_authenticator: str = field(repr=False)  # XCN, '' without one
    patient_id: str = field(repr=False)  # CX
    source_patient_id: str = field(repr=False)  # CX
    source_patient_info: tuple[str, ...] = field(repr=False)  # PID-5, PID-7, PID-8
    mime_type: str
    size: int
    sha1: str


def entry_metadata(header: CdaHeader, data: bytes) -> Described:
    """What the registry keeps of a document. Raises CdaUnreadable without an INS or a readable effectiveTime.

    A type that no table knows becomes a report, a model that none knows « hors profils »: the document stays readable.
    """
    ins = [(root, extension) for root, extension in header.patient_ids if root in _INS]
    local = [(root, extension) for root, extension in header.patient_ids if root not in _INS]
    if not ins:
        raise CdaUnreadable("aucun INS")
    creation = utc(header.effective_time)
    if not creation:
        raise CdaUnreadable("effectiveTime absent ou illisible")
    patient_id = _cx(*ins[0], "NH")
    return Described(
        unique_id=header.unique_id,
        title=header.title or header.type_code.label,
        type_code=header.type_code,
        class_code=value_sets.class_of(header.type_code.code),
        format_code=format_code(header),
        facility=header.facility,
        practice=header.practice,
        confidentiality=(header.confidentiality or value_sets.NORMAL,),
        language=header.language or "fr-FR",
        creation_time=creation,
        service_start=utc(header.service_start) or creation,
        service_stop=utc(header.service_stop),
        authors=tuple(_author(author) for author in header.authors),
        legal_authenticator=_xcn(header.legal_authenticator) if header.legal_authenticator else "",
        patient_id=patient_id,
        source_patient_id=_cx(*local[0], "PI") if local else patient_id,
        source_patient_info=_traits(header),
        mime_type="text/xml",
        size=len(data),
        sha1=hashlib.sha1(data, usedforsecurity=False).hexdigest(),
    )


def format_code(header: CdaHeader) -> Coded:
    """The formatCode: by the model of a structured body (ASS_A11), by the media type of another (ASS_A12)."""
    if header.body == STRUCTURED:
        known = (value_sets.FORMAT_OF_TEMPLATE.get(template) for template in header.templates)
        code = next((found for found in known if found), value_sets.OTHER_FORMAT)
    else:
        code = value_sets.FORMAT_OF_MEDIA.get(header.body, value_sets.OTHER_FORMAT)
    return Coded(code, value_sets.FORMATS[code], header.type_code.label)


def utc(text: str) -> str:
    """An HL7 time as XDS writes it: UTC, `yyyyMMddHHmmss`, or a date as it stands; '' where it is no time.

    Published documents have offsets such as `+100` and `+1`: both mean one hour. Without offset the time is kept.
    """
    found = _TIME.fullmatch(text)
    if found is None:
        return ""
    digits, sign, offset = found[1], found[2], found[3] or "0"
    hours, minutes = (int(offset), 0) if len(offset) < 3 else (int(offset[:-2]), int(offset[-2:]))
    try:
        if len(digits) < 10:
            datetime.strptime(digits + "0101"[len(digits) - 4 :], "%Y%m%d").replace(tzinfo=UTC)
            return digits
        shift = timedelta(hours=hours, minutes=minutes)
        local = datetime.strptime(digits.ljust(14, "0"), "%Y%m%d%H%M%S").replace(
            tzinfo=timezone(-shift if sign == "-" else shift)
        )
        return local.astimezone(UTC).strftime("%Y%m%d%H%M%S")
    except (ValueError, OverflowError):
        return ""


def _cx(root: str, extension: str, kind: str) -> str:
    return f"{extension}^^^&{root}&ISO^{kind}"


def _author(author: CdaAuthor) -> Author:
    specialty, name, number = author.specialty, _plain(author.institution_name), author.institution_id
    return Author(
        person=_xcn(author),
        institutions=(f"{name}^^^^^&{STRUCT_IDNAT}&ISO^IDNST^^^{number}",) if name and number else (),
        specialties=(f"{specialty.code}^{specialty.label}^{specialty.scheme}",) if specialty else (),
        roles=(author.role,) if author.role else (),
    )


def _xcn(author: CdaAuthor) -> str:
    """XCN: name type D and IDNPS for a professional, RI for an internal id, U for a device, L and NH for a patient."""
    name_type, kind = ("U" if author.is_device else "D"), ("RI" if "/" in author.id else "IDNPS")
    root = author.id_root or PS_IDNAT
    if root in _INS:
        name_type, kind = "L", "NH"
    return f"{author.id}^{_plain(author.family)}^{_plain(author.given)}^^^^^^&{root}&ISO^{name_type}^^^{kind}"


def _traits(header: CdaHeader) -> tuple[str, ...]:
    name = f"PID-5|{_plain(header.birth_name)}^{_plain(header.birth_given)}^^^^^L"
    return (name, f"PID-7|{header.birth_date}", f"PID-8|{header.sex}")


def _plain(text: str) -> str:
    """Without the separators of HL7 v2."""
    return re.sub(r"[\^&|~\\]", " ", text).strip()
