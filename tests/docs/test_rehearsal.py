"""The page that rehearses a certification: its commands typed in order, those refused with the code that it names."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "how-to" / "rehearse-a-certification.md"
COMMAND = re.compile(r"^    ((?:echo \d+ \| )?python3 run\.py [^#\n]*?)\s*(?:# (.*))?$", re.MULTILINE)
FILE = re.compile(r"`([\w-]+\.(?:json|toml))`[^`]*\n\n```(?:json|toml)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass
class Vendor:
    """Somebody in an empty folder who types what the page says."""

    folder: Path
    item: str = ""
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def type(self, command: str, refused: str | None) -> str:
        """'' where it went as the page says, else what was seen."""
        here = re.sub(r"\bITEM\b", self.item, command).replace(
            "python3 run.py dmp", f'"{sys.executable}" -m dmp_core.cli'
        )
        if " simulate " in command:
            return self.leave_running(here)
        done = subprocess.run(
            here,
            shell=True,
            cwd=self.folder,
            capture_output=True,
            text=True,
            env=dict(os.environ),
            timeout=240,
            check=False,
        )
        seen = done.stdout + done.stderr
        if refused is None and done.returncode == 0:
            self.remember(command, done.stdout)
            return ""
        return "" if refused is not None and done.returncode != 0 and refused in seen else f"{done.returncode} {seen}"

    def leave_running(self, here: str) -> str:
        process = subprocess.Popen(f"exec {here}", shell=True, cwd=self.folder, stdout=subprocess.PIPE)
        self.running.append(process)
        assert process.stdout is not None
        return "" if process.stdout.readline() else "the simulator ended"

    def remember(self, command: str, printed: str) -> None:
        if " feed " in command and "--json" in command:
            self.item = json.loads(printed)["item"]


@pytest.fixture
def vendor(tmp_path: Path) -> Iterator[Vendor]:
    made = Vendor(tmp_path)
    yield made
    for process in made.running:
        process.terminate()
        process.communicate()


def test_every_command_goes_as_the_page_says(vendor: Vendor) -> None:
    page = PAGE.read_text(encoding="utf-8")
    for name, text in FILE.findall(page):
        (vendor.folder / name).write_text(text, encoding="utf-8")
    commands = [(command, *re.findall(r"^refused: (\S+)$", note)) for command, note in COMMAND.findall(page)]

    failed = {line[0]: seen for line in commands if (seen := vendor.type(line[0], line[1] if line[1:] else None))}

    assert failed == {}
    assert sum(len(line) == 2 for line in commands) >= 5
    assert {file.name for file in vendor.folder.iterdir()} >= {"patient.json", "administer.toml", "note.xml", "saved"}


def test_every_transaction_that_the_pharmacy_has_is_rehearsed() -> None:
    page = PAGE.read_text(encoding="utf-8")
    transactions = ["TD0.2", "TD0.3", "TD0.4", "TD0.9", "TD1.3a", "TD1.6", "TD2.1", "TD3.1", "TD3.2"]
    corrections = ["TD3.3a", "TD3.3c", "TD3.3d", "INSi"]

    assert [one for one in (*transactions, *corrections) if one not in page] == []
