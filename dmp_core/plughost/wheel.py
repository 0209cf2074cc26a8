"""A wheel as it is before anything of it is believed: names that stay inside, a RECORD that fits, modules of its own.

Source: the binary distribution format of Python (PEP 427). Nothing is built, nothing is run, nothing is fetched.
"""

import base64
import configparser
import csv
import hashlib
import io
import re
import stat
import sys
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.parser import Parser
from pathlib import Path, PurePosixPath
from typing import Final

from dmp_core.errors import PluginRefused
from dmp_core.plughost.discovery import GROUP
from dmp_core.plughost.signing import digest_of
from dmp_core.plughost.worker.imports import LIBRARIES

MOST_FILES: Final = 5_000
MOST_BYTES: Final = 100_000_000
_RUN_AT_START: Final = frozenset({"sitecustomize", "usercustomize", "conftest"})
_CORE: Final = frozenset({"dmp_core", "hostbridge", *LIBRARIES})
_NAME: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_RESERVED: Final = re.compile(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?")
_PLATFORMS: Final = {"linux": ("linux", "manylinux", "musllinux"), "win32": ("win",), "darwin": ("macosx",)}


@dataclass(frozen=True, slots=True)
class Wheel:
    """One wheel, read whole and found sound. `files`: name -> SHA-256, hexadecimal."""

    path: Path
    distribution: str
    version: str
    files: Mapping[str, str]
    plugins: Mapping[str, str]
    modules: frozenset[str]
    needs: tuple[str, ...]

    @property
    def digest(self) -> str:
        """Of all its contents."""
        return digest_of(self.files)

    def content(self, name: str) -> bytes:
        """One of its files."""
        with zipfile.ZipFile(self.path) as archive:
            return archive.read(name)

    def extract(self, folder: Path) -> None:
        """Write its files into `folder`, each as it was read. Raises PluginRefused where the file changed since."""
        with zipfile.ZipFile(self.path) as archive:
            for name, digest in self.files.items():
                content = archive.read(name)
                if hashlib.sha256(content).hexdigest() != digest:
                    raise PluginRefused(f"{self.path.name} changed while it was read")
                target = folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)


def read(path: Path) -> Wheel:
    """The wheel in `path`. Raises PluginRefused with what is wrong in it."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = _members(archive)
            contents = {member.filename: _content(archive, member) for member in members}
    except OSError as error:
        raise PluginRefused(f"{path.name} cannot be read: {error.strerror}") from error
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, zlib.error):
        raise PluginRefused(f"{path.name} is no wheel") from None
    return _wheel(path, contents)


def _wheel(path: Path, contents: Mapping[str, bytes]) -> Wheel:
    info = _info_folder(path, contents)
    files = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    _must_be_recorded(files, contents, info)
    metadata = Parser().parsestr(contents[f"{info}/METADATA"].decode("utf-8", "replace"))
    name, version = str(metadata["Name"]), str(metadata["Version"])
    if not _NAME.fullmatch(name) or not _NAME.fullmatch(version.replace("+", ".")):
        raise PluginRefused(f"{path.name}: its METADATA has no proper name and version")
    modules = frozenset(_modules(path, contents, info))
    return Wheel(
        path=path,
        distribution=name,
        version=version,
        files=files,
        plugins=_plugins(contents.get(f"{info}/entry_points.txt", b"")),
        modules=modules,
        needs=tuple(_needs(metadata.get_all("Requires-Dist", []))),
    )


def _members(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The files of the archive. Raises PluginRefused for a name that leads elsewhere, for too many, for too much."""
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) > MOST_FILES:
        raise PluginRefused(f"{len(members)} files, at most {MOST_FILES}")
    if (size := sum(member.file_size for member in members)) > MOST_BYTES:
        raise PluginRefused(f"{size} bytes, at most {MOST_BYTES}")
    seen: set[str] = set()
    for member in members:
        name = member.filename
        if name.lower() in seen:
            raise PluginRefused("a name stands twice in it")
        seen.add(name.lower())
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise PluginRefused("compressed in a way that wheels are not")
        if not _stays_inside(name) or stat.S_ISLNK(member.external_attr >> 16):
            raise PluginRefused("a name in it leads out of its folder")
    return members


