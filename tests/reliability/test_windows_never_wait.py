"""In each window the keyboard and the mouse are answered while every answer of the DMP is held back.

How long an input waits for the page is measured by the browser's own event timing and printed; the goal is 100 ms.
Run by `python3 run.py reliability latency`.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from counters import VACCINATION
from playwright.sync_api import Browser, Page, expect
from reliability.held_back import PATIENT, HeldBack
from windows import chromium_browser

from dmp_core.cli.simulate import CONFIG, COUNTER, prepare, write_config
from dmp_core.simulator.counter import Counter
from dmp_core.simulator.server import running as simulating
from dmp_core.simulator.simulator import Simulator
from hostbridge.clients.python import BridgeClient

pytestmark = [pytest.mark.reliability, pytest.mark.timeout(1200)]

DMP = (sys.executable, "-m", "dmp_core.cli")
PATIENCE = 60_000  # ms
KEYS = 120  # ms between two: a hand, no scanner
# From the moment of a key or a click to that in which the page may act on it; what is faster than 16 ms is not told.
TIMING = """
window.inputs = [];
new PerformanceObserver(list => list.getEntries().forEach(one =>
  window.inputs.push([one.name, one.processingStart - one.startTime])
)).observe({type: 'event', durationThreshold: 16, buffered: true});
for (const kind of ['keydown', 'pointerdown', 'click'])
  window.addEventListener(kind, one => window.inputs.push([kind, performance.now() - one.timeStamp]), true);
"""


@dataclass
class Counters:
    """A host with windows, its patients, and a hand at the keyboard."""

    client: BridgeClient
    patients: list[dict[str, Any]] = field(repr=False)
    fault: HeldBack
    page: Page
    delays: dict[str, list[float]] = field(default_factory=dict)

    @contextmanager
    def held(self) -> Iterator[Callable[[], bool]]:
        """Both patients' lists are asked for and held back; the host goes on calling. Gives whether one came."""
        answered, over, calls = threading.Event(), threading.Event(), [0]

        def ask(host_id: str) -> None:
            self.client.call("dmp/list", {"host_id": host_id, "since": "all"})
            answered.set()

        def go_on() -> None:
            while not over.is_set():
                self.client.call("outbox/list", {"limit": 20})
                self.client.call("status/health")
                calls[0] += 1
                over.wait(0.01)

        threads = [threading.Thread(target=ask, args=(one["host_id"],)) for one in self.patients]
        threads.append(threading.Thread(target=go_on))
        with self.fault.holding(1) as until_asked:
            for thread in threads:
                thread.start()
            until_asked()
            yield answered.is_set
            over.set()
        for thread in threads:
            thread.join(60)
        assert answered.is_set() and calls[0]

    def shows(self, panel: str, **params: Any) -> Page:
        self.page.goto(self.client.call("panel/open", {"panel": panel, "params": params})["address"])
        return self.page

    def note(self, panel: str) -> None:
        told = self.page.evaluate("window.inputs")
        self.delays.setdefault(panel, []).extend(delay for _, delay in told)

    def save(self, key: str) -> str:
        told = {"key": key, "record": key, "type_id": "note-vaccination", "patient": self.patients[0]}
        item: str = self.client.call("document/saved", told | {"content": VACCINATION})["item"]
        while self.client.call("outbox/show", {"item": item})["state"] != "awaiting_confirmation":
            self.client.next_notice(1.0)
        return item


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium_browser() as browser:
        yield browser


@pytest.fixture
def counter(browser: Browser, tmp_path: Path) -> Iterator[Counters]:
    folder = tmp_path / "sim"
    prepare(folder, filled=True)
    fault = HeldBack()
    with ExitStack() as stack:
        simulator = Simulator.open(folder)
        stack.callback(simulator.close)
        write_config(folder, stack.enter_context(simulating(simulator, fault=fault)).url)
        announce = tmp_path / "run" / "bridge.json"
        (tmp_path / "layer.toml").write_text(PATIENT, encoding="utf-8")
        configured = ("--config", str(folder / CONFIG), "--config", str(tmp_path / "layer.toml"))
        command = [*DMP, "serve", "--loopback", "--announce", str(announce), *configured]
        process = stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE))
        stack.callback(process.terminate)
        assert process.stdout is not None and process.stdout.readline()
        client = stack.enter_context(BridgeClient.at(announce, "websocket"))
        known = Counter.model_validate_json((folder / COUNTER).read_bytes())
        patients = [json.loads(patient.model_dump_json()) for patient in known.patients[:2]]
        operator = json.loads(known.operator.model_dump_json()) | {"rights": ["read", "feed", "administer"]}
        client.start(
            {"host": {"name": "essai", "version": "1"}, "operator": operator, "capabilities": {"panels": True}}
        )
        for patient in patients:
            client.call("patient/opened", {"patient": patient})
        context = browser.new_context(viewport={"width": 1024, "height": 768}, locale="fr-FR")
        stack.callback(context.close)
        context.set_default_timeout(PATIENCE)
        context.add_init_script(TIMING)
        yield Counters(client, patients, fault, context.new_page())


