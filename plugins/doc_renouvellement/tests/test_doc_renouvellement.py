"""The plugin as the core calls it."""

import json
from base64 import b64encode
from copy import deepcopy
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import doc_renouvellement
import pytest
from doc_renouvellement.types import EXAMPLE

from dmp_core.api import ContentInvalid, Context, FileBody, LaidOut, TypesWanted
from dmp_core.plughost.manifest import read
from dmp_core.testing.composing import resolved
from dmp_core.testing.rig import Rig

CONTEXT = Context(now=datetime(2026, 1, 15, 9, 30, tzinfo=UTC))
FILE = {"contenu": b64encode(b"%PDF-").decode()}


def content(**changes: Any) -> dict[str, Any]:
    whole = deepcopy(EXAMPLE) | changes
    return {key: value for key, value in whole.items() if value is not None}


def resolve(said: object, type_id: str = "renouvellement-correspondant") -> Any:
    return resolved(doc_renouvellement, type_id, said)


def printed(body: LaidOut) -> str:
    return json.dumps([section.model_dump() for section in body.sections], ensure_ascii=False)


def test_the_type_has_its_official_codes() -> None:
    (kind,) = doc_renouvellement.provide_document_types(TypesWanted(), CONTEXT)

    assert kind.type_code.code == "75468-9"
    assert kind.type_code.label == "Renouvellement ordonnance par pharmacien correspondant"
    assert (kind.class_code.code, kind.format_code.code) == ("42", "urn:ihe:iti:xds-sd:pdf:2008")


def test_every_value_that_was_typed_is_printed() -> None:
    body = resolve(content())

    assert isinstance(body, LaidOut)
    assert [section.title for section in body.sections] == [
        "Ordonnance renouvelée",
        "Traitements renouvelés",
        "Adaptations de posologie",
        "Bilan",
        "Durée et suite",
    ]
    shown = printed(body)
    for value in (
        "15/10/2025", "Camille EXEMPLE, médecine générale", "Médicament A 10 mg", "1 comprimé le matin",
        "1 gélule matin et soir", "1 gélule le soir", "Somnolence", "132/78", "30 jours", "14/02/2026",
    ):  # fmt: skip
        assert value in shown


def test_what_was_not_filled_in_leaves_no_title() -> None:
    body = resolve(content(adaptations=None, bilan=None, prochaine_echeance=None, duree_jours=1))

    assert [section.title for section in body.sections] == [
        "Ordonnance renouvelée",
        "Traitements renouvelés",
        "Durée et suite",
    ]
    assert "1 jour" in printed(body)
    assert "1 jours" not in printed(body)


def test_a_file_of_the_host_goes_as_it_is() -> None:
    body = resolve({"date": "2026-01-15", "fichier": FILE})

    assert isinstance(body, FileBody)
    assert (body.content, body.media_type, body.act.start) == (b"%PDF-", None, date(2026, 1, 15))


def test_the_type_of_another_plugin_is_left_alone() -> None:
    assert resolve({}, "note-vaccination") is None


@pytest.mark.parametrize(
    ("said", "paths"),
    [
        (b"[]", {"contenu"}),
        ({"date": "2026-01-15"}, {"ordonnance", "traitements", "duree_jours"}),
        (content(date="2026-01-16"), {"date"}),
        (content(traitements=[]), {"traitements"}),
        (content(traitements=[{"libelle": "SECRET"}]), {"traitements.0.posologie"}),
        (content(duree_jours=0), {"duree_jours"}),
        (content(duree_jours=367), {"duree_jours"}),
        (content(adaptations=[{"libelle": "A", "apres": "B"}]), {"adaptations.0.motif"}),
        (content(prochaine_echeance="2026-01-15"), {"prochaine_echeance"}),
        (content(bilan=" "), {"bilan"}),
        (content(SECRET="x"), {"SECRET"}),
        ({"date": "2026-01-15", "fichier": FILE, "duree_jours": 30}, {"duree_jours"}),
        ({"date": "2026-01-15", "fichier": {}}, {"fichier.contenu"}),
    ],
)
def test_wrong_content_is_refused_with_field_and_remedy(said: object, paths: set[str]) -> None:
    with pytest.raises(ContentInvalid) as refusal:
        resolve(said)

    assert {finding.path for finding in refusal.value.findings} == paths
    assert all(finding.remedy.endswith(".") for finding in refusal.value.findings)


def test_a_refusal_holds_no_value() -> None:
    with pytest.raises(ContentInvalid) as refusal:
        resolve(content(ordonnance="SECRET", traitements=[{"libelle": "SECRET"}], duree_jours="SECRET"))

    assert "SECRET" not in f"{refusal.value}{refusal.value.findings}"


def test_the_manifest_is_accepted() -> None:
    assert read(Path(doc_renouvellement.__file__).with_name("dmp-plugin.toml")).id == "doc_renouvellement"


@pytest.mark.dmp(project=str(Path(doc_renouvellement.__file__).parents[1]))
def test_a_saved_document_reaches_the_dmp(dmp_rig: Rig) -> None:
    dmp_rig.save_document("renouvellement-correspondant", EXAMPLE)
    dmp_rig.advance(minutes=10)

    assert len(dmp_rig.sent_documents) == 1
