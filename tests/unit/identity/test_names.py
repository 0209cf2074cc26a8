"""Names in the forms that are sent and compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmp_core.model.names import capitals, comparable


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Élodie", "ELODIE"),
        ("FRANÇOIS-XAVIER", "FRANCOIS-XAVIER"),
        ("Lœtitia", "LOETITIA"),
        ("Ægir Strauß", "AEGIR STRAUSS"),
        ("D’Artagnan", "D'ARTAGNAN"),
        ("Nuñez–Ångström", "NUNEZ-ANGSTROM"),
        ("  Anne   Sophie ", "ANNE SOPHIE"),
        ("Søren Łukasz Đỗ", "SOREN LUKASZ DO"),
        ("X Æ A-12", "X AE A-12"),
    ],
)
def test_a_name_in_capitals(written: str, expected: str) -> None:
    assert capitals(written) == expected


@given(st.text())
def test_capitals_of_capitals_change_nothing(name: str) -> None:
    assert capitals(capitals(name)) == capitals(name)


@given(st.text(st.characters(codec="latin-1")))
def test_case_and_accents_make_no_other_name(name: str) -> None:
    assert comparable(name.upper()) == comparable(name.lower()) == comparable(name)


@given(st.lists(st.text("ABCXYZ", min_size=1), min_size=1), st.sampled_from("-'’–‑"))
def test_hyphens_and_apostrophes_make_no_other_name(words: list[str], mark: str) -> None:
    assert comparable(mark.join(words)) == comparable(" ".join(words))


@given(st.text("ABC0123_!/", min_size=1), st.text("ABC0123_!/", min_size=1))
def test_no_character_is_dropped(one: str, other: str) -> None:
    assert (comparable(one) == comparable(other)) == (one == other)
