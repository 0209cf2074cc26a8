"""A pharmacy's counter with its windows: the whole app, a simulated DMP, the loopback server, Chromium."""

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from counters import VACCINATION
from playwright.sync_api import Browser, BrowserContext, Page, expect
from windows import chromium_browser

from dmp_core.app import App
from dmp_core.cli.simulate import CONFIG, COUNTER, prepare, write_config
from dmp_core.config import load
from dmp_core.simulator.counter import Counter
from dmp_core.simulator.interference import Dropped, NoFault
from dmp_core.simulator.server import running as simulating
from dmp_core.simulator.simulator import Simulator
from dmp_core.system import SystemClock, SystemIds
from hostbridge.transports.loopback import Loopback, running

NAMES = "--host-resolver-rules=MAP *.example 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"
"""Every name under .example is this machine (rebinding)."""
WAIT = 20
expect.set_options(timeout=WAIT * 1000)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with chromium_browser("--disable-quic", NAMES) as browser:
        yield browser


@pytest.fixture
def profile(chromium: Browser) -> Iterator[BrowserContext]:
    """A browser without a past, on a small screen."""
    context = chromium.new_context(viewport={"width": 1024, "height": 768}, locale="fr-FR")
    context.set_default_timeout(WAIT * 1000)
    yield context
    context.close()


@pytest.fixture
def tab(profile: BrowserContext) -> Page:
    return profile.new_page()


class Fault(NoFault):
    """The transactions that the DMP drops, changed by a test while it runs."""

    def __init__(self) -> None:
        self.dropped: set[str] = set()

    def before(self, transaction: str) -> Any:
        if transaction in self.dropped:
            raise Dropped


@dataclass
class Desk:
    """A host that shows windows, on a connection in memory, and the server of the windows."""

    loopback: Loopback
    app: App
    counter: Counter
    fault: Fault
    say: Callable[[bytes], Any]
    heard: list[dict[str, Any]]
    news: threading.Condition
    seat: Any = None
    simulator: Any = None
    number: int = field(default=0)

    def ask(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        """The result of one request."""
        self.number += 1
        identifier = self.number
        message = {"jsonrpc": "2.0", "id": identifier, "method": method, "params": params or {}}
        self.say(json.dumps(message).encode())
        answer = self.wait(lambda heard: heard.get("id") == identifier)
        assert "result" in answer, answer
        result: dict[str, Any] = answer["result"]
        return result

    def wait(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        with self.news:
            assert self.news.wait_for(lambda: any(map(wanted, self.heard)), timeout=WAIT), self.heard
            return next(filter(wanted, self.heard))

    def patient(self, number: int = 0) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.counter.patients[number].model_dump_json())
        return found

    def open_patient(self, number: int = 0) -> None:
        self.ask("patient/opened", {"patient": self.patient(number)})

    def save(self, key: str = "save-1", number: int = 0) -> str:
        """*Enregistrer*: the item, once its window is wanted."""
        params = {"key": key, "record": key, "type_id": "note-vaccination", "content": VACCINATION}
        item: str = self.ask("document/saved", params | {"patient": self.patient(number)})["item"]
        self.wait(lambda told: told.get("method") == "window/show" and told["params"]["item"]["item"] == item)
        return item

    def shown(self, item: str) -> str:
        """The address that `window/show` gave for this item."""
        told = self.wait(lambda one: one.get("method") == "window/show" and one["params"]["item"]["item"] == item)
        address: str = told["params"]["address"]
        return address

    def open(self, panel: str, **params: Any) -> str:
        """A fresh address of a window."""
        address: str = self.ask("panel/open", {"panel": panel, "params": params})["address"]
        return address

    def state(self, item: str) -> str:
        state: str = self.ask("outbox/show", {"item": item})["state"]
        return state


@pytest.fixture(scope="session")
def simulation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("simulation")
    prepare(folder)
    return folder


@pytest.fixture
def make_desk(simulation: Path, tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    """Opens a counter; `extra` is TOML over its configuration, `given` what its app is opened with beside it."""
    with ExitStack() as stack:

        def make(extra: str = "", **given: Any) -> Desk:
            data = tmp_path / "dmp"
            shutil.copytree(simulation, data)
            simulator, fault = Simulator.open(data), Fault()
            stack.callback(simulator.close)
            write_config(data, stack.enter_context(simulating(simulator, fault=fault)).url)
            counter = Counter.model_validate_json((data / COUNTER).read_bytes())
            layer = tmp_path / "layer.toml"
            layer.write_text(extra, encoding="utf-8")
            config = load(data / CONFIG, layer)
            heard: list[dict[str, Any]] = []
            news = threading.Condition()

            def hear(body: bytes) -> None:
                with news:
                    heard.append(json.loads(body))
                    news.notify_all()

            apps: list[App] = []

            def open_app(structure: str | None, adapter: str | None) -> App:
                apps.append(App(config, structure, adapter=adapter, **given))
                return apps[-1]

            loopback = stack.enter_context(
                running(Loopback(open_app, clock=SystemClock(), ids=SystemIds(), frame=config.bridge.frame))
            )
            connection, seat = loopback.connect(hear)
            stack.callback(seat.close)
            introduction = {
                "protocol_version": "1.0",
                "host": {"name": "essai", "version": "1"},
                "operator": json.loads(counter.operator.model_dump_json()),
                "capabilities": {"panels": True},
            }
            desk = Desk(loopback, None, counter, fault, connection.receive, heard, news, seat, simulator)  # type: ignore[arg-type]
            assert desk.ask("initialize", introduction)["capabilities"]["panels"]
            connection.receive(b'{"jsonrpc":"2.0","method":"initialized"}')
            desk.app = apps[-1]
            return desk

        yield make


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    return make_desk()
