"""What uvicorn does not bound: how many connections there are, how long each may take, and what a WebSocket may send.

A stranger is a connection that has not shown the token or a window's cookie. Strangers give way to one another, so that
none of them keeps the host out; whoever is known stays.
"""

import asyncio
from collections import OrderedDict
from typing import Any, Final, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.wsproto_impl import WSProtocol
from wsproto import events
from wsproto.connection import ConnectionState

from hostbridge.transports.strict_head import HeadRefused, StrictHead

CONNECTIONS: Final = 64
STRANGER_SECONDS: Final = 10.0  # for a whole request, and between two
KNOWN_SECONDS: Final = 3600.0  # between two requests of a host
MESSAGE_SECONDS: Final = 30.0  # for a whole message of a WebSocket
IDLE_FRAMES: Final = 1_000  # frames in a row that bring no message to its end: tiny fragments, pings
TINY: Final = 256  # bytes
_REASONS: Final = {400: "Bad Request", 414: "URI Too Long", 431: "Request Header Fields Too Large"}


class Wires:
    """The connections of one server, the oldest first."""

    def __init__(self) -> None:
        self._open: OrderedDict[StrictHttp, None] = OrderedDict()

    def opened(self, wire: "StrictHttp") -> None:
        self._open[wire] = None
        if len(self._open) > CONNECTIONS:
            gone = next((each for each in self._open if not each.known), wire)
            self.closed(gone)
            gone.transport.abort()

    def closed(self, wire: "StrictHttp") -> None:
        self._open.pop(wire, None)


class _Gathered:
    """A transport that writes in one piece what is written in a row: head and body of an answer are two writes.

    Everything else is the transport's own.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._pieces: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        if not self._pieces:
            self._loop.call_soon(self._flush)
        self._pieces.append(data)

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if self._pieces and not self._transport.is_closing():
            self._transport.write(b"".join(self._pieces))
        self._pieces = []


class StrictHttp(HttpToolsProtocol):
    """HTTP/1.1 whose heads were checked byte by byte (`StrictHead`), within limits of time and number."""

    wires: Wires  # of the server: set in a subclass of its own

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.known = False
        self._head = StrictHead()
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(cast("asyncio.Transport", _Gathered(transport, self.loop)))
        self.app_state = {"wire": self}
        self.timeout_keep_alive = int(STRANGER_SECONDS)
        self._expect_request()
        self.wires.opened(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.wires.closed(self)
        self._expect_nothing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        try:
            pieces = self._head.take(data)
        except HeadRefused as refused:
            self._refuse(refused.status)
            return
        if self._head.waits and self._deadline is None:
            self._expect_request()
        elif not self._head.waits:
            self._expect_nothing()
        if pieces:
            super().data_received(b"".join(pieces))

    def recognised(self) -> None:
        """This connection showed the token: it may stay."""
        self.known = True
        self.timeout_keep_alive = int(KNOWN_SECONDS)

    def handle_websocket_upgrade(self) -> None:
        self._expect_nothing()
        super().handle_websocket_upgrade()

    def _expect_request(self) -> None:
        self._deadline = self.loop.call_later(STRANGER_SECONDS, self.transport.abort)

    def _expect_nothing(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _refuse(self, status: int) -> None:
        lines = (f"HTTP/1.1 {status} {_REASONS[status]}", "Content-Length: 0", "Connection: close", "", "")
        self.transport.write("\r\n".join(lines).encode())
        self.transport.close()


class StrictWebSocket(WSProtocol):
    """A WebSocket of one host, which stays counted among the connections."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._wire: StrictHttp | None = self.app_state.get("wire")
        self._deadline: asyncio.TimerHandle | None = None
        self._idle_frames = 0
        self._whole = True  # nothing of a message that is not at its end was heard last

    def connection_lost(self, exc: Exception | None) -> None:
        if self._wire is not None:
            self._wire.wires.closed(self._wire)
        self._expect_nothing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._whole = False
        super().data_received(data)
        if self._whole:
            self._expect_nothing()
        elif self.handshake_complete and self._deadline is None:
            self._deadline = self.loop.call_later(MESSAGE_SECONDS, self.transport.abort)

    def handle_connect(self, event: events.Request) -> None:
        self._whole = True
        super().handle_connect(event)

    def handle_message(self, event: events.TextMessage | events.BytesMessage) -> None:
        self._whole = event.message_finished
        if self._whole:
            self._idle_frames = 0
        elif len(event.data) < TINY:
            self._idle()
        super().handle_message(event)

    def handle_ping(self, event: events.Ping) -> None:
        self._whole = self.buffer.length == 0
        self._idle()
        super().handle_ping(event)

    def handle_pong(self, event: events.Pong) -> None:
        self._whole = self.buffer.length == 0
        self._idle()
        super().handle_pong(event)

    def handle_close(self, event: events.CloseConnection) -> None:
        if self.conn.state is ConnectionState.OPEN and not self.close_sent:  # a frame that is none: it hears why
            self.transport.write(self.conn.send(events.CloseConnection(event.code, event.reason)))
        super().handle_close(event)

    def _idle(self) -> None:
        self._idle_frames += 1
        if self._idle_frames > IDLE_FRAMES:
            self.transport.abort()

    def _expect_nothing(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
