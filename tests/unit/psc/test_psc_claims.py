"""Userinfo becomes exercises, as the public mapping to a VIHF says."""

from datetime import UTC, datetime
from typing import Any

import pytest

from dmp_core.errors import PscUntrusted
from dmp_core.identity.psc.claims import identified

UNTIL = datetime(2026, 1, 15, 10, 0, tzinfo=UTC)


def test_each_place_of_an_exercise_is_one_with_its_own_section(userinfo: dict[str, Any]) -> None:
    person = identified(userinfo, UNTIL)

    found = [(one.practitioner.specialty, one.workplace.ids, one.workplace.name) for one in person.exercises]
    assert person.national_id == "899700000001"
    assert found == [
        ("G15_21/A", ("1990000001", "312345678900011"), "PHARMACIE DE DEMONSTRATION"),
        ("G15_21/DA", ("398765432100022",), "PHARMACIE DE LA GARE"),
    ]


def test_names_civility_and_title_are_those_of_the_exercise(userinfo: dict[str, Any]) -> None:
    userinfo["SubjectRefPro"]["exercices"][0]["nomDexercice"] = "NOM-D-EXERCICE"

    one = identified(userinfo, UNTIL).exercises[0].practitioner

    assert (one.family, one.given, one.civility, one.title) == ("NOM-D-EXERCICE", "CAMILLE", "MME", "DR")


def test_a_doctor_s_role_is_the_savoir_faire(userinfo: dict[str, Any]) -> None:
    exercise = userinfo["SubjectRefPro"]["exercices"][0]
    exercise |= {"codeProfession": "10", "codeSavoirFaire": "SM26"}

    specialties = {one.practitioner.specialty for one in identified(userinfo, UNTIL).exercises}

    assert specialties == {"G15_10/SM26"}


def test_only_the_exercises_in_this_pharmacy_are_found_there(userinfo: dict[str, Any]) -> None:
    person = identified(userinfo, UNTIL)

    assert [one.practitioner.section for one in person.at("1990000001")] == ["A"]
    assert [one.practitioner.section for one in person.at("398765432100022")] == ["DA"]
    assert person.at("1990000009") == ()


@pytest.mark.parametrize("role", ["21^1.2.250.1.213.1.1.5.5", "21^1.2.250.1.71.1.2.7"])
def test_without_exercises_the_role_says_the_profession(userinfo: dict[str, Any], role: str) -> None:
    userinfo |= {"SubjectRefPro": {}, "SubjectRole": [role], "SubjectOrganizationID": "1990000001"}

    (one,) = identified(userinfo, UNTIL).exercises

    assert (one.practitioner.specialty, one.workplace.ids) == ("G15_21", ("1990000001",))


def test_values_that_mean_nothing_are_left_out(userinfo: dict[str, Any]) -> None:
    exercise = userinfo["SubjectRefPro"]["exercices"][0]
    userinfo["SubjectRefPro"]["codeCivilite"] = "X"
    exercise["codeCiviliteDexercice"] = "ROI"
    exercise["activities"] = [{"codeSectionPharmacien": "§", "ancienIdentifiantDeLaStructure": "inconnu"}]

    (one,) = identified(userinfo, UNTIL).exercises

    who = one.practitioner
    assert (who.section, who.civility, who.title, one.workplace.ids) == (None, None, None, ())


@pytest.mark.parametrize(
    "change",
    [
        {"SubjectNameID": "", "preferred_username": ""},
        {"preferred_username": "899700000002"},
        {"SubjectNameID": "not-a-number", "preferred_username": "not-a-number"},
        {"SubjectRefPro": None, "SubjectRole": []},
        {"SubjectRefPro": "text", "SubjectRole": "text"},
        {"SubjectRefPro": {"exercices": "text"}, "SubjectRole": None},
        {"SubjectRefPro": {"exercices": [{"codeProfession": "vingt-et-un", "activities": [{}]}]}},
        {"SubjectRefPro": {}, "family_name": "", "given_name": ""},
    ],
)
def test_who_is_nobody_or_two_persons_is_refused_without_a_word_of_theirs(
    userinfo: dict[str, Any], change: dict[str, Any]
) -> None:
    with pytest.raises(PscUntrusted) as caught:
        identified(userinfo | change, UNTIL)

    told = f"{caught.value} {caught.value.detail}"
    assert not [word for word in ("8997", "TITULAIRE", "CAMILLE", "vingt", "not-a") if word in told]


def test_a_hundred_exercises_at_most_are_taken(userinfo: dict[str, Any]) -> None:
    exercise = userinfo["SubjectRefPro"]["exercices"][0]
    userinfo["SubjectRefPro"]["exercices"] = [exercise] * 1000

    assert len(identified(userinfo, UNTIL).exercises) == 100


def test_a_person_is_silent(userinfo: dict[str, Any]) -> None:
    person = identified(userinfo, UNTIL)

    assert "TITULAIRE" not in f"{person!r} {person} {person.exercises[0]!r}"
