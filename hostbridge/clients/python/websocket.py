"""A bridge that is spoken to over a WebSocket (RFC 6455): one message is one frame of JSON-RPC, both ways."""

import base64
import contextlib
import hashlib
import hmac
import os
import socket
import sys
import threading
from pathlib import Path
from queue import SimpleQueue
from typing import Any, BinaryIO, Final, Self

from . import announced
from .outgoing import Outgoing
from .wire import Wire

_GUID: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3
_CONTINUED, _TEXT, _CLOSE, _PING, _PONG = 0, 1, 8, 9, 10
_LONGEST: Final = 32_000_000  # bytes of one message
_UPGRADE_SECONDS: Final = 10.0
_NORMAL: Final = (1000).to_bytes(2, "big")


class Line:
    """An open WebSocket to the announced bridge. One thread reads, any thread writes and none waits for it."""

    def __init__(self, bridge: announced.Announced, connection: socket.socket) -> None:
        """Over a connection to it. Raises OSError where it opens no WebSocket."""
        self.bridge = bridge
        self._socket = connection
        self._stream = self._socket.makefile("rb")
        self._upgrade()
        self._outgoing = Outgoing(self._at_once, self._socket.sendall, lambda: None)

    @classmethod
    def to(cls, announce: Path) -> Self:
        """Raises OSError where no bridge is announced, or another program listens in its place."""
        bridge = announced.read(announce)
        return cls(bridge, announced.connect(bridge).sock)

    def fileno(self) -> int:
        """What `select` looks at."""
        return self._socket.fileno()

    def write(self, body: bytes) -> None:
        """Send one message. A bridge that is gone hears nothing: the reader sees its end."""
        self._send(_TEXT, body)

    def read(self) -> bytes | None:
        """The next message, None at the end. Raises OSError, ValueError for what is none."""
        message = bytearray()
        while (frame := _read_frame(self._stream)) is not None:
            final, kind, data = frame
            if kind == _PING:
                self._send(_PONG, data)
            elif kind == _CLOSE:
                self._send(_CLOSE, data[:2])
                return None
            elif kind in (_TEXT, _CONTINUED):
                message += data
                if len(message) > _LONGEST:
                    raise ValueError("a message is too long")
                if final:
                    return bytes(message)
        return None

    def leave(self) -> None:
        """Say goodbye: the bridge answers by closing."""
        self._send(_CLOSE, _NORMAL)

    def close(self) -> None:
        self._outgoing.end()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # whoever still reads or writes sees the end
        self._socket.close()

    def _upgrade(self) -> None:
        """Turn the proven connection into a WebSocket. Raises OSError."""
        self._socket.settimeout(_UPGRADE_SECONDS)
        try:
            self._ask_upgrade()
        except OSError:
            self._socket.close()
            raise
        self._socket.settimeout(None)

    def _ask_upgrade(self) -> None:
        key = base64.b64encode(os.urandom(16))
        lines = (
            "GET /rpc HTTP/1.1",
            f"Host: {self.bridge.host}",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            f"Sec-WebSocket-Key: {key.decode()}",
            f"Authorization: Bearer {self.bridge.token}",
        )
        self._socket.sendall("\r\n".join((*lines, "", "")).encode())
        status = self._stream.readline(1024)
        headers = {}
        while (line := self._stream.readline(8192)) not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            headers[name.strip().lower()] = value.strip()
        expected = base64.b64encode(hashlib.sha1(key + _GUID, usedforsecurity=False).digest())
        accepted = headers.get(b"sec-websocket-accept", b"")
        if b" 101 " not in status or not hmac.compare_digest(accepted, expected):
            raise ConnectionError("the bridge did not open a WebSocket")

    def _send(self, kind: int, data: bytes) -> None:
        size = len(data)
        if size < 126:
            head = bytes((0x80 | kind, 0x80 | size))
        elif size < 65_536:
            head = bytes((0x80 | kind, 0x80 | 126)) + size.to_bytes(2, "big")
        else:
            head = bytes((0x80 | kind, 0x80 | 127)) + size.to_bytes(8, "big")
        mask = os.urandom(4)
        self._outgoing.put(head + mask + _masked(data, mask))

    def _at_once(self, frame: bytes) -> int:
        """Send what the connection has room for; the bytes that it took."""
        if sys.platform == "win32":
            return 0
        try:
            return self._socket.send(frame, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return 0
        except OSError:
            return len(frame)  # it is gone: the reader sees its end


class Socket(Wire):
    """A program of its own to the bridge, for as long as the WebSocket is open."""

    def __init__(self, announce: Path, notices: SimpleQueue[dict[str, Any]]) -> None:
        """Raises OSError where no bridge is announced, or another program listens in its place."""
        super().__init__(notices)
        self._line = Line.to(announce)
        # In the host's process, as that of Child.
        self._reader = threading.Thread(target=self._read_all, name="dmp-bridge", daemon=True)  # noqa: TID251
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._line.bridge.pid

    def end(self, seconds: float) -> int:
        self._line.leave()
        self._reader.join(seconds)
        self._line.close()
        return 0

    def _write(self, body: bytes) -> None:
        self._line.write(body)

    def _read_all(self) -> None:
        try:
            while (body := self._line.read()) is not None:
                self._arrived(body)
        except (OSError, ValueError):
            pass  # what cannot be read any more is of no use
        finally:
            self._line.close()
            self._fail_all()


def _read_frame(stream: BinaryIO) -> tuple[bool, int, bytes] | None:
    """Whether the message ends with it, its kind and its data; None at the end. Raises ValueError for what is none."""
    head = stream.read(2)
    if len(head) < 2:
        return None
    size = head[1]
    if size & 0x80:
        raise ValueError("a server masks nothing")
    if size >= 126:
        size = int.from_bytes(stream.read(2 if size == 126 else 8), "big")
    if size > _LONGEST:
        raise ValueError("a message is too long")
    data = stream.read(size)
    return (bool(head[0] & 0x80), head[0] & 0x0F, data) if len(data) == size else None


def _masked(data: bytes, mask: bytes) -> bytes:
    """RFC 6455, 5.3, all bytes at once."""
    size = len(data)
    whole = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(data, "big") ^ int.from_bytes(whole, "big")).to_bytes(size, "big")
