"""The plugin as the core calls it."""

from base64 import b64encode
from copy import deepcopy
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import doc_consultation
import pytest
from doc_consultation.types import EXAMPLE

from dmp_core.api import Bullets, ContentInvalid, Context, FileBody, LaidOut, Paragraph, TypesWanted
from dmp_core.plughost.manifest import read
from dmp_core.testing.composing import resolved
from dmp_core.testing.rig import Rig

CONTEXT = Context(now=datetime(2026, 1, 15, 9, 30, tzinfo=UTC))
FILE = {"contenu": b64encode(b"{\\rtf1}").decode(), "type_media": "text/rtf"}


def content(**changes: Any) -> dict[str, Any]:
    whole = deepcopy(EXAMPLE) | changes
    return {key: value for key, value in whole.items() if value is not None}


def resolve(said: object, type_id: str = "consultation-pharmaceutique") -> Any:
    return resolved(doc_consultation, type_id, said)


def test_the_type_has_its_official_codes() -> None:
    (kind,) = doc_consultation.provide_document_types(TypesWanted(), CONTEXT)

    assert (kind.type_code.code, kind.type_code.label) == ("93024-8", "CR de consultation pharmaceutique")
    assert (kind.class_code.code, kind.format_code.code) == ("10", "urn:ihe:iti:xds-sd:pdf:2008")


def test_a_consultation_is_printed_as_it_was_typed() -> None:
    body = resolve(content())

    assert isinstance(body, LaidOut)
    assert {section.title: section.blocks for section in body.sections} == {
        "Motif de la consultation": (Paragraph(text=EXAMPLE["motif"]),),
        "Anamnèse": (Paragraph(text=EXAMPLE["anamnese"]),),
        "Observance": (Paragraph(text=EXAMPLE["observance"]),),
        "Conclusions": (Paragraph(text=EXAMPLE["conclusions"]),),
        "Conseils": (Bullets(points=tuple(EXAMPLE["conseils"])),),
        "Suite à donner": (Paragraph(text=EXAMPLE["suite"]),),
    }


def test_what_was_not_filled_in_leaves_no_title() -> None:
    body = resolve({key: EXAMPLE[key] for key in ("date", "motif", "conclusions")})

    assert [section.title for section in body.sections] == ["Motif de la consultation", "Conclusions"]


def test_a_file_of_the_host_goes_as_it_is() -> None:
    body = resolve({"date": "2026-01-15", "fichier": FILE})

    assert isinstance(body, FileBody)
    assert (body.content, body.media_type, body.act.start) == (b"{\\rtf1}", "text/rtf", date(2026, 1, 15))


def test_the_type_of_another_plugin_is_left_alone() -> None:
    assert resolve({}, "note-vaccination") is None


@pytest.mark.parametrize(
    ("said", "paths"),
    [
        (b"", {"contenu"}),
        ({"date": "2026-01-15"}, {"motif", "conclusions"}),
        ({}, {"date", "motif", "conclusions"}),
        (content(date="15/01/2026"), {"date"}),
        (content(date="2026-01-16"), {"date"}),
        (content(motif="x" * 10_001), {"motif"}),
        (content(conseils=["", "b"]), {"conseils.0"}),
        (content(SECRET="x"), {"SECRET"}),
        ({"date": "2026-01-15", "fichier": FILE, "suite": "x"}, {"suite"}),
    ],
)
def test_wrong_content_is_refused_with_field_and_remedy(said: object, paths: set[str]) -> None:
    with pytest.raises(ContentInvalid) as refusal:
        resolve(said)

    assert {finding.path for finding in refusal.value.findings} == paths
    assert all(finding.remedy.endswith(".") for finding in refusal.value.findings)


def test_a_refusal_holds_no_value() -> None:
    with pytest.raises(ContentInvalid) as refusal:
        resolve(content(motif=["SECRET"], conseils="SECRET"))

    assert "SECRET" not in f"{refusal.value}{refusal.value.findings}"


def test_the_manifest_is_accepted() -> None:
    assert read(Path(doc_consultation.__file__).with_name("dmp-plugin.toml")).id == "doc_consultation"


@pytest.mark.dmp(project=str(Path(doc_consultation.__file__).parents[1]))
def test_a_saved_document_reaches_the_dmp(dmp_rig: Rig) -> None:
    dmp_rig.save_document("consultation-pharmaceutique", EXAMPLE)
    dmp_rig.advance(minutes=10)

    assert len(dmp_rig.sent_documents) == 1
