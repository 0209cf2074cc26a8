"""A pharmacy before its DMP: the whole app, HTTPS, the simulated DMP in a thread with a record of a dozen documents."""

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from counters import who_of

from dmp_core.api import SavedDocument
from dmp_core.app import App
from dmp_core.cli.simulate import CONFIG, COUNTER, prepare, write_config
from dmp_core.config import load
from dmp_core.model.identity import IdentityStatus, Ins, Patient, Sex, Traits, ins_key
from dmp_core.model.item import OutboxItem, State
from dmp_core.model.oids import InsOid
from dmp_core.model.practitioner import Right, Who
from dmp_core.services.notices import Notice
from dmp_core.simulator import demo_documents
from dmp_core.simulator.counter import Counter, record_of
from dmp_core.simulator.fault_plan import FaultPlan
from dmp_core.simulator.interference import NoFault
from dmp_core.simulator.loading import Loader
from dmp_core.simulator.patient_acts import PatientActs
from dmp_core.simulator.patients import Access, PatientRecord
from dmp_core.simulator.registry import Document
from dmp_core.simulator.server import running
from dmp_core.simulator.simulator import Simulator, new_uuid, now
from hostbridge.methods.table import connect


class Faults:
    """Notes what the DMP was asked, and fails as `plan` says."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.plan: FaultPlan | None = None

    def fail(self, *specs: str) -> None:
        self.plan = FaultPlan(specs)

    def of(self, patient: str) -> Any:
        return _Noted(self.asked, self.plan.of(patient) if self.plan else NoFault())


@dataclass
class _Noted:
    asked: list[str]
    plan: Any

    def before(self, transaction: str) -> Any:
        self.asked.append(transaction)
        return self.plan.before(transaction)

    def after(self, transaction: str, reply: Any) -> Any:
        return self.plan.after(transaction, reply)


@dataclass
class Desk:
    """A counter, its app and its DMP. The app is not started: nothing happens that a test does not do."""

    app: App
    simulator: Simulator
    counter: Counter
    dmp: Faults
    folder: Path
    notices: list[Notice] = field(default_factory=list)

    @property
    def who(self) -> Who:
        return who_of(self.counter)

    @property
    def colleague(self) -> Who:
        """Who may feed and not read."""
        operator = self.counter.operator.model_copy(update={"id": "stagiaire", "rights": frozenset({Right.FEED})})
        return self.who.model_copy(update={"operator": operator})

    @property
    def patient(self) -> Patient:
        return self.counter.patients[0]

    @property
    def cx(self) -> str:
        assert self.patient.ins
        return self.patient.ins.cx

    @property
    def asked(self) -> list[str]:
        """What the DMP was asked since this was last looked at."""
        asked = list(self.dmp.asked)
        self.dmp.asked.clear()
        return asked

    def actions(self, prefix: str = "record.") -> list[dict[str, Any]]:
        return [dict(one) for one in self.app.audit.records() if one["action"].startswith(prefix)]

    # ---------------------------------------------------- what happens at the DMP

    def record(self, **changes: Any) -> None:
        """Another state of the patient's record."""
        known = self.simulator.patients.find(self.cx)
        assert known
        self.simulator.patients.add(replace(known, **changes))

    def not_authorised(self, *, expired: bool = False) -> None:
        """Nobody let this professional in, or it is over."""
        number, professional = self.number, self.who.author.national_id
        self.simulator.patients.authorisations.remove(number, professional)
        if expired:
            self.simulator.patients.authorise(self.cx, professional, until=now() - timedelta(days=1))

    @property
    def number(self) -> int:
        number = self.simulator.patients.number(self.cx)
        assert number is not None
        return number

    @property
    def authorised(self) -> bool:
        return self.simulator.patients.access(self.cx, self.who.author.national_id, now()) is Access.VALID

    def arrives(self, count: int = 1) -> list[str]:
        """Documents of others come into the record: copies of the demonstration's; their uniqueIds."""
        folder = self.folder / f"more-{new_uuid()}"
        written = sorted(demo_documents.write(folder, self.patient, at=now(), uuid=new_uuid).glob("*.xml"))
        for file in written[count:]:
            file.unlink()
        loader = Loader(
            self.simulator.registry, self.simulator.patients, self.simulator.annuaire, uuid=new_uuid, at=now()
        )
        return [one.unique_id for one in loader.load(folder, authorised_days=183)]

    def documents(self) -> list[Document]:
        """The newest versions, signatures left aside."""
        return [one for one in self.simulator.registry.of_patient(self.number) if not one.facets.is_signature]

    def document(self, unique_id: str) -> Document:
        return next(one for one in self.documents() if one.unique_id == unique_id)

    @property
    def patient_does(self) -> PatientActs:
        return PatientActs(self.simulator.registry, uuid=new_uuid)

    # ---------------------------------------------------- what the counter does

    def reopen(self) -> None:
        """The host closes the patient and opens them again: another visit."""
        self.app.consult.closed(self.patient.host_id)
        self.app.session.opened(self.patient)

    def raw(self, message: Any, access: Any) -> Any:
        """The DMP's answer to a question that no service asks."""
        return self.app.search._exchange.ask(message, self.who, self.patient.ins, access)

    def list(self, since: Any = "default", wanted: Any = None) -> Any:
        return self.app.consult.listing(self.patient, self.who, since, wanted).whole()

    def feed(self, key: str = "save-1", record: str = "record-1", **content: Any) -> OutboxItem:
        """A vaccination saved and sent."""
        saved = SavedDocument(
            key=key, record=record, type_id="note-vaccination", patient=self.patient, content=VACCINATION | content
        )
        item = self.app.intake.save(saved, self.who)
        for _ in range(12):
            item = self.app.outbox.get(item.id)
            if item.state in (State.AWAITING_CONFIRMATION, State.HELD):
                self.app.delivery.confirm(item.id, self.who)
            if item.state is State.SENT:
                return item
            self.app.delivery.step()
        raise AssertionError(f"{item.state} {item.fault and item.fault.code}")


