"""The simulated INSi over HTTPS on 127.0.0.1: TLS 1.2, a client certificate of the test authority, POST on `/lps`."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from typing import Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dmp_core.simulator.insi import SERVICE, Insi
from dmp_core.simulator.interference import Dropped
from dmp_core.simulator.listening import HOST, ClientCertificateProtocol, QuietServer, in_thread, listening, tls
from dmp_core.simulator.pki import Pki

_LONGEST: Final = 1_000_000  # bytes of a question


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
    ready, context = Event(), tls(pki, pki.server)
    server = QuietServer(
        Starlette(routes=[route(insi)]),
        lambda _: ready.set(),
        http=ClientCertificateProtocol,
        ssl_context_factory=lambda *_: context,
    )
    with listening(port) as listener, in_thread(server, listener, ready):
        yield f"https://{HOST}:{listener.getsockname()[1]}/"
