"""What pages of others try in the browser in which a window of the DMP is open: none of it reaches a handler.

Each attack runs in Chromium from a page of `evil.example`, a name of 127.0.0.1 here: also from the very port of the
bridge (DNS rebinding), and out of a sandboxed frame (Origin null).
"""

import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route

from hostbridge.methods import table

CALL = json.dumps(
    {
        "jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": {"protocol_version": "1.0", "host": {"name": "evil", "version": "1"}},
    }
)  # fmt: skip
PATIENCE = 3000  # ms for one attack
ATTACKS = Path(__file__).with_name("attacks.js").read_text(encoding="utf-8").partition("\n")[2]  # but for its note
RUN = f"""async ([name, at, call, patience]) => {{
  const late = new Promise(done => setTimeout(() => done(''), patience));
  const attacks = {ATTACKS};
  try {{ return String(await Promise.race([attacks[name](at, call), late])) }} catch (error) {{ return '' }}
}}"""


@pytest.fixture
def handled(monkeypatch) -> list[str]:
    """Every method that is done, for whomever."""
    done: list[str] = []
    handle = table._handle

    def counting(seat: Any, name: str, params: Any, asked: Any) -> Any:
        done.append(name)
        return handle(seat, name, params, asked)

    monkeypatch.setattr(table, "_handle", counting)
    return done


class Scene:
    """A window that is open in the browser, and pages of others beside it."""

    def __init__(self, desk: Any, profile: BrowserContext) -> None:
        self.desk = desk
        self.profile = profile
        profile.grant_permissions(["local-network-access"])  # as a user who says yes to everything
        desk.open_patient()
        self.item = desk.save()
        self.window = profile.new_page()
        self.window.goto(desk.shown(self.item))
        self.window.wait_for_load_state("networkidle")

    @property
    def targets(self) -> dict[str, str]:
        """Paths that do something for whom they are meant."""
        inside = self.window.url.partition(str(self.desk.loopback.port))[2]
        return {"the host's way": "/rpc", "Envoyer": f"{inside}do/send", "the window": inside}

    def evil(self, origin: str) -> Page:
        page = self.profile.new_page()
        page.route(f"{origin}/attack", _attack_page)
        page.goto(f"{origin}/attack")
        return page


def _attack_page(route: Route) -> None:
    route.fulfill(body="<!doctype html><title>evil</title><body></body>", content_type="text/html")


@pytest.fixture
def scene(desk, profile, handled) -> Scene:
    scene = Scene(desk, profile)
    handled.clear()
    return scene


def _names(page: Page) -> list[str]:
    names: list[str] = page.evaluate(f"Object.keys({ATTACKS})")
    return names


def _read(page: Page, name: str, at: str) -> str:
    """What the page could read by that attack; empty where it could read nothing."""
    found: str = page.evaluate(RUN, [name, at, CALL, PATIENCE])
    return found


ORIGINS: dict[str, Callable[[int], tuple[str, str]]] = {
    "another site": lambda port: ("https://evil.example", f"http://127.0.0.1:{port}"),
    "another port": lambda port: ("http://localhost:1", f"http://127.0.0.1:{port}"),
    "rebound to this port": lambda port: (f"http://evil.example:{port}", f"http://evil.example:{port}"),
}
ROWS = {"another site": "row-008 row-009 row-010 row-011", "another port": "row-004", "rebound to this port": "row-001"}


@pytest.mark.parametrize("origin", [pytest.param(origin, id=f"{ROWS[origin]} from {origin}") for origin in ORIGINS])
def test_no_attack_of_a_page_reaches_a_handler_or_reads_anything(origin, scene, handled):
    from_, to = ORIGINS[origin](scene.desk.loopback.port)
    page = scene.evil(from_)
    tried, read = 0, {}

    for target, path in scene.targets.items():
        for name in _names(page):
            found = _read(page, name, f"{to}{path}")
            tried += 1
            if found:
                read[f"{name} at {target}"] = found

    print(f"{tried} attacks of a page from {origin}")
    assert tried >= 40
    assert read == {}
    assert [method for method in handled if method not in ("outbox/show", "feed/describe")] == []
    assert scene.desk.state(scene.item) == "awaiting_confirmation"


