"""Who stands at the counter of a simulation: a fictitious pharmacy, its pharmacist, patients with test INS."""

import json
from datetime import datetime
from importlib import resources

from pydantic import Field, ValidationError

from dmp_core.model.health import HealthModel
from dmp_core.model.identity import IdentityStatus, Ins, Patient, Sex, Traits
from dmp_core.model.oids import InsOid
from dmp_core.model.practitioner import Operator, Practitioner, Structure
from dmp_core.simulator.patients import PatientRecord


class Counter(HealthModel):
    """What a host has to know of the simulator that it talks to."""

    structure: Structure
    operator: Operator
    colleague: Practitioner | None = Field(default=None, description="who works there too: another card to put in")
    patients: tuple[Patient, ...] = Field(repr=False)


def demo_counter() -> Counter:
    """The counter that a new simulator knows."""
    data = json.loads(resources.files(__package__).joinpath("counter.json").read_text(encoding="utf-8"))
    return Counter.model_validate(data)


def record_of(patient: Patient) -> PatientRecord:
    """The open record of a patient of the counter."""
    traits, ins = patient.traits, patient.ins
    return PatientRecord(
        ins=(ins.cx,) if ins else (),
        birth_name=traits.birth_name,
        birth_given=traits.birth_given_names,
        used_name=traits.used_name or "",
        used_given=traits.used_given_name or "",
        sex=traits.sex,
        birth_date=traits.birth_date.strftime("%Y%m%d"),
    )


def patient_of(record: PatientRecord, host_id: str) -> Patient | None:
    """The patient of a record, as a host would know them; None where the record names no valid INS or lacks a trait."""
    number, _, register = record.ins[0].partition("^^^&")
    given = record.birth_given or record.used_given
    try:
        return Patient(
            host_id=host_id,
            traits=Traits(
                birth_name=record.birth_name or record.used_name,
                birth_given_names=given,
                first_birth_given_name=given.split()[0],
                sex=Sex(record.sex),
                birth_date=datetime.strptime(record.birth_date[:8], "%Y%m%d").date(),  # noqa: DTZ007 - a day
            ),
            ins=Ins(value=number, oid=InsOid(register.partition("&")[0])),
            status=IdentityStatus.QUALIFIEE,
        )
    except (ValidationError, ValueError, IndexError):
        return None
