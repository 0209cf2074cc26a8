"""The export and the table of the page on the mapping language, tried with the command that the page names."""

import json
import re
import subprocess
import sys
from pathlib import Path

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "mapping.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return found[1]


def test_the_table_of_the_page_reads_the_export_of_the_page(tmp_path: Path) -> None:
    (tmp_path / "export.csv").write_text(block("csv"), encoding="utf-8")
    (tmp_path / "mapping.toml").write_text(block("toml"), encoding="utf-8")
    (command,) = re.findall(r"`dmp (documents map [^`]*)`", PAGE)

    shown = subprocess.run(
        [sys.executable, "-m", "dmp_core.cli", *command.split()],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )

    (document,) = json.loads(shown.stdout)
    assert document["key"] == "B-7/2"
    assert document["content"] == {"date": "2026-01-15"}
