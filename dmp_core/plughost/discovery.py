"""Which plugins are installed: entry points of the group `dmp.plugins`, each with its manifest. Nothing is imported.

    [project.entry-points."dmp.plugins"]
    lgo_example = "lgo_example"     # plugin's id = package that holds its hooks and its dmp-plugin.toml

Our own loop: pluggy's stops at the first broken plugin. What is broken is kept with the reason.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from importlib_metadata import Distribution, EntryPoint

from dmp_core import log
from dmp_core.errors import PluginRefused
from dmp_core.plughost import manifest
from dmp_core.plughost.manifest import FILE, Manifest

GROUP: Final = "dmp.plugins"
_NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")


@dataclass(frozen=True, slots=True)
class Found:
    """One installed plugin. `reason` is empty where it may be enabled; then folder and manifest are there.

    `roots`: folders of a plugin in the plugins' folder, its own and of what it brings; none: beside the core.
    """

    id: str
    distribution: str
    folder: Path | None = None
    manifest: Manifest | None = None
    reason: str = ""
    roots: tuple[Path, ...] = ()
    publisher: str = ""
    digest: str = ""


@cache
def discover(path: tuple[str, ...] | None = None) -> tuple[Found, ...]:
    """All plugins of the distributions on `path` (None: sys.path), by id. Asked once per process and path.

    An id that two distributions give is refused in both: whoever came second may be an impostor.
    """
    found = sorted(_all(path), key=lambda plugin: (plugin.id, plugin.distribution))
    givers: dict[str, list[str]] = {}
    for plugin in found:
        givers.setdefault(plugin.id, []).append(plugin.distribution)
    return tuple(
        replace(plugin, reason=f"given by several distributions: {', '.join(givers[plugin.id])}")
        if len(givers[plugin.id]) > 1
        else plugin
        for plugin in found
    )


def _all(path: tuple[str, ...] | None) -> Iterator[Found]:
    seen: set[str] = set()
    for distribution in Distribution.discover() if path is None else Distribution.discover(path=list(path)):
        name, entries = _entries(distribution)
        normal = re.sub(r"[-_.]+", "-", name).lower()
        if entries and normal not in seen:  # seen: further down the path, where Python would not import it either
            seen.add(normal)
            yield from (_look_at(entry, name, distribution) for entry in entries)


def _entries(distribution: Distribution) -> tuple[str, tuple[EntryPoint, ...]]:
    """The distribution's name and its plugins."""
    try:
        if GROUP not in (distribution.read_text("entry_points.txt") or ""):
            return "", ()  # as almost all: looking for the name is three times faster than reading every entry
        entries = tuple(distribution.entry_points.select(group=GROUP))
        return (str(distribution.name)[:100], entries) if entries else ("", ())
    except Exception as error:  # noqa: BLE001 - the metadata of any installed package: nothing in it may stop the others
        log.warning("plughost.distribution_unreadable", error=type(error).__name__)
        return "", ()


def _look_at(entry: EntryPoint, name: str, distribution: Distribution) -> Found:
    found = Found(id=entry.name[:40], distribution=name)
    try:
        if not _NAME.fullmatch(entry.name):
            raise PluginRefused("a plugin's name has lower-case letters, digits and underscores, 40 at most")
        if not _NAME.fullmatch(entry.value):
            raise PluginRefused("the entry point must name the plugin's package, and nothing in it")
        folder = _package_folder(entry.value, distribution)
        told = manifest.read(folder / FILE)
        if told.id != entry.name:
            raise PluginRefused(f"the manifest says {told.id}, the entry point {entry.name}")
        return replace(found, folder=folder, manifest=told)
    except PluginRefused as error:
        return replace(found, reason=error.detail)
    except Exception as error:  # noqa: BLE001 - as above: a record or a link of the package that cannot be read
        return replace(found, reason=f"unreadable installation: {type(error).__name__}")


def _package_folder(package: str, distribution: Distribution) -> Path:
    """Folder of the package that `distribution` installed, in a wheel or editable. Raises PluginRefused."""
    files = distribution.files or []
    if any(file.as_posix() == f"{package}/{FILE}" for file in files):
        return Path(str(distribution.locate_file(package)))
    links = [Path(str(file.locate())) for file in files if file.suffix == ".pth"]
    for root in chain(_linked(links), _project(distribution)):
        if (root / package / FILE).is_file():
            return root / package
    raise PluginRefused(f"the distribution has no {package}/{FILE}")


def _linked(links: Iterable[Path]) -> Iterator[Path]:
    """Folders that the .pth files of an editable installation add (hatchling's way)."""
    for link in links:
        for line in link.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith(("#", "import ", "import\t")):
                yield link.parent / line


def _project(distribution: Distribution) -> Iterator[Path]:
    """The source of an editable installation, as PEP 610 records it."""
    origin = json.loads(distribution.read_text("direct_url.json") or "{}")
    if origin.get("dir_info", {}).get("editable") and origin.get("url", "").startswith("file:"):
        from urllib.request import url2pathname  # late: it brings http and email along

        root = Path(url2pathname(urlsplit(origin["url"]).path))
        yield from (root, root / "src")
