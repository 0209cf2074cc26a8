"""Two counters of one pharmacy on this machine, each with its data folder; the second one has the card."""

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from counters import VACCINATION, registered, until

from dmp_core.api import SavedDocument
from dmp_core.app import App
from dmp_core.cli.simulate import CONFIG, COUNTER, prepare, write_config
from dmp_core.config import load
from dmp_core.model.identity import Patient
from dmp_core.model.item import OutboxItem, State
from dmp_core.model.practitioner import Practitioner, Right, Who
from dmp_core.ports import OutboxStore
from dmp_core.services.notices import Notice
from dmp_core.sharing.seat import Sharing
from dmp_core.simulator.counter import Counter
from dmp_core.simulator.interference import Dropped, NoFault
from dmp_core.simulator.server import running
from dmp_core.simulator.simulator import Simulator
from dmp_core.testing.cps import EmulatedCps
from dmp_core.testing.readers import EmulatedReaders

WAIT = 20.0


class Fault(NoFault):
    """Transactions that the DMP drops, and what it was asked."""

    def __init__(self) -> None:
        self.dropped: set[str] = set()
        self.asked: list[str] = []

    def before(self, transaction: str) -> Any:
        self.asked.append(transaction)
        if transaction in self.dropped:
            raise Dropped


class MovingClock:
    """The computer's clock; a test makes time pass."""

    def __init__(self) -> None:
        self.moved = timedelta(0)

    def now(self) -> datetime:
        return datetime.now(UTC) + self.moved

    def monotonic(self) -> float:
        return datetime.now(UTC).timestamp() + self.moved.total_seconds()


@dataclass
class Counterside:
    """One counter: its app is not started, a test takes the steps; its port is served by a thread of the test."""

    app: App
    counter: Counter
    clock: MovingClock
    notices: list[Notice] = field(default_factory=list)
    is_open: bool = True

    def close(self) -> None:
        """The counter is switched off; its data stay."""
        if self.is_open:
            self.is_open = False
            self.app.close()

    @property
    def sharing(self) -> Sharing:
        assert self.app.sharing is not None
        return self.app.sharing

    @property
    def practitioner(self) -> Practitioner:
        assert self.counter.operator.practitioner is not None
        return self.counter.operator.practitioner

    @property
    def who(self) -> Who:
        operator = self.counter.operator.model_copy(update={"rights": frozenset(Right)})
        return Who(structure=self.counter.structure, operator=operator, author=self.practitioner)

    def but(self, *, rights: frozenset[Right] = frozenset(Right), **person: str) -> Who:
        """Somebody else, or somebody with other rights."""
        author = self.practitioner.model_copy(update=person)
        operator = self.who.operator.model_copy(update={"rights": rights, "practitioner": author})
        return self.who.model_copy(update={"operator": operator, "author": author})

    @property
    def patient(self) -> Patient:
        return self.counter.patients[0]

    def soon(self, **duration: float) -> datetime:
        return self.clock.now() + timedelta(**(duration or {"hours": 2}))

    def save(self, key: str = "save-1", who: Who | None = None, record: str = "", **changes: Any) -> OutboxItem:
        content = VACCINATION | changes
        saved = SavedDocument(
            key=key, record=record or key, type_id="note-vaccination", patient=self.patient, content=content
        )
        return self.app.intake.save(saved, who or self.who)

    def waiting(self, key: str = "save-1", **changes: Any) -> OutboxItem:
        """A document that was confirmed here and waits for a card."""
        item = self.until(self.save(key, **changes), State.AWAITING_CONFIRMATION, State.HELD)
        self.app.delivery.confirm(item.id, item.who)
        return self.until(item, State.WAITING)

    def get(self, item: OutboxItem) -> OutboxItem:
        return self.app.outbox.get(item.id)

    def until(self, item: OutboxItem, *states: State, steps: int = 20) -> OutboxItem:
        return until(self.app, item, *states, steps=steps, before_step=self.next_second)

    def deliver(self) -> None:
        for _ in range(8):
            self.next_second()
            self.app.delivery.step()

    def next_second(self) -> None:
        self.clock.moved += timedelta(seconds=1)

    def there(self) -> list[OutboxItem]:
        """All items of this counter."""
        return list(self.app.outbox.in_states(frozenset(State)))

    def told(self, kind: type) -> list[Any]:
        return [notice for notice in self.notices if isinstance(notice, kind)]

    def enable(self, **duration: float) -> int:
        """Share; the port on which this counter is reached."""
        port = self.sharing.enable(self.soon(**duration), self.who).port
        assert port is not None
        return port


