"""The plugins of this project as outsiders ship theirs: a signed wheel, a folder of its own, a worker."""

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import hatchling.build
import pytest
from plugin_wheels import make_key, sign

from dmp_core.api import DocumentWanted, PatientOpened
from dmp_core.plughost.guard import Status
from dmp_core.plughost.host import PluginHost
from dmp_core.plughost.lanes import Lanes
from dmp_core.plughost.manifest import read
from dmp_core.plughost.trust import Trust
from dmp_core.plughost.worker.process import WorkerLimits
from dmp_core.system import SystemClock
from dmp_core.testing.people import patient, who

PLUGINS = sorted(Path(__file__).resolve().parents[3].glob("plugins/*/*/dmp-plugin.toml"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Path]:
    """The wheel of a plugin's project, built without the network."""

    def build(project: Path) -> Path:
        folder, made = tmp_path_factory.mktemp("project") / project.name, tmp_path_factory.mktemp("wheels")
        shutil.copytree(project, folder, ignore=shutil.ignore_patterns("__pycache__", "tests"))
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(folder)
            return made / hatchling.build.build_wheel(str(made))

    return build


class OneInstant(SystemClock):
    """Deadlines pass; what a document says of the time is the same both times."""

    def now(self) -> datetime:
        return datetime(2026, 1, 15, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("file", PLUGINS, ids=lambda file: file.parent.name)
def test_a_shipped_plugin_works_in_a_worker_as_in_this_process(
    file: Path, wheel: Callable[[Path], Path], tmp_path: Path
) -> None:
    plugin = read(file)
    key, public = make_key(tmp_path)
    path = wheel(file.parents[1])
    sign(path, key)
    slow = WorkerLimits(start=60, load=30, hooks=dict.fromkeys(plugin.hooks, 30.0))
    trust = Trust(tmp_path / "in", tmp_path / "state", keys={"nous": public}, signed_only=True, limits=slow)
    lanes = Lanes(trust, SystemClock())
    lanes.store.install(lanes.store.candidate(path))
    settings = {plugin.id: {name: {} for name, one in (plugin.settings or {}).items() if one.default is None}}
    worker = PluginHost([plugin.id], clock=OneInstant(), trust=trust, settings=settings)
    inside = PluginHost([plugin.id], clock=OneInstant(), path=_beside(file, tmp_path), settings=settings)

    try:
        assert worker.announce(PatientOpened()) == inside.announce(PatientOpened())
        assert worker.ui() == inside.ui()
        assert list(worker.types()) == list(inside.types())
        for type_id, brought in inside.types().items():
            if brought.type.example is not None:
                wanted = DocumentWanted(
                    item="i",
                    type_id=type_id,
                    content=json.dumps(brought.type.example).encode(),
                    patient=patient(),
                    who=who(),
                )
                assert worker.resolve(type_id, wanted) == inside.resolve(type_id, wanted)
        (state,) = (state for state in worker.report() if state.id == plugin.id and state.lane == "worker")
        assert (state.status, state.reason) == (Status.ENABLED, "")
    finally:
        worker.close()


def _beside(file: Path, folder: Path) -> list[str]:
    """A place where the same plugin is found as pip leaves it there, editable."""
    name = file.parent.name
    info = folder / "beside" / f"dmp_{name}-0.1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: dmp-{name}\nVersion: 0.1.0\n")
    (info / "entry_points.txt").write_text(f"[dmp.plugins]\n{name} = {name}\n")
    (info / "RECORD").write_text("")
    (info / "direct_url.json").write_text(json.dumps({"url": file.parents[1].as_uri(), "dir_info": {"editable": True}}))
    return [str(folder / "beside")]
