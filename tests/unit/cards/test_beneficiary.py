"""Whether a person on a card can be the open patient."""

from datetime import date

import pytest

from dmp_core.model.beneficiary import Beneficiary, well_formed_nir
from dmp_core.model.identity import Patient, Sex, Traits

PATIENT = Patient(
    host_id="dossier-1",
    traits=Traits(
        birth_name="PAT-TROIS",
        birth_given_names="DOMINIQUE MARIE-LOUISE",
        first_birth_given_name="DOMINIQUE",
        used_name="DE LA TRES-LONGUE-RIVIERE-NOIRE",
        used_given_name="MARIE-LOUISE",
        sex=Sex.FEMALE,
        birth_date=date(1979, 3, 28),
    ),
)


@pytest.mark.parametrize(
    ("family", "given", "born", "same"),
    [
        ("PAT TROIS", "DOMINIQUE", "19790328", True),
        ("Pat-Trois", "Dominique", None, True),
        ("DE LA TRES-LONGUE-RIVIERE-N", "MARIE LOUISE", "19790328", True),  # 27 characters on the card
        ("PAT-TROIS", "DOMINIQUE", "19791300", True),  # a month and a day that are not known
        ("PAT-TROIS", "DOMINIQUE", "19790300", True),
        ("PAT-TROIS", "DOMINIQUE", "19790329", False),
        ("PAT-TROIS", "DOMINIQUE", "19801300", False),
        ("PAT-TROIS", "CLAUDE", "19790328", False),
        ("PAT-QUATRE", "DOMINIQUE", "19790328", False),
        ("--", "DOMINIQUE", "19790328", False),
    ],
)
def test_names_and_date_decide_whether_it_can_be_the_patient(
    family: str, given: str, born: str | None, same: bool
) -> None:
    assert Beneficiary(family=family, given=given, birth_date=born).is_perhaps(PATIENT) is same


def test_the_number_of_an_insured_parent_makes_no_patient() -> None:
    child = Beneficiary(family="AUTRE", given="ENFANT", birth_date="20150101", nir="279035121518989")

    assert not child.is_perhaps(PATIENT)


@pytest.mark.parametrize(
    ("text", "nir"),
    [
        ("269054958815780", "269054958815780"),
        ("269054958815781", None),
        ("26905495881578", None),
        ("2690549588157AA", None),
        ("", None),
    ],
)
def test_a_nir_has_thirteen_characters_and_their_key(text: str, nir: str | None) -> None:
    assert well_formed_nir(text) == nir
