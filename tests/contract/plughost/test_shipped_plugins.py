"""The plugins of this project, built and installed as outsiders would: found, admitted, and they fit each other."""

import json
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hatchling.build
import pytest

from dmp_core.api import DocumentSaved, FeedPolicy, HostEvent, PatientOpened, SavedDocument
from dmp_core.plughost.discovery import discover
from dmp_core.plughost.guard import Status
from dmp_core.plughost.host import PluginHost
from dmp_core.testing.clock import ManualClock

PLUGINS = Path(__file__).resolve().parents[3] / "plugins"
THREE = ("note-vaccination", "entretien-pharmaceutique", "bilan-medication")
PATIENT = {
    "reference": "10425",
    "nom_naissance": "PAT-TROIS",
    "prenoms_naissance": "DOMINIQUE MARIE-LOUISE",
    "premier_prenom_naissance": "DOMINIQUE",
    "sexe": "F",
    "date_naissance": "1979-03-05",
}
SAVES: dict[str, dict[str, Any]] = {
    "vaccination.enregistree": {
        "vaccination": {
            "date": "2026-01-15",
            "vaccin": {
                "cis": "68747507",
                "libelle": "VACCIN TETANIQUE",
                "atc": "J07AM",
                "atc_libelle": "vaccins tétaniques",
                "cip": "3400922091679",
            },
            "lot": "4456672",
            "peremption": "2027-06-30",
            "acte": "rappel",
            "rang": 3,
            "voie": "sous-cutanée",
            "site": "épaule droite",
            "commentaire": "Bien supporté",
            "vaccinateur": {"rpps": "10003456789", "nom": "MARTIN", "prenom": "Paul", "section": "D"},
        }
    },
    "entretien.enregistre": {"entretien": {"date": "2026-01-15", "pdf": "JVBERi0="}},
    "bilan.enregistre": {"bilan": {"date": "2026-01-15", "pdf": "JVBERi0="}},
}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, ...]]:
    """A folder with the wheels of `lgo_id` and `doc_officine` in it."""
    site = tmp_path_factory.mktemp("site-packages")
    before = set(sys.modules)
    with pytest.MonkeyPatch.context() as patch:
        for plugin in ("lgo_id", "doc_officine"):
            patch.chdir(PLUGINS / plugin)
            wheels = tmp_path_factory.mktemp("wheels")
            with zipfile.ZipFile(wheels / hatchling.build.build_wheel(str(wheels))) as wheel:
                wheel.extractall(site)
        path = [entry for entry in sys.path if not entry or PLUGINS not in Path(entry).parents]
        patch.setattr(sys, "path", path)
        held = {name: sys.modules.pop(name) for name in before if name.split(".")[0] in ("lgo_id", "doc_officine")}
        yield (str(site),)
    for name in set(sys.modules) - before | held.keys():
        if name.split(".")[0] in ("lgo_id", "doc_officine"):
            del sys.modules[name]
    sys.modules.update(held)


@pytest.fixture
def plugins(installed: tuple[str, ...], clock: ManualClock) -> PluginHost:
    return PluginHost(["lgo_id", "doc_officine"], clock=clock, path=installed)


def test_a_wheel_built_by_its_own_project_is_admitted(plugins: PluginHost) -> None:
    states = {state.id: (state.status, state.reason) for state in plugins.report()}

    assert states == {"lgo_id": (Status.ENABLED, ""), "doc_officine": (Status.ENABLED, "")}


def test_an_editable_wheel_leads_to_the_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(PLUGINS / "lgo_id")
    site = tmp_path / "site"
    with zipfile.ZipFile(tmp_path / hatchling.build.build_editable(str(tmp_path))) as wheel:
        wheel.extractall(site)

    (plugin,) = discover((str(site),))

    assert plugin.reason == ""
    assert plugin.folder == PLUGINS / "lgo_id" / "lgo_id"


def test_id_asks_by_its_window_before_the_three_documents_leave(plugins: PluginHost) -> None:
    policies = {type_id: plugins.policy(type_id) for type_id in plugins.types()}

    assert {type_id: policies[type_id] for type_id in THREE} == dict.fromkeys(THREE, FeedPolicy.WINDOW)


@pytest.mark.parametrize("name", SAVES)
def test_what_id_saves_is_what_the_document_reads(plugins: PluginHost, name: str) -> None:
    payload = {"format": "id-host/1", "enregistrement": "R-1", "sauvegarde": "R-1/1", "patient": PATIENT, **SAVES[name]}

    events = plugins.translate(HostEvent(name=name, payload=payload))

    assert events is not None
    (saved,) = events
    assert isinstance(saved, SavedDocument)
    model = plugins.type_of(saved.type_id).type.content_model
    assert model is not None
    model.model_validate_json(json.dumps(saved.content))


def test_an_opened_patient_makes_id_consult_the_record(plugins: PluginHost) -> None:
    actions = plugins.announce(PatientOpened())

    assert [(plugin, type(action).__name__) for plugin, action in actions] == [("lgo_id", "ConsultRecord")]


def test_a_saved_document_is_told_and_changes_no_policy(plugins: PluginHost) -> None:
    assert plugins.announce(DocumentSaved(item="i1", type_id="note-vaccination")) == ()


def test_id_shows_the_record_behind_the_patient_s_file(plugins: PluginHost) -> None:
    ui = plugins.ui()

    assert ui is not None
    assert ui.menus[0].path == ("C données", "J patients", "Accéder au DMP")
