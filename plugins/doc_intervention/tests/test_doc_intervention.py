"""The plugin as the core calls it."""

import json
from base64 import b64encode
from copy import deepcopy
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import doc_intervention
import pytest
from doc_intervention.content import InterventionPharmaceutique
from doc_intervention.types import EXAMPLE

from dmp_core.api import ContentInvalid, Context, FileBody, LaidOut, TypesWanted
from dmp_core.plughost.manifest import read
from dmp_core.testing.composing import resolved
from dmp_core.testing.rig import Rig

CONTEXT = Context(now=datetime(2026, 1, 15, 9, 30, tzinfo=UTC))
FILE = {"contenu": b64encode(b"%PDF-").decode(), "type_media": "application/pdf"}


def content(**changes: Any) -> dict[str, Any]:
    whole = deepcopy(EXAMPLE) | changes
    return {key: value for key, value in whole.items() if value is not None}


def resolve(said: object, type_id: str = "intervention-pharmaceutique") -> Any:
    return resolved(doc_intervention, type_id, said)


def printed(body: LaidOut) -> str:
    return json.dumps([section.model_dump() for section in body.sections], ensure_ascii=False)


def test_the_type_has_its_official_codes() -> None:
    (kind,) = doc_intervention.provide_document_types(TypesWanted(), CONTEXT)

    assert (kind.type_code.code, kind.type_code.label) == ("61357-0", "Intervention pharmaceutique")
    assert (kind.class_code.code, kind.format_code.code) == ("42", "urn:ihe:iti:xds-sd:pdf:2008")
    assert kind.templates == ()


def test_an_intervention_is_laid_out_in_the_order_of_the_work() -> None:
    body = resolve(content())

    assert isinstance(body, LaidOut)
    assert body.act.start == date(2026, 1, 15)
    assert [section.title for section in body.sections] == [
        "Ordonnance concernée",
        "Médicaments concernés",
        "Problème détecté",
        "Proposition",
        "Transmission",
        "Devenir",
    ]


def test_every_value_that_was_typed_is_printed() -> None:
    told = {"moyen": "courrier", "date": "2026-01-12", "destinataire": "Service de cardiologie"}

    shown = printed(resolve(content(transmission=told)))

    for value in (
        "14/01/2026", "Camille EXEMPLE, médecine générale", "Médicament A 10 mg", "2 comprimés matin et soir",
        "Surdosage (SFPC 4)", "dépasse la dose maximale", "Adaptation posologique (SFPC 7)", "Réduire à 1 comprimé",
        "Service de cardiologie", "12/01/2026, par courrier", "Acceptée par le prescripteur", "Ordonnance corrigée",
    ):  # fmt: skip
        assert value in shown


def test_what_was_not_filled_in_leaves_no_title() -> None:
    bare = content(ordonnance=None, intervention=None, transmission=None, devenir=None)

    body = resolve(bare)

    assert [section.title for section in body.sections] == ["Médicaments concernés", "Problème détecté", "Proposition"]


def test_a_problem_may_be_told_in_words() -> None:
    assert "Doublon de prescription" in printed(resolve(content(probleme="Doublon de prescription")))


def test_a_file_of_the_host_goes_as_it_is() -> None:
    body = resolve({"date": "2026-01-15", "fichier": FILE})

    assert isinstance(body, FileBody)
    assert (body.content, body.media_type, body.act.start) == (b"%PDF-", "application/pdf", date(2026, 1, 15))


def test_the_type_of_another_plugin_is_left_alone() -> None:
    assert resolve({}, "note-vaccination") is None


@pytest.mark.parametrize(
    ("said", "paths"),
    [
        (b"{", {"contenu"}),
        ({"date": "2026-01-15"}, {"medicaments", "probleme", "description", "proposition"}),
        (content(date="2026-02-30"), {"date"}),
        (content(date="2026-01-16"), {"date"}),
        (content(medicaments=[]), {"medicaments"}),
        (content(medicaments=[{"libelle": " "}]), {"medicaments.0.libelle"}),
        (content(probleme="11"), {"probleme"}),
        (content(probleme="6.6"), {"probleme"}),
        (content(intervention="8"), {"intervention"}),
        (content(description=""), {"description"}),
        (content(transmission={"moyen": "pigeon", "date": "2026-01-15"}), {"transmission.moyen"}),
        (content(devenir={"issue": "SECRET"}), {"devenir.issue"}),
        (
            content(ordonnance={"date": "2026-01-14", "prescripteur": {"nom": "SECRET", "rpps": "1"}}),
            {"ordonnance.prescripteur.rpps"},
        ),
        (content(SECRET="x"), {"SECRET"}),
        ({"date": "2026-01-15", "fichier": FILE, "probleme": "4"}, {"probleme"}),
        ({"date": "2026-01-15", "fichier": {"contenu": "é"}}, {"fichier.contenu"}),
        ({"date": "2026-01-15", "fichier": {"contenu": ""}}, {"fichier.contenu"}),
        ({"date": "2026-01-15", "fichier": FILE | {"type_media": "PDF"}}, {"fichier.type_media"}),
    ],
)
def test_wrong_content_is_refused_with_field_and_remedy(said: object, paths: set[str]) -> None:
    with pytest.raises(ContentInvalid) as refusal:
        resolve(said)

    assert {finding.path for finding in refusal.value.findings} == paths
    assert all(finding.remedy.endswith(".") for finding in refusal.value.findings)


def test_a_refusal_holds_no_value() -> None:
    with pytest.raises(ContentInvalid) as refusal:
        resolve(content(devenir={"issue": "SECRET"}, medicaments="SECRET", probleme="99"))

    assert "SECRET" not in f"{refusal.value}{refusal.value.findings}"


def test_the_schema_asks_for_the_fields_or_the_file() -> None:
    schema = InterventionPharmaceutique.model_json_schema()

    assert schema["required"] == ["date"]
    assert schema["anyOf"] == [
        {"required": ["fichier"]},
        {"required": ["description", "medicaments", "probleme", "proposition"]},
    ]


def test_the_manifest_is_accepted() -> None:
    assert read(Path(doc_intervention.__file__).with_name("dmp-plugin.toml")).id == "doc_intervention"


@pytest.mark.dmp(project=str(Path(doc_intervention.__file__).parents[1]))
def test_a_saved_document_reaches_the_dmp(dmp_rig: Rig) -> None:
    dmp_rig.save_document("intervention-pharmaceutique", EXAMPLE)
    dmp_rig.advance(minutes=10)

    assert len(dmp_rig.sent_documents) == 1
