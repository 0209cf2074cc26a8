"""The simulated DMP over HTTPS on 127.0.0.1: TLS 1.2, a client certificate of the test authority, POST only."""

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread  # noqa: TID251 - a server of its own
from typing import Any, Final

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from dmp_core.model import limits
from dmp_core.simulator import admin
from dmp_core.simulator.answers import Reply
from dmp_core.simulator.dmp import Dmp
from dmp_core.simulator.interference import Dropped, Fault, ServerFault
from dmp_core.simulator.pki import KeyPair, Pki
from dmp_core.simulator.simulator import Simulator, now

BASE: Final = "/si-dmp-server/v2/services"
SERVICES: Final = frozenset({"patients", "patientsSpecific", "habilitations", "patientsPDQ", "registry", "repository"})
_HOST: Final = "127.0.0.1"
_CIPHERS: Final = "ECDHE-RSA-AES256-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256"  # PDT-INF-579v4
_START_SECONDS: Final = 30
_STOP_SECONDS: Final = 2  # for requests that are still being answered


def serve(
    folder: Path,
    port: int,
    on_ready: Callable[[int], None],
    fault: Fault | None = None,
    *,
    admin_port: int | None = None,
    on_admin: Callable[[str], None] | None = None,
) -> None:
    """Run the simulator of `folder` until it is interrupted. `on_ready` is told the port; 0 asks for any free one.

    With `admin_port` its pages are served beside it, and `on_admin` is told their address before that.
    """
    simulator = Simulator.open(folder)
    try:
        with ExitStack() as stack:
            if admin_port is not None:
                url = stack.enter_context(admin_running(simulator, admin_port))
                if on_admin:
                    on_admin(url)
            listener = stack.enter_context(_listening(port))
            _Server(simulator, fault, on_ready).run([listener])
    finally:
        simulator.close()


@dataclass(frozen=True, slots=True)
class Running:
    """A server at work. `url` ends with the slash after `services`."""

    port: int
    url: str


@contextmanager
def running(simulator: Simulator, port: int = 0, fault: Fault | None = None) -> Iterator[Running]:
    """The simulator at work in a thread of its own, until the block is left."""
    ready = Event()
    with _listening(port) as listener, _in_thread(_Server(simulator, fault, lambda _: ready.set()), listener, ready):
        number = listener.getsockname()[1]
        yield Running(number, f"https://{_HOST}:{number}{BASE}/")


@contextmanager
def admin_running(simulator: Simulator, port: int = 0) -> Iterator[str]:
    """The address of the pages that show and change the records, without a certificate, in a thread of their own."""
    ready = Event()
    with _listening(port) as listener:
        number = listener.getsockname()[1]
        server = _Quiet(admin.application(simulator, f"{_HOST}:{number}"), lambda _: ready.set(), http="h11")
        with _in_thread(server, listener, ready):
            yield f"http://{_HOST}:{number}/"


@contextmanager
def _in_thread(server: uvicorn.Server, listener: socket.socket, ready: Event) -> Iterator[None]:
    thread = Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    if not ready.wait(_START_SECONDS):
        raise TimeoutError("the simulator did not start")
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


class _Quiet(uvicorn.Server):
    """uvicorn, silent, that says when it listens."""

    def __init__(self, application: Starlette, on_ready: Callable[[int], None], **options: Any) -> None:
        logging.getLogger("uvicorn").addHandler(logging.NullHandler())
        super().__init__(
            uvicorn.Config(
                application,
                ws="none",
                loop="asyncio",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=_STOP_SECONDS,
                **options,
            )
        )
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and sockets:
            self._on_ready(sockets[0].getsockname()[1])


class _Server(_Quiet):
    """The DMP itself, over TLS."""

    def __init__(self, simulator: Simulator, fault: Fault | None, on_ready: Callable[[int], None]) -> None:
        expired = isinstance(fault, ServerFault) and fault.shows_expired_certificate
        shown = simulator.pki.expired_server(now()) if expired else simulator.pki.server
        context = _tls(simulator.pki, shown)
        super().__init__(
            _application(simulator.dmp(fault)),
            on_ready,
            http=_ClientCertificateProtocol,
            ssl_context_factory=lambda *_: context,
        )


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


def _tls(pki: Pki, shown: KeyPair) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(_CIPHERS)
    context.load_cert_chain(shown.certificate, shown.key)
    context.load_verify_locations(pki.authority.certificate)
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context


def _listening(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((_HOST, port))
    return listener


def _application(dmp: Dmp) -> Starlette:
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

    return Starlette(routes=[Route(f"{BASE}/{{service}}", service, methods=["POST"])])


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
