"""The example of each client, built with its own toolchain: a patient is opened, a document saved, confirmed, sent."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from doc_officine.examples import BILAN

ROOT = Path(__file__).resolve().parents[3]
CLIENTS = ROOT / "hostbridge" / "clients"
C_SOURCES = [str(CLIENTS / "c" / f"{name}.c") for name in ("dmp_bridge", "json_scan", "child_posix")]
CASE = json.loads((ROOT / "plugins/lgo_demo/lgo_demo/case.json").read_text(encoding="utf-8"))
GSON = "/usr/share/java/gson.jar"
PATIENT = {"patient": CASE["patients"][0]}
DOCUMENT = {"key": "client-1", "record": "client-1", "type_id": "bilan-medication", "content": BILAN, **PATIENT}


def run(*command: str | Path) -> None:
    """One step of a build; its words are shown where it fails."""
    program = str(command[0])
    if shutil.which(program) is None:
        if os.environ.get("CI") == "true":
            raise AssertionError(f"{program} is missing")
        pytest.skip(f"LOUD: {program} is not installed: this client is not tried")
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def c(folder: Path) -> list[str]:
    program = folder / "example"
    run("gcc", "-std=c11", "-fsanitize=address,undefined", "-o", program, CLIENTS / "c" / "example.c", *C_SOURCES)
    return [str(program)]


def pascal(folder: Path) -> list[str]:
    run("gcc", "-std=c11", "-fPIC", "-shared", "-fvisibility=hidden", "-o", folder / "libdmp_bridge.so", *C_SOURCES)
    sources = CLIENTS / "pascal"
    run("fpc", f"-FE{folder}", f"-FU{folder}", f"-Fl{folder}", f"-Fu{sources}", "-Sew", sources / "example.pas")
    return [str(folder / "example")]


def csharp(folder: Path) -> list[str]:
    run("gcc", "-std=c11", "-fPIC", "-shared", "-fvisibility=hidden", "-o", folder / "libdmp_bridge.so", *C_SOURCES)
    sources = [CLIENTS / "csharp" / name for name in ("DmpBridge.cs", "Types.cs", "Example.cs")]
    references = ("-r:System.Runtime.Serialization", "-r:System.Core")
    run("mcs", "-warnaserror", "-langversion:7", *references, f"-out:{folder / 'Example.exe'}", *sources)
    return ["mono", str(folder / "Example.exe")]


def java(folder: Path) -> list[str]:
    sources = CLIENTS / "java"
    files = (*sorted((sources / "fr/dmp/bridge").glob("*.java")), sources / "Example.java")
    run("javac", "-Xlint:all", "-Werror", "-cp", GSON, "-d", folder, *files)
    return ["java", "-cp", f"{folder}:{GSON}", "Example"]


def typescript(folder: Path) -> list[str]:
    for file in (CLIENTS / "typescript").iterdir():
        shutil.copy(file, folder)
    run("npm", "--prefix", folder, "install", "--no-audit", "--no-fund", "--ignore-scripts", "--silent")
    run("node", folder / "node_modules/typescript/bin/tsc", "-p", folder)
    return ["node", str(folder / "example.js")]


LANGUAGES: dict[str, Callable[[Path], list[str]]] = {
    "c": c,
    "csharp": csharp,
    "java": java,
    "pascal": pascal,
    "typescript": typescript,
}


ROAD = ["patient/opened", "document/saved", "feed/confirm", "feed/finished sent"]
WRONG = "La configuration du module DMP est incorrecte."
STOPPED = "Le pont vers le DMP est arrêté."


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_example_tells_the_operator_why_no_bridge_works(language: str, house: Any, tmp_path: Path) -> None:
    folder = tmp_path / "build"
    folder.mkdir()
    program = LANGUAGES[language](folder)
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
    program = LANGUAGES[language](folder)
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
