"""What id. says becomes what the core knows; what is wrong is named by its field, never by its value."""

from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, date, datetime
from typing import Any

import pytest
from lgo_id import on_patient_opened, provide_ui, resolve_host_event
from lgo_id.records import ACTES, SITES, VOIES

from dmp_core.api import (
    ConsultRecord,
    ContentInvalid,
    Context,
    HostEvent,
    IdentityStatus,
    InsOid,
    PatientClosed,
    PatientOpened,
    PatientUpdated,
    Right,
    SavedDocument,
    Sex,
    UiWanted,
    value_set,
)

CTX = Context(now=datetime(2026, 1, 15, 9, 30, tzinfo=UTC))
PATIENT = {
    "reference": "10425",
    "nom_naissance": "PAT-TROIS",
    "prenoms_naissance": "DOMINIQUE MARIE-LOUISE",
    "premier_prenom_naissance": "DOMINIQUE",
    "nom_utilise": "DURAND",
    "sexe": "F",
    "date_naissance": "1979-03-05",
    "lieu_naissance_code": "51215",
    "ins": {"matricule": "279035121518989", "registre": "NIR-TEST"},
    "statut_identite": "qualifiee",
}
VACCINATION = {
    "date": "2026-01-15",
    "vaccin": {"cis": "68747507", "libelle": "VACCIN TETANIQUE", "atc": "J07AM", "atc_libelle": "vaccins tétaniques"},
    "lot": "4456672",
    "peremption": "2027-06-30",
    "acte": "rappel",
    "rang": 3,
    "voie": "intramusculaire",
    "site": "deltoïde gauche",
    "vaccinateur": {"rpps": "10003456789", "nom": "MARTIN", "prenom": "Paul", "section": "D"},
}
SAVED = {"format": "id-host/1", "enregistrement": "V-88", "sauvegarde": "V-88/1", "patient": PATIENT}


def told(name: str, **payload: Any) -> Any:
    events = resolve_host_event(HostEvent(name=name, payload={"format": "id-host/1", **payload}), CTX)
    assert events is not None
    (event,) = events
    return event


def test_an_opened_file_is_an_opened_patient() -> None:
    event = told("patient.ouvert", patient=PATIENT)

    assert type(event) is PatientOpened
    patient = event.patient
    assert patient.host_id == "10425"
    assert patient.traits.birth_name == "PAT-TROIS"
    assert patient.traits.used_name == "DURAND"
    assert patient.traits.sex is Sex.FEMALE
    assert patient.traits.birth_date == date(1979, 3, 5)
    assert patient.status is IdentityStatus.QUALIFIEE
    assert (patient.qualified_ins.value, patient.qualified_ins.oid) == ("279035121518989", InsOid.NIR_TEST)


def test_a_changed_and_a_closed_file_are_told_too() -> None:
    updated = told("patient.modifie", patient=PATIENT)
    closed = told("patient.ferme", reference="10425")

    assert type(updated) is PatientUpdated
    assert closed == PatientClosed(host_id="10425")


def test_a_saved_vaccination_is_a_note_in_the_words_of_its_document() -> None:
    event = told("vaccination.enregistree", **SAVED, vaccination=VACCINATION)

    assert type(event) is SavedDocument
    assert (event.key, event.record, event.type_id) == ("V-88/1", "V-88", "note-vaccination")
    assert event.patient.host_id == "10425"
    assert event.content == {
        "date": "2026-01-15",
        "vaccin": {
            "cis": "68747507",
            "libelle": "VACCIN TETANIQUE",
            "atc": {"code": "J07AM", "libelle": "vaccins tétaniques"},
            "lot": "4456672",
            "peremption": "2027-06-30",
        },
        "acte": "BOOSTER",
        "rang": 3,
        "voie": "20035000",
        "site": "16217701000119102",
        "vaccinateur": {
            "national_id": "810003456789",
            "family": "MARTIN",
            "given": "Paul",
            "profession": "21",
            "section": "D",
        },
    }


def test_a_scanned_vaccination_keeps_its_code_and_all_that_was_noted() -> None:
    scanned = {key: value for key, value in VACCINATION.items() if key not in ("vaccin", "lot", "peremption")}
    noted = {
        "datamatrix": "]d20103400932857241",
        "reaction": {"code": "R50.2", "libelle": "Fièvre", "date": "2026-01-16"},
        "prescription": {"racine": "1.2.3", "identifiant": "77"},
    }

    event = told("vaccination.enregistree", **SAVED, vaccination=scanned | noted)

    assert event.content["vaccin"] == {"datamatrix": noted["datamatrix"]}
    assert event.content["reaction"] == noted["reaction"]
    assert event.content["prescription"] == noted["prescription"]


