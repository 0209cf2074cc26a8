"""Who works in this pharmacy and whose files it keeps: those of the case, and some of its own, all fictitious."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files

from dmp_core.api import Operator, Patient
from lgo_demo.case import Case


@dataclass(frozen=True, slots=True)
class Colleague:
    """An operator as the counter names them."""

    name: str
    role: str
    operator: Operator


@dataclass(frozen=True, slots=True)
class Pharmacy:
    """`notes`: what the file of a patient says beside their identity, by host_id."""

    name: str
    structure: str
    colleagues: Mapping[str, Colleague]
    patients: Mapping[str, Patient] = field(repr=False)
    notes: Mapping[str, tuple[str, ...]] = field(repr=False)

    def found(self, text: str) -> list[Patient]:
        """The patients whose names begin with each word of `text`; all of them for no word."""
        words = text.upper().split()
        return [one for one in self.patients.values() if _meets(one, words)]

    def named(self, family: str, birth_date: str | None) -> Patient | None:
        """The one patient of this name; `birth_date` as `yyyyMMdd` tells namesakes apart."""
        same = [
            one
            for one in self.patients.values()
            if family.upper() in (one.traits.birth_name, one.traits.used_name)
            and birth_date in (None, one.traits.birth_date.strftime("%Y%m%d"))
        ]
        return same[0] if len(same) == 1 else None


def pharmacy_of(case: Case) -> Pharmacy:
    """The pharmacy of a case. Who has no profession of their own works under the titulaire's responsibility."""
    data = json.loads(files("lgo_demo.web").joinpath("pharmacy.json").read_text(encoding="utf-8"))
    titulaire = case.operator.practitioner
    colleagues = {}
    for one in data["operators"]:
        told = {"id": one["id"], "rights": one["rights"], "practitioner": one.get("practitioner")}
        operator = Operator.model_validate_json(json.dumps(told))
        if operator.practitioner is None:
            operator = operator.model_copy(update={"practitioner": titulaire})
        colleagues[operator.id] = Colleague(one["name"], one["role"], operator)
    own = [Patient.model_validate_json(json.dumps(one)) for one in data["patients"]]
    known = {patient.host_id: patient for patient in case.patients}
    return Pharmacy(
        name=case.structure.name,
        structure=case.structure.national_id,
        colleagues=colleagues,
        patients=known | {patient.host_id: patient for patient in own if patient.host_id not in known},
        notes={host_id: tuple(lines) for host_id, lines in data["notes"].items()},
    )


def _meets(patient: Patient, words: list[str]) -> bool:
    names = f"{patient.traits.birth_name} {patient.traits.birth_given_names}".upper().replace("-", " ").split()
    whole = [patient.traits.birth_name, *names]
    return all(any(name.startswith(word) for name in whole) for word in words)
