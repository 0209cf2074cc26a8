"""FR Core's Patient as the bridge knows patients. The resources are typed after the examples of FR Core 2.1 and 2.2."""

import re
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from way_in.fhir_patient import GIVEN_NAMES, INSEE, OLDER_STATUSES, RELIABILITY, FhirRefused, patient_of

from dmp_core.api import IdentityMark, IdentityStatus, InsOid

STATUSES = "https://hl7.fr/ig/fhir/core/CodeSystem/fr-core-cs-identity-status"
README = Path(__file__).parents[1] / "README.md"
WHOLE: dict[str, Any] = {
    "resourceType": "Patient",
    "id": "dossier-1",
    "meta": {"profile": ["https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-patient-ins"]},
    "extension": [
        {
            "url": RELIABILITY,
            "extension": [{"url": "identityStatus", "valueCoding": {"system": STATUSES, "code": "QUAL"}}],
        },
        {
            "url": "http://hl7.org/fhir/StructureDefinition/patient-birthPlace",
            "valueAddress": {
                "extension": [
                    {
                        "url": INSEE,
                        "valueCoding": {
                            "system": "https://mos.esante.gouv.fr/NOS/TRE_R13-Commune/FHIR/TRE-R13-Commune",
                            "code": "51215",
                        },
                    }
                ],
                "city": "DOMPREMY",
            },
        },
    ],
    "identifier": [
        {"use": "usual", "system": "urn:oid:1.2.3.4", "value": "IPP-7"},
        {
            "use": "official",
            "type": {
                "coding": [
                    {"system": "https://hl7.fr/ig/fhir/core/CodeSystem/fr-core-cs-v2-0203", "code": "INS-NIR-TEST"}
                ]
            },
            "system": "urn:oid:1.2.250.1.213.1.4.10",
            "value": "279035121518989",
        },
    ],
    "name": [
        {
            "use": "official",
            "family": "PAT-TROIS",
            "given": ["DOMINIQUE"],
            "extension": [{"url": GIVEN_NAMES, "valueString": "DOMINIQUE MARIE-LOUISE"}],
        },
        {"use": "usual", "family": "PAT-USAGE", "given": ["DOMI"]},
    ],
    "gender": "female",
    "birthDate": "1979-03-28",
}


def resource(**changes: Any) -> dict[str, Any]:
    return {name: value for name, value in (deepcopy(WHOLE) | changes).items() if value is not None}


def reliability(code: str, system: str = STATUSES, *comments: str) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = [{"url": "identityStatus", "valueCoding": {"system": system, "code": code}}]
    parts += [{"url": "comment", "valueCodeableConcept": {"coding": [{"code": each}]}} for each in comments]
    return [{"url": RELIABILITY, "extension": parts}]


def test_every_trait_is_found() -> None:
    patient = patient_of(resource())

    traits = patient.traits
    assert patient.host_id == "dossier-1"
    assert patient.qualified_ins is not None
    assert (patient.qualified_ins.value, patient.qualified_ins.oid) == ("279035121518989", InsOid.NIR_TEST)
    assert (traits.birth_name, traits.birth_given_names, traits.first_birth_given_name) == (
        "PAT-TROIS",
        "DOMINIQUE MARIE-LOUISE",
        "DOMINIQUE",
    )
    assert (traits.used_name, traits.used_given_name, traits.sex) == ("PAT-USAGE", "DOMI", "F")
    assert (traits.birth_date, traits.birth_place_code, traits.birth_place_name) == (
        date(1979, 3, 28),
        "51215",
        "DOMPREMY",
    )


def test_what_is_not_told_is_not_there() -> None:
    patient = patient_of(resource(extension=None, identifier=None, gender=None, name=WHOLE["name"][:1]))

    assert (patient.ins, patient.status, patient.traits.sex, patient.traits.used_name) == (
        None,
        IdentityStatus.PROVISOIRE,
        "UN",
        None,
    )


