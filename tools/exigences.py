#!/usr/bin/env python3
"""Writes docs/reference/exigences.md: which test proves which official requirement, from the `exigence` marks.

python tools/exigences.py [--check]      with --check: writes nothing, status 1 where the page is not fresh
"""

import ast
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
PAGE: Final = ROOT / "docs" / "reference" / "exigences.md"
REQUIREMENTS: Final = ROOT / "tools" / "exigences.toml"
CERTAINTY: Final = {
    "C": "official text read",
    "T": "quoted by third parties",
    "D": "draft of Ségur wave 2, by analogy",
    "U": "unknown",
}
PARTS: Final = {"core": "", "host": "the host's part", "both": "the host's part too", "unknown": "unknown: not public"}
HEAD: Final = """<!-- Written by tools/exigences.py: mark a test with `exigence`, then run it. -->

# Requirements and the tests that prove them

Every requirement of the DMP (`EX_`, `REC_`, `PRE_`, `RG_`) and of Ségur (`SC.DMP/`) that public sources quote, in our
words: the official texts are not public, and come with the editor's contract. *Known from* says how sure that is.
A requirement without a test and without another's part is not proven."""


def requirements() -> dict[str, dict[str, str]]:
    return tomllib.loads(REQUIREMENTS.read_text(encoding="utf-8"))


def marks() -> dict[str, list[str]]:
    """The tests by requirement, read from the source: nothing is imported."""
    found: dict[str, list[str]] = defaultdict(list)
    for folder in (ROOT / "tests", *sorted((ROOT / "plugins").glob("*/tests"))):
        for file in sorted(folder.rglob("test_*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.FunctionDef):
                    for identifier in _marked(node):
                        found[identifier].append(f"`{file.relative_to(ROOT).as_posix()}::{node.name}`")
    return found


def _marked(function: ast.FunctionDef) -> Iterator[str]:
    for decorator in function.decorator_list:
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "pytest.mark.exigence":
            yield from (argument.value for argument in decorator.args if isinstance(argument, ast.Constant))


def page() -> str:
    tests, rows = marks(), requirements()
    unknown = sorted(tests.keys() - rows.keys())
    if unknown:
        raise SystemExit(f"marked, but not in {REQUIREMENTS.name}: {', '.join(unknown)}")
    lines = ["| requirement | what it asks | known from | proven by |", "| --- | --- | --- | --- |"]
    for name, row in rows.items():
        proof = [*sorted(tests.get(name, [])), *filter(None, [PARTS[row["part"]]])]
        known = CERTAINTY[row["certainty"]]
        lines.append(f"| {name} | {row['says']} | {known} | {'<br>'.join(proof) or 'nothing yet'} |")
    return "\n".join([HEAD, "", *lines]) + "\n"


def main(arguments: list[str]) -> int:
    wanted = page()
    if "--check" in arguments:
        fresh = PAGE.is_file() and PAGE.read_text(encoding="utf-8") == wanted
        print("" if fresh else "not fresh: docs/reference/exigences.md")
        return 0 if fresh else 1
    PAGE.write_text(wanted, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
