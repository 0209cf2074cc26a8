"""What the DMP asks of a document beyond its schematron: the volet's version, the vaccinator, nothing that runs."""

import pytest

from dmp_core.simulator import volet_rules
from dmp_core.simulator.cda import read_header

MODEL = '<templateId root="1.2.250.1.213.1.1.1.46" extension="2023.01"/>'
VACCINATOR = (
    '<performer><assignedEntity><id root="1.2.250.1.71.4.2.1" extension="810000000001"/></assignedEntity></performer>'
)
BODY = (
    "<structuredBody><component><section><entry>"
    f"<substanceAdministration>{VACCINATOR}</substanceAdministration>"
    "</entry></section></component></structuredBody>"
)


def note(cda: bytes) -> str:
    """A note de vaccination, as far as these rules look at it: vaccinated by its author."""
    text = cda.decode()
    start, end = text.index("<nonXMLBody>"), text.index("</nonXMLBody>") + len("</nonXMLBody>")
    text = text[:start] + BODY + text[end:]
    text = text.replace('code="78601-2"', 'code="87273-9"').replace(
        '<id root="1.2.3.4.5.6.1.1"/>', MODEL + '<id root="1.2.3.4.5.6.1.1"/>'
    )
    who = '<id root="1.2.250.1.71.4.2.1" extension="810000000001"/>'
    return text.replace("<assignedEntity><representedOrganization>", f"<assignedEntity>{who}<representedOrganization>")


def judged(text: str) -> list[str]:
    data = text.encode()
    return list(volet_rules.check(data, read_header(data)))


def test_a_right_note_breaks_no_rule(cda: bytes) -> None:
    assert judged(note(cda)) == []


@pytest.mark.exigence("EX_2.1-2035")
@pytest.mark.parametrize(
    "model",
    [
        MODEL.replace("2023.01", "2021.01"),
        MODEL.replace("2023.01", "2024.01"),
        MODEL.replace(' extension="2023.01"', ""),
        MODEL * 2,
        "",
    ],
)
def test_a_note_of_another_version_of_the_volet_is_refused(cda: bytes, model: str) -> None:
    found = judged(note(cda).replace(MODEL, model))

    assert [one.split(" : ")[0] for one in found] == ["EX_2.1-2035"]


@pytest.mark.exigence("EX_2.1-2035")
def test_a_history_of_vaccinations_is_of_that_version_too(cda: bytes) -> None:
    history = note(cda).replace('code="87273-9"', 'code="11369-6"')

    assert judged(history.replace("1.1.1.46", "1.1.1.37")) == []
    assert [one.split(" : ")[0] for one in judged(history)] == ["EX_2.1-2035"]


@pytest.mark.exigence("EX_2.1-2035")
def test_a_note_that_is_a_pdf_is_refused(cda: bytes) -> None:
    pdf = cda.decode().replace('code="78601-2"', 'code="87273-9"')

    assert "EX_2.1-2035 : corps structuré attendu (N3)" in judged(pdf)


@pytest.mark.exigence("EX_2.1-1090", "EX_2.1-2020")
@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (VACCINATOR, VACCINATOR.replace("810000000001", "810000000002"), ["n’est pas auteur", "n’est pas l’exécutant"]),
        (BODY, "<structuredBody><component/></structuredBody>", ["aucune vaccination"]),
        (
            '<assignedEntity><id root="1.2.250.1.71.4.2.1" extension="810000000001"/><representedOrganization>',
            '<assignedEntity><id root="1.2.250.1.71.4.2.1" extension="810000000002"/><representedOrganization>',
            ["n’est pas l’exécutant"],
        ),
    ],
)
def test_who_vaccinated_is_an_author_and_the_performer(cda: bytes, old: str, new: str, words: list[str]) -> None:
    right = note(cda)
    assert old in right

    found = judged(right.replace(old, new))

    assert len(found) == len(words)
    assert all(word in one for word, one in zip(words, found, strict=True))


@pytest.mark.exigence("EX_2.1-2020")
def test_a_vaccinator_whom_nobody_knows_is_no_fault(cda: bytes) -> None:
    assert judged(note(cda).replace(VACCINATOR, "")) == []


@pytest.mark.exigence("EX_2.1-1115")
@pytest.mark.parametrize("active", ["script", "iframe", "object", "SCRIPT"])
def test_nothing_runs_in_the_stylesheet_around_a_document(cda: bytes, active: str) -> None:
    inside = cda.decode().partition("?>")[2]
    sheet = (
        '<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform" version="1.0">'
        f'<xsl:template match="/">{{}}</xsl:template>{inside}</xsl:stylesheet>'
    )

    assert judged(sheet.format("<html><body/></html>")) == []
    assert ["EX_2.1-1115" in one for one in judged(sheet.format(f"<html><{active}>1</{active}></html>"))] == [True]


@pytest.mark.exigence("EX_2.1-1115")
def test_a_link_in_the_narrative_is_refused(cda: bytes) -> None:
    linked = note(cda).replace("<entry>", '<text><linkHtml href="http://example.org">x</linkHtml></text><entry>')

    assert judged(linked) == ["EX_2.1-1115 : le document porte un lien"]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("JVBERi0xLjQK", "", "base64"),
        ("JVBERi0xLjQK", "%PDF-1.4", "base64"),
        ('representation="B64"', 'representation="TXT"', "base64"),
        ("JVBERi0xLjQK", "UEsDBA==", "pas un PDF"),
        ('<confidentialityCode code="N"', '<confidentialityCode code="R"', "confidentialityCode du CDA"),
    ],
)
def test_a_document_that_carries_nothing_or_something_else_is_refused(
    cda: bytes, old: str, new: str, words: str
) -> None:
    found = judged(cda.decode().replace(old, new))

    assert len(found) == 1
    assert words in found[0]