VACCINATION: dict[str, Any] = {
    "date": "2026-10-14",
    "vaccin": {
        "cis": "68747507",
        "libelle": "VACCIN TETANIQUE PASTEUR, suspension injectable en seringue préremplie. Vaccin tétanique adsorbé",
        "atc": {"code": "J07AM", "libelle": "vaccins tétaniques"},
        "lot": "4456672",
    },
    "acte": "BOOSTER",
    "rang": 2,
}


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a new simulator whose first patient has a record of a dozen documents."""
    folder = tmp_path_factory.mktemp("filled")
    prepare(folder, filled=True)
    return folder


@pytest.fixture
def make_desk(filled: Path, tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    """Opens a desk; `extra` is TOML over its configuration, `structure` over its pharmacy."""
    with ExitStack() as stack:

        def make(*, extra: str = "", structure: str = "") -> Desk:
            data = tmp_path / f"dmp-{len(list(tmp_path.iterdir()))}"
            shutil.copytree(filled, data)
            simulator, dmp = Simulator.open(data), Faults()
            stack.callback(simulator.close)
            write_config(data, stack.enter_context(running(simulator, fault=dmp)).url)
            counter = Counter.model_validate_json((data / COUNTER).read_bytes())
            layer = tmp_path / "layer.toml"
            layer.write_text(f"{extra}\n[structure.{counter.structure.national_id}]\n{structure}\n", encoding="utf-8")
            app = App(load(data / CONFIG, layer))
            stack.callback(app.close)
            desk = Desk(app, simulator, counter, dmp, tmp_path)
            app.subscribe(desk.notices.append)
            app.session.opened(desk.patient)
            return desk

        yield make


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    return make_desk()


@pytest.fixture
def make_minor(desk: Desk) -> Callable[[], Patient]:
    """A patient of ten years whose record lets the pharmacist in."""

    def make() -> Patient:
        born = now().date().replace(day=1, year=now().year - 10)
        body = f"2{born:%y%m}51215189"
        ins = Ins(value=f"{body}{ins_key(body):02}", oid=InsOid.NIR_TEST)
        traits = Traits(
            birth_name="PAT-MINEUR",
            birth_given_names="CAMILLE",
            first_birth_given_name="CAMILLE",
            sex=Sex.FEMALE,
            birth_date=date(born.year, born.month, 1),
            birth_place_code="51215",
        )
        patient = Patient(host_id="dossier-mineur", traits=traits, ins=ins, status=IdentityStatus.QUALIFIEE)
        record: PatientRecord = record_of(patient)
        desk.simulator.patients.add(record)
        until = now() + timedelta(days=90)
        desk.simulator.patients.authorise(ins.cx, desk.who.author.national_id, until=until)
        desk.app.session.opened(patient)
        return patient

    return make


class Host:
    """A host in memory before the table of methods and the app of a desk."""

    def __init__(self, desk: Desk) -> None:
        self._heard: list[dict[str, Any]] = []
        self._news = threading.Condition()
        self._number = 0
        self.desk = desk
        self.connection, self.seat = connect(lambda _structure, _adapter: desk.app, self._hear)
        self.result(
            "initialize",
            {
                "protocol_version": "1.0",
                "host": {"name": "essai", "version": "1"},
                "operator": json.loads(desk.counter.operator.model_dump_json()),
            },
        )
        self.connection.receive(b'{"jsonrpc":"2.0","method":"initialized"}')
        self.result("patient/opened", {"patient": json.loads(desk.patient.model_dump_json())})

    def _hear(self, body: bytes) -> None:
        with self._news:
            self._heard.append(json.loads(body))
            self._news.notify_all()

    def ask(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        self._number += 1
        message = {"jsonrpc": "2.0", "id": self._number, "method": method, "params": params or {}}
        self.connection.receive(json.dumps(message).encode())
        with self._news:

            def answered() -> list[dict[str, Any]]:
                return [one for one in self._heard if one.get("id") == message["id"]]

            assert self._news.wait_for(answered, timeout=30)
            return answered()[0]

    def result(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        answer = self.ask(method, params)
        assert "result" in answer, answer
        return answer["result"]

    def about(self, method: str, **params: Any) -> dict[str, Any]:
        """The result of a method about the desk's patient."""
        return self.result(method, {"host_id": self.desk.patient.host_id, **params})

    def fault(self, method: str, **params: Any) -> str:
        """The code of the core of a method about the desk's patient that fails."""
        return self.ask(method, {"host_id": self.desk.patient.host_id, **params})["error"]["data"]["code"]

    def told(self, method: str) -> list[dict[str, Any]]:
        with self._news:
            return [one["params"] for one in self._heard if one.get("method") == method]

    def told_of(self, method: str, wanted: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
        """The first notice that is `wanted`, once it is there."""
        with self._news:

            def found() -> list[dict[str, Any]]:
                heard = (one["params"] for one in self._heard if one.get("method") == method)
                return [one for one in heard if wanted(one)]

            assert self._news.wait_for(found, timeout=20)
            return found()[0]


@pytest.fixture
def make_host() -> Iterator[Callable[[Desk], Host]]:
    hosts: list[Host] = []

    def make(desk: Desk) -> Host:
        hosts.append(Host(desk))
        return hosts[-1]

    yield make
    for host in hosts:
        host.seat.close()
