"""The two roads as `dmp demo` plays them: LGO, bridge and simulated DMP in processes of their own."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

DOCUMENT = {"file", "type", "type_code", "title", "date", "author", "unique_id", "sha256", "size", "identical"}
OF_A_PATIENT = ("PAT-TROIS", "DOMINIQUE", "279035121518989")


def demo(*arguments: str) -> tuple[int, Any, str]:
    """Exit status, transcript, and what was said on standard error."""
    command = [sys.executable, "-m", "dmp_core.cli", "demo", "--json", *arguments]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=240, check=False)
    return done.returncode, json.loads(done.stdout or "null"), done.stderr


def transactions(steps: list[dict[str, Any]]) -> list[str]:
    return [step["transaction"] for step in steps if step["transaction"]]


def test_a_vaccination_is_fed_and_read_back_identical_in_both_modes() -> None:
    status, transcript, said = demo("--scenario", "feed")

    assert (status, transcript["ok"]) == (0, True)
    assert [(run["feed"], run["read"]) for run in transcript["runs"]] == [("direct", "direct"), ("indirect", "air")]
    for run in transcript["runs"]:
        assert transactions(run["steps"]) == ["TD2.1", "TD0.2", "TD3.1", "TD3.2"]
        assert all(step["ok"] and step["ms"] >= 0 for step in run["steps"])
        assert run["steps"][-1]["step"] == "compare"
    assert not any(word in said for word in OF_A_PATIENT)


def test_the_transcript_of_feeding_tells_nothing_of_the_patient() -> None:
    _, transcript, _ = demo("--scenario", "feed", "--mode", "direct")

    assert not any(word in json.dumps(transcript) for word in OF_A_PATIENT)


def test_without_a_folder_a_small_record_is_read() -> None:
    status, transcript, _ = demo("--scenario", "consult")

    assert (status, transcript["ok"]) == (0, True)
    assert len(transcript["documents"]) == 3


@pytest.mark.oracle
def test_a_folder_of_others_documents_is_listed_and_read_byte_for_byte(oracle: Path) -> None:
    folder = oracle / "ans" / "ExemplesCDA"

    status, transcript, _ = demo("--scenario", "consult", "--documents", str(folder))

    assert (status, transcript["ok"], transcript["refused"]) == (0, True, [])
    assert {one["file"] for one in transcript["documents"]} == {file.name for file in folder.glob("*.xml")}
    assert all(one["identical"] and one.keys() == DOCUMENT for one in transcript["documents"])
    assert all(one["type"] and one["title"] and one["date"] and one["author"] for one in transcript["documents"])
    assert {"TD0.2", "TD3.1", "TD3.2"} == set(transactions(transcript["steps"]))


@pytest.mark.oracle
def test_a_file_that_is_no_document_is_named_with_the_reason_and_the_others_are_read(
    oracle: Path, tmp_path: Path
) -> None:
    example = (oracle / "ans" / "ExemplesCDA" / "VAC-NOTE_2023.01.xml").read_bytes()
    (tmp_path / "good.xml").write_bytes(example)
    (tmp_path / "cut.xml").write_bytes(example[:4000])
    (tmp_path / "twice.xml").write_bytes(example)
    (tmp_path / "nobody.xml").write_bytes(example.replace(b"1.2.250.1.213.1.4.10", b"1.2.3.4.5"))

    status, transcript, _ = demo("--scenario", "consult", "--documents", str(tmp_path))

    assert status == 0
    assert [one["file"] for one in transcript["documents"]] == ["good.xml"]
    assert [one["file"] for one in transcript["refused"]] == ["cut.xml", "nobody.xml", "twice.xml"]
    assert all(one["reason"] for one in transcript["refused"])


def test_an_empty_folder_is_no_success(tmp_path: Path) -> None:
    status, transcript, _ = demo("--scenario", "consult", "--documents", str(tmp_path))

    assert (status, transcript["ok"]) == (1, False)
