"""A small server of one machine: bounded, silent, and deaf to pages that were not named.

A page in any browser of this machine reaches every port of 127.0.0.1, also under a name of its own (DNS rebinding): so
Host and Origin are checked before anything is routed, each by equality.
"""

import asyncio
import hmac
import logging
import signal
import socket
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit

import uvicorn
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from way_in.counter import Refusal, for_vendor
from way_in.settings import ServerSettings, SettingsWrong

_CONNECTIONS: Final = 64
_READ_SECONDS: Final = 10.0  # for a whole body
HEADERS: Final = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}


def listening(settings: ServerSettings) -> socket.socket:
    """A socket where the settings say. Raises SettingsWrong."""
    family = socket.AF_INET6 if ":" in settings.listen else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.listen, settings.port))
    except OSError as error:
        listener.close()
        raise SettingsWrong(f"listen: {error.strerror}") from error
    return listener


def origin_of(settings: ServerSettings, listener: socket.socket) -> str:
    """How this server is reached: `public_url`, else `http://127.0.0.1:PORT`."""
    address, port = listener.getsockname()[:2]
    return settings.public_url or f"http://{f'[{address}]' if ':' in address else address}:{port}"


class Gate:
    """Lets in what asks for this server by its name, from no page or from one of `origins`.

    `refused`: the answer to the others, by its HTTP status; without it one without a body.
    """

    def __init__(
        self,
        app: ASGIApp,
        settings: ServerSettings,
        listener: socket.socket,
        refused: Callable[[Request, int], Response] | None = None,
    ) -> None:
        address, port = listener.getsockname()[:2]
        here = f"[{address}]" if ":" in address else address
        self._app = app
        self._hosts = {f"{here}:{port}", f"localhost:{port}"}
        if settings.public_url:
            self._hosts.add(urlsplit(settings.public_url).netloc)
        self._origins = frozenset(settings.origins)
        self._refused = refused or _without_a_word

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        status = self._refusal(scope["headers"])
        if status is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await self._refused(Request(scope), status)(scope, receive, send)

    def _refusal(self, headers: list[tuple[bytes, bytes]]) -> int | None:
        hosts = [value.decode("latin-1") for name, value in headers if name == b"host"]
        origins = [value.decode("latin-1") for name, value in headers if name == b"origin"]
        if len(hosts) != 1 or hosts[0] not in self._hosts:
            return 421
        own = {f"http://{hosts[0]}", f"https://{hosts[0]}"}
        return None if all(each in self._origins | own for each in origins) else 403


async def body_of(request: Request, limit: int) -> bytes:
    """The whole body. Raises Refusal (413, 408)."""
    if int(request.headers.get("content-length") or 0) > limit:
        raise _too_large()
    data = bytearray()
    try:
        async with asyncio.timeout(_READ_SECONDS):
            async for piece in request.stream():
                data += piece
                if len(data) > limit:
                    raise _too_large()
    except TimeoutError:
        raise Refusal("ENTREE", "La demande n’est pas arrivée en entier.", "Renvoyez-la.", 408) from None
    return bytes(data)


def media_type(request: Request) -> str:
    """Without its parameters, lower-case."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def shows_token(request: Request, token: str) -> bool:
    """Whether the header `Authorization: Bearer` holds it, in a time that does not depend on it."""
    return is_token(request.headers.get("authorization", "").removeprefix("Bearer "), token)


def is_token(shown: str, token: str) -> bool:
    return hmac.compare_digest(shown.encode("utf-8", "replace"), token.encode())


def refusal_answer(_request: Request, refusal: Any) -> Response:
    """What a refused request is answered: `code`, `sentence`, `remedy` and `mender`, in French."""
    return JSONResponse(refusal.as_data(), status_code=refusal.status, headers=HEADERS)


def _without_a_word(_request: Request, status: int) -> Response:
    return Response(status_code=status, headers=HEADERS)


def serve(app: ASGIApp, listener: socket.socket, on_ready: Callable[[], None]) -> None:
    """Serve until a signal asks to stop. Main thread only. `on_ready`: it can be spoken to now."""
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL + 1)  # it would log addresses as they were asked
    before = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        _Server(app, on_ready).run([listener])
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        listener.close()


def _too_large() -> Refusal:
    return for_vendor("ENTREE", "La demande est trop longue.", 413)


class _Server(uvicorn.Server):
    """uvicorn within our limits, that says when it listens."""

    def __init__(self, app: ASGIApp, on_ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                ws="wsproto",
                ws_max_size=65_536,
                ws_per_message_deflate=False,
                h11_max_incomplete_event_size=16_384,
                limit_concurrency=_CONNECTIONS,
                timeout_keep_alive=10,
                timeout_graceful_shutdown=2,
                loop="asyncio",
                http="h11",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
            )
        )
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_ready()
