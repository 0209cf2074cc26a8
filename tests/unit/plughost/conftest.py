"""Plugins that stand on a shelf as an installer would have put them there: a package, its metadata, its record."""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from dmp_core.plughost.host import PluginHost, PluginState
from dmp_core.testing.clock import ManualClock

HEAD = "from dmp_core.api import *\nfrom dmp_core.api import hookimpl\n"


@dataclass
class Shelf:
    """A folder of installed distributions."""

    folder: Path
    packages: list[str] = field(default_factory=list)

    @property
    def path(self) -> tuple[str, ...]:
        return (str(self.folder),)

    def install(
        self,
        name: str,
        code: str = "",
        *,
        hooks: Sequence[str] = ("on_patient_opened",),
        kind: str = "host",
        api: str = "1.0",
        reads: Sequence[str] = (),
        more: str = "",
        manifest: str | None = None,
        package: str | None = None,
        distribution: str | None = None,
    ) -> None:
        """Put one plugin on the shelf; `code` is its package's `__init__.py`."""
        package = package or name
        told = (
            manifest
            if manifest is not None
            else (
                f'id = "{name}"\nversion = "1.0.0"\nkind = "{kind}"\napi = ["{api}"]\n'
                f"hooks = {list(hooks)}\nreads = {list(reads)}\n{more}"
            )
        )
        self._write(f"{package}/__init__.py", HEAD + code)
        self._write(f"{package}/dmp-plugin.toml", told)
        self.describe(
            name, distribution or f"dmp-{name}", [f"{package}/__init__.py", f"{package}/dmp-plugin.toml"], package
        )

    def describe(self, name: str, distribution: str, files: Sequence[str], package: str) -> None:
        """The metadata of one distribution that gives the plugin `name`."""
        info = f"{distribution.replace('-', '_')}-1.0.0.dist-info"
        self._write(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0.0\n")
        self._write(f"{info}/entry_points.txt", f"[dmp.plugins]\n{name} = {package}\n")
        self._write(f"{info}/RECORD", "".join(f"{file},,\n" for file in [*files, f"{info}/METADATA"]))
        self.packages.append(package)

    def _write(self, name: str, text: str) -> None:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    before = set(sys.modules)
    shelf = Shelf(tmp_path / "site-packages")
    shelf.folder.mkdir()
    yield shelf
    for module in set(sys.modules) - before:
        if module.split(".")[0] in shelf.packages:
            del sys.modules[module]


@pytest.fixture
def host(shelf: Shelf, clock: ManualClock) -> Callable[..., PluginHost]:
    """A host over the shelf: `host("doc_one", "doc_two", choices=...)`."""

    def make(*enabled: str, **settings: object) -> PluginHost:
        return PluginHost(enabled, clock=clock, path=shelf.path, **settings)  # type: ignore[arg-type]

    return make


@pytest.fixture
def state() -> Callable[[PluginHost, str], PluginState]:
    """What the report says of one plugin."""

    def of(host: PluginHost, plugin: str) -> PluginState:
        return next(state for state in host.report() if state.id == plugin)

    return of
