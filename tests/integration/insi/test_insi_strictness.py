"""Questions written by hand: what the simulated INSi refuses, and that it answers whatever comes."""

import ssl
from collections.abc import Callable
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dmp_core import xml
from dmp_core.model.identity import Ins
from dmp_core.model.oids import InsOid
from dmp_core.simulator.insi_directory import Directory
from dmp_core.simulator.pki import KeyPair, Pki

ID = UUID("11111111-2222-4333-8444-555555555555")
TYPE = "application/soap+xml; charset=UTF-8"
TRAITS = (
    "<NomNaissance>PAT-TROIS</NomNaissance><Prenom>DOMINIQUE</Prenom><Sexe>F</Sexe>"
    "<DateNaissance>1979-03-28</DateNaissance>"
)
QUESTION = (
    '<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope"'
    ' xmlns:wsa="http://www.w3.org/2005/08/addressing"><soap:Header>'
    '<c:ContexteBAM xmlns:c="urn:siram:bam:ctxbam" Version="01_02"><c:Id>1</c:Id>'
    "<c:Temps>2026-01-15T09:30:00Z</c:Temps><c:Emetteur>1990000001</c:Emetteur><c:COUVERTURE/></c:ContexteBAM>"
    '<l:ContexteLPS xmlns:l="urn:siram:lps:ctxlps" Version="01_00"><l:Id>2</l:Id>'
    "<l:Temps>2026-01-15T09:30:00Z</l:Temps><l:Emetteur>1990000001</l:Emetteur>"
    '<l:LPS><l:IDAM R="4">SIMULATION</l:IDAM></l:LPS></l:ContexteLPS>'
    f"<wsa:MessageID>uuid:{ID}</wsa:MessageID>"
    "<wsa:Action>urn:ServiceIdentiteCertifiee:1.0.0:rechercherInsAvecTraitsIdentite</wsa:Action></soap:Header>"
    f'<soap:Body><RECSANSVITALE xmlns="http://www.cnamts.fr/INSiRecSans">{TRAITS}</RECSANSVITALE></soap:Body>'
    "</soap:Envelope>"
)
Ask = Callable[[str | bytes], str]


def der(pair: KeyPair) -> bytes:
    return ssl.PEM_cert_to_DER_cert(pair.certificate.read_text())


@pytest.fixture(scope="session")
def ask(insi: object, pki: Pki) -> Ask:
    """The code in the answer to a question of the structure: CodeCR, or that of `siram:Erreur`."""
    certificate = der(pki.organisation_auth("1990000001"))

    def send(question: str | bytes) -> str:
        body = question if isinstance(question, bytes) else question.encode()
        reply = insi.insi.handle("lps", TYPE, body, certificate)  # type: ignore[attr-defined]
        root = xml.parse(reply.body)
        found = root.find(".//{http://www.cnamts.fr/INSiResultat}CodeCR")
        if found is not None:
            assert reply.status == 200
            return found.text or ""
        assert reply.status == 500
        return root.find(".//{urn:siram}Erreur").get("code") or ""  # type: ignore[union-attr]

    return send


