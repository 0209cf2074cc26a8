"""A FHIR R4 Patient as the bridge knows patients: FR Core `fr-core-patient-ins`, read strictly.

Source: FR Core (Interop'Santé) 2.1 and 2.2; for the statuses RNIV, EXI SI 07. What is not understood is refused with
the field's name, never with its value.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final, Literal

from pydantic import ValidationError

from dmp_core.api import IdentityMark, IdentityStatus, Ins, InsOid, Patient, Sex, Traits
from dmp_core.api import PastIns as Past

FR_CORE: Final = "https://hl7.fr/ig/fhir/core/StructureDefinition/"
RELIABILITY: Final = f"{FR_CORE}fr-core-identity-reliability"
GIVEN_NAMES: Final = f"{FR_CORE}fr-core-patient-birth-list-given-name"
INSEE: Final = f"{FR_CORE}fr-core-address-insee-code"
BIRTH_PLACE: Final = "http://hl7.org/fhir/StructureDefinition/patient-birthPlace"
OLDER_STATUSES: Final = "https://hl7.fr/ig/fhir/core/CodeSystem/fr-core-cs-v2-0445"
_REGISTERS: Final = {f"urn:oid:{oid}": oid for oid in InsOid}
_STATUSES: Final = {
    "QUAL": IdentityStatus.QUALIFIEE, "RECUP": IdentityStatus.RECUPEREE, "VALI": IdentityStatus.VALIDEE,
}  # fmt: skip
_MARKS: Final = {"DOUT": IdentityMark.DOUTEUX, "FICT": IdentityMark.FICTIF, "HOMA": IdentityMark.HOMONYME}
_SEXES: Final = {"male": Sex.MALE, "female": Sex.FEMALE}

Vali = Literal["validee", "qualifiee"]


class FhirRefused(Exception):
    """`field`: where in the resource, as a path of FHIR; `sentence`: for the pharmacist."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(f"{field}: {sentence}")
        self.field = field
        self.sentence = sentence


def patient_of(resource: object, *, vali: Vali = "validee") -> Patient:
    """The patient. `vali`: what the code VALI of the older code system says of an identity with its INS.

    Raises FhirRefused.
    """
    if not isinstance(resource, dict) or resource.get("resourceType") != "Patient":
        raise FhirRefused("resourceType", "La ressource reçue n’est pas un patient.")
    if resource.get("active") is False:
        raise FhirRefused("Patient.active", "Cette identité est désactivée dans le logiciel qui l’envoie.")
    ins, history = _ins(resource)
    code, system, marks = _reliability(resource)
    status = _STATUSES.get(code, IdentityStatus.PROVISOIRE)
    if code == "VALI" and ins is not None and system == OLDER_STATUSES and vali == "qualifiee":
        status = IdentityStatus.QUALIFIEE
    try:
        return Patient(
            host_id=str(resource.get("id") or ""),
            traits=_traits(resource),
            ins=ins,
            status=status,
            marks=marks,
            ins_history=history,
        )
    except ValidationError as error:
        raise _refused(error) from None


def _traits(resource: Mapping[str, Any]) -> Traits:
    official, usual = _name(resource, "official"), _name(resource, "usual")
    if official is None:
        raise FhirRefused("Patient.name", "Il manque le nom de naissance (nom « official »).")
    place = next((each.get("valueAddress") for each in _extensions(resource, BIRTH_PLACE)), None) or {}
    insee = next((_coding(each)[0] for each in _extensions(place, INSEE)), None)
    first = _first(official)
    whole = next((each.get("valueString") for each in _extensions(official, GIVEN_NAMES)), None)
    return Traits(
        birth_name=official.get("family") or "",
        birth_given_names=whole or " ".join(_list(official, "given", str)),
        first_birth_given_name=first or "",
        used_name=usual.get("family") if usual else None,
        used_given_name=_first(usual) if usual else None,
        sex=_SEXES.get(str(resource.get("gender")), Sex.UNKNOWN),
        birth_date=_date(resource.get("birthDate")),
        birth_place_code=insee,
        birth_place_name=place.get("city"),
    )


