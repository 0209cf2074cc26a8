"""The windows as a pharmacist sees them, from a counter with a simulated DMP, for `screenshots.py`."""

import io
import json
import re
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any, Final

import httpx
from PIL import Image
from playwright.sync_api import Browser, Page

from dmp_core.app import App
from dmp_core.cli import simulate_psc
from dmp_core.cli.simulate import CONFIG, COUNTER, prepare, write_config
from dmp_core.config import load
from dmp_core.services.authentication.card_view import CardState
from dmp_core.simulator.counter import Counter
from dmp_core.simulator.server import running as simulating
from dmp_core.simulator.simulator import Simulator, now
from dmp_core.system import SystemClock, SystemIds
from hostbridge.panels import pages
from hostbridge.panels.panel import surroundings
from hostbridge.panels.pin import PinDialog
from hostbridge.panels.static_files import integrity, static_file
from hostbridge.protocol.professional import CardSessionShown, HolderShown, PinAskedFor
from hostbridge.transports.loopback import Loopback, running

_WAIT: Final = 30_000  # ms
_COLOURS: Final = 96
_SIZE: Final = {"width": 1024, "height": 768}
_VACCINATION: Final = {
    "date": "2025-10-14",
    "vaccin": {
        "cis": "68747507",
        "libelle": "VACCIN TETANIQUE PASTEUR, suspension injectable en seringue préremplie",
        "atc": {"code": "J07AM", "libelle": "vaccins tétaniques"},
        "lot": "4456672",
    },
    "acte": "BOOSTER",
    "rang": 2,
}


