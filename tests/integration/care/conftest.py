"""The counter as it is in life but for processes: app, HTTPS, simulated DMP and INSi in a thread, files on disk."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from counters import VACCINATION, registered, until

from dmp_core.api import SavedDocument
from dmp_core.app import App
from dmp_core.cli.simulate import CONFIG, COUNTER, prepare, write_config
from dmp_core.config import load
from dmp_core.model.identity import IdentityStatus, Patient
from dmp_core.model.item import OutboxItem, State
from dmp_core.model.practitioner import Right, Who
from dmp_core.ports import Clock
from dmp_core.services.notices import Notice
from dmp_core.simulator.counter import Counter
from dmp_core.simulator.interference import Dropped, NoFault
from dmp_core.simulator.registry import Document
from dmp_core.simulator.server import running
from dmp_core.simulator.simulator import Simulator


class Fault(NoFault):
    """What goes wrong, changed by a test while it runs. Counts what was asked of the DMP and of INSi."""

    def __init__(self) -> None:
        self.drop_before: set[str] = set()
        self.drop_after: set[str] = set()
        self.asked: list[str] = []

    def before(self, transaction: str) -> Any:
        self.asked.append(transaction)
        if transaction in self.drop_before:
            raise Dropped
        return None

    def after(self, transaction: str, _reply: Any) -> Any:
        if transaction in self.drop_after:
            self.drop_after.discard(transaction)
            raise Dropped
        return None


@dataclass
class Care:
    """One pharmacy, its DMP and INSi. `app` is not started: a test takes the steps of the delivery itself."""

    simulator: Simulator
    counter: Counter
    fault: Fault
    start: Callable[[], App]
    app: App = field(init=False)
    notices: list[Notice] = field(default_factory=list)

    def reopen(self) -> None:
        """As after a stop: what was not on disk is gone."""
        if hasattr(self, "app"):
            self.app.close()
        self.app = self.start()
        self.app.subscribe(self.notices.append)

    @property
    def who(self) -> Who:
        return self.by()

    def by(self, *rights: Right) -> Who:
        """The pharmacist with these rights; none named: those of the counter."""
        operator = self.counter.operator
        if rights:
            operator = operator.model_copy(update={"rights": frozenset(rights)})
        assert operator.practitioner
        return Who(structure=self.counter.structure, operator=operator, author=operator.practitioner)

    @property
    def patient(self) -> Patient:
        """A patient whose identity is qualified."""
        return self.counter.patients[0]

    @property
    def vaccination(self) -> dict[str, Any]:
        return dict(VACCINATION)

    @property
    def newcomer(self) -> Patient:
        """The same person, as a host knows them before it asked anybody."""
        return self.patient.model_copy(update={"ins": None, "status": IdentityStatus.PROVISOIRE})

    def open(self, patient: Patient) -> Patient:
        self.app.session.opened(patient)
        return patient

    def save(self, key: str = "save-1", record: str = "record-1", **changes: Any) -> OutboxItem:
        patient = changes.pop("patient", self.patient)
        who = changes.pop("who", self.who)
        content = VACCINATION | changes
        saved = SavedDocument(key=key, record=record, type_id="note-vaccination", patient=patient, content=content)
        return self.app.intake.save(saved, who)

    def until(self, item: OutboxItem, *states: State, steps: int = 12) -> OutboxItem:
        """Take steps until the item is in one of `states`."""
        return until(self.app, item, *states, steps=steps)

    def send(self, item: OutboxItem, **choices: Any) -> OutboxItem:
        """*Envoyer*, and what follows."""
        item = self.until(item, State.AWAITING_CONFIRMATION, State.HELD)
        self.app.delivery.confirm(item.id, item.who, **choices)
        return self.until(item, State.SENT)

    def registered(self) -> list[Document]:
        """The patient's documents as the registry on disk has them, signatures left aside."""
        return registered(self.simulator, self.patient)

    def audited(self, action: str) -> list[Any]:
        return [record for record in self.app.audit.records() if record["action"] == action]


@pytest.fixture(scope="session")
def care_simulation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a new simulator: its keys take a second to make."""
    folder = tmp_path_factory.mktemp("care-simulation")
    prepare(folder)
    return folder


@pytest.fixture
def make_care(care_simulation: Path, tmp_path: Path) -> Iterator[Callable[..., Care]]:
    """Opens a counter; `structure` and `extra` are TOML over its configuration."""
    with ExitStack() as stack:

        def make(*, structure: str = "", extra: str = "", clock: Clock | None = None) -> Care:
            data = tmp_path / "dmp"
            shutil.copytree(care_simulation, data)
            simulator, fault = Simulator.open(data), Fault()
            stack.callback(simulator.close)
            write_config(data, stack.enter_context(running(simulator, fault=fault)).url)
            counter = Counter.model_validate_json((data / COUNTER).read_bytes())
            layer = tmp_path / "layer.toml"
            layer.write_text(f"{extra}\n[structure.{counter.structure.national_id}]\n{structure}\n", encoding="utf-8")

            def start() -> App:
                app = App(load(data / CONFIG, layer), clock=clock)
                stack.callback(app.close)
                return app

            care = Care(simulator, counter, fault, start)
            care.reopen()
            return care

        yield make


@pytest.fixture
def care(make_care: Callable[..., Care]) -> Care:
    """A counter in direct mode; id.'s adapter opens the feed window."""
    return make_care()
