"""A watched folder on a hard day: Windows-1252, half a file, a crash in between, a second seat, thousands of files.

Nothing is lost, nothing is sent twice, and whoever opens the folder reads what waits, what was refused, and why.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from dropped_files import CASE, PDF, SIDECAR, TABLE, dropped, items, standing, waiting
from host_folder.intake import Intake
from host_folder.moves import Moves, seen

from dmp_core.api.mapping import read_mapping
from hostbridge.clients.python import BridgeGone

PATIENT = {"host_id": "1", "nom": "PAT-ÉTÉ", "prenom": "HÉLÈNE", "sexe": "F", "ne": "1979-03-05"}
ACT = {"id": "B-1", "date": "2026-01-15", "pdf": "b.pdf", "patient": PATIENT}
OF_CSV = """
[file]
format = "csv"
encoding = "cp1252"
[patient]
host_id = "DOSSIER"
[patient.traits]
birth_name = "NOM"
birth_given_names = "PRÉNOM"
first_birth_given_name = "PRÉNOM"
sex = { from = "SEXE", words = { F = "F", H = "M" } }
birth_date = { from = "NÉ LE", date = "%d/%m/%Y" }
[[document]]
when = { "ÉTAT" = "VALIDÉ" }
type = "bilan-medication"
key = { join = ["ACTE", "VERSION"], with = "/" }
record = "ACTE"
[document.content]
date = { from = "DATE", date = "%d/%m/%Y" }
fichier = { contenu = { file = "PDF" } }
"""
LINES = "DOSSIER;NOM;PRÉNOM;SEXE;NÉ LE;ACTE;VERSION;ÉTAT;DATE;PDF\r\n"
LINE = "1;PAT-ÉTÉ;HÉLÈNE;F;05/03/1979;B-{0};1;{1};15/01/2026;{2}\r\n"


def looks(intake: Intake, number: int = 2) -> int:
    return sum(intake.look() for _ in range(number))


def reason(folder: Path, name: str) -> str:
    return (folder / "refuses" / f"{name}.raison.txt").read_text(encoding="utf-8-sig")


EXPORTS: dict[str, tuple[str, bytes]] = {
    "csv": (OF_CSV, (LINES + LINE.format(1, "VALIDÉ", "b.pdf")).encode("cp1252")),
    "json": (
        TABLE.replace('format = "json"', 'format = "json"\nencoding = "cp1252"'),
        json.dumps({"actes": [ACT]}, ensure_ascii=False).encode("cp1252"),
    ),
    "xml": (
        TABLE.replace('format = "json"', 'format = "xml"\nencoding = "cp1252"').replace('"actes"', '"acte"'),
        (
            "<actes><acte><id>B-1</id><date>2026-01-15</date><pdf>b.pdf</pdf><patient>"
            + "".join(f"<{name}>{value}</{name}>" for name, value in PATIENT.items())
            + "</patient></acte></actes>"
        ).encode("cp1252"),
    ),
    "xml that says its own": (
        TABLE.replace('format = "json"', 'format = "xml"\nencoding = "cp1252"').replace('"actes"', '"acte"'),
        (
            '<?xml version="1.0" encoding="UTF-8"?><actes><acte><id>B-1</id><date>2026-01-15</date><pdf>b.pdf</pdf>'
            + "<patient>"
            + "".join(f"<{name}>{value}</{name}>" for name, value in PATIENT.items())
            + "</patient></acte></actes>"
        ).encode(),
    ),
}


@pytest.mark.parametrize(("table", "export"), EXPORTS.values(), ids=EXPORTS)
def test_an_export_in_windows_1252_is_read_with_its_accents(client, folder, table, export) -> None:
    mapping = read_mapping(table)
    intake = Intake(folder, client, mapping)
    (folder / "b.pdf").write_bytes(PDF)
    (folder / f"actes.{mapping.file.format}").write_bytes(export)

    assert looks(intake) == 1
    (item,) = items(client)
    described = client.call("outbox/show", {"item": item["item"]})
    assert "PAT-ÉTÉ" in json.dumps(described, ensure_ascii=False)


def test_a_fiche_in_windows_1252_is_read_where_the_folder_says_so(client, folder) -> None:
    intake = Intake(folder, client, None, "cp1252")
    patient = CASE["patients"][0]
    told = {**SIDECAR, "patient": {**patient, "traits": {**patient["traits"], "used_name": "PAT-ÉTÉ"}}}
    dropped(folder, "bilan")
    (folder / "bilan.json").write_bytes(json.dumps(told, ensure_ascii=False).encode("cp1252"))

    assert looks(intake) == 1
    assert standing(folder)["refuses"] == []


def test_an_export_that_comes_before_the_file_that_it_names_waits_for_it(client, folder) -> None:
    intake = Intake(folder, client, read_mapping(TABLE))
    (folder / "actes.json").write_text(json.dumps({"actes": [ACT]}), encoding="utf-8")

    assert looks(intake, 3) == 0
    assert "actes.json : Cet export attend un fichier qu’il nomme." in waiting(folder)
    assert "b.pdf : Ce fichier n’est pas là" in waiting(folder)
    (folder / "b.pdf").write_bytes(PDF)

    assert looks(intake) == 1
    assert standing(folder) == {".": [], "traites": ["actes.json", "b.pdf"], "refuses": []}


def test_the_file_that_an_export_names_is_not_read_while_it_is_written(client, folder) -> None:
    intake = Intake(folder, client, read_mapping(TABLE))
    (folder / "actes.json").write_text(json.dumps({"actes": [ACT]}), encoding="utf-8")
    intake.look()
    for part in range(1, 4):
        (folder / "b.pdf").write_bytes(PDF * part)
        assert intake.look() == 0

    assert intake.look() == 1
    assert (folder / "traites" / "b.pdf").read_bytes() == PDF * 3


def test_a_file_that_nothing_names_says_why_it_waits(client, folder) -> None:
    intake = Intake(folder, client, read_mapping(TABLE))
    for name in ("b.pdf", "actes.txt", "ancien.json.raison.txt"):
        (folder / name).write_bytes(PDF)

    looks(intake)

    assert waiting(folder).splitlines() == [
        "actes.txt : Aucun export ne nomme encore ce fichier.",
        "ancien.json.raison.txt : Ce fichier expliquait un refus : effacez-le.",
        "b.pdf : Aucun export ne nomme encore ce fichier.",
    ]


def test_an_export_in_which_the_table_finds_no_document_is_set_aside_and_not_called_done(client, folder) -> None:
    intake, told = Intake(folder, client, read_mapping(OF_CSV)), list[str]()
    (folder / "actes.csv").write_bytes((LINES + LINE.format(1, "BROUILLON", "b.pdf")).encode("cp1252"))

    intake.look(told.append)
    intake.look(told.append)

    assert standing(folder)["traites"] == []
    assert told == ["écarté : la table n’y trouve aucun document"]
    set_aside = folder / "ecartes"
    assert sorted(file.name for file in set_aside.iterdir()) == ["actes.csv", "actes.csv.raison.txt"]


def test_a_refusal_says_which_document_is_wrong_who_mends_it_and_what_is_already_accepted(client, folder) -> None:
    intake = Intake(folder, client, read_mapping(TABLE))
    acts = [ACT, {**ACT, "date": "2026-01-16"}, {**ACT, "id": "B-3"}]
    (folder / "b.pdf").write_bytes(PDF)
    (folder / "actes.json").write_text(json.dumps({"actes": acts}), encoding="utf-8")
    looks(intake)

    told = reason(folder, "actes.json")

    assert "2 document(s) sur 3 ont été acceptés" in told
    assert "Document 2 :" in told
    assert "Qui peut y remédier : " in told
    assert not any(value in told for value in ("PAT", "HÉLÈNE", "2026-01-16"))
    acts[1]["id"] = "B-2"
    for file in (folder / "refuses").iterdir():
        if not file.name.endswith(".raison.txt"):
            file.rename(folder / file.name)
    (folder / "actes.json").write_text(json.dumps({"actes": acts}), encoding="utf-8")
    assert looks(intake) == 1
    assert sorted(str(item["record"]) for item in items(client)) == ["B-1", "B-2", "B-3"]


def test_refused_twice_under_one_name_the_files_and_their_reason_keep_one_number(client, folder) -> None:
    intake = Intake(folder, client, None)
    for _ in range(2):
        dropped(folder, "faux", "{}")
        looks(intake)

    assert standing(folder)["refuses"] == [
        "faux (2).json", "faux (2).pdf", "faux (2).pdf.raison.txt", "faux.json", "faux.pdf", "faux.pdf.raison.txt",
    ]  # fmt: skip


def test_a_document_that_no_message_can_carry_is_refused_with_the_number_and_holds_up_nobody(client, folder) -> None:
    intake = Intake(folder, client, None)
    dropped(folder, "gros")
    (folder / "gros.pdf").write_bytes(PDF + b"0" * 10_000_000)
    dropped(folder, "juste")

    assert looks(intake) == 2
    assert "10000000 octets au plus" in reason(folder, "gros.pdf")
    assert standing(folder)["traites"] == ["juste.json", "juste.pdf"]


def test_a_file_that_grows_between_reading_and_moving_is_not_moved(client, folder, monkeypatch) -> None:
    intake, call = Intake(folder, client, None), client.call
    dropped(folder, "bilan")
    intake.look()

    def written_meanwhile(method: str, params: dict[str, object]) -> object:
        (folder / "bilan.pdf").write_bytes(PDF * 2)
        return call(method, params)

    with monkeypatch.context() as patched:
        patched.setattr(client, "call", written_meanwhile)
        assert intake.look() == 0
    assert standing(folder)["traites"] == []

    assert looks(intake) == 1
    assert (folder / "traites" / "bilan.pdf").read_bytes() == PDF * 2
    assert {item["record"] for item in items(client)} == {"88"}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
def test_a_name_that_is_no_text_is_listed_and_taken(client, folder) -> None:
    intake = Intake(folder, client, None)
    name = os.fsdecode(b"bilan-\xe9")
    (folder / f"{name}.pdf").write_bytes(PDF)
    looks(intake)
    assert "Il manque sa fiche" in waiting(folder)
    (folder / f"{name}.json").write_text(json.dumps(SIDECAR), encoding="utf-8")

    assert looks(intake) == 1


def test_two_documents_of_one_name_say_so(client, folder) -> None:
    intake = Intake(folder, client, None)
    dropped(folder, "bilan")
    (folder / "bilan.txt").write_bytes(PDF)

    assert looks(intake) == 0
    assert waiting(folder).count("Plusieurs fichiers portent ce nom") == 3


def test_one_seat_watches_a_folder_and_another_takes_over_when_it_stops(client, folder) -> None:
    first, second, told = Intake(folder, client, None), Intake(folder, client, None), list[str]()
    first.look()
    dropped(folder, "bilan")

    assert [second.look(told.append) for _ in range(3)] == [0, 0, 0]
    assert told == [
        "en attente : Un autre poste surveille déjà ce dossier :"
        " un seul suffit, et celui-ci prendra la suite s’il s’arrête."
    ]
    first.close()

    assert looks(second) == 1


def test_a_bridge_that_is_lost_at_one_document_does_not_hold_up_the_others(client, folder, monkeypatch) -> None:
    intake, call = Intake(folder, client, None), client.call

    def dies(method: str, params: dict[str, object]) -> object:
        if params.get("record") == "poison":
            raise BridgeGone(method)
        return call(method, params)

    monkeypatch.setattr(client, "call", dies)
    dropped(folder, "a", {**SIDECAR, "record": "poison"})
    dropped(folder, "b")

    assert [intake.look() for _ in range(3)] == [0, 0, 1]
    assert standing(folder)["."] == ["a.json", "a.pdf"]


@pytest.mark.parametrize("moved", [(), ("bilan.pdf",), ("bilan.pdf", "bilan.json")])
def test_a_move_that_a_crash_left_half_done_is_finished(client, folder, moved) -> None:
    dropped(folder, "bilan")
    files = [folder / "bilan.pdf", folder / "bilan.json"]
    Moves(folder).begin(files, {file: seen(file) for file in files}, "traites", "")
    for name in moved:
        (folder / name).rename(folder / "traites" / name)

    intake = Intake(folder, client, None)
    looks(intake)

    assert standing(folder) == {".": [], "traites": ["bilan.json", "bilan.pdf"], "refuses": []}
    assert items(client) == []  # it was handed over before the crash, and is not again


def test_what_was_dropped_anew_after_a_crash_is_not_taken_for_what_was_to_move(client, folder) -> None:
    dropped(folder, "bilan")
    files = [folder / "bilan.pdf", folder / "bilan.json"]
    Moves(folder).begin(files, {file: seen(file) for file in files}, "traites", "")
    dropped(folder, "bilan", {**SIDECAR, "record": "89"})
    (folder / "bilan.pdf").write_bytes(PDF * 2)

    intake = Intake(folder, client, None)
    looks(intake)

    assert [item["record"] for item in items(client)] == ["89"]


def test_a_plan_that_a_crash_cut_off_is_forgotten(client, folder) -> None:
    dropped(folder, "bilan")
    (folder / ".dmp-0123456789abcdef01234567.plan").write_text('{"place": "tr', encoding="ascii")

    assert looks(Intake(folder, client, None)) == 1
    assert not list(folder.glob(".dmp-*.plan"))


def test_a_sidecar_that_is_held_while_its_document_moved_follows_it_later(client, folder, monkeypatch) -> None:
    intake, replace = Intake(folder, client, None), Path.replace
    dropped(folder, "bilan")
    intake.look()

    def held(file: Path, target: Path) -> Path:
        if file.suffix == ".json":
            raise PermissionError(13, "held")
        return replace(file, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", held)
        assert looks(intake, 3) == 0
    assert standing(folder)["traites"] == ["bilan.pdf"]
    assert "bilan.json : Le fichier ne peut pas être déplacé" in waiting(folder)

    assert intake.look() == 1
    assert standing(folder)["traites"] == ["bilan.json", "bilan.pdf"]
    assert len(items(client)) == 1


def test_a_stop_leaves_the_rest_for_another_time(client, folder) -> None:
    intake = Intake(folder, client, None)
    for number in range(5):
        dropped(folder, f"bilan-{number}", {**SIDECAR, "record": str(number)})
    intake.look()
    taken = list[str]()

    intake.look(taken.append, lambda: len(taken) == 2)

    assert len(standing(folder)["traites"]) == 4
    assert len(standing(folder)["."]) == 6


def test_killed_again_and_again_each_of_many_documents_is_in_the_outbox_once(house, folder, tmp_path) -> None:
    wanted = 300
    for number in range(wanted):
        dropped(folder, f"bilan-{number}", {**SIDECAR, "record": f"R-{number}"})
    settings = written(tmp_path)
    way_in = [sys.executable, "-m", "host_folder", "--settings", str(settings)]
    environment, bridge = {**os.environ, **house.environment}, ["--bridge", *house.command]
    done = folder / "traites"

    for step in (1, 100, 250):
        program = subprocess.Popen([*way_in, *bridge], env=environment, stdout=subprocess.DEVNULL)
        until(lambda step=step: len(list(done.glob("*.pdf"))) >= step, program)
        program.kill()
        program.wait()
    last = subprocess.run([*way_in, "--once", *bridge], env=environment, check=False, timeout=300, capture_output=True)

    assert last.returncode == 0, last.stderr
    assert standing(folder)["."] == []
    assert standing(folder)["refuses"] == []
    assert len(standing(folder)["traites"]) == 2 * wanted
    with house.client() as client:
        client.start(house.introduction)
        records = [str(item["record"]) for item in client.call("outbox/list", {"limit": 1000})["items"]]
    assert sorted(records) == sorted(f"R-{number}" for number in range(wanted))


def written(folder: Path) -> Path:
    practitioner = CASE["operator"]["practitioner"]
    lines = ['folder = "depot"', "every = 0.1", "[operator]", 'id = "export"', 'rights = ["feed", "read"]']
    lines += ["[operator.practitioner]", *(f'{name} = "{value}"' for name, value in practitioner.items())]
    file = folder / "folder.toml"
    file.write_text("\n".join(lines), encoding="utf-8-sig")
    return file


def until(condition: Callable[[], bool], program: "subprocess.Popen[bytes]") -> None:
    pause = threading.Event()
    for _ in range(6000):
        if condition():
            return
        assert program.poll() is None, "it ended by itself"
        pause.wait(0.02)
    raise AssertionError("it never came that far")
