"""The simulated Pro Santé Connect at work on 127.0.0.1: the services over HTTPS, the pages for browsers over HTTP.

The real one, too, has its pages (the wallet) elsewhere than its services; here a browser is spared the test authority.
The vendor's proxy, in its reference implementation (`psc_proxy.py`), stands beside both.
"""

import base64
import ssl
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Any, Final
from urllib.parse import parse_qsl, unquote_plus

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dmp_core.simulator import psc_pages, psc_proxy
from dmp_core.simulator.admin_markup import HEADERS
from dmp_core.simulator.listening import HOST, ClientCertificateProtocol, QuietServer, in_thread, listening
from dmp_core.simulator.pki import Pki
from dmp_core.simulator.psc import REALM, Psc
from dmp_core.simulator.psc_clients import Client, Refused, location_of
from dmp_core.simulator.psc_people import Person

CLIENT: Final = "dmp-demo"
SECRET: Final = "secret-de-demonstration"  # noqa: S105 - it opens nothing but a simulator
REDIRECT: Final = "http://127.0.0.1/psc"
_PROXY_CLIENT: Final = "dmp-proxy"
_PROXY_SECRET: Final = "secret-du-mandataire"  # noqa: S105 - as above
_LONGEST: Final = 20_000
_NO_STORE: Final = {"cache-control": "no-store", "pragma": "no-cache"}
Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Running:
    """At work. `issuer` for `[psc] issuer`, `proxy` for `[psc] proxy`; `phone` is the page that answers CIBA."""

    issuer: str
    proxy: str
    wallet: str
    psc: Psc = field(repr=False)

    @property
    def phone(self) -> str:
        return f"{self.wallet}/telephone"


@contextmanager
def running(
    pki: Pki, people: Sequence[Person], *, now: Callable[[], datetime], clients: Sequence[Client] = ()
) -> Iterator[Running]:
    """Pro Santé Connect and a vendor's proxy in threads of their own, until the block is left."""
    with listening(0) as services, listening(0) as pages:
        issuer = f"https://{HOST}:{services.getsockname()[1]}{REALM}"
        wallet = f"http://{HOST}:{pages.getsockname()[1]}"
        back = f"{wallet}{psc_proxy.CALLBACK}"
        known = (
            Client(CLIENT, SECRET, (REDIRECT,), by_certificate=True),
            Client(_PROXY_CLIENT, _PROXY_SECRET, (f"http://{HOST}{psc_proxy.CALLBACK}",)),
            *clients,
        )
        psc = Psc(people, known, issuer=issuer, wallet=wallet, now=now)
        proxy = psc_proxy.Proxy(
            psc_proxy.Provider(issuer, _PROXY_CLIENT, _PROXY_SECRET, back, pki.authority.certificate), now=now
        )
        context, ready = _tls(pki), Event()
        server = QuietServer(
            Starlette(routes=[*_services(psc), *psc_proxy.services(proxy)]),
            lambda _: ready.set(),
            http=ClientCertificateProtocol,
            ssl_context_factory=lambda *_: context,
        )
        shown = Event()
        site = QuietServer(
            Starlette(routes=[*_pages(psc), psc_proxy.callback(proxy)]), lambda _: shown.set(), http="h11"
        )
        with in_thread(server, services, ready), in_thread(site, pages, shown):
            yield Running(issuer, issuer.removesuffix(REALM) + psc_proxy.BASE, wallet, psc)


