"""A seat with two readers in memory, a plugin that hears of cards, and what the host is told."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from dmp_core.api.events import CardChanged
from dmp_core.cards.vitale import FreeZone
from dmp_core.plughost.host import PluginHost
from dmp_core.ports import BeneficiaryProvider, Readers
from dmp_core.services.announcement import Announcer
from dmp_core.services.authentication.cards import Cards
from dmp_core.services.notices import CardTold, Notice, PatientSuggested
from dmp_core.services.people.session import Session
from dmp_core.testing.clock import ManualClock
from dmp_core.testing.readers import EmulatedReaders

PLUGIN = """
from dmp_core.api import SuggestPatient, hookimpl

HEARD = []

@hookimpl
def on_card_changed(event, ctx):
    HEARD.append(event)
    return [SuggestPatient(person=1)] if event.people and len(event.people) > 1 else None
"""
MANIFEST = """
id = "hears_cards"
version = "1.0.0"
kind = "host"
api = ["1.0"]
hooks = ["on_card_changed"]
reads = ["card"]
"""


@dataclass
class Seat:
    """The service under test. Threads that it starts run when the test says so: `run_readings`."""

    cards: Cards
    readers: EmulatedReaders
    session: Session
    clock: ManualClock
    told: list[Notice] = field(default_factory=list)
    started: list[Callable[[], None]] = field(default_factory=list)

    def step(self) -> None:
        self.readers.interrupt()  # a step never waits in these tests
        self.cards.step()

    def run_readings(self) -> None:
        for work in self.started:
            work()
        self.started.clear()

    def read(self) -> None:
        """What a card that answers at once comes to."""
        self.step()
        self.run_readings()
        self.step()

    def pass_time(self, seconds: float) -> None:
        self.clock.advance(timedelta(seconds=seconds))
        self.step()

    @property
    def heard(self) -> list[CardChanged]:
        """What the plugin was told so far."""
        return sys.modules["hears_cards"].HEARD if "hears_cards" in sys.modules else []

    @property
    def suggested(self) -> list[PatientSuggested]:
        return [notice for notice in self.told if isinstance(notice, PatientSuggested)]

    @property
    def problems(self) -> list[str]:
        """Codes of what the host was told to be wrong with a card."""
        return [notice.problem.code for notice in self.told if isinstance(notice, CardTold) and notice.problem]


@pytest.fixture
def installed_plugin(tmp_path: Path) -> Iterator[str]:
    """The folder that a plugin, which hears of cards, is installed in."""
    package, info = tmp_path / "hears_cards", tmp_path / "hears_cards-1.0.0.dist-info"
    package.mkdir()
    info.mkdir()
    (package / "__init__.py").write_text(PLUGIN, encoding="utf-8")
    (package / "dmp-plugin.toml").write_text(MANIFEST, encoding="utf-8")
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: hears-cards\nVersion: 1.0.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text("[dmp.plugins]\nhears_cards = hears_cards\n", encoding="utf-8")
    files = ["hears_cards/__init__.py", "hears_cards/dmp-plugin.toml", f"{info.name}/METADATA"]
    (info / "RECORD").write_text("".join(f"{file},,\n" for file in files), encoding="utf-8")
    yield str(tmp_path)
    sys.modules.pop("hears_cards", None)


MakeSeat = Callable[..., Seat]


@pytest.fixture
def make_seat(installed_plugin: str, clock: ManualClock) -> MakeSeat:
    def make(
        provider: Callable[[Readers], BeneficiaryProvider] = FreeZone, open_readers: Callable[[], Readers] | None = None
    ) -> Seat:
        readers, session = EmulatedReaders("gauche", "droite"), Session()
        told: list[Notice] = []
        started: list[Callable[[], None]] = []
        plugins = PluginHost(["hears_cards"], clock=clock, path=[installed_plugin])
        announcer = Announcer(plugins, None, told.append)  # type: ignore[arg-type] # cards need no outbox
        cards = Cards(
            open_readers or (lambda: readers),
            provider,
            announcer,
            session,
            clock=clock,
            tell=told.append,
            apart=started.append,
        )
        return Seat(cards, readers, session, clock, told, started)

    return make


@pytest.fixture
def seat(make_seat: MakeSeat) -> Seat:
    return make_seat()
