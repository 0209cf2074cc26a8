"""The plugin as the core calls it."""

import json
from base64 import b64encode
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import doc_officine
import pytest
from doc_officine.content import NoteVaccination

from dmp_core.api import (
    CdaBody,
    ContentInvalid,
    Context,
    DocumentWanted,
    FeedPolicy,
    IdentityStatus,
    Ins,
    InsOid,
    Operator,
    Patient,
    PdfBody,
    Practitioner,
    Sex,
    Structure,
    Traits,
    TypesWanted,
    Who,
)
from dmp_core.plughost.manifest import read

NOW = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
CONTEXT = Context(now=NOW)
AUTHOR = Practitioner(national_id="810000000001", family="EXEMPLE", given="Claude", profession="21", section="A")
WHO = Who(
    structure=Structure(national_id="1750000001", name="Pharmacie Exemple"), operator=Operator(id="1"), author=AUTHOR
)
PATIENT = Patient(
    host_id="1",
    traits=Traits(
        birth_name="PAT-TROIS",
        birth_given_names="DOMINIQUE MARIE-LOUISE",
        first_birth_given_name="DOMINIQUE",
        sex=Sex.FEMALE,
        birth_date=date(1979, 3, 28),
        birth_place_code="51215",
    ),
    ins=Ins(value="279035121518989", oid=InsOid.NIR_TEST),
    status=IdentityStatus.QUALIFIEE,
)


def note(**changes: Any) -> dict[str, Any]:
    content: dict[str, Any] = {
        "date": "2026-01-15",
        "vaccin": {
            "cis": "68747507",
            "libelle": "VACCIN TETANIQUE PASTEUR",
            "atc": {"code": "J07AM", "libelle": "vaccins tétaniques"},
            "lot": "4456672",
        },
        "acte": "BOOSTER",
    }
    return content | changes


def wanted(type_id: str, content: object) -> DocumentWanted:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return DocumentWanted(item="item-1", type_id=type_id, content=raw, patient=PATIENT, who=WHO)


def resolve(content: object, type_id: str = "note-vaccination") -> Any:
    return doc_officine.resolve_document(wanted(type_id, content), CONTEXT)


def test_three_types_are_fed_by_themselves() -> None:
    types = doc_officine.provide_document_types(TypesWanted(), CONTEXT)

    assert [(one.id, one.type_code.code, one.class_code.code) for one in types] == [
        ("note-vaccination", "87273-9", "52"),
        ("entretien-pharmaceutique", "78601-2", "10"),
        ("bilan-medication", "56445-0", "11"),
    ]
    assert {one.policy for one in types} == {FeedPolicy.AUTOMATIC}


def test_the_label_of_a_bilan_is_the_official_one() -> None:
    bilan = doc_officine.provide_document_types(TypesWanted(), CONTEXT)[2]

    assert bilan.type_code.label == "Bilan médicamenteux (Officine)"


def test_a_note_becomes_a_structured_body_with_its_day_in_the_title() -> None:
    body = resolve(note())

    assert isinstance(body, CdaBody)
    assert body.title == "Note de vaccination du 15/01/2026"
    assert body.act.start == date(2026, 1, 15)
    assert b"4456672" in body.structured_body


def test_the_same_note_gives_the_same_body() -> None:
    assert resolve(note()) == resolve(note())


def test_another_vaccinator_performs_the_act() -> None:
    vaccinator = {"national_id": "810000000002", "family": "SECOND", "given": "Ève", "profession": "21", "section": "D"}

    body = resolve(note(vaccinateur=vaccinator))

    assert body.act.performer.national_id == "810000000002"


def test_the_type_of_another_plugin_is_left_alone() -> None:
    assert resolve({}, "compte-rendu") is None


def test_a_report_becomes_the_pdf_that_the_host_printed() -> None:
    body = resolve({"date": "2026-01-14", "pdf": b64encode(b"%PDF-").decode()}, "bilan-medication")

    assert isinstance(body, PdfBody)
    assert (body.pdf, body.title) == (b"%PDF-", "Bilan partagé de médication du 14/01/2026")


@pytest.mark.parametrize(
    ("content", "path"),
    [
        (note(date="2026-02-30"), "date"),
        (note(date="2026-01-16"), "date"),
        (note(acte="AUTRE"), "acte"),
        (note(voie="1"), "voie"),
        (note(site="1"), "site"),
        (note(rang=0), "rang"),
        (note(commentaire=""), "commentaire"),
        (note(nom="DUPONT"), "nom"),
        (note(vaccin=note()["vaccin"] | {"lot": " "}), "vaccin.lot"),
        (note(vaccin={"cis": "68747507", "libelle": "x", "lot": "1"}), "vaccin.atc"),
        (note(vaccin=[note()["vaccin"], note()["vaccin"]]), "vaccin"),
        (
            note(vaccinateur={"national_id": "8123", "family": "X", "given": "Y", "profession": "21"}),
            "vaccinateur.national_id",
        ),
        (b"{", "contenu"),
    ],
)
def test_wrong_content_is_refused_with_field_and_remedy(content: object, path: str) -> None:
    with pytest.raises(ContentInvalid) as refusal:
        resolve(content)

    assert [finding.path for finding in refusal.value.findings] == [path]
    assert refusal.value.findings[0].remedy.endswith(".")


def test_a_refusal_holds_no_value() -> None:
    with pytest.raises(ContentInvalid) as refusal:
        resolve(note(commentaire="x" * 2001, voie="SECRET", vaccin="SECRET"))

    assert "SECRET" not in f"{refusal.value}{refusal.value.findings}"


def test_every_field_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(ContentInvalid) as refusal:
        resolve({})

    assert {finding.path for finding in refusal.value.findings} == {"date", "vaccin", "acte"}


def test_a_character_that_xml_forbids_is_refused() -> None:
    with pytest.raises(ContentInvalid):
        resolve(note(commentaire="a\x0bb"))


def test_the_content_model_has_a_schema_that_hosts_can_read() -> None:
    schema = NoteVaccination.model_json_schema()

    assert {"date", "vaccin", "acte"} == set(schema["required"])


def test_the_manifest_is_accepted() -> None:
    manifest = read(Path(doc_officine.__file__).with_name("dmp-plugin.toml"))

    assert manifest.id == "doc_officine"
