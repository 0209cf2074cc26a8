"""From what an author names to a plugin that can be run: a project's folder, an installed name, a single file."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from dmp_core.errors import NotFound, PluginRefused
from dmp_core.plughost import loose, manifest
from dmp_core.plughost.discovery import GROUP, Found, discover
from dmp_core.plughost.manifest import FILE

PYPROJECT: Final = "pyproject.toml"
CORPUS: Final = ("tests", "corpus")
_SETTINGS: Final = "settings.toml"


@dataclass(frozen=True)
class Project:
    """One plugin, or one way in (`plugin` None: a program that speaks to the bridge and has no hooks).

    `root`: the folder of its `pyproject.toml`, None for what is installed as a wheel or is one file.
    """

    name: str
    package: Path
    plugin: Found | None = None
    root: Path | None = None
    pyproject: Mapping[str, Any] = field(default_factory=dict)

    @property
    def corpus(self) -> Path | None:
        """The folder of its own events and settings, `tests/corpus`, where it has one."""
        root = self.root or self.package.parent
        folder = root.joinpath(*CORPUS)
        return folder if folder.is_dir() else None

    @cached_property
    def settings(self) -> Mapping[str, Any]:
        """What `tests/corpus/settings.toml` configures it with. Raises PluginRefused."""
        file = self.corpus / _SETTINGS if self.corpus else None
        if file is None or not file.is_file():
            return {}
        try:
            return tomllib.loads(file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise PluginRefused(f"{_SETTINGS}: {error}") from error


def project_of(named: str, *, plugins_dir: Path | None = None, written: Path | None = None) -> Project:
    """What `named` means: a folder with a pyproject.toml, a file `NAME.py`, a file of `plugins_dir`, an installed name.

    `written`: a folder where a single file becomes a package. Raises NotFound, PluginRefused.
    """
    path = Path(named)
    if path.is_dir():
        return in_folder(path)
    if path.suffix == ".py" and path.is_file() and written is not None:
        return _of(loose.read(path, written))
    if plugins_dir is not None and (plugins_dir / f"{named}.py").is_file() and written is not None:
        return _of(loose.read(plugins_dir / f"{named}.py", written))
    installed = [plugin for plugin in discover() if plugin.id == named]
    if installed:
        return _of(installed[0])
    spec = find_spec(named) if named.isidentifier() else None
    if spec is not None and spec.origin is not None and Path(spec.origin).with_name("__main__.py").is_file():
        package = Path(spec.origin).parent
        return in_folder(package.parent) if (package.parent / PYPROJECT).is_file() else Project(named, package)
    raise NotFound(f"{named[:60]} is no folder with a {PYPROJECT}, no file and no installed plugin")


def in_folder(folder: Path) -> Project:
    """The project in `folder`. What is wrong with its plugin is its `reason`. Raises PluginRefused."""
    root = folder.resolve()
    try:
        pyproject = tomllib.loads((root / PYPROJECT).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PluginRefused(f"there is no {PYPROJECT} in {folder}") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PluginRefused(f"{PYPROJECT}: {error}") from error
    told = pyproject.get("project", {})
    entries = told.get("entry-points", {}).get(GROUP, {})
    distribution = str(told.get("name", root.name))
    if not entries:
        return _way_in(root, pyproject, distribution)
    if len(entries) > 1:
        raise PluginRefused(f"{PYPROJECT} announces several plugins: one distribution, one plugin")
    ((name, package),) = entries.items()
    place = _package(root, str(package))
    return Project(name, place, _found(name, distribution, place), root, pyproject)


def _found(name: str, distribution: str, package: Path) -> Found:
    try:
        told = manifest.read(package / FILE)
    except PluginRefused as error:
        return Found(name, distribution, reason=error.detail)
    if told.id != name:
        return Found(name, distribution, reason=f"the manifest says {told.id}, the entry point {name}")
    return Found(name, distribution, package, told, publisher=distribution)


def _package(root: Path, package: str) -> Path:
    places = [base / package for base in (root, root / "src")]
    return next((place for place in places if place.is_dir()), places[0])


def _way_in(root: Path, pyproject: Mapping[str, Any], distribution: str) -> Project:
    """A package with a `__main__.py` and no entry point of the group."""
    for base in (root, root / "src"):
        for main in sorted(base.glob("*/__main__.py")):
            return Project(main.parent.name, main.parent, None, root, pyproject)
    raise PluginRefused(
        f"{distribution} announces no plugin (entry point {GROUP}) and has no package with a __main__.py"
    )


def _of(plugin: Found) -> Project:
    """What is installed; its project where that is an editable installation."""
    if plugin.folder is None:
        raise PluginRefused(f"{plugin.id}: {plugin.reason}")
    if not plugin.roots and (plugin.folder.parent / PYPROJECT).is_file():
        return in_folder(plugin.folder.parent)
    return Project(plugin.id, plugin.folder, plugin)
