"""The example of each client, built with its own toolchain: a patient is opened, a document saved, confirmed, sent."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from client_toolchains import BUILDS, build
from doc_officine.examples import BILAN

ROOT = Path(__file__).resolve().parents[3]
CASE = json.loads((ROOT / "plugins/lgo_demo/lgo_demo/case.json").read_text(encoding="utf-8"))
PATIENT = {"patient": CASE["patients"][0]}
DOCUMENT = {"key": "client-1", "record": "client-1", "type_id": "bilan-medication", "content": BILAN, **PATIENT}


LANGUAGES = [language for language in BUILDS if language != "python"]  # its example is the tutorial
ROAD = ["patient/opened", "document/saved", "feed/confirm", "feed/finished sent"]
WRONG = "La configuration du module DMP est incorrecte."
STOPPED = "Le pont vers le DMP est arrêté."


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_example_tells_the_operator_why_no_bridge_works(language: str, house: Any, tmp_path: Path) -> None:
    folder = tmp_path / "build"
    folder.mkdir()
    program = build(language, folder)
    for name, content in {"initialize": house.introduction, "patient": PATIENT, "document": DOCUMENT}.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    (tmp_path / "dmp.toml").write_text("enviroment = 1\n", encoding="utf-8")
    files = [str(tmp_path / f"{name}.json") for name in ("initialize", "patient", "document")]

    for command, sentence in ((house.command, WRONG), (["false"], STOPPED)):
        done = subprocess.run(
            [*program, *files, *command], env={**os.environ, **house.environment, "LD_LIBRARY_PATH": str(folder)},
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

        assert sentence in done.stdout, done.stderr[-2000:]
        assert done.returncode == 1, "it ends by itself, and no unforeseen way"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_example_opens_a_patient_and_feeds_a_document_though_its_bridge_dies(
    language: str, connected: Any, dies_once: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "build"
    folder.mkdir()
    program = build(language, folder)
    introduction = connected.introduction | {"adapter": "lgo_id"}
    for name, content in {"initialize": introduction, "patient": PATIENT, "document": DOCUMENT}.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")

    files = [tmp_path / f"{name}.json" for name in ("initialize", "patient", "document")]

    def road() -> list[str]:
        done = subprocess.run(
            [*program, *files, *connected.command],
            env={**os.environ, **connected.environment, "LD_LIBRARY_PATH": str(folder)},
            capture_output=True, text=True, timeout=240, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr[-2000:]
        return done.stdout.splitlines()

    died = dies_once(connected)
    told = road()

    assert died.exists(), "the first bridge was killed with the document on disk and its answer unsaid"
    assert [line for line in told if line != "initialize"] == ROAD, "the same key again, one document"
    assert told[0] == "initialize"
    with connected.client() as client:
        client.start(connected.introduction)
        assert [item["state"] for item in client.call("outbox/list")["items"]] == ["sent"]
