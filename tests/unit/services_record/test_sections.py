"""Where each document stands, as a pharmacist looks for it: typed from DESIGN-level words, not from the data file."""

import re

import pytest

from dmp_core.model.codes import class_of, value_set
from dmp_core.model.document import Code, RecordEntry
from dmp_core.model.row import Row
from dmp_core.model.sections import section_of, sections, words

LOOKED_FOR = {
    "60593-1": "treatments",  # dispensation
    "DISP_AUT": "treatments",
    "57833-6": "treatments",  # ordonnance
    "56445-0": "treatments",  # bilan partagé de médication
    "78601-2": "treatments",  # entretien pharmaceutique
    "61357-0": "treatments",  # intervention pharmaceutique
    "REMB": "reimbursements",
    "11502-2": "results",  # biologie
    "18748-4": "results",  # imagerie
    "DOCPAT05": "results",
    "96173-0": "results",  # TROD
    "11490-0": "reports",  # lettre de liaison à la sortie
    "34112-3": "reports",
    "15507-7": "reports",
    "34874-8": "reports",
    "60591-5": "history",  # volet de synthèse médicale
    "DOCPAT08": "history",  # profil médical de Mon espace santé
    "87273-9": "vaccinations",
    "11369-6": "vaccinations",
    "EXPPAT_3": "directives",
    "CONTACTS-URGENCE": "contacts",
    "86531-1": "other",  # attestation de sortie
    "DOCPAT09": "other",
}
ORDER = [
    "treatments", "reimbursements", "results", "reports", "history", "vaccinations", "directives", "contacts", "other",
]  # fmt: skip


def entry(type_code: str | None = None, class_code: str | None = None, **fields: object) -> RecordEntry:
    given = {
        "type_code": Code(code=type_code, system="t") if type_code else None,
        "class_code": Code(code=class_code, system="c") if class_code else None,
    }
    values = {"unique_id": "1.2.3", "entry_uuid": "urn:uuid:1", "status": "approved"} | given | fields
    return RecordEntry.model_validate(values)


@pytest.mark.parametrize(("type_code", "section"), LOOKED_FOR.items(), ids=LOOKED_FOR)
def test_a_type_stands_in_its_section(type_code: str, section: str) -> None:
    class_code = class_of(type_code)

    assert section_of(entry(type_code, class_code.code if class_code else None)) == section


def test_every_type_that_the_dmp_takes_stands_somewhere() -> None:
    ids = {section.id for section in sections()}

    found = {code for (code, _) in value_set("J07").concepts if section_of(entry(code)) not in ids}

    assert found == set()
    assert [section.id for section in sections()] == ORDER


@pytest.mark.parametrize(
    ("class_code", "section"),
    [
        ("42", "treatments"),
        ("43", "treatments"),
        ("31", "results"),
        ("10", "reports"),
        ("11", "history"),
        ("95", "other"),
    ],
)
def test_an_unknown_type_stands_where_its_class_does(class_code: str, section: str) -> None:
    assert section_of(entry("NEW-TYPE", class_code)) == section


def test_a_document_without_any_code_stands_among_the_others() -> None:
    assert section_of(entry()) == "other"


@pytest.mark.exigence("EX_3.1-1080")
def test_a_row_says_in_french_what_is_special_about_it() -> None:
    confidentiality = [Code(code=code, system="s") for code in ("N", "MASQUE_PS", "INVISIBLE_PATIENT")]
    archived = "urn:asip:ci-sis:2010:StatusType:Archived"

    row = Row.of(entry("DOCPAT02", "42", status=archived, confidentiality=tuple(confidentiality)))

    assert row.labels == (
        "Archivé", "Masqué aux professionnels de santé", "Non visible par le patient", "Déposé par le patient",
    )  # fmt: skip
    assert (row.section, row.from_patient) == ("treatments", True)


def test_a_row_keeps_all_that_the_dmp_said() -> None:
    said = entry("11502-2", "10", title="Bilan", hash="a" * 40, size=3)

    row = Row.of(said, new=True)

    assert {name: getattr(row, name) for name in RecordEntry.model_fields} == dict(said)
    assert Row.model_validate(row.model_dump()) == row


def test_the_french_words_are_whole_sentences_with_french_spaces() -> None:
    for kind in ("questions", "empty", "statuses"):
        for text in words(kind).values():
            assert text[-1] in ".?"
            assert "'" not in text
            assert not re.search(" [?:;!]", text)
