"""`dmp feed`, `consult` and `outbox` as a vendor uses them beside a simulator."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dmp_core.cli.demo_stage import Stage
from dmp_core.simulator import tiny_pdf
from dmp_core.simulator.counter import demo_counter

VACCINATION = {
    "date": "2025-10-14",
    "vaccin": {
        "cis": "68747507",
        "libelle": "VACCIN TETANIQUE PASTEUR",
        "atc": {"code": "J07AM", "libelle": "vaccins tétaniques"},
        "lot": "4456672",
    },
    "acte": "BOOSTER",
}


class Desk:
    """A folder with a simulator's configuration, and the commands run in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def dmp(self, *arguments: str, entry: str = "") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "dmp_core.cli", *arguments]
        return subprocess.run(
            command, input=entry, capture_output=True, encoding="utf-8", cwd=self.folder, timeout=60, check=False
        )

    def write(self, name: str, content: Any) -> str:
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        (self.folder / name).write_bytes(data)
        return name


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("desk")
    with Stage(folder):
        desk = Desk(folder / "dmp")
        desk.write("patient.json", json.loads(demo_counter().patients[0].model_dump_json()))
        yield desk


def test_a_content_becomes_a_document_in_the_record(desk: Desk) -> None:
    desk.write("note.json", VACCINATION)

    fed = desk.dmp("feed", "note.json", "--type", "note-vaccination", "--patient", "patient.json", "--json")
    listed = desk.dmp("consult", "-", "--json", entry="279035121518989\n")

    told = json.loads(fed.stdout)
    assert (fed.returncode, told["state"]) == (0, "sent")
    assert told["unique_id"] in [one["unique_id"] for one in json.loads(listed.stdout)["documents"]]


def test_the_same_file_again_is_the_same_document(desk: Desk) -> None:
    desk.write("again.json", VACCINATION | {"rang": 4})
    arguments = ("feed", "again.json", "--type", "note-vaccination", "--patient", "patient.json", "--json")

    first, second = desk.dmp(*arguments), desk.dmp(*arguments)

    assert json.loads(first.stdout)["unique_id"] == json.loads(second.stdout)["unique_id"]


def test_a_pdf_becomes_an_unstructured_document(desk: Desk) -> None:
    desk.write("report.pdf", tiny_pdf.write(["Entretien"]))

    fed = desk.dmp("feed", "report.pdf", "--type", "entretien-pharmaceutique", "--patient", "patient.json")

    assert fed.returncode == 0, fed.stderr
    assert fed.stdout.startswith("Envoyé au DMP")


def test_a_finished_cda_is_fed_as_it_is_once_it_was_saved_from_the_record(desk: Desk) -> None:
    desk.write("saved.json", VACCINATION | {"rang": 7})
    desk.dmp("feed", "saved.json", "--type", "note-vaccination", "--patient", "patient.json")
    desk.dmp("consult", "-", "--since", "all", "--save", "saved", entry="279035121518989\n")
    document = max((desk.folder / "saved").iterdir()).read_bytes().replace(b"2.25.", b"2.25.7")
    desk.write("finished.xml", document)

    fed = desk.dmp("feed", "finished.xml", "--json")

    assert json.loads(fed.stdout)["state"] == "sent", fed.stdout


@pytest.mark.parametrize(
    ("name", "content", "code", "detail"),
    [
        ("cut.xml", b"<ClinicalDocument xmlns='urn:hl7-org:v3'>\n<id", "DMP-INPUT-003", "line 2"),
        ("doctype.xml", b"<!DOCTYPE x><ClinicalDocument xmlns='urn:hl7-org:v3'/>", "DMP-INPUT-003", "DOCTYPE"),
        ("other.xml", b"<html/>", "DMP-INPUT-005", "ClinicalDocument"),
    ],
)
def test_a_file_that_is_no_document_is_refused_with_the_line_and_the_rule(
    desk: Desk, name: str, content: bytes, code: str, detail: str
) -> None:
    desk.write(name, content)

    refused = desk.dmp("feed", name)

    assert refused.returncode == 1
    assert code in refused.stderr
    assert detail in refused.stderr


def test_a_cut_pdf_is_refused_with_the_rule(desk: Desk) -> None:
    desk.write("cut.pdf", tiny_pdf.write(["Entretien"])[:-20])

    refused = desk.dmp("feed", "cut.pdf", "--type", "bilan-medication", "--patient", "patient.json")

    assert refused.returncode == 1
    assert "Refusé" in refused.stdout
    assert "PDF" in refused.stderr


def test_a_real_ins_is_never_taken_from_the_command_line(desk: Desk) -> None:
    refused = desk.dmp("consult", "277076322082910 1.2.250.1.213.1.4.8")

    assert refused.returncode == 1
    assert "DMP-IDENT-001" in refused.stderr
    assert "277076322082910" not in refused.stderr


def test_a_missing_configuration_says_how_to_get_one(desk: Desk) -> None:
    refused = desk.dmp("consult", "279035121518989", "--config", "nowhere.toml")

    assert refused.returncode == 1
    assert "dmp simulate" in refused.stderr


def test_the_outbox_tells_what_was_refused_and_tries_again(desk: Desk) -> None:
    desk.write("bad.json", VACCINATION | {"acte": "AUTRE"})
    fed = json.loads(
        desk.dmp("feed", "bad.json", "--type", "note-vaccination", "--patient", "patient.json", "--json").stdout
    )

    listed = desk.dmp("outbox", "list", "--json")
    retried = desk.dmp("outbox", "retry", fed["item"])
    cancelled = desk.dmp("outbox", "cancel", fed["item"])

    item = next(one for one in json.loads(listed.stdout) if one["item"] == fed["item"])
    assert (item["state"], item["fault"]["code"]) == ("refused", "DMP-INPUT-010")
    assert "acte" in item["fault"]["detail"]
    assert (retried.returncode, cancelled.returncode) == (0, 0)
    assert "Annulé" in cancelled.stdout
