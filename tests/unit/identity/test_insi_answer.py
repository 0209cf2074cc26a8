"""Answers of INSi: each CodeCR, each fault, each trait (`dmp_protocol.md` 8.2)."""

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dmp_core import xml
from dmp_core.dmp.soap import Message
from dmp_core.errors import (
    AnswerError,
    AnswerForeign,
    AnswerUnreadable,
    DmpError,
    InsiBusy,
    InsiOtherRefusal,
    InsiSoftwareRefused,
    NotTheDmp,
)
from dmp_core.identity.insi_answer import InsiAnswer, birth_day, read_search, read_verification
from dmp_core.identity.insi_query import InsiCode
from dmp_core.identity.insi_settings import SEARCH_ACTION, InsiSettings
from dmp_core.model.identity import Sex
from dmp_core.ports import HttpAnswer

ID = UUID("11111111-2222-4333-8444-555555555555")
MESSAGE = Message("INSi", "lps", SEARCH_ACTION, f"{SEARCH_ACTION}Response", xml.parse(b"<q/>"))
ACTIVE = (
    "<INSACTIF><IdIndividu><NumIdentifiant>1090763220834</NumIdentifiant><Cle>89</Cle></IdIndividu>"
    "<OID>1.2.250.1.213.1.4.8</OID></INSACTIF>"
)
HISTORY = (
    "<INSHISTO><IdIndividu><NumIdentifiant>2090763220834</NumIdentifiant><Cle>39</Cle></IdIndividu>"
    "<OID>1.2.250.1.213.1.4.8</OID><DateDeb>2019-03-01</DateDeb><DateFin>2019-02-28</DateFin></INSHISTO>"
    "<INSHISTO><IdIndividu><NumIdentifiant>2090663220123</NumIdentifiant><Cle>55</Cle></IdIndividu>"
    "<OID>1.2.250.1.213.1.4.8</OID></INSHISTO>"
)
TRAITS = (
    "<TIQ><NomNaissance>ECETINSI</NomNaissance><ListePrenom>PIERRE-ALAIN MURIEL FLORIANT</ListePrenom><Sexe>M</Sexe>"
    "<DateNaissance>2009-07-14</DateNaissance><LieuNaissance>63220</LieuNaissance></TIQ>"
)
PERSON = f"<INDIVIDU>{ACTIVE}{HISTORY}{TRAITS}</INDIVIDU>"


def search(http: HttpAnswer) -> InsiAnswer:
    return read_search(http, MESSAGE, message_id=ID)


def test_one_identity_is_read_whole(result: Callable) -> None:
    answer = search(result("00", PERSON))

    assert answer.code is InsiCode.FOUND
    found = answer.identity
    assert found is not None
    assert (found.ins.value, found.ins.oid) == ("109076322083489", "1.2.250.1.213.1.4.8")
    assert [(past.ins.value, past.since, past.until) for past in found.history] == [
        ("209076322083439", date(2019, 3, 1), date(2019, 2, 28)),
        ("209066322012355", None, None),
    ]
    assert (found.birth_name, found.birth_given_names) == ("ECETINSI", "PIERRE-ALAIN MURIEL FLORIANT")
    assert found.first_birth_given_name is None
    assert (found.sex, found.birth_date, found.birth_place_code) == (Sex.MALE, date(2009, 7, 14), "63220")


@pytest.mark.parametrize(("code", "meaning"), [("01", InsiCode.NOT_FOUND), ("02", InsiCode.SEVERAL)])
def test_none_and_several_are_answers(code: str, meaning: InsiCode, result: Callable) -> None:
    assert search(result(code)) == InsiAnswer(code=meaning)


def test_another_code_is_a_refusal_that_shows_the_words_of_insi(result: Callable) -> None:
    with pytest.raises(InsiOtherRefusal) as refused:
        search(result("43", label="Service suspendu"))

    assert (refused.value.origin, refused.value.insi_text) == ("43", "Service suspendu")


