"""The attacks and bad inputs that the project promises to withstand: each numbered row has its tests, none is skipped.

The numbers are those of the catalogue of 104 rows; those of features that do not exist yet are not promised yet.
"""

import ast
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
ROW: Final = re.compile(r"row[-_](\d{3})")
PROMISED: Final = {
    "Bridge: HTTP, WebSocket": range(1, 28),
    "JSON-RPC on the bridge": range(28, 38),
    "XML in general": range(38, 47),
    "SOAP, MTOM, XDS": range(47, 61),
    "TLS": range(61, 66),
    "SAML, XML signature": range(66, 85),
    "CDA, PDF, images": range(85, 95),
    "plugins, supply chain": range(95, 101),
    "code of the card": range(101, 102),
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
    marked = [f"{file.name}: {name}" for file in (ROOT / "tests").rglob("test_*.py") for name in skipped_rows(file)]

    assert marked == []


def skipped_rows(file: Path) -> list[str]:
    """Tests of a row that may be skipped: the row stands in their name or their parameters."""
    text = file.read_text(encoding="utf-8")
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            head = " ".join([node.name, *(ast.unparse(each) for each in node.decorator_list)])
            if ROW.search(head) and ("mark.skip" in head or "mark.xfail" in head):
                found.append(node.name)
    return found
