"""A pharmacy's seat with a simulated DMP that holds a record, and ways in that run as programs of their own."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from dmp_core.cli.simulate import CONFIG, COUNTER, prepare, write_config
from dmp_core.model.identity import Patient
from dmp_core.simulator.counter import Counter
from dmp_core.simulator.server import running
from dmp_core.simulator.simulator import Simulator
from hostbridge.clients.python import BridgeClient

ROOT = Path(__file__).resolve().parents[3]
OTHERS = Path(sys.prefix) / "share" / "dmp-tests"
"""Where clients that others wrote are installed once."""


@dataclass
class Seat:
    """Where the bridge is announced, and who stands there."""

    announced: Path
    counter: Counter

    @property
    def bridge(self) -> list[str]:
        """A front of the one bridge of this seat, as every way in beside it starts it."""
        return [sys.executable, "-m", "dmp_core.cli", "serve", "--join", str(self.announced)]

    @property
    def patient(self) -> Patient:
        return self.counter.patients[0]

    def operator(self) -> str:
        """The operator as TOML."""
        operator = self.counter.operator
        assert operator.practitioner
        lines = ["[operator]", f'id = "{operator.id}"', 'rights = ["read", "feed"]', "[operator.practitioner]"]
        told = operator.practitioner.model_dump(mode="json", exclude_none=True)
        return "\n".join([*lines, *(f"{name} = {json.dumps(value)}" for name, value in told.items())]) + "\n"


@pytest.fixture(scope="session")
def seat(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seat]:
    """A DMP that answers, and the bridge of a pharmacy's seat before it."""
    folder = tmp_path_factory.mktemp("seat")
    prepare(folder, filled=True)
    simulator, announced = Simulator.open(folder), folder / "run" / "bridge.json"
    with running(simulator) as server:
        write_config(folder, server.url)
        config = (
            (folder / CONFIG).read_text(encoding="utf-8").replace('"doc_officine"]', '"doc_officine", "deja_au_dmp"]')
        )
        (folder / CONFIG).write_text(config, encoding="utf-8")
        command = [sys.executable, "-m", "dmp_core.cli", "serve", "--loopback", "--config", str(folder / CONFIG)]
        bridge = subprocess.Popen(
            [*command, "--announce", str(announced)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE
        )
        assert bridge.stdout and bridge.stdout.readline()
        yield Seat(announced, Counter.model_validate_json((folder / COUNTER).read_text(encoding="utf-8")))
        bridge.terminate()
        bridge.communicate(timeout=30)
    simulator.close()


@dataclass
class Program:
    """A way in at work. `told` is what its announced file says."""

    process: subprocess.Popen[bytes]
    announced: Path
    told: dict[str, Any] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return str(self.told["url"])

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.told['token']}"}

    def line(self) -> bytes:
        assert self.process.stdout
        return self.process.stdout.readline()

    def stop(self) -> int:
        self.process.terminate()
        status = self.process.wait(30)
        assert self.process.stdout
        self.process.stdout.close()
        return status


@pytest.fixture(scope="module")
def start(seat: Seat) -> Iterator[Callable[..., Program]]:
    """Starts a way in (`module`, its settings file) once its announcement stands; ended with the module's tests."""
    started: list[Program] = []

    def begin(module: str, settings: Path, *arguments: str, announced: Path) -> Program:
        command = [sys.executable, "-m", module, "--settings", str(settings), *arguments, "--bridge", *seat.bridge]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, env=os.environ)
        program = Program(process, announced)
        started.append(program)
        assert program.line(), "it ended before it was ready"
        program.told = json.loads(announced.read_bytes()) if announced.exists() else {}
        return program

    yield begin
    for program in started:
        if program.process.poll() is None:
            program.stop()


@pytest.fixture
def bridge(seat: Seat) -> Iterator[BridgeClient]:
    """Another program at the same bridge: it sees who is open there."""
    with BridgeClient.at(seat.announced) as client:
        operator = seat.counter.operator.model_dump(mode="json")
        client.start({"host": {"name": "essai", "version": "1"}, "operator": operator})
        yield client


@pytest.fixture
def resource(seat: Seat) -> dict[str, Any]:
    """The patient as a FHIR host tells them."""
    traits, ins = seat.patient.traits, seat.patient.ins
    assert ins
    status = {"system": "https://hl7.fr/ig/fhir/core/CodeSystem/fr-core-cs-identity-status", "code": "QUAL"}
    return {
        "resourceType": "Patient",
        "id": seat.patient.host_id,
        "extension": [
            {
                "url": "https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-identity-reliability",
                "extension": [{"url": "identityStatus", "valueCoding": status}],
            }
        ],
        "identifier": [{"use": "official", "system": f"urn:oid:{ins.oid}", "value": ins.value}],
        "name": [{"use": "official", "family": traits.birth_name, "given": traits.birth_given_names.split()}],
        "gender": {"F": "female", "M": "male"}.get(traits.sex, "unknown"),
        "birthDate": traits.birth_date.isoformat(),
    }


def missing(what: str) -> None:
    """A client of others that cannot be had: one loud line, under CI=true a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{what} is missing: the exchange with another's client was not made")
    pytest.skip(f"NO {what.upper()}: the exchange with another's client was not made")


@pytest.fixture(scope="session")
def medplum() -> Path:
    """A folder in which node finds @medplum/core and ws, as the lock file of the tests names them."""
    npm, source, folder = shutil.which("npm"), Path(__file__).with_name("medplum"), OTHERS / "medplum"
    lock = source / "package-lock.json"
    if npm is None or shutil.which("node") is None:
        missing("node with npm")
    if not (folder / "done").exists() or (folder / "package-lock.json").read_bytes() != lock.read_bytes():
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(source, folder)
        command = [str(npm), "ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
        if subprocess.run(command, cwd=folder, check=False, timeout=120).returncode:
            missing("@medplum/core")
        (folder / "done").touch()
    return folder


@pytest.fixture(scope="session")
def healthchain() -> Path:
    """A folder with HealthChain's client of CDS Hooks; what it needs besides, the project installs."""
    folder = OTHERS / "healthchain-0.16.1"
    if not (folder / "done").exists():
        shutil.rmtree(folder, ignore_errors=True)
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        needed = ["fhir.resources==8.1.0", "fhir-core==1.1.12", "colorama==0.4.6", "PyYAML==6.0.4"]
        wanted = ["healthchain==0.16.1", *needed]
        if subprocess.run([*pip, "--target", str(folder), *wanted], check=False, timeout=120).returncode:
            missing("healthchain")
        (folder / "done").touch()
    return folder
