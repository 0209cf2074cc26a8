"""The simulated DMP over HTTPS on 127.0.0.1: TLS 1.2, a client certificate of the test authority, POST only.

INSi answers on the same port (`/lps`).
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any, Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from dmp_core.model import limits
from dmp_core.simulator import admin, insi_server, web_ps_server
from dmp_core.simulator.answers import Reply
from dmp_core.simulator.dmp import Dmp
from dmp_core.simulator.insi import Insi
from dmp_core.simulator.interference import Dropped, Fault, ServerFault
from dmp_core.simulator.listening import HOST, ClientCertificateProtocol, QuietServer, in_thread, listening, tls
from dmp_core.simulator.simulator import Simulator, now

BASE: Final = "/si-dmp-server/v2/services"
SERVICES: Final = frozenset({"patients", "patientsSpecific", "habilitations", "patientsPDQ", "registry", "repository"})
_CIPHERS: Final = "ECDHE-RSA-AES256-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256"  # PDT-INF-579v4


def serve(
    folder: Path,
    port: int,
    on_ready: Callable[[int], None],
    fault: Fault | None = None,
    *,
    admin_port: int | None = None,
    on_admin: Callable[[str], None] | None = None,
    on_web: Callable[[str], None] | None = None,
) -> None:
    """Run the simulator of `folder` until it is interrupted. `on_ready` is told the port; 0 asks for any free one.

    With `admin_port` its pages are served beside it, and `on_admin` is told their address before that; with `on_web`
    those of Web-PS, and it is told their domain.
    """
    simulator = Simulator.open(folder)
    try:
        with ExitStack() as stack:
            if admin_port is not None:
                url = stack.enter_context(admin_running(simulator, admin_port))
                if on_admin:
                    on_admin(url)
            if on_web is not None:
                on_web(stack.enter_context(web_ps_server.running(simulator)))
            listener = stack.enter_context(listening(port))
            _Server(simulator, fault, on_ready).run([listener])
    finally:
        simulator.close()


@dataclass(frozen=True, slots=True)
class Running:
    """A server at work. `url` ends with the slash after `services`; `insi_url` is that of INSi beside it."""

    port: int
    url: str

    @property
    def insi_url(self) -> str:
        return f"https://{HOST}:{self.port}/"


@contextmanager
def running(simulator: Simulator, port: int = 0, fault: Fault | None = None) -> Iterator[Running]:
    """The simulator at work in a thread of its own, until the block is left."""
    ready = Event()
    with listening(port) as listener, in_thread(_Server(simulator, fault, lambda _: ready.set()), listener, ready):
        number = listener.getsockname()[1]
        yield Running(number, f"https://{HOST}:{number}{BASE}/")


@contextmanager
def admin_running(simulator: Simulator, port: int = 0) -> Iterator[str]:
    """The address of the pages that show and change the records, without a certificate, in a thread of their own."""
    ready = Event()
    with listening(port) as listener:
        number = listener.getsockname()[1]
        server = QuietServer(admin.application(simulator, f"{HOST}:{number}"), lambda _: ready.set(), http="h11")
        with in_thread(server, listener, ready):
            yield f"http://{HOST}:{number}/"


class _Server(QuietServer):
    """The DMP itself, and INSi, over TLS."""

    def __init__(self, simulator: Simulator, fault: Fault | None, on_ready: Callable[[int], None]) -> None:
        expired = isinstance(fault, ServerFault) and fault.shows_expired_certificate
        shown = simulator.pki.expired_server(now()) if expired else simulator.pki.server
        context = tls(simulator.pki, shown, ciphers=_CIPHERS)
        super().__init__(
            _application(simulator.dmp(fault), simulator.insi(fault)),
            on_ready,
            http=ClientCertificateProtocol,
            ssl_context_factory=lambda *_: context,
        )


def _application(dmp: Dmp, insi: Insi) -> Starlette:
    async def service(request: Request) -> Response:
        name = request.path_params["service"]
        if name not in SERVICES:
            return Response(status_code=404)
        body = bytearray()
        async for piece in request.stream():
            body += piece
            if len(body) > limits.DMP_ANSWER:
                return Response(status_code=413)
        content_type = request.headers.get("content-type", "")
        try:
            reply = await run_in_threadpool(dmp.handle, name, content_type, bytes(body), request.state.certificate)
        except Dropped:
            return _Cut(None)
        return _Cut(reply) if reply.cut_after is not None else _whole(reply)

    return Starlette(routes=[Route(f"{BASE}/{{service}}", service, methods=["POST"]), insi_server.route(insi)])


def _whole(reply: Reply) -> Response:
    return Response(reply.body, reply.status, headers={"content-type": reply.content_type})


class _Cut(Response):
    """Some bytes of an answer whose length announces all of them, or none at all; then the connection is dead."""

    def __init__(self, reply: Reply | None) -> None:
        super().__init__()
        self._reply = reply

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._reply is not None:
            await send(_start(self._reply))
            await send(
                {"type": "http.response.body", "body": self._reply.body[: self._reply.cut_after], "more_body": True}
            )
            await _flushed(scope["state"]["transport"])
        scope["state"]["transport"].abort()
        while (await receive())["type"] != "http.disconnect":
            pass


def _start(reply: Reply) -> dict[str, Any]:
    headers = [(b"content-type", reply.content_type.encode()), (b"content-length", str(len(reply.body)).encode())]
    return {"type": "http.response.start", "status": reply.status, "headers": headers}


async def _flushed(transport: asyncio.Transport) -> None:
    """Until the bytes written so far have left: `abort` would take them along."""
    while transport.get_write_buffer_size():
        await asyncio.sleep(0)