@pytest.mark.parametrize(
    ("change", "trait", "value"),
    [
        ((">63220<", ">2b020<"), "birth_place_code", "2B020"),
        ((">63220<", ">99352<"), "birth_place_code", "99352"),
        (("<LieuNaissance>63220</LieuNaissance>", ""), "birth_place_code", None),
        (("2009-07-14", "1950-00-00"), "birth_date", date(1950, 12, 31)),
        (("2009-07-14", "1950-00-00"), "birth_date_text", "1950-00-00"),
        (("<ListePrenom>", "<Prenom>PIERRE-ALAIN</Prenom><ListePrenom>"), "first_birth_given_name", "PIERRE-ALAIN"),
        (("ListePrenom", "Prenom"), "birth_given_names", "PIERRE-ALAIN MURIEL FLORIANT"),
    ],
    ids=str,
)
def test_traits_of_many_kinds_are_read(change: tuple[str, str], trait: str, value: object, result: Callable) -> None:
    found = search(result("00", PERSON.replace(*change))).identity

    assert getattr(found, trait) == value


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (("<Cle>89</Cle>", "<Cle>88</Cle>"), "INSACTIF"),
        (("<Cle>39</Cle>", "<Cle>40</Cle>"), "INSHISTO"),
        (("1.2.250.1.213.1.4.8", "1.2.250.1.213.1.4.2"), "INSACTIF"),
        (("<Sexe>M</Sexe>", "<Sexe>I</Sexe>"), "Sexe"),
        (("<Sexe>M</Sexe>", ""), "Sexe"),
        (("2009-07-14", "14/07/2009"), "DateNaissance"),
        (("2009-07-14", "0000-07-14"), "DateNaissance"),
        ((">63220<", ">CLERMONT<"), "LieuNaissance"),
        (("<NomNaissance>ECETINSI</NomNaissance>", ""), "birth_name"),
        (("<ListePrenom>PIERRE-ALAIN MURIEL FLORIANT</ListePrenom>", ""), "birth_given_names"),
        ((TRAITS, ""), "TIQ"),
        ((TRAITS, TRAITS + TRAITS), "TIQ stands twice"),
        ((ACTIVE, ""), "INSACTIF"),
        (("ECETINSI", "ECET<!-- -->INSI"), "NomNaissance"),
        (("2019-03-01", "2019-02-30"), "DateDeb"),
    ],
    ids=str,
)
def test_an_identity_that_is_not_whole_is_none(change: tuple[str, str], rule: str, result: Callable) -> None:
    with pytest.raises(AnswerUnreadable) as refused:
        search(result("00", PERSON.replace(*change)))

    assert rule in refused.value.detail
    assert "ECET" not in refused.value.detail


def test_a_key_that_is_left_out_is_computed(result: Callable) -> None:
    found = search(result("00", PERSON.replace("<Cle>89</Cle>", ""))).identity

    assert found is not None
    assert found.ins.value == "109076322083489"


@pytest.mark.parametrize(("code", "person"), [("00", ""), ("01", PERSON), ("02", PERSON)], ids=["00", "01", "02"])
def test_a_code_that_contradicts_the_rest_is_no_answer(code: str, person: str, result: Callable) -> None:
    with pytest.raises(AnswerUnreadable):
        search(result(code, person))


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("1979-03-28", date(1979, 3, 28)),
        ("2004-02-29", date(2004, 2, 29)),
        ("1950-00-00", date(1950, 12, 31)),
        ("1950-06-00", date(1950, 6, 1)),
        ("1950-00-12", date(1950, 1, 12)),
        ("1950-31-12", date(1950, 1, 12)),
        ("1950-02-30", date(1950, 2, 1)),
        ("1950-99-99", date(1950, 12, 31)),
    ],
)
def test_what_is_unknown_of_a_date_is_completed_as_the_guide_says(written: str, expected: date) -> None:
    assert birth_day(written) == expected


