"""The parts of a body, as a plugin's author writes them."""

import doctest
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmp_core.api import Code, cda
from dmp_core.errors import ContentInvalid, DocumentInvalid
from dmp_core.model.practitioner import Address, Practitioner, Structure
from dmp_core.xml import parse, serialize

HL7 = "{urn:hl7-org:v3}"
XML_TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"))
COMMENT = Code(code="48767-8", system="2.16.840.1.113883.6.1", label="Commentaire")


def section(*narrative: cda.Part, entries: tuple[cda.Part, ...] = ()) -> cda.Part:
    identifier = cda.item_id("item", "section")
    return cda.section(COMMENT, title="Titre", identifier=identifier, narrative=narrative, entries=entries)


def test_the_example_of_the_documentation_works() -> None:
    assert doctest.testmod(cda).failed == 0


@given(XML_TEXT)
def test_any_text_comes_back_as_it_was(words: str) -> None:
    made = cda.element(cda.part("observation", cda.part("text", words), displayName=words))

    read = parse(serialize(made))

    assert (read.find(f"{HL7}text").text or "") == words  # type: ignore[union-attr]
    assert read.get("displayName") == words


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\ufffe", "\ud800"])
def test_a_character_that_xml_forbids_is_refused_without_the_text(character: str) -> None:
    with pytest.raises(ContentInvalid) as refusal:
        cda.element(cda.part("text", f"DUPONT{character}"))

    assert refusal.value.findings[0].rule == "character"
    assert "DUPONT" not in str(refusal.value)


@pytest.mark.parametrize("tag", ["", "a b", "<act>", "act/", "xml:lang:x", "nobody:act"])
def test_what_is_no_tag_is_refused(tag: str) -> None:
    with pytest.raises(ValueError, match="no tag"):
        cda.part(tag)


def test_what_is_none_is_left_out() -> None:
    made = serialize(cda.element(cda.part("id", None, [None], root="1.2", extension=None)), declaration=False)

    assert made == b'<id xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" root="1.2"/>'


def test_text_and_elements_keep_their_order() -> None:
    made = cda.element(cda.paragraph("avant ", cda.marked("a", "dedans"), " après"))

    assert "".join(made.itertext()) == "avant dedans après"


def test_an_entry_that_points_at_nothing_is_refused() -> None:
    entry = cda.part("act", cda.text("nowhere"))

    with pytest.raises(ValueError, match="#nowhere"):
        cda.structured_body([section(cda.paragraph("vide"), entries=(entry,))])


def test_two_pieces_with_one_id_are_refused() -> None:
    with pytest.raises(ValueError, match="same ID"):
        cda.structured_body([section(cda.marked("a", "1"), cda.marked("a", "2"))])


def test_a_row_with_other_columns_is_refused() -> None:
    with pytest.raises(ValueError, match="cells"):
        cda.table(("Date", "Vaccin"), [("15/01/2026",)])


def test_identifiers_of_one_item_repeat_and_those_of_two_differ() -> None:
    once, again, other = (cda.item_id(*names) for names in (("i1", "a"), ("i1", "a"), ("i2", "a")))

    assert once == again
    assert once != other


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (date(2026, 1, 5), "20260105"),
        (datetime(2026, 1, 5, 8, 3, 2, tzinfo=UTC), "20260105080302+0000"),
    ],
)
def test_times_are_written_as_hl7_wants(moment: date, written: str) -> None:
    assert cda.timestamp(moment) == written


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        cda.timestamp(datetime(2026, 1, 5, 8, 3))  # noqa: DTZ001 - the point of the test


def test_quantities_are_written_without_exponent() -> None:
    made = cda.element(cda.quantity(Decimal("1E+2"), "mg"))

    assert (made.get("value"), made.get("unit")) == ("100", "mg")


def test_a_coded_value_carries_label_pointer_and_translations() -> None:
    atc = Code(code="J07AM", system="2.16.840.1.113883.6.73", label="vaccins tétaniques")

    made = cda.element(cda.coded("value", COMMENT, text="mot", translations=[atc], xsi_type="CD"))

    assert made.get("{http://www.w3.org/2001/XMLSchema-instance}type") == "CD"
    assert made.find(f"{HL7}originalText/{HL7}reference").get("value") == "#mot"  # type: ignore[union-attr]
    assert made.find(f"{HL7}translation").get("displayName") == "vaccins tétaniques"  # type: ignore[union-attr]


def test_a_pharmacy_extension_has_its_namespace() -> None:
    made = cda.element(cda.part("manufacturedMaterial", cda.part("pharm:expirationTime", value="20270101")))

    assert made[0].tag == "{urn:ihe:pharm:medication}expirationTime"


def test_an_author_has_profession_with_its_label_and_the_pharmacy(
    pharmacist: Practitioner, pharmacy: Structure
) -> None:
    made = cda.element(cda.author(pharmacist, pharmacy, datetime(2026, 1, 5, 8, 3, tzinfo=UTC)))

    code = made.find(f"{HL7}assignedAuthor/{HL7}code")
    assert code is not None
    assert (code.get("code"), code.get("displayName")) == ("G15_21/A", "Pharmacien titulaire d'officine")
    assert made.findtext(f"{HL7}assignedAuthor/{HL7}representedOrganization/{HL7}name") == "Pharmacie Exemple"


def test_an_unknown_profession_is_refused(pharmacist: Practitioner, pharmacy: Structure) -> None:
    stranger = pharmacist.model_copy(update={"section": "ZZ"})

    with pytest.raises(DocumentInvalid):
        cda.performer(stranger, pharmacy)


def test_an_address_has_at_most_seven_lines(pharmacy: Structure) -> None:
    address = Address(lines=tuple("1234567"), postal_code="75001", city="PARIS")

    made = cda.element(cda.addresses(pharmacy.model_copy(update={"address": address})))

    assert [line.text for line in made] == ["1", "2", "3", "4", "5", "6", "7, 75001 PARIS"]
