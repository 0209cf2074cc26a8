"""What the loopback server does with a request that the gate let in: a call of a host, its notices, a window.

POST /rpc       one frame of JSON-RPC, its answer in the response; `Dmp-Connection` names the program from the first
                answer on (WebSocket /rpc: one message is one frame, both ways)
GET /notices    what the bridge told meanwhile, an array; waits as `Prefer: wait=SECONDS` says, 25 at most
GET /prove      that this server has the token: `clients/python/proof.py`
POST /rotate    another token, at once; every program must come back with it
"""

import asyncio
import json
import os
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any, Final, TypeVar
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from dmp_core import log
from dmp_core.model.limits import BRIDGE_FRAME
from hostbridge.panels import site
from hostbridge.transports.gate import RPC, SUBPROTOCOL, WINDOWS, Gate, Head
from hostbridge.transports.hosts import Connect, Host, Hosts
from hostbridge.transports.secret import Secret

T = TypeVar("T")
CONNECTION: Final = "dmp-connection"
_THREADS: Final = 16
_WAIT: Final = re.compile(r"wait=([0-9]{1,2})")
_LONGEST_WAIT: Final = 25
_UNREAD: Final = 2 * BRIDGE_FRAME  # bytes for a host that does not read its WebSocket, before who tells it waits
_FIELDS: Final = 200
_FOUND: Final = 200
_NOTHING: Final = 204
_UNKNOWN: Final = 404
_REPLACED: Final = 1008  # WebSocket: policy violation
_ALWAYS: Final = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
}
_BARE: Final = [(name.lower().encode(), value.encode()) for name, value in _ALWAYS.items()]
_IN_JSON: Final = [*_BARE, (b"content-type", b"application/json")]


class Exchange:
    """The ASGI application. Calls and windows are done on threads, as everywhere else in the bridge."""

    def __init__(
        self, gate: Gate, windows: site.Site, *, port: int, secret: Secret | None, hosts: Hosts, connect: Connect
    ) -> None:
        self._gate = gate
        self._windows = windows
        self._port = port
        self._secret = secret
        self._hosts = hosts
        self._connect = connect
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="dmp-bridge")
        # Apart: a window may wait for the network, a host never waits for a window.
        self._window_threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="dmp-window")
        self._sockets: set[WebSocket] = set()
        self.rotated: Callable[[], None] = lambda: None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        head, wire = _head(scope), scope["state"]["wire"]
        status = self._gate.refusal(head)
        if status is not None:
            log.event("bridge.turned_away", status=status, what="websocket" if head.websocket else head.method)
            await _refuse(status, scope, receive, send)
        elif head.path.startswith(WINDOWS):
            await (await self._window(Request(scope, receive), head))(scope, receive, send)
        else:
            wire.recognised()
            if head.websocket:
                await self._websocket(WebSocket(scope, receive, send))
            elif head.path == RPC:
                await self._rpc(await _whole(receive), head.get(CONNECTION), send)
            else:
                await (await self._host(Request(scope, receive), head))(scope, receive, send)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._window_threads.shutdown(wait=False, cancel_futures=True)

    async def _host(self, request: Request, head: Head) -> Response:
        if head.path == "/notices":
            return await self._notices(request, head)
        if head.path == "/prove":
            assert self._secret is not None, "the gate compared with it"
            proof = self._secret.prove(head.get("dmp-challenge") or "", self._port, os.getpid())
            return _json(json.dumps({"proof": proof, "pid": os.getpid()}).encode())
        await self._rotate()
        return Response(status_code=204, headers=_ALWAYS)

    async def _rpc(self, body: bytes, identifier: str | None, send: Send) -> None:
        """Answer one frame. A program without a name gets one as soon as it introduced itself.

        Every call of a host comes this way: the answer is written without the objects of the library.
        """
        host = self._hosts.find(identifier) if identifier else await self._in_thread(self._hosts.arrived)
        if host is None:
            await _respond(send, _UNKNOWN)
            return
        asked = await self._in_thread(lambda: host.ask(body))
        answer = asked.result() if asked.done() else await asyncio.wrap_future(asked)
        stays = host.connection.introduced and host.connection.status is None
        if not stays:
            await self._in_thread(lambda: self._hosts.leave(host))
        elif identifier is None:
            await self._in_thread(lambda: self._hosts.keep(host))
        named = ((CONNECTION.encode(), host.id.encode()),) if stays else ()
        await _respond(send, _FOUND if answer is not None else _NOTHING, answer, named)

    async def _notices(self, request: Request, head: Head) -> Response:
        host = self._hosts.find(head.get(CONNECTION) or "")
        if host is None:
            return Response(status_code=404, headers=_ALWAYS)
        asked = _WAIT.fullmatch(head.get("prefer") or "")
        await _told(host, min(int(asked[1]), _LONGEST_WAIT) if asked else 0)
        if await request.is_disconnected():
            return Response(status_code=204, headers=_ALWAYS)
        return _json(b"[" + b",".join(host.notices()) + b"]")

    async def _rotate(self) -> None:
        assert self._secret is not None, "the gate compared with it"
        self._secret.rotate()
        await self._in_thread(self.rotated)
        await self._in_thread(self._hosts.close)
        for each in list(self._sockets):
            await each.close(_REPLACED)
        log.event("bridge.token_changed")

    async def _websocket(self, websocket: WebSocket) -> None:
        """One host for as long as its WebSocket is open: its messages one after the other, notices in between."""
        offered = websocket.scope.get("subprotocols", ())
        await websocket.accept(SUBPROTOCOL if SUBPROTOCOL in offered else None)
        outgoing = _Outgoing(asyncio.get_running_loop())
        connection, seat = self._connect(outgoing.put)
        writing = asyncio.create_task(outgoing.write_all(websocket))
        self._sockets.add(websocket)
        try:
            while connection.status is None and (body := _body(await websocket.receive())) is not None:
                await self._in_thread(lambda body=body: connection.receive(body))  # type: ignore[misc]
            outgoing.end()
            await writing
            await self._in_thread(seat.close)  # before the host hears that it was let go
            await websocket.close()
        except RuntimeError:
            pass  # closed meanwhile: by the host, or because the token was changed
        finally:
            self._sockets.discard(websocket)
            outgoing.end(gone=True)
            writing.cancel()
            await self._in_thread(seat.close)

    async def _window(self, request: Request, head: Head) -> Response:
        try:
            sent = (await request.body()).decode() if head.method == "POST" else head.query
            form = dict(parse_qsl(sent, keep_blank_values=True, errors="strict", max_num_fields=_FIELDS))
        except ValueError:
            return Response(status_code=400, headers=_ALWAYS)
        asked = site.Request(
            method=head.method,
            path=head.path,
            cookie=_cookie(head.get("cookie")),
            form=form,
            site=head.get("sec-fetch-site") or "",
            mode=head.get("sec-fetch-mode") or "",
            host=head.get("host") or "",
            agent=head.get("user-agent") or "",
        )
        work = partial(self._windows.respond, asked)
        answer = await asyncio.get_running_loop().run_in_executor(self._window_threads, work)
        if answer.status < 400:
            request.state.wire.recognised()
        return Response(answer.body, answer.status, dict(answer.headers))

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


