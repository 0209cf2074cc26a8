"""What a DocumentEntry must say for the DMP, and how its values are written: `dmp_protocol.md` sections 5.2 to 5.9."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from dmp_core.model.limits import TITLE, UNIQUE_ID
from dmp_core.model.oids import (
    CLASS_CODE,
    DMP_CONFIDENTIALITY,
    HL7_CONFIDENTIALITY,
    PS_IDNAT,
    STRUCT_IDNAT,
    InsOid,
    Status,
    Xds,
)
from dmp_core.simulator import value_sets
from dmp_core.simulator.reasons import Reason
from dmp_core.simulator.submission import Author, Coded, Entry

METADATA: Final = "XDSRepositoryMetadataError"

_VALUE_LENGTH: Final = 256  # LongName of rim.xsd
_SLOTS: Final = ("creationTime", "languageCode", "legalAuthenticator", "serviceStartTime", "sourcePatientId")
_SIGNATURE_SLOTS: Final = ("creationTime", "languageCode", "sourcePatientId")
_ONCE: Final = (*_SLOTS, "serviceStopTime", "hash", "size", "repositoryUniqueId")
_TIMES: Final = ("creationTime", "serviceStartTime", "serviceStopTime")
_CODES: Final[Mapping[str, str]] = {
    Xds.CLASS_CODE: "classCode",
    Xds.TYPE_CODE: "typeCode",
    Xds.FORMAT_CODE: "formatCode",
    Xds.HEALTHCARE_FACILITY: "healthcareFacilityTypeCode",
    Xds.PRACTICE_SETTING: "practiceSettingCode",
}
_SIGNATURE_CODES: Final = (Xds.CLASS_CODE, Xds.TYPE_CODE, Xds.FORMAT_CODE)
_SIGNATURE_EVENT: Final = ("1.2.840.10065.1.12.1.14", "1.2.840.10065.1.12")
_REGISTERS: Final = "|".join(re.escape(oid) for oid in InsOid)
_INS: Final = re.compile(
    rf"([0-9]{{5}}(?:[0-9]{{2}}|2[AB])[0-9]{{6}})([0-9]{{2}})\^\^\^&({_REGISTERS})&ISO\^NH"
    r"(\^\^[0-9]{8}(?:[0-9]{6})?)?"
)
_CX: Final = re.compile(r"[^^]+\^\^\^&[0-9.]+&ISO\^(?:PI|NH)(?:\^\^[0-9]{8}(?:[0-9]{6})?)?")
_OID: Final = re.compile(r"[0-2](?:\.(?:0|[1-9][0-9]*))+")
_XON: Final = re.compile(rf"[^^]+\^\^\^\^\^&{re.escape(STRUCT_IDNAT)}&ISO\^IDNST\^\^\^[0-9][0-9A-Za-z/.-]+")
_XCN: Final = re.compile(  # a professional, a device, or the patient
    rf"[0-9][^^]+\^[^^]+\^[^^]*\^\^\^\^\^\^&(?:{re.escape(PS_IDNAT)}&ISO\^[DU]\^\^\^(?:IDNPS|RI|EI)"
    rf"|(?:{_REGISTERS})&ISO\^L\^\^\^NH)"
)
_SPECIALTY: Final = re.compile(r"[^^]+\^[^^]+\^1\.2\.250\.1\.213\.1\.1\.4\.[56]")


def check(
    entry: Entry, *, vihf_patient: str, is_signature: bool, values: bool, cumulated: bool, dated: bool
) -> Iterator[Reason]:
    """Every fault of one entry. `values`: check value sets; `cumulated`: allow both masks; `dated`: allow `^^date`."""
    rules = [
        *_identity(entry, dated=dated),
        *_required(entry, is_signature=is_signature),
        *_forms(entry, is_signature=is_signature),
        *confidentiality(entry, is_signature=is_signature, cumulated=cumulated),
    ]
    if is_signature:
        rules += _signature(entry)
    elif values:
        rules += _values(entry)
    yield from (Reason(METADATA, rule, entry.id) for rule in rules)
    if not same_patient(entry.patient_id, vihf_patient):
        yield Reason("XDSPatientIdDoesNotMatch", "patientId différent du patient du VIHF", entry.id)
    for author in entry.authors:
        yield from author_form(author, entry.id)


def _identity(entry: Entry, *, dated: bool) -> Iterator[str]:
    if entry.object_type != Xds.DOCUMENT_ENTRY:
        yield "objectType : fiche de document stable attendue"
    if not entry.id:
        yield "ExtrinsicObject sans id"
    if not entry.unique_id:
        yield "métadonnée obligatoire absente : uniqueId"
    elif len(entry.unique_id) > UNIQUE_ID or not is_oid(entry.unique_id.partition("^")[0]):
        yield f"uniqueId : OID[^extension] de {UNIQUE_ID} caractères au plus attendu"
    if not is_cx(entry.patient_id, dated=dated):
        yield "patientId : CX d’un INS attendu"
    if entry.mime_type != "text/xml":
        yield "mimeType : text/xml attendu"


def _required(entry: Entry, *, is_signature: bool) -> Iterator[str]:
    for name in _SIGNATURE_SLOTS if is_signature else _SLOTS:
        if not any(entry.slots.get(name, ())):
            yield f"métadonnée obligatoire absente : {name}"
    for scheme in _SIGNATURE_CODES if is_signature else _CODES:
        codes = entry.codes.get(scheme, ())
        if len(codes) != 1 or not (codes[0].code and codes[0].scheme and codes[0].label):
            yield f"{_CODES[scheme]} : un code avec sa nomenclature et son libellé attendu"
    if not entry.title:
        yield "métadonnée obligatoire absente : title"
    if not entry.authors:
        yield "métadonnée obligatoire absente : author"


def _forms(entry: Entry, *, is_signature: bool) -> Iterator[str]:
    """How each value is written, where it is given."""
    for name in _TIMES:
        if not all(is_time(value) for value in entry.slots.get(name, ())):
            yield f"{name} : date UTC de 4 à 14 chiffres attendue"
    for name in _ONCE:
        if len(entry.slots.get(name, ())) > 1:
            yield f"{name} : une seule valeur"
    start, stop = ("".join(entry.slots.get(name, ())[:1]) for name in ("serviceStartTime", "serviceStopTime"))
    if start and stop and start.ljust(14, "0") > stop.ljust(14, "9"):
        yield "serviceStopTime avant serviceStartTime"
    if entry.status not in ("", Status.APPROVED):
        yield "status : une fiche nouvelle est active (Approved)"
    for language in entry.slots.get("languageCode", ()):
        if language != "art" if is_signature else not re.fullmatch(r"[a-z]{2}-[A-Z]{2}", language):
            yield "languageCode : fr-FR attendu (art pour la signature)"
    if not all(_CX.fullmatch(value) for value in entry.slots.get("sourcePatientId", ())):
        yield "sourcePatientId : CX attendu"
    if not all(_XCN.fullmatch(value) for value in entry.slots.get("legalAuthenticator", ())):
        yield "legalAuthenticator : XCN d’un identifiant national attendu"
    if any(len(value) > _VALUE_LENGTH for found in entry.slots.values() for value in found):
        yield f"valeur de plus de {_VALUE_LENGTH} caractères"
    if len(entry.title) > TITLE:
        yield f"title de plus de {TITLE} caractères"


def _values(entry: Entry) -> Iterator[str]:
    """Value sets of the DMP, and the class that goes with the type."""
    for code in entry.codes.get(Xds.CLASS_CODE, ()):
        if (code.code, code.scheme) not in {(known, CLASS_CODE) for known in value_sets.CLASSES}:
            yield "classCode hors JDV_J57"
    for code in entry.codes.get(Xds.TYPE_CODE, ()):
        if code.code not in value_sets.CLASS_OF_TYPE or code.scheme != value_sets.type_system(code.code):
            yield "typeCode hors JDV_J66"
        expected = value_sets.CLASS_OF_TYPE.get(code.code)
        if expected and [known.code for known in entry.codes.get(Xds.CLASS_CODE, ())] != [expected]:
            yield "classCode et typeCode ne vont pas ensemble (ASS_X16)"
    yield from _outside(entry.codes.get(Xds.FORMAT_CODE, ()), value_sets.FORMATS, "formatCode hors JDV_J60")
    facilities = entry.codes.get(Xds.HEALTHCARE_FACILITY, ())
    yield from _outside(facilities, value_sets.FACILITIES, "healthcareFacilityTypeCode hors JDV_J02")
    practices = entry.codes.get(Xds.PRACTICE_SETTING, ())
    yield from _outside(practices, value_sets.PRACTICES, "practiceSettingCode hors JDV_J04")


def _outside(codes: tuple[Coded, ...], known: Mapping[str, str], rule: str) -> Iterator[str]:
    if any(known.get(code.code) != code.scheme for code in codes):
        yield rule


def confidentiality(entry: Entry, *, cumulated: bool, is_signature: bool = False) -> Iterator[str]:
    """`N` once, then what restricts it, four codes at most (EX_2.1-1050); the signature is hidden from everybody."""
    codes = [(code.code, code.scheme) for code in entry.codes.get(Xds.CONFIDENTIALITY_CODE, ())]
    names = [name for name, _ in codes]
    allowed = {("N", HL7_CONFIDENTIALITY), *((name, DMP_CONFIDENTIALITY) for name in value_sets.RESTRICTIONS)}
    if names.count("N") != 1 or len(codes) > 4 or len(set(codes)) != len(codes) or not set(codes) <= allowed:
        yield "confidentialityCode : N une fois, puis les restrictions du DMP, quatre codes au plus"
    hidden = {"MASQUE_PS", "INVISIBLE_PATIENT"}
    if is_signature and not hidden <= set(names):
        yield "confidentialityCode de la signature : MASQUE_PS et INVISIBLE_PATIENT attendus"
    if not is_signature and not cumulated and hidden <= set(names):
        yield "MASQUE_PS et INVISIBLE_PATIENT ne se cumulent pas (cumul-invisible_patient-masque_ps)"


def _signature(entry: Entry) -> Iterator[str]:
    expected = {
        Xds.CLASS_CODE: value_sets.SIGNATURE_CLASS,
        Xds.TYPE_CODE: value_sets.SIGNATURE_TYPE,
        Xds.FORMAT_CODE: value_sets.SIGNATURE_FORMAT,
    }
    for scheme, code in expected.items():
        if [(found.code, found.scheme) for found in entry.codes.get(scheme, ())] != [(code.code, code.scheme)]:
            yield f"{_CODES[scheme]} de la signature : {code.code} attendu"
    if any(not same_patient(value, entry.patient_id) for value in entry.slots.get("sourcePatientId", ())):
        yield "sourcePatientId de la signature : patientId attendu"
    events = [(code.code, code.scheme) for code in entry.codes.get(Xds.EVENT_CODE, ())]
    if events != [_SIGNATURE_EVENT]:
        yield f"eventCode de la signature : {_SIGNATURE_EVENT[0]} attendu"


def author_form(author: Author, location: str) -> Iterator[Reason]:
    """XCN, XON and CE of one author (section 5.3): a person or an institution at least."""
    if not author.person and not author.institutions:
        yield Reason(METADATA, "auteur sans authorPerson ni authorInstitution", location)
    if any(len(value) > _VALUE_LENGTH for value in (author.person, *author.institutions, *author.specialties)):
        yield Reason(METADATA, f"auteur : valeur de plus de {_VALUE_LENGTH} caractères", location)
    if author.person and not _XCN.fullmatch(author.person):
        yield Reason(METADATA, "authorPerson : XCN d’un identifiant national attendu", location)
    if not all(_XON.fullmatch(value) for value in author.institutions):
        yield Reason(METADATA, "authorInstitution : XON d’un identifiant national attendu", location)
    if not all(_SPECIALTY.fullmatch(value) for value in author.specialties):
        yield Reason(METADATA, "authorSpecialty : code^libellé^nomenclature attendu", location)


def is_oid(text: str) -> bool:
    return len(text) <= 64 and bool(_OID.fullmatch(text))


def is_time(text: str) -> bool:
    """A time of XDS: 4 to 14 digits by pairs, that the calendar knows."""
    if not re.fullmatch(r"[0-9]{4}(?:[0-9]{2}){0,5}", text):
        return False
    try:
        datetime.strptime(text + "00000101000000"[len(text) :], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return False
    return True


def is_cx(text: str, *, dated: bool) -> bool:
    """The CX of an INS whose key is right; `dated` allows `^^yyyyMMdd[HHmmss]` after it."""
    found = _INS.fullmatch(text)
    if found is None or (found[4] and not dated):
        return False
    number = int(found[1].replace("2A", "19").replace("2B", "18"))
    return int(found[2]) == 97 - number % 97


def same_patient(one: str, other: str) -> bool:
    """Whether two CX name one patient: same number, same register."""
    first, second = one.split("^"), other.split("^")
    return len(first) > 3 and len(second) > 3 and (first[0], first[3]) == (second[0], second[3])


def sha1_of(data: bytes | None) -> str | None:
    return None if data is None else hashlib.sha1(data, usedforsecurity=False).hexdigest()