def test_the_question_by_hand_is_answered(ask: Ask) -> None:
    assert ask(QUESTION) == "00"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("PAT-TROIS", "pat-trois"),
        ("PAT-TROIS", "PAT-TROÏS"),
        ("PAT-TROIS", "PŒT"),
        ("PAT-TROIS", "-PAT"),
        ("PAT-TROIS", " PAT"),
        ("PAT-TROIS", "PAT---TROIS"),
        ("PAT-TROIS", "PAT  TROIS"),
        ("PAT-TROIS", "D' PAT"),
        ("PAT-TROIS", "PAT3"),
        ("PAT-TROIS", ""),
        ("DOMINIQUE", "Dominique"),
        ("DOMINIQUE", "DOMI--NIQUE"),
        ("DOMINIQUE", "DOMINIQUE-"),
        ("DOMINIQUE", "DOMINIQUE'"),
        ("DOMINIQUE", " DOMINIQUE"),
        ("<Sexe>F", "<Sexe>I"),
        ("1979-03-28", "28/03/1979"),
        ("1979-03-28", "19790328"),
        ("</DateNaissance>", "</DateNaissance><LieuNaissance>DOMPREMY</LieuNaissance>"),
        ("</DateNaissance>", "</DateNaissance><LieuNaissance/>"),
    ],
)
def test_a_trait_outside_the_alphabet_is_refused(old: str, new: str, ask: Ask) -> None:
    assert ask(QUESTION.replace(old, new)) == "insi_202"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<Prenom>DOMINIQUE</Prenom>", ""),
        ("<Sexe>F</Sexe>", ""),
        ("<Sexe>F</Sexe>", "<Sexe>F</Sexe><Sexe>F</Sexe>"),
        ("<Prenom>", '<Prenom xmlns="urn:else">'),
        ("<Prenom>DOMINIQUE", "<Prenom>DOMI<!-- -->NIQUE"),
        ("INSiRecSans", "INSiRecVit"),
        ("rechercherInsAvecTraitsIdentite", "rechercherInsAvecCarteVitale"),
        ('Version="01_02"', 'Version="01_03"'),
        ('Version="01_00"', ""),
        ("<c:COUVERTURE/>", ""),
        ("2026-01-15T09:30:00Z</c:", "2026-01-15T09:30:00</c:"),
        ("2026-01-15T09:30:00Z</l:", "hier</l:"),
        ("1990000001</l:", "1990000002</l:"),
        (' R="4"', ""),
        (f"uuid:{ID}", f"{ID}"),
        ("http://www.w3.org/2003/05/soap-envelope", "http://schemas.xmlsoap.org/soap/envelope/"),
    ],
)
def test_a_question_of_another_shape_is_refused(old: str, new: str, ask: Ask) -> None:
    assert ask(QUESTION.replace(old, new)) == "insi_201"


def test_a_sender_who_is_another_is_refused(ask: Ask) -> None:
    assert ask(QUESTION.replace("1990000001", "1990000002")) == "desir_551"


@pytest.mark.parametrize("which", ["organisation_sign", "professional_auth", "professional_sign"])
def test_another_certificate_asks_nothing(which: str, insi: object, pki: Pki) -> None:
    owner = "1990000001" if which.startswith("org") else "899700000001"

    reply = insi.insi.handle("lps", TYPE, QUESTION.encode(), der(getattr(pki, which)(owner)))  # type: ignore[attr-defined]

    assert b'code="desir_551"' in reply.body


def test_every_person_of_the_directory_has_a_key_that_fits_and_a_test_register() -> None:
    people = Directory.load()._people
    matricules = [ins for person in people for ins in (person.ins, *person.history)]

    assert len(people) >= 12
    assert all(Ins(value=one.number, oid=InsOid(one.oid)).oid is InsOid.NIR_TEST for one in matricules)
    assert len({one.number for one in matricules}) == len(matricules)


@settings(max_examples=150)
@given(st.binary(max_size=300))
def test_whatever_comes_is_answered(ask: Ask, data: bytes) -> None:
    assert ask(data) == "insi_201"


@settings(max_examples=200)
@given(st.data())
def test_a_damaged_question_is_answered(ask: Ask, data: st.DataObject) -> None:
    whole = bytearray(QUESTION.encode())
    for _ in range(data.draw(st.integers(1, 3))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))

    assert ask(bytes(whole))


@settings(max_examples=200)
@given(st.text("ABÉ '-ab2", max_size=12), st.text("ABÉ '-", max_size=12))
def test_any_name_is_found_or_refused(ask: Ask, name: str, given: str) -> None:
    question = QUESTION.replace("PAT-TROIS", name).replace("DOMINIQUE", given)

    assert ask(question) in ("01", "insi_202")
