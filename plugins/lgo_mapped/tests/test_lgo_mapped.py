"""An adapter that is a table: the export of the template's host becomes documents."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import lgo_mapped
import pytest

from dmp_core.api import ContentInvalid, Context, HostEvent, SavedDocument

TEMPLATE = tomllib.loads((Path(lgo_mapped.__file__).parent / "template.toml").read_text(encoding="utf-8"))
HEADING = (
    "NUM_PATIENT;STATUT_IDENTITE;NOM_NAISSANCE;PRENOMS;PRENOM1;SEXE;NE_LE;COMMUNE_NAISSANCE;INS;NATURE;ETAT;ID_ACTE;"
    "VERSION;DATE;FICHIER"
)
LINE = "10425;Q;PAT-TROIS;DOMINIQUE;DOMINIQUE;F;05/03/1979;51215;;BILAN;VALIDE;B-7;2;15/01/2026;"


def told(name: str, payload: dict[str, Any]) -> Any:
    settings = {"mappings": {"actes": TEMPLATE}}
    ctx = Context(now=datetime(2026, 1, 15, 9, 30, tzinfo=UTC), settings=settings)
    return lgo_mapped.resolve_host_event(HostEvent(name=name, payload=payload), ctx)


def test_a_line_of_the_export_is_a_saved_document() -> None:
    (event,) = told("actes", {"text": f"{HEADING}\n{LINE}\n"})

    assert isinstance(event, SavedDocument)
    assert (event.key, event.record, event.type_id) == ("B-7/2", "B-7", "bilan-medication")
    assert event.content == {"date": "2026-01-15"}


def test_an_event_that_no_mapping_names_is_not_ours() -> None:
    assert told("autre", {"text": ""}) is None


@pytest.mark.parametrize("payload", [{}, {"text": 1}, {"text": "a", "json": {}}])
def test_a_payload_of_another_shape_is_refused(payload: dict[str, Any]) -> None:
    with pytest.raises(ContentInvalid):
        told("actes", payload)
