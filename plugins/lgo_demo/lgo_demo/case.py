"""Who is in the demonstration: a pharmacy, its pharmacist, fictitious patients with test INS, a vaccination."""

import json
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from dmp_core.api import InsOid, Operator, Patient, Structure

_REGISTERS = {
    InsOid.NIR: "NIR",
    InsOid.NIA: "NIA",
    InsOid.NIR_TEST: "NIR-TEST",
    InsOid.NIR_DEMO: "NIR-DEMO",
}


@dataclass(frozen=True, slots=True)
class Case:
    """`vaccination` is written as the messages `id-host/1` write one."""

    structure: Structure
    operator: Operator
    patients: tuple[Patient, ...] = field(repr=False)
    vaccination: dict[str, Any] = field(repr=False)


def read_case(file: Path | None = None) -> Case:
    """The case of `case.json`; `file`: JSON with another `structure`, `operator`, `patients` or `vaccination`."""
    data = json.loads(files("lgo_demo").joinpath("case.json").read_text(encoding="utf-8"))
    if file is not None:
        data |= json.loads(file.read_text(encoding="utf-8"))
    return Case(
        structure=Structure.model_validate(data["structure"]),
        operator=Operator.model_validate(data["operator"]),
        patients=tuple(Patient.model_validate(patient) for patient in data["patients"]),
        vaccination=data["vaccination"],
    )


def in_words_of_id(patient: Patient) -> dict[str, Any]:
    """The patient as the messages `id-host/1` write one."""
    traits = patient.traits
    return {
        "reference": patient.host_id,
        "nom_naissance": traits.birth_name,
        "prenoms_naissance": traits.birth_given_names,
        "premier_prenom_naissance": traits.first_birth_given_name,
        "nom_utilise": traits.used_name,
        "prenom_utilise": traits.used_given_name,
        "sexe": {"UN": "I"}.get(traits.sex, str(traits.sex)),
        "date_naissance": traits.birth_date.isoformat(),
        "lieu_naissance_code": traits.birth_place_code,
        "lieu_naissance": traits.birth_place_name,
        "ins": {"matricule": patient.ins.value, "registre": _REGISTERS[patient.ins.oid]} if patient.ins else None,
        "statut_identite": str(patient.status),
        "attributs": sorted(patient.marks),
    }
