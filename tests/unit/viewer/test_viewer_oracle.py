"""The 13 examples of ANS: nothing of their narratives is lost, and nothing but our own markup is written."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from lxml import etree, html

from dmp_core.documents.viewer import Access, page, render

pytestmark = pytest.mark.oracle
HL7 = "{urn:hl7-org:v3}"

# Typed from the documents themselves: title, date of the act in Paris, an author, files and how far they open.
EXAMPLES = {
    "BIO-CR-BIO_2021.01_CDA-R2-Niveau-1": ("4 janvier 2021", "Dr Marcel CAMPARINI", ["application/pdf open"]),
    "BIO-TROD_2024.01_Angine": ("6 janvier 2024", "Dr Pierre DIDOT", []),
    "BIO-TROD_2024.01_COVID-19": ("6 janvier 2024", "Dr Pierre DIDOT", []),
    "BIO-TROD_2024.01_COVID-19_Grippe-A_Grippe-B": ("6 janvier 2024", "Dr Pierre DIDOT", []),
    "BIO-TROD_2024.01_Cystite": ("6 janvier 2024", "Dr Pierre DIDOT", []),
    "DOC_NON_STRUCTURE_CDA-R2-N1": ("4 janvier 2021", "Dr Marcel CAMPARINI", ["application/pdf open"]),
    "IMG_CR_IMG_2024.01_CDA-R2-Niveau-1": (
        "8 janvier 2021 de 10:25 à 11:17",
        "Dr Jacques BIDEAULT",
        ["application/pdf open"],
    ),
    "TLM-CR_2022.01": ("27 mars 2020 à 15:45", "Dr Olivier DUMAS", ["application/pdf open"]),
    "VAC-NOTE_2023.01": ("9 avril 2021 à 16:35", "Dr Charles MULLER", []),
    "VAC_2023.01": ("9 avril 2021", "Dr Charles MULLER", []),
    "eDISP-MED_2024.01": ("25 décembre 2024 à 09:00", "Pierre DELIVE", []),
    "eP-MED-DM_2024.01_PosoNonStruct": (
        "1er décembre 2023",
        "Dr Romain PIOU",
        ["image/png shown", "application/pdf open"],
    ),
    "eP-MED-DM_2024.01_PosoStruct": (
        "1er décembre 2023",
        "Dr Romain PIOU",
        ["image/png shown", "application/pdf open"],
    ),
}


@pytest.fixture(params=EXAMPLES, ids=str)
def example(request: pytest.FixtureRequest, oracle: Path) -> tuple[str, bytes]:
    return request.param, (oracle / "ans" / "ExemplesCDA" / f"{request.param}.xml").read_bytes()


def test_the_table_names_every_example(oracle: Path):
    assert {file.stem for file in (oracle / "ans" / "ExemplesCDA").glob("*.xml")} == set(EXAMPLES)


def test_every_text_of_the_narrative_is_shown_in_order(example: tuple[str, bytes]):
    source = etree.fromstring(example[1])
    texts = [piece for section in source.iter(f"{HL7}section") for piece in _texts(section)]

    shown = _bare(html.fromstring(render(example[1]).fragment).text_content())

    place = 0
    for text in texts:
        found = shown.find(text, place)
        assert found >= 0, text
        place = found + len(text)


def test_the_head_says_when_and_by_whom(example: tuple[str, bytes]):
    name, source = example
    when, author, files = EXAMPLES[name]

    view = render(source)

    head = html.fromstring(view.fragment).find(".//header").text_content()
    assert when in head
    assert author in head
    assert [f"{one.media_type} {one.access}" for one in view.attachments] == files


def test_nothing_is_removed_from_an_honest_document(example: tuple[str, bytes]):
    view = render(example[1])

    assert view.notices == ()
    assert view.removed == {}


def test_the_files_are_those_of_the_document(example: tuple[str, bytes]):
    for one in render(example[1]).attachments:
        assert one.access in (Access.OPEN, Access.SHOWN)
        assert one.content.startswith(b"%PDF" if one.media_type == "application/pdf" else b"\x89PNG")


def test_headings_follow_each_other_and_the_page_speaks_french(example: tuple[str, bytes]):
    root = html.fromstring(page(render(example[1])))

    levels = [int(heading.tag[1]) for heading in root.iter("h1", "h2", "h3", "h4", "h5", "h6")]

    assert root.get("lang") == "fr"
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def _texts(section: etree._Element) -> list[str]:
    parts = [part for tag in ("title", "text") if (part := section.find(f"{HL7}{tag}")) is not None]
    return [bare for part in parts for piece in part.itertext() if (bare := _bare(piece))]


def _bare(text: str) -> str:
    return re.sub(r"\s+", "", text)
