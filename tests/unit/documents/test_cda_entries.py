"""Parts that several structured documents share, and the value sets that they use."""

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from lxml import etree

from dmp_core.api import Code, cda, value_set
from dmp_core.model.practitioner import Practitioner
from dmp_core.xml import serialize

LOINC = "2.16.840.1.113883.6.1"


def xml(made: cda.Part) -> str:
    return serialize(cda.element(made), declaration=False).decode()


def test_a_comment_points_at_the_narrative_under_its_three_models() -> None:
    made = xml(cda.comment("remarque", "À revoir"))

    assert made.count("<templateId") == 3
    assert '<code code="48767-8"' in made
    assert '<text><reference value="#remarque"/>À revoir</text>' in made


def test_a_product_without_a_cis_says_so_and_keeps_its_other_codes() -> None:
    cip = Code(code="3400933516390", system="1.2.250.1.213.2.3.2", label="PARACETAMOL")

    made = xml(cda.product("med", translations=[cip], lot="12345", expiry=date(2032, 12, 31)))

    assert '<code nullFlavor="NA"><originalText><reference value="#med"/></originalText><translation' in made
    assert '<name nullFlavor="NA"/><lotNumberText>12345</lotNumberText><pharm:expirationTime value="20321231"/>' in made


def test_rows_carry_the_ids_that_entries_point_at() -> None:
    made = xml(cda.table(("Médicament",), [("A",), ("B",)], ids=("med-1", "med-2")))

    assert '<tr ID="med-1"><td>A</td></tr><tr ID="med-2"><td>B</td></tr>' in made


def test_other_ids_than_rows_are_refused() -> None:
    with pytest.raises(ValueError, match="as many ids as rows"):
        cda.table(("Médicament",), [("A",)], ids=("med-1", "med-2"))


def test_an_entry_with_models_of_its_own_is_not_wrapped_again() -> None:
    entry = cda.part("entry", cda.templates("1.2.3"), cda.comment("remarque"), typeCode="DRIV")

    section = cda.section(
        Code(code="18725-2", system=LOINC, label="Microbiologie"),
        title="Résultat",
        identifier=cda.item_id("item", "section"),
        narrative=[cda.paragraph(cda.marked("remarque", "À revoir"))],
        entries=[entry],
    )

    assert xml(section).count("<entry ") == 1


def test_a_professional_whose_structure_is_unknown_has_no_organization() -> None:
    doctor = Practitioner(national_id="801234567897", family="MULLER", given="Charles", profession="10", section="SM26")

    made = xml(cda.performer(doctor, None))

    assert 'code="G15_10/SM26" displayName="Médecin - Qualifié en Médecine Générale (SM)"' in made
    assert '<addr nullFlavor="NAV"/><telecom nullFlavor="NAV"/>' in made
    assert "representedOrganization" not in made


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (date(999, 1, 2), "09990102"),
        (datetime(2026, 7, 15, 9, 30, tzinfo=UTC), "20260715093000+0000"),
        (datetime(2026, 7, 15, 9, 30, tzinfo=ZoneInfo("Europe/Paris")), "20260715093000+0200"),
        (datetime(1910, 12, 31, 9, 0, tzinfo=ZoneInfo("Europe/Paris")), "19101231085939+0009"),
    ],
)
def test_a_time_is_written_with_a_zone_in_whole_minutes(moment: date, written: str) -> None:
    assert cda.timestamp(moment) == written


@pytest.mark.oracle
@pytest.mark.parametrize(
    ("name", "published"),
    [
        ("dispensation-completeness", "jdv-completude-dispensation-cisis"),
        ("immunization-absent", "jdv-absent-or-unknown-immunization-cisis"),
        ("screening-result", "jdv-resultat-depistage-cisis"),
        ("substitution", "jdv-hl7-v3-ActSubstanceAdminSubstitutionCode-cisis"),
    ],
)
def test_the_value_sets_of_the_structured_types_are_those_that_ans_publishes(
    oracle: Path, name: str, published: str
) -> None:
    source = etree.parse(str(oracle / "ans" / "jeuxDeValeurs" / f"{published}.xml"))
    concepts = source.iter("{urn:ihe:iti:svs:2008}Concept")
    expected = {(one.get("code", "").strip(), one.get("codeSystem")): one.get("displayName") for one in concepts}

    ours = {key: code.label for key, code in value_set(name).concepts.items()}

    assert ours == expected