def _content(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """As many bytes as the archive announced, however many there are."""
    with archive.open(member) as stream:
        return stream.read(member.file_size)


def _stays_inside(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return bool(
        parts
        and not name.startswith("/")
        and "\\" not in name
        and ":" not in name
        and all(c.isprintable() for c in name)
        and not any(part in ("..", ".") or part.endswith((" ", ".")) or _RESERVED.fullmatch(part) for part in parts)
    )


def _info_folder(path: Path, contents: Mapping[str, bytes]) -> str:
    found = {name.partition("/")[0] for name in contents if name.partition("/")[0].endswith(".dist-info")}
    if len(found) != 1 or not all(
        f"{info}/{part}" in contents for info in found for part in ("METADATA", "RECORD", "WHEEL")
    ):
        raise PluginRefused(f"{path.name} has not one .dist-info with METADATA, WHEEL and RECORD")
    if any(name.partition("/")[0].endswith(".data") for name in contents):
        raise PluginRefused(f"{path.name} has a .data folder: nothing is installed outside the plugin's own folder")
    _must_fit_here(path)
    return found.pop()


def _must_fit_here(path: Path) -> None:
    """A wheel with compiled code names the Python and the system that it is for."""
    tags = path.stem.rsplit("-", 3)
    if len(tags) < 4:
        raise PluginRefused(
            f"{path.name}: a wheel keeps the name that it was built under, NAME-VERSION-py3-none-any.whl"
        )
    _, python, abi, platform = tags
    if platform == "any":
        return
    ours = f"cp{sys.version_info.major}{sys.version_info.minor}"
    if abi not in ("abi3", "none", ours) and ours not in python.split("."):
        raise PluginRefused(f"{path.name} is for another Python")
    if not any(tag.startswith(_PLATFORMS.get(sys.platform, ())) for tag in platform.split(".")):
        raise PluginRefused(f"{path.name} is for another system")


def _must_be_recorded(files: Mapping[str, str], contents: Mapping[str, bytes], info: str) -> None:
    """RECORD names every file with its digest, and no other."""
    recorded = {}
    try:
        for name, digest, _size in csv.reader(io.StringIO(contents[f"{info}/RECORD"].decode())):
            recorded[name] = digest
    except (ValueError, csv.Error):
        raise PluginRefused("its RECORD cannot be read") from None
    own = {f"{info}/RECORD", f"{info}/RECORD.jws", f"{info}/RECORD.p7s"}
    for name in sorted(files.keys() | recorded.keys()):
        if name in own:
            continue
        if name not in files or name not in recorded:
            raise PluginRefused(f"its RECORD and its files differ: {name[:100]}")
        wanted = "sha256=" + base64.urlsafe_b64encode(bytes.fromhex(files[name])).decode().rstrip("=")
        if recorded[name] != wanted:
            raise PluginRefused(f"a file is not the one of its RECORD: {name[:100]}")


def _modules(path: Path, contents: Mapping[str, bytes], info: str) -> Iterator[str]:
    """The modules that it gives. Raises PluginRefused for one that is somebody else's, or that runs at every start."""
    for name in contents:
        first, _, rest = name.partition("/")
        if first == info:
            continue
        module = first if rest else first.partition(".")[0]
        if not rest and first.endswith(".pth"):
            raise PluginRefused(f"{path.name} has {first[:60]}, which Python would run at every start")
        if module in _RUN_AT_START:
            raise PluginRefused(f"{path.name} has {module}, which runs by itself")
        if module in sys.stdlib_module_names or module in _CORE:
            raise PluginRefused(f"{path.name} has a module {module[:60]}, which is somebody else's")
        yield module


class _EntryPoints(configparser.ConfigParser):
    """Names keep their case."""

    def optionxform(self, optionstr: str) -> str:
        return optionstr


def _plugins(text: bytes) -> dict[str, str]:
    parser = _EntryPoints(delimiters=("=",), interpolation=None)
    try:
        parser.read_string(text.decode())
    except (configparser.Error, ValueError):
        raise PluginRefused("its entry_points.txt cannot be read") from None
    return dict(parser[GROUP]) if parser.has_section(GROUP) else {}


def _needs(lines: list[str]) -> Iterator[str]:
    """What must come with it: its requirements without those of an extra and those that every worker has."""
    own = {normal(name) for name in ("dmp-core", *LIBRARIES)}
    for line in lines:
        match = _NAME.match(line.strip())
        if match and ";" not in line and normal(match[0].rstrip("-._")) not in own:
            yield normal(match[0].rstrip("-._"))


def normal(name: str) -> str:
    """A distribution's name as it is compared (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()
