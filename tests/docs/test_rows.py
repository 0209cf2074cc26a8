"""The attacks and bad inputs that the project promises to withstand: each numbered row has its tests, none is skipped.

The numbers are those of the catalogue of 104 rows; those of features that do not exist yet are not promised yet.
"""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
ROW: Final = re.compile(r"row-(\d{3})")
PROMISED: Final = {
    "JSON-RPC on the bridge": range(28, 38),
    "XML in general": range(38, 47),
    "TLS": range(61, 64),
    "CDA, PDF, images": range(85, 95),
}


def collected() -> Counter[int]:
    """How many tests each row has."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "tests/unit"]
    command += ["tests/contract", "tests/integration", "tests/e2e"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout[-2000:]
    return Counter(int(number) for line in done.stdout.splitlines() for number in set(ROW.findall(line)))


def test_every_promised_row_has_its_tests() -> None:
    counts = collected()

    for family, rows in PROMISED.items():
        print(f"{family:24}", *(f"{row}:{counts[row]}" for row in rows))
    assert [row for rows in PROMISED.values() for row in rows if not counts[row]] == []


def test_no_row_is_skipped() -> None:
    marked = [
        f"{file.name}: {line.strip()}"
        for file in (ROOT / "tests").rglob("*.py")
        if ROW.search(text := file.read_text(encoding="utf-8")) and file.name != Path(__file__).name
        for line in text.splitlines()
        if "mark.skip" in line or "mark.xfail" in line
    ]

    assert marked == []
