"""A pharmacy software that changes nothing: what it drops in a folder is accepted, or stands apart with a reason."""

import json
from pathlib import Path

import pytest
from dropped_files import CASE, PDF, SIDECAR, TABLE, dropped, items, standing, waiting
from host_folder.__main__ import main
from host_folder.intake import Intake

from dmp_core.api.mapping import read_mapping
from hostbridge.clients.python import BridgeClient


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
    assert waiting(folder) == "bilan.pdf : Il manque sa fiche : un fichier du même nom, en .json.\n"

    (folder / "bilan.json").write_text(json.dumps(SIDECAR), encoding="utf-8")
    intake.look()

    assert intake.look() == 1
    assert waiting(folder) == ""


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
    assert "bilan.pdf : Le pont vers le DMP est arrêté." in waiting(folder)


def test_a_fiche_that_was_mended_makes_a_new_save_of_the_same_record(client, folder) -> None:
    intake = Intake(folder, client, None)
    for name, date in (("bilan", "2026-01-15"), ("corrige", "2026-01-16")):
        dropped(folder, name, {**SIDECAR, "content": {"date": date}})
        intake.look()
        intake.look()

    assert standing(folder)["refuses"] == []
    assert {item["record"] for item in items(client)} == {"88"}


HALF_A_PAIR = json.dumps(SIDECAR).replace("2026-01-15", "\\ud800")
ODD = {
    "of Windows-1252": json.dumps({**SIDECAR, "note": "Hélène"}, ensure_ascii=False).encode("cp1252"),
    "of UTF-16": json.dumps(SIDECAR).encode("utf-16"),
    "with NaN": json.dumps({**SIDECAR, "record": float("nan")}).encode(),
    "with half of a surrogate pair": HALF_A_PAIR.encode(),
    "with a number of 30 digits": json.dumps({**SIDECAR, "content": {"date": 10**29}}).encode(),
    "of a thousand levels": b'{"a":' * 100_000,
}


@pytest.mark.parametrize("fiche", ODD.values(), ids=ODD)
def test_no_fiche_holds_up_the_files_behind_it(client, folder, fiche) -> None:
    intake = Intake(folder, client, None)
    dropped(folder, "a")
    (folder / "a.json").write_bytes(fiche)
    dropped(folder, "b")

    intake.look()
    intake.look()

    assert standing(folder) == {
        ".": [], "traites": ["b.json", "b.pdf"], "refuses": ["a.json", "a.pdf", "a.pdf.raison.txt"],
    }  # fmt: skip


def test_a_folder_that_vanished_is_told_once_and_its_files_are_taken_when_it_is_back(client, folder) -> None:
    intake, told, elsewhere = Intake(folder, client, None), list[str](), folder.with_name("elsewhere")
    folder.rename(elsewhere)
    for _ in range(3):
        intake.look(told.append)
    elsewhere.rename(folder)
    dropped(folder, "bilan")

    taken = [intake.look(told.append) for _ in range(2)]

    assert taken == [0, 1]
    assert [line.partition(" :")[0] for line in told] == ["en attente", "traité"]
    assert waiting(folder) == ""


def test_a_file_that_cannot_be_read_now_is_kept_with_its_reason_and_taken_later(client, folder, monkeypatch) -> None:
    intake = Intake(folder, client, None)
    dropped(folder, "bilan")
    dropped(folder, "libre")
    locked, read = folder / "bilan.pdf", Path.read_bytes

    def refused(file: Path) -> bytes:  # as Windows does for a file that another program writes
        if file == locked:
            raise PermissionError(13, "locked")
        return read(file)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "read_bytes", refused)
        assert [intake.look() for _ in range(3)] == [0, 1, 0]
    assert standing(folder)["refuses"] == []
    assert "bilan.pdf : Le fichier ne peut pas être lu" in waiting(folder)

    assert intake.look() == 1


def test_a_folder_that_cannot_be_written_loses_nothing_and_asks_the_bridge_once(client, folder, monkeypatch) -> None:
    intake, calls = Intake(folder, client, None), list[str]()
    dropped(folder, "bilan")
    call, replace = client.call, Path.replace
    monkeypatch.setattr(client, "call", lambda method, params: (calls.append(method), call(method, params))[1])

    def read_only(_file: Path, _target: Path) -> Path:
        raise PermissionError(30, "read-only")

    monkeypatch.setattr(Path, "replace", read_only)
    assert [intake.look() for _ in range(4)] == [0] * 4
    assert standing(folder)["."] == ["bilan.json", "bilan.pdf"]
    assert "ne peut pas être déplacé" in waiting(folder)
    monkeypatch.setattr(Path, "replace", replace)

    assert intake.look() == 1
    assert calls == ["document/saved"]


def test_what_is_not_the_documents_fault_refuses_no_document(client, folder) -> None:
    intake = Intake(folder, client, None)
    client.call("operator/changed", {"operator": {**CASE["operator"], "rights": []}})
    dropped(folder, "bilan")
    intake.look()

    assert intake.look() == 0
    assert standing(folder)["refuses"] == []
    assert "bilan.pdf" in waiting(folder)
    client.call("operator/changed", {"operator": CASE["operator"]})

    assert intake.look() == 1


def test_temporary_and_empty_files_are_left_alone(client, folder) -> None:
    intake = Intake(folder, client, None)
    for name in ("bilan.pdf.part", "bilan.tmp", "~$bilan.pdf", ".bilan.pdf.swp"):
        (folder / name).write_bytes(PDF)
    dropped(folder, "vide")
    (folder / "vide.pdf").write_bytes(b"")

    assert [intake.look() for _ in range(3)] == [0, 0, 0]
    assert standing(folder)["refuses"] == []


def test_a_file_that_was_renamed_between_two_looks_is_taken_under_its_new_name(client, folder) -> None:
    intake = Intake(folder, client, None)
    dropped(folder, "bilan")
    intake.look()
    for kind in ("pdf", "json"):
        (folder / f"bilan.{kind}").rename(folder / f"autre.{kind}")

    assert [intake.look(), intake.look()] == [0, 1]
    assert standing(folder)["traites"] == ["autre.json", "autre.pdf"]


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
