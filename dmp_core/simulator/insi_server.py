"""The simulated INSi over HTTPS on 127.0.0.1: TLS 1.2, a client certificate of the test authority, POST on `/lps`."""

import asyncio
import logging
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread  # noqa: TID251 - a server of its own
from typing import Final

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol

from dmp_core.simulator.insi import SERVICE, Insi
from dmp_core.simulator.interference import Dropped
from dmp_core.simulator.pki import Pki

_HOST: Final = "127.0.0.1"
_LONGEST: Final = 1_000_000  # bytes of a question
_START_SECONDS: Final = 30


def route(insi: Insi) -> Route:
    """The one address of INSi, for a server that puts the client's certificate into `request.state.certificate`."""

    async def answer(request: Request) -> Response:
        body = bytearray()
        async for piece in request.stream():
            body += piece
            if len(body) > _LONGEST:
                return Response(status_code=413)
        content_type = request.headers.get("content-type", "")
        try:
            reply = await run_in_threadpool(insi.handle, SERVICE, content_type, bytes(body), request.state.certificate)
        except Dropped:
            request.state.transport.abort()
            return Response()
        return Response(reply.body, reply.status, headers={"content-type": reply.content_type})

    return Route(f"/{SERVICE}", answer, methods=["POST"])


@contextmanager
def running(insi: Insi, pki: Pki, port: int = 0) -> Iterator[str]:
    """The address, with its last slash, of INSi at work in a thread of its own until the block is left."""
    ready = Event()
    listener = socket.create_server((_HOST, port))
    with listener:
        server = _Server(insi, pki, ready)
        thread = Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        if not ready.wait(_START_SECONDS):
            raise TimeoutError("the simulated INSi did not start")
        try:
            yield f"https://{_HOST}:{listener.getsockname()[1]}/"
        finally:
            server.should_exit = True
            thread.join()


class _Server(uvicorn.Server):
    """uvicorn, silent, that says when it listens."""

    def __init__(self, insi: Insi, pki: Pki, ready: Event) -> None:
        logging.getLogger("uvicorn").addHandler(logging.NullHandler())
        context = _tls(pki)
        super().__init__(
            uvicorn.Config(
                Starlette(routes=[route(insi)]),
                http=_ClientCertificateProtocol,
                ws="none",
                loop="asyncio",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=2,
                ssl_context_factory=lambda *_: context,
            )
        )
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready.set()


class _ClientCertificateProtocol(H11Protocol):
    """Hands the client's certificate and the connection to the application, which uvicorn does not."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        connection = transport.get_extra_info("ssl_object")
        self.app_state = {"certificate": connection.getpeercert(binary_form=True), "transport": transport}

    def shutdown(self) -> None:
        """Leave an idle client at once: asyncio would wait 30 seconds for its TLS goodbye."""
        super().shutdown()
        if self.transport.is_closing():
            self.transport.abort()


def _tls(pki: Pki) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(pki.server.certificate, pki.server.key)
    context.load_verify_locations(pki.authority.certificate)
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context