class Seat:
    """A host with windows before a simulated DMP whose first patient has a record."""

    def __init__(self, loopback: Loopback, counter: Counter, simulator: Simulator) -> None:
        self.counter, self.simulator = counter, simulator
        self._heard: list[dict[str, Any]] = []
        self._news = threading.Condition()
        self._number = 0
        self._connection, self.seat = loopback.connect(self._hear)
        self.works("read", "feed", "administer", first=True)

    def works(self, *rights: str, first: bool = False) -> None:
        operator = self.counter.operator.model_dump(mode="json") | {"rights": list(rights)}
        if first:
            host = {"name": "LGO", "version": "1"}
            known = {"protocol_version": "1.0", "host": host, "operator": operator, "capabilities": {"panels": True}}
            self.ask("initialize", **known)
            self._connection.receive(b'{"jsonrpc":"2.0","method":"initialized"}')
        else:
            self.ask("operator/changed", operator=operator)

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        self._number += 1
        message = {"jsonrpc": "2.0", "id": self._number, "method": method, "params": params}
        self._connection.receive(json.dumps(message).encode())
        answer = self.heard(lambda one: one.get("id") == message["id"])
        if "result" not in answer:
            raise SystemExit(f"{method}: {answer}")
        result: dict[str, Any] = answer["result"]
        return result

    def heard(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        with self._news:
            if not self._news.wait_for(lambda: any(map(wanted, self._heard)), _WAIT / 1000):
                raise SystemExit("the bridge does not answer")
            return next(filter(wanted, self._heard))

    def _hear(self, body: bytes) -> None:
        with self._news:
            self._heard.append(json.loads(body))
            self._news.notify_all()

    def patient(self, number: int = 0, **changes: Any) -> str:
        """Opened; their reference."""
        patient = self.counter.patients[number].model_dump(mode="json") | changes
        self.ask("patient/opened", patient=patient)
        host_id: str = patient["host_id"]
        return host_id

    def saved(self, key: str, number: int = 0) -> str:
        """An item whose window is wanted."""
        patient = self.counter.patients[number].model_dump(mode="json")
        known = {"key": key, "record": key, "type_id": "note-vaccination", "content": _VACCINATION}
        item: str = self.ask("document/saved", patient=patient, **known)["item"]
        self.heard(lambda one: one.get("method") == "window/show" and one["params"]["item"]["item"] == item)
        return item

    def open(self, panel: str, **params: Any) -> str:
        address: str = self.ask("panel/open", panel=panel, params=params)["address"]
        return address


@contextmanager
def _seat(layer: str = "", *, expired: bool = False, psc: bool = False) -> Iterator[tuple[Seat, str]]:
    """A seat, and the page of the simulated phone where Pro Santé Connect is at work."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        data = Path(folder) / "dmp"
        prepare(data, filled=True)
        phone, layers = "", []
        if psc:
            phone = stack.enter_context(simulate_psc.at_work(data, COUNTER)).phone
            layers.append(data / simulate_psc.DIRECT)
        simulator = Simulator.open(data)
        stack.callback(simulator.close)
        write_config(data, stack.enter_context(simulating(simulator)).url)
        counter = Counter.model_validate_json((data / COUNTER).read_bytes())
        if expired:
            person, ins = counter.operator.practitioner, counter.patients[0].ins
            assert person and ins
            simulator.patients.authorise(ins.cx, person.national_id, until=now() - timedelta(days=1))
        (data / "layer.toml").write_text(layer, encoding="utf-8")
        config = load(data / CONFIG, *layers, data / "layer.toml")
        bridge = Loopback(
            lambda structure, adapter: App(config, structure, adapter=adapter), clock=SystemClock(), ids=SystemIds()
        )
        seat = Seat(stack.enter_context(running(bridge)), counter, simulator)
        stack.callback(seat.seat.close)
        yield seat, phone


def draw(browser: Browser, folder: Path) -> None:
    """Every window into `folder`, as `fenetre-NAME.png`."""
    context = browser.new_context(viewport=_SIZE, locale="fr-FR")  # type: ignore[arg-type]
    context.set_default_timeout(_WAIT)
    page = context.new_page()

    def keep(name: str) -> None:
        page.wait_for_timeout(300)
        image = Image.open(io.BytesIO(page.screenshot()))
        quantized = image.convert("RGB").quantize(_COLOURS)
        quantized.save(folder / f"fenetre-{name}.png", optimize=True)

    with _seat() as (seat, _):
        _feeding(seat, page, keep)
        _reading(seat, page, keep)
    with _seat(expired=True) as (seat, _):
        _emergency(seat, page, keep)
    with _seat("[insi]\non_opening = false\n") as (seat, _):
        _identity(seat, page, keep)
    with _seat(psc=True) as (seat, phone):
        _psc(seat, phone, page, keep)
    _pin(page, keep)
    context.close()


def _feeding(seat: Seat, page: Page, keep: Callable[[str], None]) -> None:
    seat.patient()
    item = seat.saved("acte-1")
    page.goto(seat.open("feed", item=item))
    page.frame_locator("iframe").locator("body").wait_for()
    keep("alimenter")
    page.get_by_role("button", name="Envoyer", exact=True).click()
    page.get_by_text("Envoyé au DMP à").wait_for()
    seat.saved("acte-2", 1)
    seat.patient()
    page.goto(seat.open("outbox"))
    page.get_by_role("heading", name="Envoyés (1)").wait_for()
    keep("envois")
    page.get_by_role("button", name="Corriger").click()
    page.get_by_text("dont le dossier est ouvert").wait_for()
    keep("corriger")
    acts = [{"record": f"E-{rank}", "type_id": "entretien-pharmaceutique", "done_on": "2026-03-02"} for rank in (1, 2)]
    seat.ask("acts/declare", acts=acts)
    page.goto(seat.open("bonus", year=2026))
    page.get_by_text("L’objectif").first.wait_for()
    keep("jauge")
    page.goto(seat.open("about"))
    keep("a-propos")


def _reading(seat: Seat, page: Page, keep: Callable[[str], None]) -> None:
    host_id = seat.patient()
    page.goto(seat.open("consult", host_id=host_id))
    page.get_by_role("button", name="Ouvrir").first.wait_for()
    keep("consulter")
    page.get_by_role("button", name="Ouvrir Dispensation du traitement du mois").click()
    page.frame_locator("iframe").locator("article").wait_for()
    keep("document")
    page.get_by_role("button", name="Revenir à la liste").click()
    page.get_by_role("button", name="Ouvrir Créatininémie et ionogramme").click()
    page.frame_locator("iframe").get_by_alt_text("Page 1").wait_for()
    keep("document-pdf")
    page.goto(seat.open("consent", host_id=host_id))
    page.get_by_role("button", name="Le patient vient d’être informé").click()
    page.get_by_text("Le patient a été informé").wait_for()
    keep("consentement")
    page.goto(seat.open("journal", host_id=host_id))
    page.get_by_role("region", name="Lignes du journal").wait_for()
    keep("journal")


def _emergency(seat: Seat, page: Page, keep: Callable[[str], None]) -> None:
    page.goto(seat.open("consult", host_id=seat.patient()))
    page.get_by_role("button", name="Oui, le patient est d’accord").wait_for()
    keep("accord")
    page.get_by_role("button", name="Accès en urgence").click()
    page.get_by_label("Motif").fill("Patient inconscient")
    page.get_by_role("button", name="Accéder en urgence").click()
    page.get_by_role("button", name="Ouvrir").first.wait_for()
    keep("urgence")


def _identity(seat: Seat, page: Page, keep: Callable[[str], None]) -> None:
    page.goto(seat.open("identity", host_id=seat.patient(ins=None, status="provisoire")))
    page.get_by_role("button", name="Chercher dans INSi").wait_for()
    keep("identite")


def _psc(seat: Seat, phone: str, page: Page, keep: Callable[[str], None]) -> None:
    page.goto(seat.open("psc"))
    page.get_by_role("button", name="e-CPS, sur mon téléphone").click()
    page.locator(".digits").wait_for()
    keep("pro-sante-connect")
    with httpx.Client(trust_env=False) as client:
        links = re.findall(r'<a href="([^"]+)">Accepter<', client.get(phone).text)
        client.get(httpx.URL(phone).join(unescape(links[0])))
    page.get_by_role("heading", name="Vous êtes identifié").wait_for()
    keep("pro-sante-connect-identifie")


def _pin(page: Page, keep: Callable[[str], None]) -> None:
    """The dialog of the code, drawn without a card."""
    holder = HolderShown(family="TITULAIRE", given="CAMILLE", title="DR", profession="21", section="A")
    asked = PinAskedFor(request=1, tries_left=3, last_try=False)
    answer = CardSessionShown(state=next(iter(CardState)), holder=holder, pin=asked)
    around = {"panel": PinDialog(), "around": surroundings("simulation"), "integrity": integrity, "error": None}
    html = pages.render("pin.html", {**around, "answer": answer, "refused": None})

    def serve(route: Any) -> None:
        found = static_file(route.request.url.rpartition("/")[2])
        if found is None:
            route.fulfill(body=html, content_type="text/html")
        else:
            route.fulfill(body=found.body, content_type=found.media_type)

    page.route("http://window.example/**", serve)
    page.goto("http://window.example/w/")
    page.get_by_label("Code de la carte").wait_for()
    keep("code-carte")
