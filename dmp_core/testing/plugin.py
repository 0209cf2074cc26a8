"""The pytest plugin: `dmp_rig`, `dmp_events`. Found by its entry point; imports little before it is used.

dmp_plugins     (ini) installed plugins that run beside the one of this project
@pytest.mark.dmp(settings={...}, policies={"my-type": "window"}, plugins=["doc_officine"])
"""

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

if TYPE_CHECKING:
    from dmp_core.testing.bridge import BridgeUnderWatch
    from dmp_core.testing.events import Corpus
    from dmp_core.testing.rig import Rig


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("dmp_plugins", "installed plugins that run beside the one of this project", type="args", default=[])
    parser.addini("dmp_project", "folder of the plugin's project", default=".")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "dmp(settings, policies, plugins, project): how the rig of a test is made")


@pytest.fixture(scope="session")
def _dmp_prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A simulated DMP with its keys, which each rig copies."""
    from dmp_core.testing import rig

    folder = tmp_path_factory.mktemp("dmp")
    rig.prepare(folder)
    return folder


@pytest.fixture
def _dmp_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever opens a connection is told so: a plugin has no network, and a test of one needs none."""

    def refuse(*_args: Any, **_more: Any) -> NoReturn:
        raise AssertionError("a test with dmp_rig has no network")

    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, refuse)
    for name in ("getaddrinfo", "create_connection", "gethostbyname"):
        monkeypatch.setattr(socket, name, refuse)


@pytest.fixture
def dmp_rig(
    request: pytest.FixtureRequest, _dmp_prepared: Path, _dmp_no_network: None, tmp_path: Path
) -> "Iterator[Rig]":
    """A pharmacy with the plugin of this project, and its DMP; made for this test alone.

    A plugin that failed without the test looking at `failures` fails the test.
    """
    from dmp_core.testing.rig import Rig

    marked: dict[str, Any] = {}
    for mark in reversed(list(request.node.iter_markers("dmp"))):
        marked |= mark.kwargs
    beside = [*request.config.getini("dmp_plugins"), *marked.get("plugins", ())]
    project = Path(request.config.rootpath, marked.get("project") or request.config.getini("dmp_project"))
    rig = Rig(
        tmp_path / "dmp_rig",
        _dmp_prepared,
        _projects(project, required="project" in marked),
        beside,
        marked.get("settings"),
        marked.get("policies"),
    )
    try:
        yield rig
        failed = rig.unseen_failures
    finally:
        rig.close()
    if failed:
        pytest.fail("a plugin failed: " + "; ".join(failed), pytrace=False)


@pytest.fixture
def dmp_bridge(_dmp_prepared: Path, tmp_path: Path) -> "BridgeUnderWatch":
    """A real bridge for a way in, with a DMP in its process: `command` starts it, then look at what it heard."""
    from dmp_core.testing.bridge import BridgeUnderWatch

    return BridgeUnderWatch(Path(shutil.copytree(_dmp_prepared, tmp_path / "dmp_bridge")))


@pytest.fixture
def dmp_events() -> "Corpus":
    """Typed events of a patient whose every value is a canary: it must stand in no log and no error."""
    from dmp_core.testing.events import Corpus

    return Corpus()


def _projects(folder: Path, *, required: bool) -> list[Any]:
    from dmp_core.plughost.discovery import GROUP
    from dmp_core.testing import projects

    text = folder / projects.PYPROJECT
    if not required and (not text.is_file() or GROUP not in text.read_text(encoding="utf-8")):
        return []
    project = projects.in_folder(folder)
    if project.plugin is not None and project.plugin.reason:
        pytest.fail(f"{project.name}: {project.plugin.reason}", pytrace=False)
    return [project]
