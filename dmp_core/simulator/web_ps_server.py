"""Web-PS over HTTPS on 127.0.0.1, as a browser meets it: a certificate is asked for, and may be left out.

TLS 1.3 is allowed here alone, for browsers that come by Pro Santé Connect (PDT-INF-579v4).
"""

import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event
from typing import Final
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dmp_core.simulator import web_pages
from dmp_core.simulator.admin_markup import HEADERS
from dmp_core.simulator.listening import HOST, ClientCertificateProtocol, QuietServer, in_thread, listening, tls
from dmp_core.simulator.simulator import Simulator, now
from dmp_core.simulator.web_ps import SESSION, SignInNeeded, WebPs, WebRefused

_BACK: Final = re.compile(r"/AccesDirect/[A-Za-z]+(/[0-9AB]{15})?", re.ASCII)
_COOKIE: Final = "__Host-session"
_HOME: Final = "/AccesDirect/TableauDeBord"
_LONGEST: Final = 10_000  # bytes of a form


@contextmanager
def running(simulator: Simulator, port: int = 0) -> Iterator[str]:
    """The domain (`127.0.0.1:8443`, as `[web] domain` wants it) of the pages at work, until the block is left."""
    ready, context = Event(), tls(simulator.pki, simulator.pki.server)
    context.verify_mode = ssl.CERT_OPTIONAL
    context.maximum_version = ssl.TLSVersion.TLSv1_3
    with listening(port) as listener:
        domain = f"{HOST}:{listener.getsockname()[1]}"
        server = QuietServer(
            application(WebPs(simulator, now)),
            lambda _: ready.set(),
            http=ClientCertificateProtocol,
            ssl_context_factory=lambda *_: context,
        )
        with in_thread(server, listener, ready):
            yield domain


def application(web: WebPs) -> Starlette:
    """The pages. What a request was about stands in no log: its address holds the INS."""

    def answered(act: Callable[[], Response], path: str = _HOME) -> Response:
        try:
            return act()
        except SignInNeeded:
            return _response(401, web.sign_in_page(path))
        except WebRefused as refused:
            return _response(refused.status, web_pages.message(refused.title, refused.text))

    async def get(request: Request) -> Response:
        def page() -> Response:
            path = request.path_params
            certificate, session = request.state.certificate, request.cookies.get(_COOKIE, "")
            return _response(200, web.page(path["name"], path.get("ins", ""), certificate, session))

        return await run_in_threadpool(answered, page, request.url.path)

    async def home(_: Request) -> Response:
        return _response(303, b"", {"location": _HOME})

    async def sign_in(request: Request) -> Response:
        body = bytearray()
        async for piece in request.stream():
            body += piece
            if len(body) > _LONGEST:
                return _response(413, web_pages.message("Refusé", "Formulaire trop long."))
        fields = dict(parse_qsl(bytes(body).decode("utf-8", "replace")))

        def signed_in() -> Response:
            session = web.sign_in(fields.get("personne", ""), fields.get("jeton", ""))
            back = fields.get("retour", "")
            answer = _response(303, b"", {"location": back if _BACK.fullmatch(back) else _HOME})
            answer.set_cookie(
                _COOKIE, session, int(SESSION.total_seconds()), secure=True, httponly=True, samesite="strict"
            )
            return answer

        return await run_in_threadpool(answered, signed_in)

    return Starlette(
        routes=[
            Route("/", home),
            Route("/connexion", sign_in, methods=["POST"]),
            Route("/AccesDirect/{name}", get),
            Route("/AccesDirect/{name}/{ins}", get),
        ]
    )


def _response(status: int, body: bytes, headers: dict[str, str] | None = None) -> Response:
    return Response(body, status, {**HEADERS, **(headers or {})}, "text/html; charset=utf-8")
