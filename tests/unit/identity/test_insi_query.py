"""What INSi is asked: characters (EF_INS01_03, EF_INS10_01, EF_INS10_02), further attempts (`dmp_protocol.md` 8.2)."""

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmp_core.errors import IdentityMarked, TraitRefused
from dmp_core.identity.insi_query import (
    InsiCode,
    first_query,
    given_names,
    insi_birth_name,
    insi_given_name,
    next_query,
)
from dmp_core.model.identity import IdentityMark, Sex

BIRTH_NAMES = [
    ("DUPONT", "DUPONT"),
    ("Du Pont", "DU PONT"),
    ("d’Hérbès--Nuñez", "D'HERBES--NUNEZ"),
    ("'T HOEN", "'T HOEN"),
    ("Œuvrard", "OEUVRARD"),
    ("DUPONT-", "DUPONT-"),
    ("-DUPONT", None),
    ("", None),
    ("DUPONT---MARTIN", None),
    ("D' ARTAGNAN", None),
    ("D ' ARTAGNAN", None),
    ("D''ARTAGNAN", None),
    ("DUPONT2", None),
    ("DUPONT_MARTIN", None),
    ("DUPONT/MARTIN", None),
    ("Δούκας", None),
    ("DUPONT\n", "DUPONT"),
    ("DU\x00PONT", None),
]
GIVEN_NAMES = [
    ("Jean-Pierre", "JEAN-PIERRE"),
    ("L’Or", "L'OR"),
    ("Jean Pierre", "JEAN PIERRE"),
    ("JEAN--PIERRE", None),
    ("JEAN-", None),
    ("JEAN'", None),
    ("-JEAN", None),
    ("JEAN, PIERRE", None),
]


@pytest.mark.parametrize(("written", "sent"), BIRTH_NAMES)
def test_a_birth_name_is_sent_as_insi_takes_it_or_not_at_all(written: str, sent: str | None) -> None:
    if sent is None:
        with pytest.raises(TraitRefused) as refused:
            insi_birth_name(written)
        assert refused.value.detail == "birth_name: EF_INS01_03"
    else:
        assert insi_birth_name(written) == sent


@pytest.mark.parametrize(("written", "sent"), GIVEN_NAMES)
def test_a_given_name_is_sent_as_insi_takes_it_or_not_at_all(written: str, sent: str | None) -> None:
    if sent is None:
        with pytest.raises(TraitRefused):
            insi_given_name(written)
    else:
        assert insi_given_name(written) == sent


@given(st.text(max_size=20) | st.text("ABÉ '-œ’", max_size=12))
def test_what_is_sent_is_of_the_alphabet_and_sent_again_the_same(name: str) -> None:
    for normalise, double in ((insi_birth_name, True), (insi_given_name, False)):
        try:
            sent = normalise(name)
        except TraitRefused:
            continue
        assert sent
        assert set(sent) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ '-")
        assert sent[0] not in " -"
        assert not any(pair in sent for pair in ("  ", "''", " '", "' ", "---"))
        assert double or ("--" not in sent and sent[-1] not in "-'")
        assert normalise(sent) == sent


def test_the_first_search_has_the_four_traits_without_birthplace(make_patient: Callable) -> None:
    query = first_query(make_patient(birth_name="Pat-Troïs"))

    assert query.birth_name == "PAT-TROIS"
    assert query.given_names == ("DOMINIQUE",)
    assert (query.sex, query.birth_date, query.birth_place_code) == (Sex.FEMALE, date(1979, 3, 28), None)


def test_several_persons_found_brings_more_given_names_then_the_birthplace(make_patient: Callable) -> None:
    patient = make_patient(birth_given_names="DOMINIQUE MARIE-LOUISE ANNE")

    asked = [first_query(patient)]
    while following := next_query(patient, asked[-1], InsiCode.SEVERAL):
        asked.append(following)

    assert [(query.given_names, query.birth_place_code) for query in asked] == [
        (("DOMINIQUE",), None),
        (("DOMINIQUE", "MARIE-LOUISE", "ANNE"), None),
        (("DOMINIQUE", "MARIE-LOUISE", "ANNE"), "51215"),
    ]


def test_with_one_given_name_the_birthplace_comes_next(make_patient: Callable) -> None:
    patient = make_patient(birth_given_names="DOMINIQUE")

    following = next_query(patient, first_query(patient), InsiCode.SEVERAL)

    assert following is not None
    assert (following.given_names, following.birth_place_code) == (("DOMINIQUE",), "51215")


def test_without_more_traits_nothing_more_is_asked(make_patient: Callable) -> None:
    patient = make_patient(birth_given_names="DOMINIQUE", birth_place_code=None)

    assert next_query(patient, first_query(patient), InsiCode.SEVERAL) is None


@pytest.mark.parametrize("code", [InsiCode.FOUND, InsiCode.NOT_FOUND])
def test_a_found_or_unknown_person_is_asked_for_once(code: InsiCode, make_patient: Callable) -> None:
    patient = make_patient()

    assert next_query(patient, first_query(patient), code) is None


@pytest.mark.parametrize("mark", [IdentityMark.DOUTEUX, IdentityMark.FICTIF])
def test_a_doubtful_or_fictitious_identity_is_never_asked_for(mark: IdentityMark, make_patient: Callable) -> None:
    with pytest.raises(IdentityMarked):
        first_query(make_patient(marks={mark}))
    with pytest.raises(IdentityMarked):
        next_query(make_patient(marks={mark}), first_query(make_patient()), InsiCode.SEVERAL)


def test_an_unknown_sex_cannot_be_asked_for(make_patient: Callable) -> None:
    with pytest.raises(TraitRefused):
        first_query(make_patient(sex=Sex.UNKNOWN))


def test_a_first_name_of_two_words_stays_one(make_patient: Callable) -> None:
    traits = make_patient(birth_given_names="Marie Claire Élise", first_birth_given_name="Marie Claire").traits

    assert given_names(traits) == ("MARIE CLAIRE", "ELISE")
