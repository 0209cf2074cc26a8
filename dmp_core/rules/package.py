"""The package that ANS publishes (testContenuCDA), out of its folder or its ZIP, verified before it is used.

Only what the rules are made of is taken: the XSD, the schematrons, the value sets. Names are found whatever their case,
for the schematrons of ANS do not keep to it (`E_directiveAnticipee_int.sch` is `E_directiveanticipee_int.sch`).
"""

import hashlib
import os
import posixpath
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from dmp_core.errors import RulesRefused, XmlRefused
from dmp_core.model.limits import MEGABYTE
from dmp_core.xml import Element, parse

SCHEMA: Final = "infrastructure/cda/CDA_extended.xsd"
SCHEMATRONS: Final = "schematrons"
GENERAL: Final = (
    "profils/structurationMinimale/ASIP-STRUCT-MIN-StrucMin.sch",
    "profils/IHE.sch",
    "profils/CI-SIS_ModelesDeContenusCDA.sch",
    "profils/CI-SIS_Modeles_ANS.sch",
)
MANIFEST: Final = "MANIFEST.sha256"

_PARTS: Final = ("infrastructure/cda/", "schematrons/", "jeuxdevaleurs/")
_KINDS: Final = (".xsd", ".sch", ".xml")
_LARGEST_FILE: Final = 20 * MEGABYTE
_LARGEST: Final = 200 * MEGABYTE
_MOST_FILES: Final = 50_000
_UNSAFE: Final = re.compile(r"[\\:\x00-\x1f]|(^|/)\.{0,2}(/|$)")
_DOCTYPE: Final = re.compile(rb"<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.DOTALL)
_ZIP_ERRORS: Final = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)


@dataclass(frozen=True, slots=True)
class Package:
    """What was taken: the files by their path in the package, the day of the newest, the name that it came under."""

    label: str
    dated: date | None
    files: Mapping[str, bytes] = field(repr=False)
    _names: dict[str, str] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._names.update({path.casefold(): path for path in self.files})

    @property
    def digest(self) -> str:
        """SHA-256 of the paths and the contents, in hexadecimal."""
        total = hashlib.sha256()
        for path in sorted(self.files):
            total.update(f"{path}\0{hashlib.sha256(self.files[path]).hexdigest()}\n".encode())
        return total.hexdigest()

    def find(self, path: str) -> str | None:
        """The file at `path`, under the case that it has; None where there is none."""
        normal = posixpath.normpath(path)
        return normal if normal in self.files else self._names.get(normal.casefold())

    def read(self, path: str) -> Element:
        """The root of one of the files. Raises RulesRefused, with its name."""
        try:
            return parse(self.files[path], limit=_LARGEST_FILE)
        except XmlRefused as error:
            raise RulesRefused(f"{path}: {error.detail}") from None


def open_package(source: Path) -> Package:
    """The package in a folder or a ZIP. Raises RulesRefused with the reason."""
    found = list(_of_folder(source) if source.is_dir() else _of_zip(source))
    root = _root([path for path, _, _ in found])
    manifest = next((content for path, content, _ in found if path == root + MANIFEST), None)
    taken = [(path.removeprefix(root), content, day) for path, content, day in found if _is_taken(path, root)]
    files = {path: content for path, content, _ in taken}
    if len(files) < len(taken):
        raise RulesRefused("a file stands there twice")
    if manifest is not None:
        _compare(manifest, files)
    package = Package(
        label=root.rstrip("/").rpartition("/")[2] or source.resolve().name.removesuffix(".zip"),
        dated=max((day for _, _, day in taken if day), default=None),
        files={path: _without_doctype(path, content) for path, content in files.items()},
    )
    missing = [path for path in (SCHEMA, *(f"{SCHEMATRONS}/{name}" for name in GENERAL)) if not package.find(path)]
    if missing:
        raise RulesRefused(f"not the package of ANS: {', '.join(missing)} missing")
    return package


