"""The pages of the pharmacy software, and the addresses at which the bridge's windows open beside them."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from dmp_core.api import Patient
from hostbridge.clients.python import BridgeError
from lgo_demo.web.desk import Desk
from lgo_demo.web.forms import FORMS
from lgo_demo.web.forms.form import Form
from lgo_demo.web.tray import Tray

_NEWS_SECONDS: Final = 15.0  # a question for news waits that long
_WINDOW_SECONDS: Final = 20.0  # a save becomes a document in less
_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",  # without a referrer a form says Origin: null
    "X-Content-Type-Options": "nosniff",
}
_OF_A_PATIENT: Final = frozenset({"consult", "identity", "consent", "journal"})


class Site:
    """Every page over one desk. Routes are answered in threads: a question to the bridge waits for its answer there."""

    def __init__(self, desk: Desk, tray: Tray | None = None) -> None:
        self._desk = desk
        self._tray = tray
        self._templates = Environment(
            loader=PackageLoader("lgo_demo.web"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters["day"] = lambda day: day.strftime("%d/%m/%Y")
        self._templates.filters["typed_day"] = lambda text: "/".join(reversed(text.split("-")))

    def app(self) -> Starlette:
        static = StaticFiles(directory=Path(__file__).parent / "static")
        routes = [
            Route("/", self.home),
            Route("/patients", self.patients),
            Route("/patients/{host_id}", self.patient),
            Route("/patients/{host_id}/{form}", self.form),
            Route("/patients/{host_id}/{form}", self.save, methods=["POST"]),
            Route("/operateur", self.operator, methods=["POST"]),
            Route("/fermer", self.close, methods=["POST"]),
            Route("/fenetre/enregistrement/{key}", self.saved_window),
            Route("/fenetre/{panel}", self.window),
            Route("/nouvelles", self.news),
            Route("/envois", self.outbox),
            Route("/lecteurs", self.readers),
            Route("/lecteurs", self.hand, methods=["POST"]),
            Route("/carte/{act}", self.card, methods=["POST"]),
            Mount("/static", static),
        ]
        return Starlette(routes=routes, exception_handlers={BridgeError: self.refused, HTTPException: self.missing})

    # ------------------------------------------------------------ pages

    def home(self, _request: Request) -> Response:
        """*C données*."""
        return self._page("home.html")

    def patients(self, request: Request) -> Response:
        """*J patients*: the search."""
        text = request.query_params.get("recherche", "")
        return self._page("patients.html", search=text, found=self._desk.pharmacy.found(text))

    def patient(self, request: Request) -> Response:
        """*Fiche patient*: it is open at the bridge from now on."""
        patient = self._shown(request)
        saved = self._desk.saved_of(patient.host_id)
        notes = self._desk.pharmacy.notes.get(patient.host_id, ())
        return self._page("patient.html", notes=notes, saved=saved, badge=self._desk.badge(patient.host_id))

    def form(self, request: Request) -> Response:
        """A form of the counter, prefilled; `?record=` to change one that was saved."""
        self._shown(request)
        form = _form(request)
        saved = self._desk.saved(request.query_params.get("record", ""))
        values = saved.values if saved and saved.form is form else {}
        return self._page("form.html", form=form, values=values, record=saved.record if saved else "", today=_today())

    async def save(self, request: Request) -> Response:
        """*Enregistrer*: what was saved, and where the feed window opens."""
        body = (await request.body()).decode()
        values = dict(parse_qsl(body, keep_blank_values=True))
        return await run_in_threadpool(self._save, request, values)

    def _save(self, request: Request, values: dict[str, str]) -> Response:
        host_id, form = request.path_params["host_id"], _form(request)
        if host_id not in self._desk.pharmacy.patients:
            raise HTTPException(404)
        record = values.pop("record", "")
        key = self._desk.save(form, host_id, values, record)
        return JSONResponse({"window": f"/fenetre/enregistrement/{key}", "next": f"/patients/{host_id}"})

    # ------------------------------------------------------------ who works, whose file is open

    async def operator(self, request: Request) -> Response:
        """Another operator, then the same page."""
        asked = dict(parse_qsl((await request.body()).decode()))
        if asked.get("operator") not in self._desk.pharmacy.colleagues:
            raise HTTPException(404)
        await run_in_threadpool(self._desk.work, asked["operator"])
        back = asked.get("back", "/")
        return RedirectResponse(back if back.startswith("/") and not back.startswith("//") else "/", 303)

    def close(self, _request: Request) -> Response:
        """The patient's file is left."""
        self._desk.hide()
        return RedirectResponse("/patients", 303)

    # ------------------------------------------------------------ the bridge's windows

    def window(self, request: Request) -> Response:
        """Leads to a window of the bridge, with what the query names: `host_id`, `item`."""
        panel, params = request.path_params["panel"], dict(request.query_params)
        if panel in _OF_A_PATIENT and params.get("host_id") in self._desk.pharmacy.patients:
            self._desk.show(params["host_id"])
        return RedirectResponse(self._desk.window(panel, params), 303)

    def saved_window(self, request: Request) -> Response:
        """The feed window of what was just saved, as soon as the bridge has composed the document."""
        item = self._desk.item_of(request.path_params["key"], _WINDOW_SECONDS)
        if item is None:
            return self._page("later.html", bare=True)
        return RedirectResponse("/fenetre/feed?" + urlencode({"item": item["item"]}), 303)

    # ------------------------------------------------------------ what the page asks in the background

    def news(self, request: Request) -> Response:
        """What the bridge told since `?apres=`; waits for it a while."""
        number = int(request.query_params.get("apres", "0"))
        found = self._desk.news_after(number, _NEWS_SECONDS)
        return JSONResponse([one.as_data() for one in found], headers=_HEADERS)

    def outbox(self, _request: Request) -> Response:
        return JSONResponse({"waiting": self._desk.waiting()}, headers=_HEADERS)

    # ------------------------------------------------------------ the readers

    def readers(self, _request: Request) -> Response:
        """The card tray."""
        cards = self._desk.cards()
        return self._page("cards.html", bare=True, cards=cards, tray=self._tray, session=self._desk.session(cards))

    async def hand(self, request: Request) -> Response:
        """An emulated card is put in or taken out; what becomes of it is news."""
        asked = dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
        if self._tray is None:
            raise HTTPException(404)
        try:
            await run_in_threadpool(self._tray.put, asked["reader"], asked["card"] or None)
        except KeyError:
            raise HTTPException(404) from None
        return JSONResponse({"window": ""}, headers=_HEADERS)

    def card(self, request: Request) -> Response:
        """Open the session of the professional's card, by the window that asks its code, or end it."""
        if request.path_params["act"] == "ouvrir":
            return JSONResponse({"window": self._desk.open_card()}, headers=_HEADERS)
        self._desk.close_card()
        return JSONResponse({"window": ""}, headers=_HEADERS)

    # ------------------------------------------------------------ what went wrong

    async def refused(self, request: Request, error: Exception) -> Response:
        """What the bridge refused, in its own French words."""
        assert isinstance(error, BridgeError)
        told = {"sentence": "Le module DMP ne répond pas.", "remedy": "Réessayez dans un instant.", "code": ""}
        told |= {name: error.data[name] for name in told if error.data.get(name)}
        if request.method == "POST":
            return JSONResponse(told, 422)
        return self._page("refused.html", 422, bare=request.url.path.startswith("/fenetre/"), error=told)

    async def missing(self, _request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        told = {"sentence": "Cette page n’existe pas.", "remedy": "Revenez à l’accueil.", "code": ""}
        return self._page("refused.html", error.status_code, error=told)

    # ------------------------------------------------------------ parts

    def _shown(self, request: Request) -> Patient:
        host_id = request.path_params["host_id"]
        if host_id not in self._desk.pharmacy.patients:
            raise HTTPException(404)
        return self._desk.show(host_id)

    def _page(self, template: str, status: int = 200, *, bare: bool = False, **values: Any) -> Response:
        desk = self._desk
        around: Mapping[str, Any] = {
            "bare": bare,
            "pharmacy": desk.pharmacy,
            "colleague": desk.colleague,
            "patient": desk.patient,
            "environment": desk.environment,
            "forms": FORMS,
            "last": desk.last(),
        }
        shown = self._templates.get_template(template).render({**around, **values})
        return HTMLResponse(shown, status, headers=_HEADERS)


def _form(request: Request) -> Form:
    found = FORMS.get(request.path_params["form"])
    if found is None:
        raise HTTPException(404)
    return found


def _today() -> str:
    return date.today().isoformat()  # noqa: DTZ011 - the day at this counter
