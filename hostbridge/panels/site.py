"""What the windows answer a browser: one request, one answer, no socket. Host and Origin were checked before.

/panel/CODE             a link that serves once: gives the cookie of a window and leads to its clean address
/w/ID/                  the window            /w/ID/static/NAME   what it loads
/w/ID/part/NAME         a part of it          /w/ID/do/NAME       what a button does (POST)
/w/ID/file/NAME         a document in a frame of its own
"""

import re
import webbrowser
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from dmp_core import log
from dmp_core.errors import DmpError
from hostbridge.methods.seat import Seat
from hostbridge.methods.table import answer
from hostbridge.panels import pages
from hostbridge.panels.panel import Drawn, File, Form, Same, surroundings
from hostbridge.panels.static_files import integrity, static_file
from hostbridge.panels.windows import Window, Windows
from hostbridge.protocol.jsonrpc import RpcError

COOKIE: Final = "dmp-window"
_LINK: Final = re.compile(r"/panel/([A-Za-z0-9_-]{43})")
_INSIDE: Final = re.compile(r"/w/([0-9a-f]{16})/(?:(static|part|do|file)/([a-z][a-z._-]{0,40}))?")
_IE: Final = re.compile(r"MSIE |Trident/")
_HTML: Final = "text/html; charset=utf-8"
_ALWAYS: Final = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
}


@dataclass(frozen=True, slots=True)
class Request:
    """`form`: fields of a POST, or of the query of a part. `site` and `mode` are what Sec-Fetch-* say, "" without.

    `host` is where the request went, as the gate compared it; `agent` what the browser says that it is.
    """

    method: str
    path: str
    cookie: str = field(default="", repr=False)
    form: Form = field(default_factory=dict, repr=False)
    site: str = ""
    mode: str = ""
    host: str = ""
    agent: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(default=b"", repr=False)


class Site:
    """All windows of one bridge. `frame` is the one origin that may frame them, beside none.

    `open_browser(address)` opens the system's browser, for a host whose own view is Internet Explorer.
    """

    def __init__(
        self, windows: Windows, frame: str | None = None, open_browser: Callable[[str], object] = webbrowser.open
    ) -> None:
        self._windows = windows
        self._frame = frame
        self._open_browser = open_browser

    def respond(self, request: Request) -> Answer:
        """The answer to a request for a path of a window; 401 without a body where nothing may be said."""
        if request.method == "GET" and (link := _LINK.fullmatch(request.path)):
            return self._enter(link[1], request)
        inside = _INSIDE.fullmatch(request.path)
        window = self._windows.find(inside[1], request.cookie) if inside else None
        if inside is None or window is None:
            return self._gone(request)
        if request.method != ("POST" if inside[2] == "do" else "GET"):
            return _nothing(405)
        return self._inside(window, inside[2], inside[3], request.form)

    def _enter(self, code: str, request: Request) -> Answer:
        """Give the window its cookie. Where another page led here, only a page of ours can make a browser send it."""
        if _IE.search(request.agent) and self._windows.holds(code):
            self._open_browser(f"http://{request.host}{request.path}")
            return Answer(200, self._headers(_HTML), pages.render("elsewhere.html", {}))
        entered = self._windows.enter(code)
        if entered is None:
            return self._gone(request)
        window, secret = entered
        address = f"/w/{window.id}/"
        how = "SameSite=None; Secure; Partitioned" if self._frame else "SameSite=Strict"
        cookie = {"Set-Cookie": f"{COOKIE}={secret}; Path={address}; HttpOnly; {how}"}
        if request.site in ("cross-site", "same-site"):
            return Answer(200, self._headers(_HTML) | cookie, pages.render("onward.html", {"address": address}))
        return Answer(303, self._headers("") | cookie | {"Location": address})

    def _gone(self, request: Request) -> Answer:
        """A person who opens an address reads why nothing is there; a page that loads it learns nothing."""
        if request.mode != "navigate":
            return _nothing(401)
        return Answer(401, self._headers(_HTML), pages.render("gone.html", {}))

    def _inside(self, window: Window, kind: str | None, name: str | None, form: Form) -> Answer:
        panel = window.panel
        if kind is None:
            return self._draw(window, lambda ask: panel.draw(ask, window.opened))
        if kind == "static":
            found = static_file(name or "")
            return Answer(200, _ALWAYS | {"Content-Type": found.media_type}, found.body) if found else _nothing(404)
        allowed = {"part": panel.parts, "do": panel.actions, "file": panel.files}[kind]
        if name not in allowed:
            return _nothing(404)
        work = getattr(panel, name)
        return self._draw(window, lambda ask: work(ask, window.opened, form), part=True)

    def _draw(self, window: Window, work: Any, *, part: bool = False) -> Answer:
        """What `work` draws, or the error that it raises, as a French sentence with its remedy."""
        extra: dict[str, str] = {}
        try:
            drawn: Drawn | File | Same = work(_Asking(window.seat))
        except (DmpError, RpcError) as error:
            drawn = _failed(error.error if isinstance(error, RpcError) else error, part=part)
            extra = {"HX-Retarget": "#said", "HX-Reswap": "innerHTML"} if part else {}
        except Exception as error:  # noqa: BLE001 - the last guard: an unforeseen error is a page, not the end
            log.warning("panel.failed", what=window.panel.name, error=type(error).__name__)
            drawn = _failed(DmpError(), part=part)
        if isinstance(drawn, Same):
            return _nothing(204)
        if isinstance(drawn, File):
            return Answer(200, self._framed(drawn.headers), drawn.body)
        if drawn.onward:
            extra = {"HX-Redirect": drawn.onward}
        values = _around(window) | {"opened": window.opened, "error": None} | dict(drawn.values)
        return Answer(drawn.status, self._headers(_HTML) | extra, pages.render(drawn.template, values))

    def _headers(self, media_type: str) -> dict[str, str]:
        ancestors = self._frame or "'none'"
        headers = _ALWAYS | {
            "Content-Security-Policy": (
                "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
                f"frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
            ),
            "Cross-Origin-Opener-Policy": "same-origin",
        }
        if not self._frame:
            headers["X-Frame-Options"] = "DENY"
        return headers | ({"Content-Type": media_type} if media_type else {})

    def _framed(self, headers: Mapping[str, str]) -> dict[str, str]:
        """A document's own headers; it stands in a window, which stands in the host's page where that is allowed."""
        policy = headers.get("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'self'")
        if self._frame:
            policy = policy.replace("frame-ancestors 'self'", f"frame-ancestors 'self' {self._frame}")
        return {**_ALWAYS, **headers, "Content-Security-Policy": policy}


@dataclass(frozen=True, slots=True)
class _Asking:
    """`panel.Ask` at one seat."""

    seat: Seat

    def __call__(self, method: str, params: Mapping[str, Any]) -> Any:
        return answer(self.seat, method, params)

    @property
    def now(self) -> datetime:
        return self.seat.app.clock.now()

    @property
    def heard(self) -> int:
        return self.seat.heard


def _around(window: Window) -> dict[str, Any]:
    app = window.seat.app
    return {
        "panel": window.panel,
        "around": surroundings(str(app.config.environment)),
        "zone": ZoneInfo(app.structure.time_zone),
        "integrity": integrity,
    }


def _failed(error: DmpError, *, part: bool) -> Drawn:
    told = {"dmp_text": "", **error.as_data()}
    return Drawn("error.html" if part else "failed.html", {"error": told}, status=422 if part else 200)


def _nothing(status: int) -> Answer:
    return Answer(status, _ALWAYS)
