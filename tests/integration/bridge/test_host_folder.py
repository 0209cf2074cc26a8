"""A pharmacy software that changes nothing: what it drops in a folder is accepted, or stands apart with a reason."""

import json
from pathlib import Path

import pytest
from host_folder.__main__ import main
from host_folder.intake import Intake

from dmp_core.api.mapping import read_mapping
from hostbridge.clients.python import BridgeClient

ROOT = Path(__file__).resolve().parents[3]
CASE = json.loads((ROOT / "plugins/lgo_demo/lgo_demo/case.json").read_text(encoding="utf-8"))
PDF = b"%PDF-1.4\n%%EOF\n"
SIDECAR = {
    "type_id": "bilan-medication",
    "record": "88",
    "patient": CASE["patients"][0],
    "content": {"date": "2026-01-15"},
}
TABLE = """
[file]
format = "json"
each = "actes"
[patient]
host_id = "patient/host_id"
[patient.traits]
birth_name = "patient/nom"
birth_given_names = "patient/prenom"
first_birth_given_name = "patient/prenom"
sex = "patient/sexe"
birth_date = "patient/ne"
[[document]]
type = "bilan-medication"
key = "id"
record = "id"
[document.content]
date = "date"
fichier = { contenu = { file = "pdf" } }
"""


@pytest.fixture
def client(house):
    with house.client() as client:
        client.start(house.introduction)
        yield client


@pytest.fixture
def folder(tmp_path) -> Path:
    folder = tmp_path / "depot"
    folder.mkdir()
    return folder


def dropped(folder: Path, name: str, sidecar: object = SIDECAR) -> None:
    (folder / f"{name}.pdf").write_bytes(PDF)
    (folder / f"{name}.json").write_text(sidecar if isinstance(sidecar, str) else json.dumps(sidecar), encoding="utf-8")


def standing(folder: Path) -> dict[str, list[str]]:
    return {
        place: sorted(file.name for file in (folder / place).iterdir() if file.is_file())
        for place in (".", "traites", "refuses")
    }


def items(client: BridgeClient) -> list[dict[str, object]]:
    return list(client.call("outbox/list")["items"])


def test_a_document_with_its_sidecar_is_in_the_outbox_before_it_leaves_the_folder(client, folder) -> None:
    intake = Intake(folder, client, None)
    dropped(folder, "bilan")

    intake.look()
    taken = intake.look()

    assert taken == 1
    assert standing(folder) == {".": [], "traites": ["bilan.json", "bilan.pdf"], "refuses": []}
    assert [item["record"] for item in items(client)] == ["88"]


def test_the_same_file_dropped_twice_is_one_document(client, folder) -> None:
    intake = Intake(folder, client, None)
    for name in ("bilan", "copie"):
        dropped(folder, name)
        intake.look()
        intake.look()

    assert len(items(client)) == 1
    assert standing(folder)["traites"] == ["bilan.json", "bilan.pdf", "copie.json", "copie.pdf"]


def test_a_file_that_is_still_written_is_left_alone(client, folder) -> None:
    intake = Intake(folder, client, None)
    dropped(folder, "bilan")
    intake.look()
    (folder / "bilan.pdf").write_bytes(PDF * 2)

    assert intake.look() == 0
    assert intake.look() == 1


def test_a_document_waits_for_its_sidecar(client, folder) -> None:
    intake = Intake(folder, client, None)
    (folder / "bilan.pdf").write_bytes(PDF)
    intake.look()

    assert intake.look() == 0
    assert standing(folder)["."] == ["bilan.pdf"]


@pytest.mark.parametrize(
    "sidecar",
    ["{", "[]", {**SIDECAR, "patient": {}}, {**SIDECAR, "type_id": ""}, {**SIDECAR, "content": []}],
    ids=["no json", "no object", "no patient", "no type", "content of another shape"],
)
def test_what_is_wrong_stands_apart_with_a_reason_and_the_next_file_goes_on(client, folder, sidecar) -> None:
    intake = Intake(folder, client, None)
    dropped(folder, "faux", sidecar)
    dropped(folder, "juste")

    intake.look()
    intake.look()

    assert standing(folder)["refuses"] == ["faux.json", "faux.pdf", "faux.pdf.raison.txt"]
    assert standing(folder)["traites"] == ["juste.json", "juste.pdf"]
    assert "PAT-TROIS" not in (folder / "refuses" / "faux.pdf.raison.txt").read_text(encoding="utf-8")


def test_without_a_bridge_everything_stays_where_it_is(house, folder) -> None:
    with BridgeClient(["false"], back_off=()) as gone:
        intake = Intake(folder, gone, None)
        dropped(folder, "bilan")
        intake.look()

        assert intake.look() == 0

    assert standing(folder)["."] == ["bilan.json", "bilan.pdf"]


def test_an_export_is_read_by_its_table_with_the_files_that_it_names(client, folder) -> None:
    intake = Intake(folder, client, read_mapping(TABLE))
    patient = {"host_id": "1", "nom": "PAT", "prenom": "JEAN", "sexe": "M", "ne": "1979-03-05"}
    acts = [{"id": f"B-{n}", "date": "2026-01-15", "pdf": "b.pdf", "patient": patient} for n in (1, 2)]
    (folder / "b.pdf").write_bytes(PDF)
    (folder / "actes.json").write_text(json.dumps({"actes": acts}), encoding="utf-8")

    intake.look()
    intake.look()

    assert standing(folder) == {".": [], "traites": ["actes.json", "b.pdf"], "refuses": []}
    assert sorted(str(item["record"]) for item in items(client)) == ["B-1", "B-2"]


def test_an_export_that_names_a_file_elsewhere_is_refused(client, folder) -> None:
    intake = Intake(folder, client, read_mapping(TABLE))
    (folder / "actes.json").write_text(json.dumps({"actes": [{"pdf": "../../etc/passwd"}]}), encoding="utf-8")

    intake.look()
    intake.look()

    assert standing(folder)["refuses"] == ["actes.json", "actes.json.raison.txt"]


def test_the_program_takes_what_is_there_and_ends(house, folder, tmp_path, monkeypatch, capsys) -> None:
    for name, value in house.environment.items():
        monkeypatch.setenv(name, value)
    dropped(folder, "bilan")
    operator = {"id": "export", "rights": ["feed"], "practitioner": CASE["operator"]["practitioner"]}
    lines = [
        'folder = "depot"',
        "every = 0.1",
        "[operator]",
        'id = "export"',
        'rights = ["feed"]',
        "[operator.practitioner]",
    ]
    lines += [f'{name} = "{value}"' for name, value in operator["practitioner"].items()]
    (tmp_path / "folder.toml").write_text("\n".join(lines), encoding="utf-8")

    status = main(["--settings", str(tmp_path / "folder.toml"), "--once", "--bridge", *house.command])

    assert status == 0
    assert capsys.readouterr().out == "traité\n"
    assert standing(folder)["traites"] == ["bilan.json", "bilan.pdf"]
