"""Rules on who is named: the patient's INS and its key, the numbers of professionals and of structures."""

import re
from collections.abc import Iterator
from typing import Final

from dmp_core.documents.rules import broken
from dmp_core.documents.tree import HL7, attribute, every, first
from dmp_core.errors import InsInvalid
from dmp_core.model.finding import Finding
from dmp_core.model.identity import ins_key
from dmp_core.model.oids import PS_IDNAT, STRUCT_IDNAT, InsOid
from dmp_core.xml import Element

_INS_ROOTS: Final = frozenset(str(oid) for oid in InsOid)
_INS: Final = re.compile(r"[0-9]{5}(?:[0-9]{2}|2[AB])[0-9]{8}")
# PS_IdNat: 8 + RPPS, 0 + ADELI, the other prefixes name somebody inside a structure.
_PROFESSIONAL: Final = re.compile(r"8[0-9]{11}|0[0-9A-Z]{9}|[13456].{2,80}")
# Struct_IdNat: 0 + cabinet ADELI, 1 + FINESS, 2 + SIREN, 3 + SIRET, 4 + RPPS and rank.
_STRUCTURE: Final = re.compile(r"1[0-9AB]{9}|2[0-9]{9}|[34][0-9]{14}|0[0-9A-Z]{8,9}")
_PATIENT: Final = "recordTarget/patientRole"


def patient(document: Element) -> Iterator[Finding]:
    """An INS, well formed, its key right; with it the sex and the traits of birth."""
    role = first(document, _PATIENT)
    if role is None:
        return
    carried = [identifier for identifier in every(role, "id") if identifier.get("root") in _INS_ROOTS]
    if not carried:
        yield broken("ins-missing", role)
        return
    for identifier in carried:
        number = identifier.get("extension", "")
        if not _INS.fullmatch(number):
            yield broken("ins-format", identifier)
        elif not _key_is_right(number):
            yield broken("ins-key", identifier)
    sex = first(role, "patient/administrativeGenderCode")
    if sex is not None and sex.get("code") not in ("F", "M"):
        yield broken("ins-gender", sex)
    yield from _traits(role)


def professionals(document: Element) -> Iterator[Finding]:
    """Every author who is a person says their profession; every national number has its form."""
    for author in every(document, "author/assignedAuthor"):
        if first(author, "assignedAuthoringDevice") is None and not attribute(author, "code", "code"):
            yield broken("author-code", author)
    for identifier in document.iter(f"{{{HL7}}}id"):
        number = identifier.get("extension", "")
        if identifier.get("root") == PS_IDNAT and not _PROFESSIONAL.fullmatch(number):
            yield broken("professional-id", identifier)
        elif identifier.get("root") == STRUCT_IDNAT and not _STRUCTURE.fullmatch(number):
            yield broken("structure-id", identifier)


def _key_is_right(number: str) -> bool:
    try:
        return int(number[13:]) == ins_key(number[:13])
    except InsInvalid:
        return False


def _traits(role: Element) -> Iterator[Finding]:
    qualifiers = {
        tag: {(name.get("qualifier") or "") for name in every(role, f"patient/name/{tag}")}
        for tag in ("family", "given")
    }
    if "BR" not in qualifiers["family"] or not {"BR", ""} <= qualifiers["given"]:
        yield broken("ins-traits", role, detail="names of birth")
    if first(role, "patient/birthplace/place/addr/county") is None:
        yield broken("ins-traits", role, detail="place of birth")
