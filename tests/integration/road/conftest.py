"""The road as it is in life but for processes: the whole app, HTTPS, the simulated DMP in a thread, files on disk."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from counters import VACCINATION, registered, until, who_of

from dmp_core.api import SavedDocument
from dmp_core.app import App
from dmp_core.cli.simulate import CONFIG, COUNTER, prepare, write_config
from dmp_core.config import load
from dmp_core.model.identity import Patient
from dmp_core.model.item import OutboxItem, State
from dmp_core.model.practitioner import Who
from dmp_core.ports import Clock
from dmp_core.services.notices import Notice
from dmp_core.simulator.counter import Counter
from dmp_core.simulator.interference import Dropped, NoFault
from dmp_core.simulator.registry import Document
from dmp_core.simulator.server import running
from dmp_core.simulator.simulator import Simulator


class Fault(NoFault):
    """What goes wrong at the DMP, changed by a test while it runs. Counts what was asked."""

    def __init__(self) -> None:
        self.drop_before: set[str] = set()
        self.drop_after: set[str] = set()
        self.instead: dict[str, Any] = {}
        self.late: dict[str, float] = {}
        self.asked: list[str] = []

    def before(self, transaction: str) -> Any:
        self.asked.append(transaction)
        if transaction in self.drop_before:
            raise Dropped
        return self.instead.get(transaction)

    def after(self, transaction: str, reply: Any) -> Any:
        time.sleep(self.late.get(transaction, 0))
        if transaction in self.drop_after:
            self.drop_after.discard(transaction)
            raise Dropped
        return None


@dataclass
class Road:
    """One pharmacy and its DMP. `app` is not started: a test takes the steps of the delivery itself."""

    app: App
    simulator: Simulator
    counter: Counter
    fault: Fault
    notices: list[Notice] = field(default_factory=list)

    @property
    def who(self) -> Who:
        return who_of(self.counter)

    @property
    def vaccination(self) -> dict[str, Any]:
        return dict(VACCINATION)

    @property
    def patient(self) -> Patient:
        return self.counter.patients[0]

    def save(self, key: str = "save-1", record: str = "record-1", **changes: Any) -> OutboxItem:
        patient = changes.pop("patient", self.patient)
        type_id = changes.pop("type_id", "note-vaccination")
        content = changes.pop("content", VACCINATION | changes)
        saved = SavedDocument(key=key, record=record, type_id=type_id, patient=patient, content=content)
        return self.app.intake.save(saved, self.who)

    def steps(self, count: int = 1) -> None:
        for _ in range(count):
            self.app.delivery.step()

    def until(self, item: OutboxItem, *states: State, steps: int = 12) -> OutboxItem:
        """Take steps until the item is in one of `states`."""
        return until(self.app, item, *states, steps=steps)

    def send(self, item: OutboxItem, **choices: Any) -> OutboxItem:
        """*Envoyer*, and what follows."""
        item = self.until(item, State.AWAITING_CONFIRMATION, State.HELD)
        self.app.delivery.confirm(item.id, self.who, **choices)
        return self.until(item, State.SENT)

    def registered(self) -> list[Document]:
        """The patient's documents as the registry on disk has them, signatures left aside."""
        return registered(self.simulator, self.patient)


@pytest.fixture(scope="session")
def simulation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a new simulator: its keys take a second to make."""
    folder = tmp_path_factory.mktemp("simulation")
    prepare(folder)
    return folder


@pytest.fixture
def make_road(simulation: Path, tmp_path: Path) -> Iterator[Callable[..., Road]]:
    """Opens a road; `structure` and `extra` are TOML over its configuration, `documents` its records."""
    with ExitStack() as stack:

        def make(
            *, structure: str = "", extra: str = "", documents: Path | None = None, clock: Clock | None = None
        ) -> Road:
            data = tmp_path / "dmp"
            if documents:
                prepare(data, documents)
            else:
                shutil.copytree(simulation, data)
            simulator, fault = Simulator.open(data), Fault()
            stack.callback(simulator.close)
            write_config(data, stack.enter_context(running(simulator, fault=fault)).url)
            counter = Counter.model_validate_json((data / COUNTER).read_bytes())
            layer = tmp_path / "layer.toml"
            layer.write_text(f"{extra}\n[structure.{counter.structure.national_id}]\n{structure}\n", encoding="utf-8")
            app = App(load(data / CONFIG, layer), clock=clock)
            stack.callback(app.close)
            road = Road(app, simulator, counter, fault)
            app.subscribe(road.notices.append)
            return road

        yield make


@pytest.fixture
def road(make_road: Callable[..., Road]) -> Road:
    """A road in direct mode; id.'s adapter opens the feed window."""
    return make_road()
