"""The small demonstration LGO: the whole road, over real pipes and real HTTPS."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

DEMO = Path(__file__).resolve().parents[3] / "plugins" / "lgo_demo"
PEOPLE = ("PAT-TROIS", "DOMINIQUE", "279035121518989", "1979-03-28")


def run(house, scenario: str, *options: str) -> tuple[int, list[dict[str, Any]], str]:
    """Exit status, transcript and raw output of one scenario."""
    path = f"{DEMO}{os.pathsep}{house.environment['PYTHONPATH']}"
    arguments = ["-m", "lgo_demo", "--scenario", scenario, "--json", *options, "--bridge", *house.command]
    done = subprocess.run(
        [sys.executable, *arguments],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stdout + done.stderr


def test_a_vaccination_saved_in_the_lgo_reaches_the_record_and_is_read_back_byte_for_byte(connected):
    status, steps, output = run(connected, "feed")

    assert [(step["step"], step["state"], step["transaction"]) for step in steps if step["ok"]] == [
        ("initialize", "simulation", ""),
        ("patient/opened", "", ""),
        ("host/event", "accepted", ""),
        ("window/show", "awaiting_confirmation", ""),
        ("feed/describe", "", ""),
        ("feed/confirm", "ready", ""),
        ("feed/finished", "sent", "TD2.1"),
        ("dmp/open", "authorised", "TD0.2"),
        ("dmp/list", "", "TD3.1"),
        ("dmp/fetch", "", "TD3.2"),
        ("compare", "", ""),
    ], output
    assert status == 0


@pytest.mark.parametrize("scenario", ["feed"])
def test_the_transcript_of_the_feeding_tells_nothing_of_the_patient(scenario, connected):
    _, _, output = run(connected, scenario)

    assert [word for word in PEOPLE if word in output] == []


def test_every_document_of_a_record_is_listed_and_read(connected):
    run(connected, "feed")

    status, steps, output = run(connected, "consult")

    read = [document for step in steps if step["step"] == "dmp/fetch" for document in step.get("documents", [])]
    assert status == 0, output
    assert "Note de vaccination" in {document["type"] for document in read}
    assert {document["author"] for document in read} == {"CAMILLE TITULAIRE"}
    assert all(len(document["sha256"]) == 64 and document["size"] > 1000 for document in read)


def test_another_case_and_another_save_are_taken_from_outside(connected, tmp_path):
    case = json.loads((DEMO / "lgo_demo" / "case.json").read_text(encoding="utf-8"))
    file = tmp_path / "case.json"
    file.write_text(json.dumps({"patients": case["patients"][1:]}), encoding="utf-8")
    run(connected, "feed", "--case", str(file), "--save", "another")

    _, steps, output = run(connected, "consult", "--case", str(file))

    assert [len(step["documents"]) for step in steps if step["step"] == "dmp/fetch"] == [1], output


def test_without_network_the_transcript_ends_with_the_reason(make_house):
    status, steps, output = run(make_house(plugins=("lgo_id", "doc_officine")), "consult")

    failed = [step for step in steps if not step["ok"]]
    assert status == 1
    assert {step["step"] for step in failed} == {"dmp/open"}, output
    assert all(step["detail"].startswith("DMP-NET-001") for step in failed)
