"""The command line as a developer calls it, and the rules of ANS, compiled once."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from dmp_core.cli import main
from dmp_core.plughost.discovery import discover
from dmp_core.xml import Element, parse


@pytest.fixture
def dmp(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Result]:
    """`dmp *arguments` in an empty folder, without a configuration."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DMP_CONFIG", raising=False)

    def run(*arguments: str, stdin: bytes | None = None) -> Result:
        return CliRunner().invoke(main, list(arguments), input=stdin)

    return run


@pytest.fixture
def built(dmp: Callable[..., Result], tmp_path: Path) -> Callable[..., Element]:
    """The document that `dmp documents build` makes of a content, or of the type's example."""

    def build(type_id: str, content: dict[str, Any] | None = None, *options: str) -> Element:
        said = "--example" if content is None else "-"
        given = None if content is None else json.dumps(content).encode()
        result = dmp("documents", "build", type_id, said, "-o", "out.xml", *options, stdin=given)
        assert (result.exit_code, result.stderr) == (0, "")
        return parse((tmp_path / "out.xml").read_bytes())

    return build


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str, str], None]]:
    """Put a plugin that brings documents beside those that are installed: its name and its code."""
    installed = []

    def put(name: str, code: str) -> None:
        site = tmp_path / "site-packages"
        files = {
            f"{name}/__init__.py": "from dmp_core.api import *\n" + code,
            f"{name}/dmp-plugin.toml": f'id = "{name}"\nversion = "1"\nkind = "document"\napi = ["1.0"]\n'
            'hooks = ["provide_document_types", "resolve_document"]\nreads = ["content"]\n',
            f"{name}-1.dist-info/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n",
            f"{name}-1.dist-info/entry_points.txt": f"[dmp.plugins]\n{name} = {name}\n",
        }
        files[f"{name}-1.dist-info/RECORD"] = "".join(f"{file},,\n" for file in files)
        for file, text in files.items():
            (site / file).parent.mkdir(parents=True, exist_ok=True)
            (site / file).write_text(text, encoding="utf-8")
        monkeypatch.syspath_prepend(site)
        installed.append(name)
        discover.cache_clear()

    yield put
    discover.cache_clear()
    for name in installed:
        sys.modules.pop(name, None)