@pytest.mark.parametrize(
    ("code", "system", "vali", "status"),
    [
        ("QUAL", STATUSES, "validee", IdentityStatus.QUALIFIEE),
        ("QUAL", OLDER_STATUSES, "validee", IdentityStatus.QUALIFIEE),
        ("RECUP", STATUSES, "validee", IdentityStatus.RECUPEREE),
        ("VALI", STATUSES, "validee", IdentityStatus.VALIDEE),
        ("VALI", OLDER_STATUSES, "validee", IdentityStatus.VALIDEE),
        ("VALI", OLDER_STATUSES, "qualifiee", IdentityStatus.QUALIFIEE),
        ("VALI", STATUSES, "qualifiee", IdentityStatus.VALIDEE),
        ("PROV", STATUSES, "qualifiee", IdentityStatus.PROVISOIRE),
        ("DOUB", OLDER_STATUSES, "qualifiee", IdentityStatus.PROVISOIRE),
    ],
)
def test_the_status_is_the_one_that_was_told(code: str, system: str, vali: Any, status: IdentityStatus) -> None:
    assert patient_of(resource(extension=reliability(code, system)), vali=vali).status is status


def test_vali_without_an_ins_is_never_qualified() -> None:
    told = resource(extension=reliability("VALI", OLDER_STATUSES), identifier=None)

    assert patient_of(told, vali="qualifiee").status is IdentityStatus.VALIDEE


def test_marks_are_read_from_a_comment_and_from_an_older_status() -> None:
    assert patient_of(resource(extension=reliability("QUAL", STATUSES, "DOUT", "DESA"))).marks == {IdentityMark.DOUTEUX}
    assert patient_of(resource(extension=reliability("FICT", OLDER_STATUSES))).marks == {IdentityMark.FICTIF}


def test_a_past_ins_is_history() -> None:
    old = WHOLE["identifier"][1] | {"use": "old", "period": {"start": "2020-01-01", "end": "2021-01-01"}}

    patient = patient_of(resource(identifier=[old, WHOLE["identifier"][1]]))

    assert patient.ins is not None
    assert [(past.since, past.until) for past in patient.ins_history] == [(date(2020, 1, 1), date(2021, 1, 1))]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"resourceType": "Person"}, "resourceType"),
        ({"id": None}, "Patient (host_id)"),
        ({"active": False}, "Patient.active"),
        ({"name": None}, "Patient.name"),
        ({"name": [{"family": "PAT-TROIS"}]}, "Patient.name"),
        ({"name": [WHOLE["name"][0], WHOLE["name"][0]]}, "Patient.name"),
        ({"name": [{"use": "official", "family": "PAT-TROIS"}]}, "Patient (birth_given_names)"),
        ({"name": "PAT-TROIS"}, "Patient.name"),
        ({"birthDate": "1979-03"}, "Patient.birthDate"),
        ({"birthDate": "1979-13-01"}, "Patient.birthDate"),
        ({"identifier": [WHOLE["identifier"][1] | {"value": "279035121518990"}]}, "Patient.identifier"),
        (
            {"identifier": [WHOLE["identifier"][1], WHOLE["identifier"][1] | {"value": "181067511004222"}]},
            "Patient.identifier",
        ),
        ({"extension": {"url": RELIABILITY}}, "Patient.extension"),
        ({"extension": [{"url": RELIABILITY, "extension": "QUAL"}]}, "Patient.extension"),
    ],
)
def test_what_is_wrong_is_refused_with_its_place_and_without_its_value(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(FhirRefused) as refusal:
        patient_of(resource(**changes))

    assert refusal.value.field == field
    assert refusal.value.sentence.endswith(".")
    assert not any(value in str(refusal.value) for value in ("PAT-TROIS", "279035", "1979"))


@pytest.mark.parametrize("told", [None, [], "Patient", {}, {"resourceType": ["Patient"]}])
def test_what_is_no_patient_is_refused(told: object) -> None:
    with pytest.raises(FhirRefused):
        patient_of(told)


def test_the_example_of_the_readme_works() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)

    exec(code, {})
