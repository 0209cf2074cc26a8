"""The service over HTTP: discovery, `patient-view`, feedback, and the links of its cards."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Final

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from way_in import moment
from way_in.counter import Counter, Refusal
from way_in.serving import HEADERS, body_of, media_type, refusal_answer

from dmp_core.api import Patient
from host_cdshooks import cards
from host_cdshooks.requests import HOOK, PREFETCH, read_feedback, read_view
from host_cdshooks.settings import Settings
from host_cdshooks.tokens import TokenRefused, Tokens

ID: Final = "dmp-patient-view"
SERVICES: Final = "/cds-services"
BODY: Final = 262_144
LINK_SECONDS: Final = 600.0
_KEPT: Final = 1_000  # links and cards of one run: the oldest go first
DISCOVERY: Final = {
    "services": [
        {
            "hook": HOOK,
            "title": "Dossier Médical Partagé",
            "description": "Dit si le patient a un DMP, s’il peut être consulté et ce qu’il contient de nouveau.",
            "id": ID,
            "prefetch": {PREFETCH: "Patient/{{context.patientId}}"},
        }
    ]
}


class Service:
    """`origin`: how it is reached. `tokens` None: anybody on this machine may call, in simulation."""

    def __init__(
        self,
        settings: Settings,
        origin: str,
        counter: Counter,
        tokens: Tokens | None,
        tell: Callable[[dict[str, int]], None],
    ) -> None:
        self._settings = settings
        self._origin = origin
        self._counter = counter
        self._tokens = tokens
        self._tell = tell
        self._links: OrderedDict[str, tuple[float, Patient]] = OrderedDict()
        self._cards: OrderedDict[str, None] = OrderedDict()

    def app(self) -> Starlette:
        routes = [
            Route(SERVICES, self.discover),
            Route(f"{SERVICES}/{ID}", self.view, methods=["POST"]),
            Route(f"{SERVICES}/{ID}/feedback", self.feedback, methods=["POST"]),
            Route("/dmp/{code}", self.open),
        ]
        cors = Middleware(
            CORSMiddleware,
            allow_origins=list(self._settings.origins),
            allow_methods=["GET", "POST"],
            allow_headers=["Authorization", "Content-Type"],
        )
        handlers: Any = {Refusal: refusal_answer, TokenRefused: _unknown}
        return Starlette(
            routes=routes, exception_handlers=handlers, middleware=[cors] if self._settings.origins else []
        )

    async def discover(self, request: Request) -> Response:
        self._require_client(request, SERVICES)
        return JSONResponse(DISCOVERY, headers=HEADERS)

    async def view(self, request: Request) -> Response:
        """One card."""
        self._require_client(request, f"{SERVICES}/{ID}")
        view = read_view(await self._json(request), self._settings.vali)
        uuid = moment.new_uuid()
        try:
            await asyncio.to_thread(self._counter.open, view.patient)
            status = await asyncio.to_thread(self._counter.status, view.patient.host_id, self._settings.answer_seconds)
            found = cards.card(uuid, status, self._link(view.patient))
        except Refusal as refusal:
            found = cards.refused(uuid, refusal)
        _keep(self._cards, uuid, None)
        return JSONResponse({"cards": [found]}, headers=HEADERS)

    async def feedback(self, request: Request) -> Response:
        """Counted where it is about a card of ours; nothing of it is kept."""
        self._require_client(request, f"{SERVICES}/{ID}/feedback")
        outcomes = [outcome for card, outcome in read_feedback(await self._json(request)) if card in self._cards]
        if outcomes:
            self._tell({name: outcomes.count(name) for name in ("accepted", "overridden")})
        return Response(status_code=200, headers=HEADERS)

    async def open(self, request: Request) -> Response:
        """The link of a card, once: on to the window."""
        until, patient = self._links.pop(request.path_params["code"], (0.0, None))
        if patient is None or moment.seconds() > until:
            sentence = "Ce lien a déjà servi, ou il est trop ancien. Rouvrez la fiche du patient dans le LGO."
            return PlainTextResponse(sentence, 410, headers=HEADERS)
        await asyncio.to_thread(self._counter.open, patient)
        page = await asyncio.to_thread(self._counter.page, "consult", {"host_id": patient.host_id})
        return RedirectResponse(page, 303, headers=HEADERS)

    def _link(self, patient: Patient) -> str:
        code = moment.secret()
        _keep(self._links, code, (moment.seconds() + LINK_SECONDS, patient))
        return f"{self._origin}/dmp/{code}"

    def _require_client(self, request: Request, path: str) -> None:
        if self._tokens is not None:
            self._tokens.check(request.headers.get("authorization", ""), self._origin + path)

    @staticmethod
    async def _json(request: Request) -> bytes:
        if media_type(request) not in ("application/json", "application/fhir+json"):
            sentence = "L’appel du LGO n’est pas du JSON."
            raise Refusal("APPEL", sentence, "Transmettez ce message à l’éditeur du LGO.", 415)
        return await body_of(request, BODY)


def _keep(held: OrderedDict[str, Any], name: str, value: Any) -> None:
    held[name] = value
    while len(held) > _KEPT:
        held.popitem(last=False)


def _unknown(_request: Request, refused: Any) -> Response:
    headers = HEADERS | {"WWW-Authenticate": "Bearer"}
    return PlainTextResponse(refused.reason, 401, headers=headers)
