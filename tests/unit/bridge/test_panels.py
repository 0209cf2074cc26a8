"""What every window is made of: its words, its files, its answers without a browser."""

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest

import hostbridge.panels
from dmp_core.app import App
from dmp_core.config import load
from dmp_core.testing.ids import SeededIds
from hostbridge.methods.table import TABLE, connect
from hostbridge.panels import pages
from hostbridge.panels.panel import surroundings
from hostbridge.panels.registry import PANELS
from hostbridge.panels.site import COOKIE, Answer, Request, Site
from hostbridge.panels.static_files import NAMES, integrity, static_file
from hostbridge.panels.windows import Windows
from hostbridge.protocol.messages import Nothing

FOLDER = Path(hostbridge.panels.__file__).parent
TEMPLATES = {file.name: file.read_text(encoding="utf-8") for file in (FOLDER / "templates").glob("*.html")}
CONFIG = """
environment = "simulation"
data = "data"
[software]
name = "LGO <b>"
version = "1"
homologation = "ESSAI"
oid = "1.2.250.1.999.1"
[dmp]
url = "https://127.0.0.1:1/services/"
ca = "ca.pem"
[structure.1990000001]
name = "PHARMACIE DES ESSAIS"
"""


# ---------------------------------------------------------------- words and files


@pytest.mark.parametrize(
    ("value", "day"),
    [("1979-03-28", "28 mars 1979"), ("2026-08-01", "1er août 2026"), ("2026-01-01T23:30:00+00:00", "2 janvier 2026")],
)
def test_a_day_is_written_as_it_is_said(value, day):
    assert pages.day(value).replace("\u00a0", " ") == day


@pytest.mark.parametrize(
    ("value", "hour"), [("2026-01-15T09:05:00+00:00", "10 h 05"), ("2026-07-15T22:30:00+00:00", "0 h 30")]
)
def test_an_hour_is_that_of_the_pharmacy(value, hour):
    assert pages.hour(value).replace("\u00a0", " ") == hour


def test_what_comes_from_data_is_never_markup():
    drawn = pages.environment().from_string("{{ name }}").render(name="<script>x</script>\"'&")

    assert drawn == "&lt;script&gt;x&lt;/script&gt;&#34;&#39;&amp;"


def test_a_name_that_is_missing_is_a_mistake_and_no_gap():
    with pytest.raises(Exception, match="undefined"):
        pages.environment().from_string("{{ nobody }}").render()


@pytest.mark.parametrize(
    ("environment", "words"), [("production", ""), ("simulation", "Simulation"), ("homologation", "Homologation")]
)
def test_the_banner_says_the_environment_unless_it_is_production(environment, words):
    assert surroundings(environment).words.startswith(words)
    assert bool(surroundings(environment).words) == bool(words)


def test_static_files_are_a_closed_table_with_their_hashes():
    for name in NAMES:
        found = static_file(name)
        assert found is not None
        assert found.integrity == integrity(name)
    assert static_file("../panel.py") is None
    assert static_file("vendor/README.md") is None


def test_what_was_taken_from_others_is_unchanged():
    readme = (FOLDER / "static" / "vendor" / "README.md").read_text(encoding="utf-8")

    for file in (FOLDER / "static" / "vendor").glob("*.js"):
        assert hashlib.sha256(file.read_bytes()).hexdigest() in readme
        assert file.name in readme


