"""The shipped types against the rules of ANS: no finding, by its rules or by ours.

The vaccine is the one of the example VAC-NOTE_2023.01.xml.
"""

from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest

from dmp_core.documents.metadata import derive
from dmp_core.xml import Element, serialize

pytestmark = pytest.mark.oracle
Check = Callable[[bytes], list[Any]]
Built = Callable[..., Element]

REPORTS = ("intervention-pharmaceutique", "renouvellement-correspondant", "consultation-pharmaceutique")
NOTE: dict[str, Any] = {
    "date": "2026-01-15",
    "vaccin": {
        "cis": "68747507",
        "libelle": "VACCIN TETANIQUE PASTEUR",
        "atc": {"code": "J07AM", "libelle": "vaccins tétaniques"},
        "lot": "4456672",
    },
    "acte": "BOOSTER",
}
VACCINATOR = {"national_id": "810000000002", "family": "MULLER", "given": "Ève", "profession": "21", "section": "D"}
PARTS: dict[str, Any] = {
    "rang": 3,
    "reaction": {"code": "R50.2", "libelle": "Fièvre due à des médicaments", "date": "2026-01-15"},
    "commentaire": "Prise récente et ponctuelle de solupred",
    "prescription": {"racine": "1.2.3", "identifiant": "77"},
}


@pytest.mark.parametrize("type_id", REPORTS)
def test_the_example_of_a_report_has_no_finding(built: Built, ans: Check, type_id: str) -> None:
    assert ans(serialize(built(type_id))) == []


@pytest.mark.parametrize("type_id", REPORTS)
def test_a_report_that_the_host_printed_has_no_finding(built: Built, ans: Check, type_id: str) -> None:
    printed = built(type_id).findtext(".//{urn:hl7-org:v3}nonXMLBody/{urn:hl7-org:v3}text")

    handed = built(type_id, {"date": "2026-01-15", "fichier": {"contenu": printed, "type_media": "application/pdf"}})

    assert ans(serialize(handed)) == []


def test_a_report_in_plain_text_has_no_finding(built: Built, ans: Check) -> None:
    words = b64encode("Consultation du 15 janvier : tolérance correcte.".encode()).decode()

    handed = built("consultation-pharmaceutique", {"date": "2026-01-15", "fichier": {"contenu": words}})

    assert ans(serialize(handed)) == []


@pytest.mark.parametrize(
    "parts",
    [(), ("reaction",), ("prescription",), ("reaction", "prescription"), ("reaction", "commentaire"), tuple(PARTS)],
    ids="+".join,
)
def test_a_booster_with_any_of_its_parts_has_no_finding(built: Built, ans: Check, parts: tuple[str, ...]) -> None:
    note = built("note-vaccination", NOTE | {name: PARTS[name] for name in parts})

    assert ans(serialize(note)) == []


def test_a_scanned_vaccine_has_no_finding(built: Built, ans: Check) -> None:
    scanned = {key: value for key, value in NOTE["vaccin"].items() if key != "lot"}
    scanned["datamatrix"] = "]d20103400932857241172706301044566729\x1d21ABC123"

    note = built("note-vaccination", NOTE | {"vaccin": scanned})

    assert ans(serialize(note)) == []


def test_a_vaccinator_beside_the_author_is_author_too_and_the_one_who_did_it(built: Built, ans: Check) -> None:
    note = serialize(built("note-vaccination", NOTE | {"vaccinateur": VACCINATOR}))

    assert ans(note) == []
    assert [(author.person or "").split("^")[0] for author in derive(note).authors] == ["899700000001", "810000000002"]
    assert b'<performer typeCode="PRF"><assignedEntity classCode="ASSIGNED"><id root="1.2.250.1.71.4.2.1" ' in note
    assert note.count(b'extension="810000000002"') == 3  # author and performer of the header, performer of the entry


def test_a_vaccinator_who_is_the_author_stands_once(built: Built, ans: Check) -> None:
    note = serialize(built("note-vaccination", NOTE))

    assert ans(note) == []
    assert len(derive(note).authors) == 1
