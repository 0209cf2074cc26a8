"""The one instance of a session: a form and the addresses of the other calls, on 127.0.0.1."""

import asyncio
from pathlib import Path
from typing import Any, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route
from way_in import moment
from way_in.counter import Counter, Refusal, for_vendor
from way_in.serving import HEADERS, body_of, is_token, media_type, refusal_answer, shows_token

from host_context.address import name_in, sweep, take
from host_context.calling import CHALLENGE, PROOF, proof
from host_context.context import LIMIT, Wish, read_form
from host_context.opening import open_window
from host_context.refusal_page import PAGE_HEADERS, written

FORM: Final = "application/x-www-form-urlencoded"
_CHALLENGE: Final = 64  # hexadecimal digits


class Site:
    """Answers each call with the address of a window: as JSON for a program, as a redirection for a form."""

    def __init__(self, counter: Counter, token: str, contexts: Path) -> None:
        self._counter = counter
        self._token = token
        self._contexts = contexts

    def app(self) -> Starlette:
        routes = [
            Route("/open", self.form, methods=["POST"]),
            Route("/address", self.address, methods=["POST"]),
        ]
        handlers: dict[Any, Any] = {Refusal: refused, HTTPException: _no_call, Exception: _unexpected}
        return Starlette(routes=routes, exception_handlers=handlers)

    async def form(self, request: Request) -> Response:
        """A form of the host: `token` in it, or in the header `Authorization`."""
        if media_type(request) != FORM:
            sentence = f"L’appel du logiciel n’est pas un formulaire ({FORM})."
            raise for_vendor("CONTEXTE", sentence, 415)
        if "authorization" in request.headers:
            self._require(shows_token(request, self._token))
            wish, _ = read_form(await body_of(request, LIMIT))
        else:
            wish, token = read_form(await body_of(request, LIMIT))
            self._require(token is not None and is_token(token, self._token))
        return await self._answer(request, wish)

    async def address(self, request: Request) -> Response:
        """`dmp-lgo://...` as text, from another call of this program, with its proof; the answer has one as well."""
        address = (await body_of(request, LIMIT)).decode("ascii", "replace")
        challenge, shown = request.headers.get(CHALLENGE, ""), request.headers.get(PROOF, "")
        self._require(len(challenge) == _CHALLENGE and is_token(shown, proof(self._token, "call", challenge, address)))
        try:
            wish = self._taken(address)
            answer: Response = JSONResponse({"address": await asyncio.to_thread(open_window, self._counter, wish)})
        except Refusal as refusal:
            answer = refusal_answer(request, refusal)
        answer.headers[PROOF] = proof(self._token, "instance", challenge, bytes(answer.body).decode())
        answer.headers.update(HEADERS)
        return answer

    def _taken(self, address: str) -> Wish:
        now = moment.now().timestamp()
        try:
            return take(self._contexts, name_in(address), now)
        finally:
            sweep(self._contexts, now)

    async def _answer(self, request: Request, wish: Wish) -> Response:
        page = await asyncio.to_thread(open_window, self._counter, wish)
        if _is_browser(request):
            return RedirectResponse(page, 303, headers=HEADERS)
        return JSONResponse({"address": page}, headers=HEADERS)

    @staticmethod
    def _require(right: bool) -> None:
        if not right:
            raise for_vendor("JETON", "Ce programme n’est pas autorisé à ouvrir le DMP.", 401)


def refused(request: Request, refusal: Any) -> Response:
    """A program reads the refusal as JSON; who looks at a browser reads a page."""
    if not _is_browser(request):
        return refusal_answer(request, refusal)
    return HTMLResponse(written(refusal), refusal.status, headers=PAGE_HEADERS)


def stranger(request: Request, status: int) -> Response:
    """Who called from a page that was not named, or by another name of this machine."""
    if status == 403:
        return refused(request, for_vendor("ORIGINE", "La page qui ouvre le DMP n’est pas connue de ce poste.", status))
    return refused(request, for_vendor("ADRESSE", "Le DMP a été appelé sous un autre nom que ce poste.", status))


def _no_call(request: Request, error: Any) -> Response:
    """An address of this machine that nothing answers, or another method than POST: a page that was opened again."""
    sentence = "Cette adresse n’est pas un appel du DMP."
    return refused(request, Refusal("ADRESSE", sentence, "Rouvrez le DMP depuis le LGO.", error.status_code))


def _unexpected(request: Request, _error: Exception) -> Response:
    return refused(request, for_vendor("INATTENDU", "Une erreur inattendue est survenue.", 500))


def _is_browser(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "")