def test_several_vaccinations_of_one_save_are_several_notes() -> None:
    second = VACCINATION | {"lot": "B2"}
    payload = {**SAVED, "vaccinations": [VACCINATION, second]}

    events = resolve_host_event(HostEvent(name="vaccination.enregistree", payload=payload), CTX)

    assert events is not None
    notes = [event for event in events if isinstance(event, SavedDocument)]
    assert [(one.key, one.record) for one in notes] == [("V-88/1/1", "V-88"), ("V-88/1/2", "V-88/2")]
    assert [one.content["vaccin"]["lot"] for one in notes] == ["4456672", "B2"]
    assert {one.type_id for one in notes} == {"note-vaccination"}


@pytest.mark.parametrize(
    ("name", "field", "type_id"),
    [
        ("entretien.enregistre", "entretien", "entretien-pharmaceutique"),
        ("bilan.enregistre", "bilan", "bilan-medication"),
    ],
)
def test_a_saved_report_keeps_its_pdf(name: str, field: str, type_id: str) -> None:
    event = told(name, **SAVED, **{field: {"date": "2026-01-15", "pdf": "JVBERi0="}})

    assert event.type_id == type_id
    assert event.content == {"date": "2026-01-15", "pdf": "JVBERi0="}


def test_the_words_of_id_cover_the_official_lists() -> None:
    for words, official in (
        (ACTES, "immunization-act"),
        (VOIES, "immunization-route"),
        (SITES, "immunization-site"),
    ):
        assert all(value_set(official).contains(code) for code in words.values())
        assert len(set(words.values())) == len(words)


def test_an_unknown_message_is_left_alone() -> None:
    assert resolve_host_event(HostEvent(name="stock.modifie", payload={}), CTX) is None


def changed(*path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(payload: dict[str, Any]) -> None:
        for step in path[:-1]:
            payload = payload[step]
        payload[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (changed("format", value="id-host/2"), "format"),
        (changed("patient", "nom_naissance", value=""), "patient.nom_naissance"),
        (changed("patient", "sexe", value="X"), "patient.sexe"),
        (changed("patient", "date_naissance", value="05/03/1979"), "patient.date_naissance"),
        (changed("patient", "ins", "matricule", value="279035121518900"), "patient.ins"),
        (changed("patient", "premier_prenom_naissance", value="MARIE"), "patient"),
        (changed("vaccination", "lot", value=None), "vaccination.lot"),
        (changed("vaccination", "voie", value="par DURAND"), "vaccination.voie"),
        (changed("vaccination", "couleur", value="DURAND"), "vaccination.couleur"),
        (changed("vaccination", value=None), "vaccinations"),
        (changed("vaccinations", value=[VACCINATION]), "vaccinations"),
    ],
)
def test_a_wrong_payload_is_refused_by_the_name_of_its_field(
    change: Callable[[dict[str, Any]], None], field: str
) -> None:
    payload = deepcopy(SAVED | {"vaccination": VACCINATION})
    change(payload)

    with pytest.raises(ContentInvalid) as refusal:
        resolve_host_event(HostEvent(name="vaccination.enregistree", payload=payload), CTX)

    assert [finding.path for finding in refusal.value.findings] == [field]
    shown = refusal.value.detail + "".join(finding.remedy for finding in refusal.value.findings)
    assert not any(value in shown for value in ("DURAND", "279035121518900", "PAT-TROIS", "05/03/1979"))


def test_an_opened_patient_is_looked_up_in_the_dmp() -> None:
    assert on_patient_opened(PatientOpened(), CTX) == (ConsultRecord(),)


def test_the_record_stands_behind_the_patients_and_needs_the_right_to_read() -> None:
    ui = provide_ui(UiWanted(), CTX)

    consult = next(entry for entry in ui.menus if entry.action == "consult")
    assert consult.path == ("C données", "J patients", "Accéder au DMP")
    assert consult.right is Right.READ
    assert {entry.action: entry.right for entry in ui.menus if entry.action != "consult"} == {
        "feed": Right.FEED,
        "outbox": Right.FEED,
        "correct": Right.FEED,
    }
