"""The page of the requirements follows from the marks of the tests."""

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_of_the_requirements_is_fresh() -> None:
    checked = subprocess.run(
        [sys.executable, ROOT / "tools" / "exigences.py", "--check"], capture_output=True, text=True, check=False
    )

    assert checked.returncode == 0, f"{checked.stdout}{checked.stderr}run: python tools/exigences.py"


def test_every_requirement_says_what_it_asks_from_where_it_is_known_and_whose_it_is() -> None:
    rows = tomllib.loads((ROOT / "tools" / "exigences.toml").read_text(encoding="utf-8"))

    assert len(rows) > 60
    for row in rows.values():
        assert row["certainty"] in "CTDU"
        assert row["part"] in ("core", "host", "both", "unknown")
        assert row["says"]