def types(page: Page, label: str, text: str) -> None:
    """As a hand does; the field holds it."""
    page.get_by_label(label).click()
    page.keyboard.type(text, delay=KEYS)
    expect(page.get_by_label(label)).to_have_value(text, timeout=PATIENCE)


def feed(host: Counters) -> None:
    page = host.shows("feed", item=host.save("acte-1"))
    page.get_by_label("Titre du document").click()
    page.keyboard.press("End")
    page.keyboard.type(" (rappel)", delay=KEYS)
    page.get_by_label("Masqué aux professionnels").check()
    page.get_by_role("button", name="Plus tard").click()
    page.get_by_text("Rien n’est envoyé").wait_for()


def outbox(host: Counters) -> None:
    page = host.shows("outbox")
    page.get_by_role("button", name="Tout envoyer").click()
    page.get_by_role("button", name="Revenir aux envois").click()
    page.get_by_role("button", name="Tout envoyer").wait_for()


def consult(host: Counters) -> None:
    """The window itself waits for the DMP; its keyboard does not."""
    page = host.shows("consult", host_id=host.patients[0]["host_id"])
    page.get_by_text("le DMP est interrogé").wait_for()
    page.mouse.click(500, 700)
    page.keyboard.press("Tab")


def identity(host: Counters) -> None:
    page = host.shows("identity", host_id=host.patients[1]["host_id"])
    page.get_by_role("button", name="Actualiser").click()
    page.get_by_role("button", name="Fermer").wait_for()


def consent(host: Counters) -> None:
    page = host.shows("consent", host_id=host.patients[0]["host_id"])
    page.get_by_role("button", name="Le patient vient d’être informé").click()
    page.get_by_text("Le patient a été informé").wait_for()


def journal(host: Counters) -> None:
    page = host.shows("journal", host_id=host.patients[0]["host_id"])
    types(page, "Opérateur", "personne")
    page.get_by_role("button", name="Filtrer").click()
    page.get_by_text("aucune ligne").wait_for()


def bonus(host: Counters) -> None:
    page = host.shows("bonus", year=2026)
    page.get_by_role("button", name="Année 2025").click()
    page.get_by_role("heading", name="Année 2025").wait_for()


def psc(host: Counters) -> None:
    page = host.shows("psc")
    page.get_by_role("button", name="Fermer").wait_for()
    page.keyboard.press("Tab")


def pin(host: Counters) -> None:
    page = host.shows("pin")
    page.get_by_role("button", name="Fermer").wait_for()
    page.keyboard.press("Tab")


def about(host: Counters) -> None:
    page = host.shows("about")
    page.get_by_role("button", name="Fermer").wait_for()
    page.keyboard.press("Tab")


WINDOWS = {work.__name__: work for work in (feed, outbox, consult, identity, consent, journal, bonus, psc, pin, about)}


def test_no_window_waits_for_the_network(counter: Counters, capsys: pytest.CaptureFixture[str]) -> None:
    for name, work in WINDOWS.items():
        with counter.held() as an_answer_came:
            work(counter)
            counter.note(name)
            assert not an_answer_came(), f"{name}: an answer of the DMP came first"

    assert all(counter.delays[name] for name in WINDOWS), "each window was typed in or clicked"
    with capsys.disabled():
        for name, delays in counter.delays.items():
            print(f"\nwindow {name:9} {len(delays):3} inputs, longest delay {max(delays):6.1f} ms (goal 100)", end="")
        print()


def test_a_record_that_is_open_is_searched_while_another_answer_is_awaited(
    counter: Counters, capsys: pytest.CaptureFixture[str]
) -> None:
    page = counter.shows("consult", host_id=counter.patients[0]["host_id"])
    page.get_by_role("button", name="Ouvrir Dispensation").first.wait_for()

    with counter.held() as an_answer_came:
        types(page, "Texte dans la liste", "dispensation")
        page.get_by_role("button", name="Chercher").click()
        page.get_by_text("Le DMP répond").wait_for()
        counter.note("record")
        assert not an_answer_came(), "an answer of the DMP came first"

    with capsys.disabled():
        delays = counter.delays["record"]
        print(f"\nwindow record    {len(delays):3} inputs, longest delay {max(delays):6.1f} ms (goal 100)")
