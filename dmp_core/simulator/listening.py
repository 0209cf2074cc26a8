"""What the simulated services share as servers: a port of this machine, TLS that asks who comes, uvicorn in silence."""

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread  # noqa: TID251 - a server of its own
from typing import Any, Final

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol

from dmp_core.simulator.pki import KeyPair, Pki

HOST: Final = "127.0.0.1"
_START_SECONDS: Final = 30
_STOP_SECONDS: Final = 2  # for requests that are still being answered


def listening(port: int) -> socket.socket:
    """A socket bound on this machine; 0 asks for any free port."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((HOST, port))
    return listener


def tls(pki: Pki, shown: KeyPair, *, ciphers: str | None = None) -> ssl.SSLContext:
    """TLS 1.2 that shows `shown` and demands a client certificate of the test authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
    if ciphers is not None:
        context.set_ciphers(ciphers)
    context.load_cert_chain(shown.certificate, shown.key)
    context.load_verify_locations(pki.authority.certificate)
    context.verify_mode = ssl.CERT_REQUIRED
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context


@contextmanager
def in_thread(server: uvicorn.Server, listener: socket.socket, ready: Event) -> Iterator[None]:
    """The server at work in a thread of its own, from when it says `ready` until the block is left."""
    thread = Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    if not ready.wait(_START_SECONDS):
        raise TimeoutError("the simulator did not start")
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


class QuietServer(uvicorn.Server):
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


class ClientCertificateProtocol(H11Protocol):
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