FORBIDDEN = {
    "an inline script": r"<script(?![^>]*\ssrc=)",
    "an inline style": r"<style|\sstyle=",
    "an inline handler": r"\son[a-z]+=|hx-on",
    "code in an attribute": r"js:|javascript:",
    "a focus of its own": r"autofocus",
    "an absolute address": r"(?:href|src|action|hx-get|hx-post)=\"(?:https?:)?//",
    "unescaped data": r"\|\s*safe|autoescape",
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_has(what):
    assert [name for name, text in TEMPLATES.items() if re.search(FORBIDDEN[what], text)] == []


def test_every_panel_draws_a_method_and_has_its_parts():
    for name, panel in PANELS.items():
        assert re.fullmatch(r"[a-z][a-z-]*", name)
        assert panel.method in TABLE
        assert panel.template in TEMPLATES
        for part in (*panel.parts, *panel.actions, *panel.files):
            assert callable(getattr(panel, part))


def test_every_address_in_a_template_is_a_part_or_an_action_of_a_panel():
    known = {f"part/{part}" for panel in PANELS.values() for part in panel.parts}
    known |= {f"do/{action}" for panel in PANELS.values() for action in panel.actions}
    known |= {f"file/{file}" for panel in PANELS.values() for file in panel.files}

    used = {found for text in TEMPLATES.values() for found in re.findall(r"[\"']((?:part|do|file)/[a-z_]+)", text)}

    assert used <= known


# ---------------------------------------------------------------- answers


class Desk:
    """A site, a seat with an app, and a window that was entered."""

    def __init__(self, folder: Path, frame: str | None = None) -> None:
        file = folder / "dmp.toml"
        file.write_text(CONFIG, encoding="utf-8")
        config = load(file)
        self.connection, self.seat = connect(lambda structure, adapter: App(config, structure, adapter=adapter), print)
        self.seat.open(None, None, None)
        self.windows = Windows(SeededIds().token, lambda: 0.0)
        self.site = Site(self.windows, frame)

    def link(self) -> str:
        return f"/panel/{self.windows.offer(self.seat, PANELS['about'], Nothing())}"

    def get(self, path: str, cookie: str = "", **more: Any) -> Answer:
        return self.site.respond(Request("GET", path, cookie, **more))

    def enter(self) -> tuple[str, str]:
        """Address of a window and its cookie."""
        entered = self.get(self.link())
        cookie = entered.headers["Set-Cookie"].partition(";")[0].removeprefix(f"{COOKIE}=")
        return entered.headers["Location"], cookie


@pytest.fixture
def desk(tmp_path):
    desk = Desk(tmp_path)
    yield desk
    desk.seat.close()


def test_a_link_gives_a_strict_cookie_of_that_path(desk):
    answer = desk.get(desk.link())

    assert answer.status == 303
    assert re.fullmatch(
        r"dmp-window=[\w-]{43}; Path=/w/[0-9a-f]{16}/; HttpOnly; SameSite=Strict", answer.headers["Set-Cookie"]
    )


def test_a_window_is_drawn_with_every_header(desk):
    address, cookie = desk.enter()

    answer = desk.get(address, cookie)

    assert answer.status == 200
    assert b"LGO &lt;b&gt;" in answer.body
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    for name, value in {
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }.items():
        assert answer.headers[name] == value


@pytest.mark.parametrize(
    "tail", ["static/../panel.py", "static/vendor", "part/draw", "part/__class__", "do/draw", "file/question"]
)
def test_only_what_the_panel_names_is_reached(tail, desk):
    address, cookie = desk.enter()
    method = "POST" if tail.startswith("do") else "GET"

    assert desk.site.respond(Request(method, f"{address}{tail}", cookie)).status in (401, 404)


def test_a_part_is_read_and_an_action_is_posted(desk):
    address, cookie = desk.enter()

    assert desk.site.respond(Request("GET", f"{address}do/anything", cookie)).status == 405
    assert desk.site.respond(Request("POST", address, cookie)).status == 405


def test_without_the_cookie_there_is_nothing(desk):
    address, _ = desk.enter()

    assert desk.get(address) == Answer(401, desk.get(address).headers)
    assert "Cette fenêtre n’est plus ouverte".encode() in desk.get(address, mode="navigate").body


def test_an_unforeseen_error_is_a_page_in_french(desk, monkeypatch):
    address, cookie = desk.enter()
    monkeypatch.setattr(PANELS["about"], "question", lambda opened: 1 / 0, raising=False)

    answer = desk.get(address, cookie)

    assert answer.status == 200
    assert b"DMP-000" in answer.body or "n’a pas" in answer.body.decode()


def test_a_host_that_frames_its_windows_is_named_and_nobody_else(tmp_path):
    desk = Desk(tmp_path, "https://lgo.example")
    answer = desk.get(desk.link(), site="cross-site")
    desk.seat.close()

    assert "frame-ancestors https://lgo.example" in answer.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer.headers
    assert answer.headers["Set-Cookie"].endswith("SameSite=None; Secure; Partitioned")
    assert b"refresh" in answer.body


IE = "Mozilla/5.0 (Windows NT 10.0; WOW64; Trident/7.0; rv:11.0) like Gecko"


def test_a_view_of_internet_explorer_gets_the_systems_browser(desk):
    opened: list[str] = []
    site = Site(desk.windows, open_browser=opened.append)
    link = desk.link()

    answer = site.respond(Request("GET", link, host="127.0.0.1:5", agent=IE))

    assert opened == [f"http://127.0.0.1:5{link}"]
    assert "s’ouvre dans votre navigateur" in answer.body.decode()
    assert "Set-Cookie" not in answer.headers
    assert site.respond(Request("GET", link)).status == 303, "the link still serves, once"
    assert site.respond(Request("GET", link, host="127.0.0.1:5", agent=IE)).status == 401
    assert len(opened) == 1