class _Outgoing:
    """Messages on their way to a WebSocket: put by any thread, written by the loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._unread = 0
        self._gone = False
        self._room = threading.Condition()

    def put(self, body: bytes) -> None:
        """Hand over a message; waits where the host reads too slowly. A host that is gone hears nothing more."""
        with self._room:
            self._room.wait_for(lambda: self._gone or self._unread <= _UNREAD)
            if self._gone:
                return
            self._unread += len(body)
        self._loop.call_soon_threadsafe(self._queue.put_nowait, body)

    def end(self, *, gone: bool = False) -> None:
        """Nothing comes after what was put so far; `gone`: nobody hears even that."""
        self._queue.put_nowait(None)
        if gone:
            with self._room:
                self._gone = True
                self._room.notify_all()

    async def write_all(self, websocket: WebSocket) -> None:
        while (body := await self._queue.get()) is not None:
            await websocket.send_text(body.decode())
            with self._room:
                self._unread -= len(body)
                self._room.notify_all()


async def _told(host: Host, seconds: int) -> None:
    """Wait until there is a notice for this host, for so long at most."""
    if not seconds:
        return
    event, loop = asyncio.Event(), asyncio.get_running_loop()
    host.when_told(partial(_wake, loop, event))
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)


def _wake(loop: asyncio.AbstractEventLoop, event: asyncio.Event) -> None:
    """From whichever thread; a loop that ended wakes nobody."""
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(event.set)


async def _refuse(status: int, scope: Scope, receive: Receive, send: Send) -> None:
    """The status and nothing else, before any upgrade."""
    extra = {"Retry-After": "1"} if status == 429 else {}
    response = Response(status_code=status, headers=_ALWAYS | extra)
    if scope["type"] == "websocket":
        await send({"type": "websocket.http.response.start", "status": status, "headers": response.raw_headers})
        await send({"type": "websocket.http.response.body", "body": b""})
    else:
        await response(scope, receive, send)


def _head(scope: Scope) -> Head:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    if scope.get("subprotocols"):  # the library takes this header out
        headers["sec-websocket-protocol"] = ",".join(scope["subprotocols"])
    return Head(
        method=scope.get("method", "GET"),
        path=scope["raw_path"].decode("latin-1"),
        query=scope["query_string"].decode("latin-1"),
        headers=headers,
        websocket=scope["type"] == "websocket",
        known=scope["state"]["wire"].known,
    )


def _body(message: Any) -> bytes | None:
    """The bytes of a WebSocket's message; None where it closed."""
    if message["type"] != "websocket.receive":
        return None
    text: str | None = message.get("text")
    found: bytes = text.encode("utf-8", "surrogatepass") if text is not None else message["bytes"]
    return found


def _cookie(header: str | None) -> str:
    """The cookie of a window; only its own path sends one."""
    pairs = (each.strip().partition("=") for each in (header or "").split(";"))
    return next((value for name, _, value in pairs if name == site.COOKIE), "")


def _json(body: bytes) -> Response:
    return Response(body, headers=_ALWAYS, media_type="application/json")


async def _whole(receive: Receive) -> bytes:
    """The body of a request. Raises ClientDisconnect where its end never came."""
    pieces: list[bytes] = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        pieces.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(pieces)


async def _respond(
    send: Send, status: int, body: bytes | None = None, headers: tuple[tuple[bytes, bytes], ...] = ()
) -> None:
    """JSON, or nothing but the status."""
    about = _BARE if body is None else [*_IN_JSON, (b"content-length", b"%d" % len(body))]
    if body is None and status != _NOTHING:
        about = [*about, (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": status, "headers": [*about, *headers]})
    await send({"type": "http.response.body", "body": body or b""})
