"""The patient in the header, written and read back: qualified INS, names of birth and in use, the other traits."""

import re
from datetime import date
from hashlib import sha256
from typing import Final

from pydantic import ValidationError

from dmp_core.api import cda
from dmp_core.api.cda import Part, part
from dmp_core.documents.tree import attribute, every, first, open_document, text
from dmp_core.errors import DocumentInvalid, InsNotQualified
from dmp_core.model.codes import value_set
from dmp_core.model.finding import Finding
from dmp_core.model.identity import IdentityStatus, Ins, Patient, Sex, Traits
from dmp_core.model.oids import InsOid
from dmp_core.xml import Element, text_of

_BIRTH: Final = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_COG: Final = re.compile(r"[0-9][0-9AB][0-9]{3}")


def record_target(patient: Patient) -> Part:
    """The patient. Raises InsNotQualified, and DocumentInvalid where a trait that the INS rules want is missing."""
    ins = patient.qualified_ins
    if ins is None:
        raise InsNotQualified()
    traits = patient.traits
    role = part(
        "patientRole",
        cda.identifier(ins.oid, ins.value),
        cda.null("addr", "NAV"),
        cda.null("telecom", "NAV"),
        part(
            "patient",
            _names(traits),
            cda.coded("administrativeGenderCode", value_set("J143").code(_sex(traits))),
            cda.time(traits.birth_date, tag="birthTime"),
            _birthplace(traits),
        ),
    )
    return part("recordTarget", role)


def patient_of(cda: bytes) -> Patient:
    """The patient whom a finished document names. Its INS counts as qualified: no other may stand in a document.

    `host_id` is made from the INS. Raises XmlRefused, DocumentInvalid where INS or traits are missing or wrong.
    """
    document = open_document(cda)
    role = first(document, "recordTarget/patientRole")
    found = next((one for one in every(document, "recordTarget/patientRole/id") if _is_ins(one)), None)
    if role is None or found is None:
        raise DocumentInvalid("the document names no INS")
    number, oid = found.get("extension", ""), InsOid(found.get("root", ""))
    try:
        return Patient(
            host_id=f"ins-{sha256(number.encode()).hexdigest()[:24]}",
            traits=_traits(role),
            ins=Ins(value=number, oid=oid),
            status=IdentityStatus.QUALIFIEE,
        )
    except (ValidationError, ValueError):
        raise DocumentInvalid("the patient of the document: INS or traits are wrong") from None


def _is_ins(identifier: Element) -> bool:
    return identifier.get("root") in set(InsOid)


def _traits(role: Element) -> Traits:
    """Raises ValueError."""
    first_given = _named(role, "given", "BR")
    given = _named(role, "given", None) or first_given
    if not given.upper().startswith(first_given.upper()):
        given = f"{first_given} {given}"
    birth = _BIRTH.match(attribute(role, "patient/birthTime", "value"))
    if birth is None:
        raise ValueError("no date of birth")
    place = "patient/birthplace/place/addr"
    county = text(role, f"{place}/county")
    return Traits(
        birth_name=_named(role, "family", "BR"),
        birth_given_names=given,
        first_birth_given_name=first_given,
        used_name=_named(role, "family", "CL") or None,
        used_given_name=_named(role, "given", "CL") or None,
        sex=Sex(attribute(role, "patient/administrativeGenderCode", "code")),
        birth_date=date(int(birth[1]), int(birth[2]), int(birth[3])),
        birth_place_code=county if _COG.fullmatch(county) else None,
        birth_place_name=text(role, f"{place}/city") or None,
    )


def _named(role: Element, tag: str, qualifier: str | None) -> str:
    return next((text_of(one) for one in every(role, f"patient/name/{tag}") if one.get("qualifier") == qualifier), "")


def _names(traits: Traits) -> Part:
    """`BR` for names of birth, `CL` for those in use; the list of given names carries no qualifier."""
    return part(
        "name",
        part("family", traits.birth_name, qualifier="BR"),
        part("given", traits.birth_given_names),
        part("given", traits.first_birth_given_name, qualifier="BR"),
        part("family", traits.used_name, qualifier="CL") if traits.used_name else None,
        part("given", traits.used_given_name, qualifier="CL") if traits.used_given_name else None,
    )


def _sex(traits: Traits) -> str:
    if traits.sex is Sex.UNKNOWN:
        raise _missing("patient.traits.sex", "Renseignez le sexe du patient tel que INSi l’a donné.")
    return str(traits.sex)


def _birthplace(traits: Traits) -> Part:
    if not traits.birth_place_code:
        raise _missing("patient.traits.birth_place_code", "Renseignez le code INSEE du lieu de naissance du patient.")
    city = part("city", traits.birth_place_name) if traits.birth_place_name else None
    return part("birthplace", part("place", part("addr", part("county", traits.birth_place_code), city)))


def _missing(path: str, remedy: str) -> DocumentInvalid:
    return DocumentInvalid(f"{path}: missing", findings=(Finding(path, "ins-traits", remedy),))
