"""What the pages say is so: examples in docstrings run, generated pages are fresh, commands work as printed."""

import doctest
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
COMMAND = re.compile(r"^(?:    |\$ )?((?:echo [^|]*\| )?python3 run\.py [^#\n]*)", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")


def modules_with_examples() -> list[str]:
    files = [file for package in ("dmp_core", "hostbridge") for file in (ROOT / package).rglob("*.py")]
    found = [file for file in files if ">>> " in file.read_text(encoding="utf-8")]
    return sorted(".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__") for file in found)


@pytest.mark.parametrize("module", modules_with_examples())
def test_the_examples_of_a_docstring_give_what_they_say(module: str) -> None:
    failed, tried = doctest.testmod(import_module(module))

    assert tried > 0
    assert failed == 0


@pytest.mark.parametrize("tool", ["reference.py", "client_types.py"])
def test_what_is_generated_is_fresh(tool: str) -> None:
    checked = subprocess.run(
        [sys.executable, ROOT / "tools" / tool, "--check"], capture_output=True, text=True, check=False
    )

    assert checked.returncode == 0, f"{checked.stdout}run: python tools/{tool}"


@pytest.mark.parametrize("file", PAGES, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_link_between_pages_leads_somewhere(file: Path) -> None:
    targets = LINK.findall(file.read_text(encoding="utf-8"))

    assert [target for target in targets if not (file.parent / target).exists()] == []


@pytest.fixture
def desk(tmp_path: Path) -> Iterator["Desk"]:
    desk = Desk(tmp_path)
    yield desk
    desk.leave()


class Desk:
    """An empty folder in which commands are typed as a page prints them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: list[subprocess.Popen[bytes]] = []

    def run(self, command: str) -> int:
        """The exit status; a simulator and the pharmacy in the browser are left running once they are ready."""
        here = command.replace("python3 run.py dmp", f'"{sys.executable}" -m dmp_core.cli')
        here = here.replace("python3 run.py demo", f'"{sys.executable}" -m dmp_core.cli demo')
        process = subprocess.Popen(
            f"exec {here}" if "|" not in here else here,
            shell=True,
            cwd=self._folder,
            stdout=subprocess.PIPE,
            env={**os.environ, "BROWSER": "true"},  # what opens the pharmacy opens nothing here
        )
        if "simulate" not in command and not command.endswith(("demo", "demo --cards")):
            process.communicate(timeout=240)
            return process.returncode
        self._running.append(process)
        assert process.stdout is not None
        return 0 if process.stdout.readline() else process.wait()

    def leave(self) -> None:
        for process in self._running:
            process.terminate()
            process.communicate()


def test_the_commands_of_the_readme_work_as_printed(desk: Desk) -> None:
    commands = COMMAND.findall((ROOT / "README.md").read_text(encoding="utf-8"))
    assert len(commands) >= 8

    results = {command: desk.run(command.strip()) for command in commands if wanted(command)}

    assert {command: status for command, status in results.items() if status} == {}


def wanted(command: str) -> bool:
    """Not the tests inside the tests, nor what takes a folder that only its reader has."""
    return not command.startswith("python3 run.py test") and "FOLDER" not in command