@dataclass
class Pharmacy:
    simulator: Simulator
    fault: Fault
    first: Counterside
    second: Counterside

    def registered(self) -> int:
        """Documents of the patient in the DMP."""
        return len(registered(self.simulator, self.first.patient))

    def pair(self) -> str:
        """Both counters know each other; the address of the second."""
        address = f"127.0.0.1:{self.second.enable()}"
        self.second.sharing.pair(None, self.second.who)
        self.first.sharing.pair(address, self.first.who)
        codes = [side.sharing.show(side.who).pairing for side in (self.first, self.second)]
        assert codes[0] and codes[1] and codes[0].code and codes[1].code
        self.first.sharing.confirm(codes[1].code, self.first.who)
        self.second.sharing.confirm(codes[0].code, self.second.who)
        return address


Make = Callable[..., Counterside]


@pytest.fixture(scope="session")
def simulation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("simulation")
    prepare(folder)
    return folder


@pytest.fixture
def serve() -> Iterator[Callable[[Counterside], None]]:
    """Answers who calls a counter, until the test ends."""
    stop = threading.Event()
    threads = []

    def run(side: Counterside) -> None:
        while not stop.is_set():
            if side.sharing.lend_step() is None:
                stop.wait(0.02)

    def begin(side: Counterside) -> None:
        thread = threading.Thread(target=run, args=(side,), daemon=True)
        threads.append(thread)
        thread.start()

    yield begin
    stop.set()
    for thread in threads:
        thread.join(WAIT)


@pytest.fixture
def make(simulation: Path, tmp_path: Path) -> Iterator[tuple[Simulator, Fault, Make]]:
    """The DMP, and `make(name, card=..., extra=...)` for a counter with its own data folder.

    `card`: its keys are in files, as if the card of whoever works were open; with `readers` they are in a card there.
    """
    with ExitStack() as stack:
        data = tmp_path / "dmp"
        shutil.copytree(simulation, data)
        simulator, fault = Simulator.open(data), Fault()
        stack.callback(simulator.close)
        write_config(data, stack.enter_context(running(simulator, fault=fault)).url)
        counter = Counter.model_validate_json((data / COUNTER).read_bytes())

        def counterside(
            name: str,
            *,
            card: bool,
            extra: str = "",
            port: int = 0,
            readers: EmulatedReaders | None = None,
            wrap: Callable[[OutboxStore], OutboxStore] = lambda store: store,
        ) -> Counterside:
            layer = tmp_path / f"{name}.toml"
            in_a_card = f'[structure.{counter.structure.national_id}.keys]\nsource = "card"\n'
            keys = in_a_card if readers else "" if card else f'{in_a_card}[cps]\nlibrary = "no-library"\n'
            layer.write_text(
                f'data = "{tmp_path / name}"\n{keys}\n[cards]\nenabled = false\n'
                f'[sharing]\nenabled = true\nname = "{name}"\nlisten = "127.0.0.1"\nport = {port}\n{extra}',
                encoding="utf-8",
            )
            clock = MovingClock()
            app = App(load(data / CONFIG, layer), clock=clock, wrap_outbox=wrap, **_emulated(readers))
            side = Counterside(app, counter, clock)
            stack.callback(side.close)
            app.session.operator_changed(side.who)
            app.subscribe(side.notices.append)
            return side

        yield simulator, fault, counterside


def _emulated(readers: EmulatedReaders | None) -> dict[str, Any]:
    if readers is None:
        return {}
    return {
        "open_readers": lambda: readers,
        "open_cps": lambda config, calls: EmulatedCps(readers, calls, config.environment),
    }


@pytest.fixture
def pharmacy(make: tuple[Simulator, Fault, Make], serve: Callable[[Counterside], None]) -> Pharmacy:
    """`comptoir 1` without a reader, `comptoir 2` with the card of whoever works; not yet paired."""
    simulator, fault, counterside = make
    sides = counterside("comptoir 1", card=False), counterside("comptoir 2", card=True)
    serve(sides[1])
    return Pharmacy(simulator, fault, *sides)
