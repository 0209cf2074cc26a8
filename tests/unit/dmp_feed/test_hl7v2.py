import pytest

from dmp_core.model import hl7v2
from dmp_core.model.practitioner import Practitioner, Structure


def test_a_professional_is_written_as_the_examples_write_one(practitioner: Practitioner) -> None:
    assert hl7v2.author_person(practitioner) == "899700000123^LIBRE^MAX^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS"


def test_an_internal_identifier_says_that_it_is_one(practitioner: Practitioner) -> None:
    internal = practitioner.model_copy(update={"national_id": "310B0127189/12"})

    assert hl7v2.author_person(internal).endswith("^D^^^RI")


def test_a_pharmacy_is_written_as_the_examples_write_a_structure(structure: Structure) -> None:
    expected = "PHARMACIE DU PONT^^^^^&1.2.250.1.71.4.2.2&ISO^IDNST^^^10B0127189"

    assert hl7v2.author_institution(structure) == expected


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        ("A", "G15_21/A^Pharmacien titulaire d'officine^1.2.250.1.213.1.1.4.5"),
        (None, "G15_21^Pharmacien^1.2.250.1.213.1.1.4.5"),
    ],
)
def test_the_specialty_is_coded_with_its_label(
    practitioner: Practitioner, structure: Structure, section: str | None, expected: str
) -> None:
    author = hl7v2.xds_author(practitioner.model_copy(update={"section": section}), structure)

    assert author.specialty == (expected,)


def test_separators_in_a_name_are_escaped_and_nothing_else() -> None:
    assert hl7v2.escape("L^A&B~C|D\\E é'") == "L\\S\\A\\T\\B\\R\\C\\F\\D\\E\\E é'"


def test_a_hostile_name_adds_no_component(practitioner: Practitioner) -> None:
    hostile = practitioner.model_copy(update={"family": "X^^^^^^^&9.9.9&ISO"})

    assert hl7v2.author_person(hostile).count("^") == hl7v2.author_person(practitioner).count("^")
