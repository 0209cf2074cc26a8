"""One-file plugins, while they are written: `NAME.py` in a folder, whose first comment is the manifest.

    # /// dmp-plugin
    # kind = "host"
    # hooks = ["on_patient_opened"]
    # ///

The table is that of `dmp-plugin.toml`; `id`, `version` and `api` may be left out (the file's name, 0, the present one).
Each state of a file becomes a package of its own, so that a change is another version, in a process of its own.
"""

import hashlib
import json
import re
import shutil
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dmp_core.api.version import API_VERSION
from dmp_core.errors import PluginRefused
from dmp_core.plughost import manifest
from dmp_core.plughost.discovery import Found
from dmp_core.plughost.manifest import FILE

PUBLISHER: Final = "plugins folder"
_BLOCK: Final = re.compile(r"^# /// dmp-plugin[ \t]*\n((?:#(?: .*)?\n)+?)# ///[ \t]*$", re.MULTILINE)
_MOST: Final = 1_000_000  # bytes of a file
_KEPT: Final = 2  # versions of a file: the one in use, the one before


@dataclass(frozen=True, slots=True)
class LooseFolder:
    """The plugins of `folder`, written out as packages below `written`."""

    folder: Path
    written: Path

    def find(self) -> Sequence[Found]:
        """Every `*.py` of the folder, by name; a wrong one with its reason."""
        return tuple(read(file, self.written) for file in sorted(self.folder.glob("*.py")) if file.is_file())


def read(file: Path, written: Path) -> Found:
    """The plugin in one file, as a package below `written`. What is wrong is its `reason`."""
    try:
        raw = file.read_bytes()
        if len(raw) > _MOST:
            raise PluginRefused(f"the file is larger than {_MOST} bytes")
        digest = hashlib.sha256(raw).hexdigest()
        package = _package(file.stem, raw, digest, written)
        told = manifest.read(package / FILE)
        if told.id != file.stem:
            raise PluginRefused(f"its table says {told.id}, the file's name {file.stem}")
    except PluginRefused as error:
        return Found(file.stem[:40], PUBLISHER, reason=error.detail)
    except (OSError, UnicodeDecodeError) as error:
        return Found(file.stem[:40], PUBLISHER, reason=f"{file.name} cannot be read: {type(error).__name__}")
    return Found(file.stem, PUBLISHER, package, told, publisher=PUBLISHER, digest=digest)


def _package(name: str, raw: bytes, digest: str, written: Path) -> Path:
    """The package of this state of the file, written once."""
    versions = written / name
    package = versions / digest[:16] / name
    if package.is_dir():
        return package
    text = _manifest(name, raw.decode("utf-8"))
    draft = versions / f".{digest[:16]}"
    shutil.rmtree(draft, ignore_errors=True)
    (draft / name).mkdir(parents=True)
    (draft / name / "__init__.py").write_bytes(raw)
    (draft / name / FILE).write_text(text, encoding="utf-8")
    draft.replace(package.parent)
    for old in sorted(versions.iterdir(), key=lambda each: each.stat().st_mtime)[:-_KEPT]:
        shutil.rmtree(old, ignore_errors=True)
    return package


def _manifest(name: str, text: str) -> str:
    """The manifest that the comment holds, whole. Raises PluginRefused."""
    block = _BLOCK.search(text.replace("\r\n", "\n"))
    if block is None:
        raise PluginRefused("it does not begin with the comment `# /// dmp-plugin`, its table and `# ///`")
    table = "\n".join(line[2:] for line in block[1].splitlines())
    try:
        known = tomllib.loads(table)
    except tomllib.TOMLDecodeError as error:
        raise PluginRefused(f"its table is not TOML: {error}") from error
    usual = {"id": name, "version": "0", "api": [API_VERSION]}
    head = [f"{key} = {json.dumps(value)}" for key, value in usual.items() if key not in known]
    return "\n".join([*head, table, ""])
