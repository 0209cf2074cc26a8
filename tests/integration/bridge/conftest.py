"""The whole house on this machine: a simulated DMP, a configuration, the plugins, and the bridge as a child process."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dmp_core.model.identity import Patient
from dmp_core.model.practitioner import Practitioner, Structure
from dmp_core.simulator.patients import PatientRecord
from dmp_core.simulator.server import running
from dmp_core.simulator.simulator import Simulator
from hostbridge.clients.python import BridgeClient

ROOT = Path(__file__).resolve().parents[3]
CASE = json.loads((ROOT / "plugins/lgo_demo/lgo_demo/case.json").read_text(encoding="utf-8"))
NOBODY_THERE = "https://127.0.0.1:1/services/"


@dataclass(frozen=True)
class House:
    """A pharmacy's seat: `command` starts its bridge, `environment` goes with it."""

    folder: Path
    command: list[str]
    environment: dict[str, str]

    @property
    def announce(self) -> Path:
        """The private file of a bridge that listens."""
        return self.folder / "run" / "bridge.json"

    def serve(self, *options: str) -> subprocess.Popen[bytes]:
        """A bridge that listens on 127.0.0.1, once it is announced."""
        command = [*("--loopback" if part == "--stdio" else part for part in self.command), *options]
        process = subprocess.Popen(
            [*command, "--announce", str(self.announce)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            env={**os.environ, **self.environment},
        )
        assert process.stdout is not None
        assert json.loads(process.stdout.readline()) == {"announce": str(self.announce), "pid": process.pid}
        return process

    def client_at(self, way: str, **options: Any) -> BridgeClient:
        """A client of the bridge that listens: `http`, `websocket`, or `front` (a child that joins it)."""
        if way != "front":
            return BridgeClient.at(self.announce, way, **options)  # type: ignore[arg-type]
        command = [sys.executable, "-m", "dmp_core.cli", "serve", "--join", str(self.announce)]
        return BridgeClient(command, environment=self.environment, **options)

    def client(self, **options: Any) -> BridgeClient:
        return BridgeClient(self.command, environment=self.environment, **options)

    @property
    def introduction(self) -> dict[str, Any]:
        """What `initialize` says, beside the version."""
        return {"host": {"name": "essai", "version": "1"}, "operator": CASE["operator"]}


@pytest.fixture(scope="session")
def simulator(tmp_path_factory) -> Iterator[Simulator]:
    """A DMP that knows the case's pharmacy and patients, and lets its pharmacist in."""
    practitioner = Practitioner.model_validate(CASE["operator"]["practitioner"])
    patients = [Patient.model_validate(patient) for patient in CASE["patients"]]
    simulator = Simulator.create(
        tmp_path_factory.mktemp("simulator"),
        [Structure.model_validate(CASE["structure"])],
        [practitioner],
        [_record(patient) for patient in patients],
    )
    for patient in patients:
        simulator.patients.authorise(
            patient.ins.cx, practitioner.national_id, until=datetime.now(UTC) + timedelta(days=1)
        )
    yield simulator
    simulator.close()


def _record(patient: Patient) -> PatientRecord:
    traits = patient.traits
    return PatientRecord(
        ins=(patient.ins.cx,),
        birth_name=traits.birth_name,
        birth_given=traits.first_birth_given_name,
        sex=traits.sex,
        birth_date=traits.birth_date.strftime("%Y%m%d"),
    )


@pytest.fixture
def make_house(tmp_path, simulator) -> Callable[..., House]:
    """Makes a seat whose DMP is at `url`; nobody answers there unless a test says otherwise."""

    def make(url: str = NOBODY_THERE, *, plugins: tuple[str, ...] = ()) -> House:
        config = tmp_path / "dmp.toml"
        config.write_text(_config(simulator, url, plugins), encoding="utf-8")
        command = [sys.executable, "-m", "dmp_core.cli", "serve", "--stdio", "--config", str(config)]
        path = [
            str(ROOT),
            str(_shelf(tmp_path)),
            *(str(ROOT / "plugins" / name) for name in ("lgo_id", "doc_officine")),
        ]
        return House(tmp_path, command, {"PYTHONPATH": ":".join(path)})

    return make


@pytest.fixture
def house(make_house) -> House:
    """A seat without network and without plugins: what is saved waits."""
    return make_house()


@pytest.fixture
def connected(make_house, simulator) -> Iterator[House]:
    """A seat with the plugins of a pharmacy, and a DMP that answers."""
    with running(simulator) as server:
        yield make_house(server.url, plugins=("lgo_id", "doc_officine"))


def _config(simulator: Simulator, url: str, plugins: tuple[str, ...]) -> str:
    structure, operator = CASE["structure"], CASE["operator"]["practitioner"]
    auth = simulator.pki.professional_auth(operator["national_id"])
    sign = simulator.pki.professional_sign(operator["national_id"])
    return f"""
environment = "simulation"
data = "data"
[software]
name = "essai"
version = "1"
homologation = "{simulator.policy.homologations[0] if simulator.policy.homologations else "ESSAI"}"
oid = "1.2.250.1.999.1"
[dmp]
url = "{url}"
ca = "{simulator.pki.authority.certificate}"
[structure.{structure["national_id"]}]
name = "{structure["name"]}"
[structure.{structure["national_id"]}.keys.professional_auth]
certificate = "{auth.certificate}"
key = "{auth.key}"
[structure.{structure["national_id"]}.keys.professional_sign]
certificate = "{sign.certificate}"
key = "{sign.key}"
[plugins]
enabled = {json.dumps(plugins)}
in_process = {json.dumps(plugins)}
"""


def _shelf(folder: Path) -> Path:
    """The plugins of this project as an editable installation describes them (PEP 610)."""
    shelf = folder / "shelf"
    for name in ("lgo_id", "doc_officine"):
        info = shelf / f"dmp_{name}-0.1.0.dist-info"
        info.mkdir(parents=True, exist_ok=True)
        source = (ROOT / "plugins" / name).as_uri()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: dmp-{name}\nVersion: 0.1.0\n")
        (info / "entry_points.txt").write_text(f"[dmp.plugins]\n{name} = {name}\n")
        (info / "RECORD").write_text("")
        (info / "direct_url.json").write_text(json.dumps({"url": source, "dir_info": {"editable": True}}))
    return shelf


DYING = """
import os, pathlib, sys
if "serve" in sys.argv:
    from dmp_core.services.feed.intake import Intake
    save, mark = Intake.save, pathlib.Path({mark!r})
    def dying(self, saved, who):
        item = save(self, saved, who)
        if not mark.exists():
            mark.touch()
            os.kill(os.getpid(), 9)
        return item
    Intake.save = dying
"""


@pytest.fixture
def dies_once(tmp_path: Path) -> Callable[[House], Path]:
    """The first bridge of a house that has saved a document is killed before it answers; gives the file that tells."""

    def prepare(house: House) -> Path:
        site, mark = tmp_path / "site", tmp_path / "died"
        site.mkdir()
        (site / "sitecustomize.py").write_text(DYING.format(mark=str(mark)), encoding="utf-8")
        house.environment["PYTHONPATH"] = f"{site}:{house.environment['PYTHONPATH']}"
        return mark

    return prepare


WAYS = ("stdio", "http", "websocket", "front")


@dataclass
class Visit:
    """A host that speaks with the bridge of `house` in one `way`; `bridge` is the process, where it is not a child."""

    house: House
    way: str
    bridge: subprocess.Popen[bytes] | None = None

    def client(self, **options: Any) -> BridgeClient:
        return self.house.client(**options) if self.way == "stdio" else self.house.client_at(self.way, **options)

    def arrive(self) -> None:
        if self.way != "stdio":
            self.bridge = self.house.serve()

    def leave(self) -> int:
        """End the bridge that listens; its exit status."""
        if self.bridge is None:
            return 0
        assert self.bridge.stdout is not None
        self.bridge.terminate()
        status = self.bridge.wait(30)
        self.bridge.stdout.close()
        return status


@pytest.fixture(params=WAYS)
def make_visit(request) -> Iterator[Callable[[House], Visit]]:
    """The same host in every way that there is."""
    visits: list[Visit] = []

    def make(house: House) -> Visit:
        visits.append(Visit(house, request.param))
        visits[-1].arrive()
        return visits[-1]

    yield make
    for visit in visits:
        visit.leave()


@pytest.fixture
def client(house):
    """A host that has introduced itself."""
    with house.client() as client:
        client.start(house.introduction)
        yield client


@pytest.fixture
def folder(tmp_path) -> Path:
    """Watched: what an LGO drops stands there."""
    folder = tmp_path / "depot"
    folder.mkdir()
    return folder
