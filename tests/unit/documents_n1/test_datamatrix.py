"""The text of the INS datamatrix, against the example of its format."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmp_core.documents.datamatrix import GS, HEADER, ins_text, read_ins_text
from dmp_core.documents.facts import Facts
from dmp_core.errors import DocumentInvalid, InsInvalid, InsNotQualified
from dmp_core.model.identity import IdentityStatus, Ins, Patient, Sex, Traits, ins_key
from dmp_core.model.oids import InsOid

NUMBER = "1850613201001"
INS = Ins(value=f"{NUMBER}{ins_key(NUMBER):02}", oid=InsOid.NIR)
EXAMPLE = (
    f"IS010000000000000000000000S1{INS.value}S21.2.250.1.213.1.4.8{GS}S3PAUL{GS}S4DUPONT{GS}S5MS618-06-1985S713201"
)
PAUL = Traits(
    birth_name="DUPONT",
    birth_given_names="PAUL",
    first_birth_given_name="PAUL",
    sex=Sex.MALE,
    birth_date=date(1985, 6, 18),
    birth_place_code="13201",
)


def patient(ins: Ins = INS, status: IdentityStatus = IdentityStatus.QUALIFIEE, **traits: object) -> Patient:
    if "birth_given_names" in traits:
        traits["first_birth_given_name"] = traits["birth_given_names"]
    return Patient(host_id="1", traits=PAUL.model_copy(update=traits), ins=ins, status=status)


def test_the_example_of_the_format_is_what_we_write() -> None:
    assert ins_text(patient()) == EXAMPLE.encode()


def test_the_example_of_the_format_is_read() -> None:
    read = read_ins_text(EXAMPLE.encode())

    assert read.ins == INS
    assert (read.birth_name, read.birth_given_names, read.sex) == ("DUPONT", "PAUL", Sex.MALE)
    assert (read.birth_date, read.birth_place_code) == (date(1985, 6, 18), "13201")


def test_an_oid_of_20_characters_needs_no_separator() -> None:
    test_number = Ins(value=INS.value, oid=InsOid.NIR_TEST)

    text = ins_text(patient(test_number))

    assert b"S21.2.250.1.213.1.4.10S3PAUL" in text
    assert read_ins_text(text).ins == test_number


def test_a_name_of_100_characters_needs_no_separator() -> None:
    text = ins_text(patient(birth_name="A" * 100))

    assert b"A" * 100 + b"S5M" in text
    assert read_ins_text(text).birth_name == "A" * 100


def test_the_place_of_birth_is_optional() -> None:
    text = ins_text(patient(birth_place_code=None))

    assert text.endswith(b"S618-06-1985")
    assert read_ins_text(text).birth_place_code is None


def test_names_are_written_as_insi_writes_them() -> None:
    text = ins_text(patient(birth_name="D’Œuvre-Éloïse", birth_given_names="Paul Ça"))

    read = read_ins_text(text)
    assert (read.birth_name, read.birth_given_names) == ("D'OEUVRE-ELOISE", "PAUL CA")


def test_an_identity_that_is_not_qualified_has_no_datamatrix() -> None:
    with pytest.raises(InsNotQualified):
        ins_text(patient(status=IdentityStatus.VALIDEE))


@pytest.mark.parametrize(("trait", "value"), [("birth_name", "DUPONT 2"), ("birth_given_names", "PAUL (DIT)")])
def test_a_trait_that_insi_cannot_have_given_is_named(trait: str, value: str) -> None:
    with pytest.raises(DocumentInvalid) as refusal:
        ins_text(patient(**{trait: value}))

    assert refusal.value.findings[0].path == f"patient.traits.{trait}"
    assert value not in str(refusal.value)


def test_an_unknown_sex_is_named(facts: Facts) -> None:
    with pytest.raises(DocumentInvalid) as refusal:
        ins_text(replace(facts, patient=patient(sex=Sex.UNKNOWN)).patient)

    assert refusal.value.findings[0].path == "patient.traits.sex"


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "",
        lambda text: text[:40],
        lambda text: text[1:],
        lambda text: text.replace("IS01", "IS02"),
        lambda text: text.replace(INS.value, INS.value[:-2] + "00"),
        lambda text: text.replace("4.8", "4.7"),
        lambda text: text.replace(f"S4DUPONT{GS}", ""),
        lambda text: text.replace(f"S4DUPONT{GS}", f"S4DUPONT{GS}" * 2),
        lambda text: text.replace(f"S4DUPONT{GS}", f"S4{GS}"),
        lambda text: text.replace("DUPONT", "Dupont"),
        lambda text: text.replace("DUPONT", "DUPÔNT"),
        lambda text: text.replace("S5M", "S5X"),
        lambda text: text.replace("18-06-1985", "1985-06-18"),
        lambda text: text.replace("18-06-1985", "31-06-1985"),
        lambda text: text.replace("S713201", "S7ABCDE"),
        lambda text: text.replace("S713201", "S7132"),
        lambda text: text + "S9X",
        lambda text: text.replace(GS, ""),
    ],
)
def test_what_is_malformed_is_refused(change: object) -> None:
    text = change(EXAMPLE)  # type: ignore[operator]

    with pytest.raises(InsInvalid) as refusal:
        read_ins_text(text.encode())

    assert INS.value not in str(refusal.value) and "DUPONT" not in str(refusal.value)


@given(st.binary(max_size=300) | st.text(st.sampled_from("S1234567M-. A\x1d"), max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused(tail: bytes) -> None:
    for text in (tail, HEADER.encode() + tail):
        with pytest.raises(InsInvalid):
            read_ins_text(text)


NAMES = st.from_regex(r"[A-Z][A-Z' -]{0,99}", fullmatch=True).map(str.rstrip)


@given(name=NAMES, given_names=NAMES, born=st.dates(date(1900, 1, 1)), place=st.sampled_from([None, "2A004", "99134"]))
def test_what_is_written_is_read(name: str, given_names: str, born: date, place: str | None) -> None:
    text = ins_text(patient(birth_name=name, birth_given_names=given_names, birth_date=born, birth_place_code=place))

    read = read_ins_text(text)

    assert (read.ins, read.birth_name, read.birth_given_names) == (INS, name, given_names)
    assert (read.birth_date, read.birth_place_code) == (born, place)