def _ins(resource: Mapping[str, Any]) -> tuple[Ins | None, tuple[Past, ...]]:
    """The INS in force and those before it. Raises FhirRefused where two are in force, or one is wrong."""
    current: dict[tuple[str, str], Ins] = {}
    past: list[Past] = []
    for identifier in _list(resource, "identifier"):
        oid = _REGISTERS.get(str(identifier.get("system")))
        if oid is None:
            continue
        period = identifier.get("period") or {}
        try:
            found = Ins(value=str(identifier.get("value")), oid=oid)
            if identifier.get("use") == "old":
                past.append(Past(ins=found, since=period.get("start"), until=period.get("end")))
            else:
                current[found.value, found.oid] = found
        except (ValidationError, AttributeError):
            raise FhirRefused("Patient.identifier", "Le matricule INS reçu est faux.") from None
    if len(current) > 1:
        raise FhirRefused("Patient.identifier", "Deux matricules INS différents ont été reçus pour ce patient.")
    return next(iter(current.values()), None), tuple(past)


def _reliability(resource: Mapping[str, Any]) -> tuple[str, str, frozenset[IdentityMark]]:
    """Code of the status and its code system; the marks, which older senders give in the place of the status."""
    code = system = ""
    told = set()
    for extension in _extensions(resource, RELIABILITY):
        for part in _list(extension, "extension"):
            if part.get("url") == "identityStatus":
                code, system = _coding(part)
                told.add(code)
            else:
                told.add(_coding(part)[0])
    return code, system, frozenset(mark for name, mark in _MARKS.items() if name in told)


def _name(resource: Mapping[str, Any], use: str) -> dict[str, Any] | None:
    found = [each for each in _list(resource, "name") if each.get("use") == use]
    if len(found) > 1:
        raise FhirRefused("Patient.name", "Le même nom est donné deux fois.")
    return found[0] if found else None


def _date(day: object) -> date:
    """A whole date: where only the year or the month is told, the traits are not whole."""
    try:
        if isinstance(day, str) and len(day) == 10:
            return date.fromisoformat(day)
    except ValueError:
        pass
    raise FhirRefused("Patient.birthDate", "Il manque la date de naissance complète.")


def _first(name: Mapping[str, Any]) -> str | None:
    return next(iter(_list(name, "given", str)), None)


def _coding(part: Mapping[str, Any]) -> tuple[str, str]:
    """Code and system of a `valueCoding`, or of the first coding of a `valueCodeableConcept`."""
    coding: Any = part.get("valueCoding") or next(iter(_list(part.get("valueCodeableConcept") or {}, "coding")), {})
    if not isinstance(coding, dict):
        raise FhirRefused("Patient.extension", "La ressource reçue n’est pas du FHIR R4 correct.")
    return str(coding.get("code", "")), str(coding.get("system", ""))


def _extensions(element: Any, url: str) -> Iterator[dict[str, Any]]:
    return (each for each in _list(element, "extension") if each.get("url") == url)


def _list(element: Any, name: str, kind: type = dict) -> list[Any]:
    """The repeated element, empty where it is absent. Raises FhirRefused where it is something else."""
    found = element.get(name, []) if isinstance(element, dict) else None
    if not isinstance(found, list) or len(found) > 100 or not all(isinstance(each, kind) for each in found):
        raise FhirRefused(f"Patient.{name}", "La ressource reçue n’est pas du FHIR R4 correct.")
    return found


def _refused(error: ValidationError) -> FhirRefused:
    place = ".".join(str(part) for part in error.errors()[0]["loc"])
    return FhirRefused(f"Patient ({place})", "L’identité reçue est incomplète ou incorrecte.")