FAULT = (
    '<soap:Fault xmlns:soap="http://www.w3.org/2003/05/soap-envelope"><soap:Code><soap:Value>soap:Sender</soap:Value>'
    "<soap:Subcode><soap:Value>soap:{}</soap:Value></soap:Subcode></soap:Code><soap:Reason>"
    '<soap:Text xml:lang="fr">Refus.</soap:Text></soap:Reason><soap:Detail>'
    '<siram:Erreur code="{}" severite="erreur" xmlns:siram="urn:siram">Numéro inconnu.</siram:Erreur>'
    "</soap:Detail></soap:Fault>"
)


@pytest.mark.parametrize(
    ("frame", "application", "error", "transient"),
    [
        ("siram_40", "insi_102", InsiBusy, True),
        ("siram_100", "desir_550", InsiSoftwareRefused, False),
        ("siram_7", "insi_1", InsiOtherRefusal, False),
    ],
)
def test_a_fault_keeps_both_codes_and_the_words(
    frame: str, application: str, error: type[DmpError], transient: bool, enveloped: Callable
) -> None:
    with pytest.raises(error) as refused:
        search(enveloped(FAULT.format(frame, application), 500))

    assert refused.value.origin == f"{frame}/{application}"
    assert refused.value.as_data()["insi_text"] == "Refus.\nNuméro inconnu."
    assert refused.value.transient is transient


def test_the_answer_to_another_question_is_refused(enveloped: Callable) -> None:
    with pytest.raises(AnswerForeign):
        search(enveloped('<RESULTAT xmlns="urn:else"/>'))


def test_a_page_of_a_captive_portal_is_no_answer() -> None:
    with pytest.raises(NotTheDmp):
        search(HttpAnswer(200, "text/html", b"<html/>"))


VERIFIED = '<RESULTAT xmlns="http://www.cnamts.fr/INSiLot2/REPUnitaire"><CR><CodeCR>{}</CodeCR></CR></RESULTAT>'


@pytest.mark.parametrize(("code", "agrees"), [("00", True), ("01", False)])
def test_a_verification_says_yes_or_no(code: str, agrees: bool, settings: InsiSettings, enveloped: Callable) -> None:
    http = enveloped(VERIFIED.format(code))

    assert read_verification(http, MESSAGE, settings, message_id=ID) is agrees


@pytest.mark.parametrize("code", ["02", "99", ""])
def test_any_other_code_of_a_verification_is_a_refusal(code: str, settings: InsiSettings, enveloped: Callable) -> None:
    with pytest.raises(InsiOtherRefusal):
        read_verification(enveloped(VERIFIED.format(code)), MESSAGE, settings, message_id=ID)


TOKENS = [
    *re.findall(r"<[^>]+>|[^<>]+", PERSON),
    "<CR/>",
    "&#0;",
    "</RESULTAT>",
    "<!--",
    "\ufeff",
    "é",
    "<a xmlns='x'>",
]


@given(st.lists(st.sampled_from(TOKENS), max_size=40))
def test_whatever_is_answered_is_read_or_refused(result: Callable, parts: list[str]) -> None:
    for code in ("00", "01"):
        with suppress(AnswerError):
            search(result(code, "".join(parts)))


@given(st.binary(max_size=200), st.integers(100, 599), st.sampled_from(["application/soap+xml", "text/xml", "", "x"]))
def test_whatever_comes_over_the_line_gives_our_errors_alone(data: bytes, status: int, content_type: str) -> None:
    with pytest.raises(DmpError):
        search(HttpAnswer(status, content_type, data))


@given(st.data())
def test_a_damaged_answer_gives_our_errors_alone(result: Callable, data: st.DataObject) -> None:
    whole = bytearray(result("00", PERSON).body)
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))

    try:
        search(HttpAnswer(200, "application/soap+xml", bytes(whole)))
    except DmpError as error:
        assert "ECETINSI" not in str(error)