def _tls(pki: Pki) -> ssl.SSLContext:
    """A client certificate is welcome and not demanded: a counter that asks directly has none to show."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(pki.server.certificate, pki.server.key)
    context.load_verify_locations(pki.authority.certificate)
    context.verify_mode = ssl.CERT_OPTIONAL
    return context


def _services(psc: Psc) -> list[Route]:
    async def discovery(_request: Request) -> Response:
        return JSONResponse(psc.discovery())

    async def certs(_request: Request) -> Response:
        return JSONResponse(psc.jwks())

    async def token(request: Request, fields: Mapping[str, str]) -> Response:
        return JSONResponse(psc.token(fields, _client(psc, request, fields)), headers=_NO_STORE)

    async def ciba(request: Request, fields: Mapping[str, str]) -> Response:
        return JSONResponse(psc.call(fields, _client(psc, request, fields)), headers=_NO_STORE)

    async def introspect(request: Request, fields: Mapping[str, str]) -> Response:
        _client(psc, request, fields)
        return JSONResponse(psc.introspect(fields.get("token", "")), headers=_NO_STORE)

    async def logout(request: Request, fields: Mapping[str, str]) -> Response:
        psc.logout(fields.get("refresh_token", ""), _client(psc, request, fields))
        return Response(status_code=204)

    async def userinfo(request: Request, _fields: Mapping[str, str]) -> Response:
        kind, _, value = request.headers.get("authorization", "").partition(" ")
        told = psc.userinfo(value if kind.lower() == "bearer" else "")
        if isinstance(told, str):
            return Response(told, media_type="application/jwt", headers=_NO_STORE)
        return JSONResponse(told, headers=_NO_STORE)

    at = f"{REALM}/protocol/openid-connect"
    return [
        Route(f"{REALM}/.well-known/wallet-openid-configuration", discovery),
        Route(f"{REALM}/.well-known/openid-configuration", discovery),
        Route(f"{at}/certs", certs),
        Route(f"{at}/token", _form(psc, token), methods=["POST"]),
        Route(f"{at}/ext/ciba/auth", _form(psc, ciba), methods=["POST"]),
        Route(f"{at}/token/introspect", _form(psc, introspect), methods=["POST"]),
        Route(f"{at}/logout", _form(psc, logout), methods=["POST"]),
        Route(f"{at}/userinfo", _form(psc, userinfo), methods=["GET", "POST"]),
    ]


def _form(psc: Psc, handle: Callable[[Request, Mapping[str, str]], Awaitable[Response]]) -> Handler:
    """Reads a form, and turns what is refused into an error of OAuth."""

    async def answer(request: Request) -> Response:
        if "busy" in psc.faults:
            return JSONResponse({"error": "temporarily_unavailable"}, 503)
        body = bytearray()
        async for piece in request.stream():
            body += piece
            if len(body) > _LONGEST:
                return Response(status_code=413)
        pairs = parse_qsl(bytes(body).decode("utf-8", "replace"), keep_blank_values=True)
        if len({name for name, _ in pairs}) != len(pairs):
            return _refused(Refused("invalid_request", "un paramètre deux fois"))
        try:
            return await handle(request, dict(pairs))
        except Refused as error:
            return _refused(error)

    return answer


def _refused(error: Refused) -> Response:
    told: dict[str, Any] = {"error": error.code} | ({"error_description": error.why} if error.why else {})
    return JSONResponse(told, error.status, headers=_NO_STORE)


def _client(psc: Psc, request: Request, fields: Mapping[str, str]) -> Client:
    """Who asks: by Basic, by the fields of the form, or by certificate. Raises Refused."""
    has_certificate = request.state.certificate is not None
    kind, _, value = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return psc.client(fields.get("client_id", ""), fields.get("client_secret"), has_certificate=has_certificate)
    try:
        client_id, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except ValueError:
        raise Refused("invalid_client", status=401) from None
    return psc.client(unquote_plus(client_id), unquote_plus(secret), has_certificate=has_certificate)


def _pages(psc: Psc) -> list[Route]:
    async def authorize(request: Request) -> Response:
        fields = dict(request.query_params)
        if len(fields) != len(request.query_params.multi_items()):
            return _page(psc_pages.message("Refusé", "Un paramètre figure deux fois."), 400)
        reference = psc.ask(fields)
        login = psc.login(reference)
        return _page(psc_pages.login(reference, [*psc.people.values()], login.client.id))

    async def choose(request: Request) -> Response:
        person = request.query_params.get("personne")
        if person is not None and person not in psc.people:
            raise Refused("invalid_request", "personne inconnue", page=True)
        return _page(b"", 302, location=psc.chosen(request.query_params.get("demande", ""), person))

    async def phone(_request: Request) -> Response:
        return _page(psc_pages.phone(psc.pending_calls()))

    async def answer(request: Request) -> Response:
        accepted = request.query_params.get("reponse") == "oui"
        psc.answer_call(request.query_params.get("demande", ""), accepted=accepted)
        return _page(b"", 303, location="/telephone")

    def shown(handle: Handler) -> Handler:
        async def safe(request: Request) -> Response:
            if request.headers.get("host") != psc.wallet.removeprefix("http://"):
                return _page(psc_pages.message("Refusé", "Cette adresse n’est pas celle du simulateur."), 403)
            try:
                return await handle(request)
            except Refused as error:
                location = location_of(error)
                if location is not None:
                    return _page(b"", 302, location=location)
                return _page(psc_pages.message("Refusé", f"{error.code} : {error.why}"), 400)

        return safe

    return [
        Route("/auth", shown(authorize)),
        Route("/auth/choisir", shown(choose)),
        Route("/telephone", shown(phone)),
        Route("/telephone/repondre", shown(answer)),
    ]


def _page(body: bytes, status: int = 200, *, location: str = "") -> Response:
    headers = {**HEADERS} | ({"location": location} if location else {})
    return Response(body, status, headers, "text/html; charset=utf-8")


def write_secret(folder: Path) -> Path:
    """The demonstration's client secret in a file of `folder`, as `[psc] secret_file` wants it."""
    file = folder / "psc-secret"
    file.touch(mode=0o600)
    file.chmod(0o600)
    file.write_text(SECRET, encoding="utf-8")
    return file
