"""A pharmacy's plugins in workers: a shelf of what pip installed, and a host with the rules of the installation."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from plugin_wheels import HEAD, manifest

from dmp_core.plughost.host import PluginHost
from dmp_core.plughost.report import PluginState
from dmp_core.plughost.trust import Trust
from dmp_core.plughost.worker.process import WorkerLimits
from dmp_core.system import SystemClock


@dataclass
class Shelf:
    """A folder of installed distributions, one plugin each."""

    folder: Path

    def install(
        self,
        name: str,
        code: str,
        *,
        hooks: Sequence[str] = ("on_patient_opened",),
        kind: str = "host",
        reads: Sequence[str] = (),
        version: str = "1.0.0",
        distribution: str | None = None,
    ) -> None:
        distribution = distribution or f"dmp-{name}"
        info = f"{distribution}-{version}.dist-info"
        self._write(f"{name}/__init__.py", HEAD + code)
        self._write(f"{name}/dmp-plugin.toml", manifest(name, version, hooks, kind=kind, reads=reads))
        self._write(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n")
        self._write(f"{info}/entry_points.txt", f"[dmp.plugins]\n{name} = {name}\n")
        self._write(f"{info}/RECORD", f"{name}/dmp-plugin.toml,,\n{name}/__init__.py,,\n")

    def _write(self, name: str, text: str) -> None:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "site-packages")


@pytest.fixture
def trust(tmp_path: Path) -> Callable[..., Trust]:
    """The rules: `trust(in_process=[...])`. Half a second for a fact, so that the tests are short."""

    def make(*, memory: int = 512_000_000, **more: Any) -> Trust:
        hooks = {"on_patient_opened": 0.5, "on_document_saved": 0.5, "on_feed_finished": 0.5, "resolve_document": 1.0}
        limits = WorkerLimits(start=30, load=10, hooks=hooks, memory=memory)
        told = {"keep_prints": True, "limits": limits, **more}
        return Trust(folder=tmp_path / "installed", state=tmp_path / "state", **told)

    return make


@pytest.fixture
def host(shelf: Shelf, trust: Callable[..., Trust]) -> Iterator[Callable[..., PluginHost]]:
    """`host("one", "two", trust=...)`; each is closed after the test."""
    made: list[PluginHost] = []

    def make(*enabled: str, rules: Trust | None = None, **more: Any) -> PluginHost:
        made.append(PluginHost(enabled, clock=SystemClock(), path=[str(shelf.folder)], trust=rules or trust(), **more))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def state() -> Callable[[PluginHost, str], PluginState]:
    """What the report says of one plugin."""

    def of(host: PluginHost, plugin: str) -> PluginState:
        return next(state for state in host.report() if state.id == plugin)

    return of


@pytest.fixture
def whole() -> None:
    """A system that confines a worker whole; on any other the test is skipped loudly, under CI=true it fails."""
    import sys

    from dmp_core.plughost.worker import landlock

    if sys.platform != "linux":
        pytest.skip("namespaces, Landlock and seccomp are Linux's")
    try:
        landlock._call(landlock._CREATE, None, 0, 1)
    except OSError:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip("this kernel has no Landlock: the confinement of workers is NOT tested here")