def _root(paths: list[str]) -> str:
    """What stands before `infrastructure/cda` : nothing, or the one folder of a download."""
    ends = [path[: -len(SCHEMA)] for path in paths if f"/{path}".casefold().endswith(f"/{SCHEMA}".casefold())]
    if not ends:
        raise RulesRefused(f"not the package of ANS: no {SCHEMA}")
    return min(ends, key=len)


def _is_taken(path: str, root: str) -> bool:
    inner = path.removeprefix(root).casefold()
    return path.startswith(root) and inner.startswith(_PARTS) and inner.endswith(_KINDS)


def _of_folder(folder: Path) -> Iterator[tuple[str, bytes, date | None]]:
    total = _Total()
    try:
        for place, _, names in os.walk(folder):
            for name in sorted(names):
                file = Path(place, name)
                path = file.relative_to(folder).as_posix()
                if not path.casefold().endswith(_KINDS) and name != MANIFEST:
                    continue
                facts = file.lstat()
                if not stat.S_ISREG(facts.st_mode):
                    continue
                total.add(path, facts.st_size)
                yield path, file.read_bytes(), datetime.fromtimestamp(facts.st_mtime, UTC).date()
    except OSError as error:
        raise RulesRefused(f"cannot be read: {error.strerror}") from error


def _of_zip(file: Path) -> Iterator[tuple[str, bytes, date | None]]:
    total = _Total()
    try:
        with zipfile.ZipFile(file) as archive:
            for member in archive.infolist():
                if _UNSAFE.search(member.filename.removesuffix("/")) or stat.S_ISLNK(member.external_attr >> 16):
                    raise RulesRefused(f"a path of the ZIP leaves it, or is none: {member.filename[:100]!r}")
                total.add(member.filename, member.file_size)
                if member.is_dir() or not member.filename.casefold().endswith((*_KINDS, MANIFEST.casefold())):
                    continue
                with archive.open(member) as stream:
                    yield member.filename, stream.read(_LARGEST_FILE + 1), date(*member.date_time[:3])
    except RulesRefused:
        raise
    except _ZIP_ERRORS as error:
        raise RulesRefused(f"neither a folder nor a whole ZIP: {error}") from error


class _Total:
    """Counts what was met. Raises RulesRefused where it is too much."""

    def __init__(self) -> None:
        self.files = self.size = 0

    def add(self, path: str, size: int) -> None:
        self.files += 1
        self.size += size
        if size > _LARGEST_FILE:
            raise RulesRefused(f"{path}: {size} bytes, at most {_LARGEST_FILE}")
        if self.size > _LARGEST or self.files > _MOST_FILES:
            raise RulesRefused(f"more than {_LARGEST} bytes or {_MOST_FILES} files")


def _compare(manifest: bytes, files: Mapping[str, bytes]) -> None:
    """Every file is in the manifest as it says. Raises RulesRefused."""
    lines = [line.split(maxsplit=1) for line in manifest.decode("utf-8", "replace").splitlines() if line.strip()]
    told = {line[1].strip().removeprefix("*").removeprefix("./"): line[0].lower() for line in lines if len(line) == 2}
    absent = [path for path in told if _is_taken(path, "") and path not in files]
    unlisted = [path for path in files if path not in told]
    changed = [path for path in files if path in told and hashlib.sha256(files[path]).hexdigest() != told[path]]
    for reason, paths in (("absent", absent), ("not listed", unlisted), ("changed", changed)):
        if paths:
            raise RulesRefused(f"{MANIFEST}: {reason}: {', '.join(sorted(paths)[:5])}")


def _without_doctype(path: str, content: bytes) -> bytes:
    """The schema for schemas of the W3C comes with a DTD, which says nothing that an XSD needs."""
    return _DOCTYPE.sub(b"", content, count=1) if path.casefold().endswith(".xsd") else content