def test_the_same_attacks_reach_a_server_that_lets_them(profile):
    """Else the tests above would show nothing."""
    reached: set[str] = set()

    class Open(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            reached.add(self.path[1:])
            self.send_response(200)
            self.send_header("Access-Control-Allow-Origin", self.headers.get("Origin", "*"))
            self.send_header("Access-Control-Allow-Credentials", "true")
            self.send_header("Access-Control-Allow-Methods", "*, PUT")
            self.send_header("Access-Control-Allow-Headers", "content-type, authorization")
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_POST = do_PUT = do_OPTIONS = do_GET

        def log_message(self, *_: object) -> None:
            """Silent: the test reads `reached`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Open)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    profile.grant_permissions(["local-network-access"])
    page = profile.new_page()
    page.route(f"http://localhost:{server.server_port}/attack", _attack_page)
    page.goto(f"http://localhost:{server.server_port}/attack")

    names = _names(page)
    for number, name in enumerate(names):
        _read(page, name, f"http://127.0.0.1:{server.server_port}/{number}")

    server.shutdown()
    server.server_close()
    # A worker may only come from its page's own origin: the browser asks nobody.
    assert [name for number, name in enumerate(names) if str(number) not in reached] == ["worker"]


@pytest.mark.parametrize("origin", [pytest.param("null", id="row-004 in Chromium")])
def test_a_sandboxed_frame_has_no_origin_and_no_chance(origin, scene, handled):
    page = scene.evil("https://evil.example")
    port = scene.desk.loopback.port
    document = (
        f"<form id=f method=post action='http://127.0.0.1:{port}{scene.targets['Envoyer']}'><input name=x></form>"
        f"<script>f.submit(); fetch('http://127.0.0.1:{port}/rpc', {{method: 'POST', body: '{{}}'}})</script>"
    )
    statuses = []
    page.on("response", lambda answer: statuses.append(answer.status))

    page.evaluate(
        "html => { const one = document.createElement('iframe'); one.sandbox = 'allow-scripts allow-forms';"
        " one.srcdoc = html; document.body.append(one) }",
        document,
    )
    page.wait_for_timeout(1500)

    assert set(statuses) <= {401, 403}
    assert handled == []
    assert scene.desk.state(scene.item) == "awaiting_confirmation"


@pytest.mark.parametrize("target", [pytest.param("the window", id="row-018 in Chromium")])
def test_a_window_is_framed_by_nobody(target, scene, desk):
    for address in (desk.open("about"), f"http://127.0.0.1:{desk.loopback.port}{scene.targets[target]}"):
        page = scene.evil("https://evil.example")
        page.evaluate(
            "at => new Promise(done => { const one = document.createElement('iframe'); one.src = at;"
            " one.onload = done; document.body.append(one); setTimeout(done, 3000) })",
            address,
        )

        assert [frame.url for frame in page.frames if "127.0.0.1" in frame.url] == []
        assert all("Alimenter" not in frame.content() for frame in page.frames)


@pytest.mark.parametrize("link", [pytest.param("a fresh link", id="row-019 in Chromium")])
def test_a_page_that_opens_a_window_has_no_hold_on_it(link, scene, desk):
    page = scene.evil("https://evil.example")
    address = desk.open("about")

    with scene.profile.expect_page() as opened:
        page.evaluate("at => { window.held = open(at) }", address)
    opened.value.get_by_text("Numéro d’homologation DMP").wait_for()

    assert opened.value.evaluate("window.opener") is None
    page.wait_for_timeout(300)
    assert page.evaluate("(() => { try { return window.held.closed } catch (e) { return 'barred' } })()") in (
        True,
        "barred",
    )


@pytest.mark.parametrize("part", [pytest.param("state", id="row-012 in Chromium")])
def test_a_window_closes_with_its_host_before_it_can_ask_again(part, scene, desk):
    desk.seat.close()

    assert scene.window.evaluate(f"fetch('part/{part}').then(answer => answer.status)") == 401


@pytest.mark.parametrize("place", [pytest.param("history", id="row-026 in Chromium")])
def test_no_secret_stays_in_the_history_or_leaves_by_a_referrer(place, scene, desk):
    link = desk.open("about")
    page = scene.profile.new_page()
    page.goto("about:blank")
    referrers = []
    page.on("request", lambda request: referrers.append(request.headers.get("referer")))

    page.goto(link)
    page.go_back()
    page.go_forward()

    assert link.rpartition("/")[2] not in page.url
    assert page.evaluate("document.referrer") == ""
    assert [each for each in referrers if each] == []
