"""Fictitious people and a fictitious pharmacy, with test numbers."""

from datetime import date

from dmp_core.model.identity import IdentityStatus, Ins, Patient, Sex, Traits
from dmp_core.model.oids import InsOid
from dmp_core.model.practitioner import Operator, Practitioner, Right, Structure, Who


def patient(status: IdentityStatus = IdentityStatus.QUALIFIEE) -> Patient:
    """A patient of ANS's examples, with a test INS."""
    traits = Traits(
        birth_name="PAT-TROIS",
        birth_given_names="DOMINIQUE MARIE-LOUISE",
        first_birth_given_name="DOMINIQUE",
        sex=Sex.FEMALE,
        birth_date=date(1979, 3, 28),
        birth_place_code="51215",
    )
    ins = Ins(value="279035121518989", oid=InsOid.NIR_TEST)
    return Patient(host_id="patient-1", traits=traits, ins=ins, status=status)


def who(*rights: Right) -> Who:
    """A pharmacist who owns the pharmacy, with these rights; none named: all."""
    author = Practitioner(
        national_id="899700000001", family="TITULAIRE", given="CAMILLE", profession="21", section="A", civility="MME"
    )
    operator = Operator(id="operator-1", rights=frozenset(rights or Right), practitioner=author)
    return Who(
        structure=Structure(national_id="1990000001", name="PHARMACIE DE DEMONSTRATION"),
        operator=operator,
        author=author,
    )
