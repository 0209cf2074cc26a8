"""The one page that this machine shows: where the browser comes back to after Pro Santé Connect (RFC 8252, 7.3).

Nothing waits and no thread is needed: each `take` serves what has come since the last one.
"""

import selectors
import socket
from typing import Final
from urllib.parse import urlsplit

from dmp_core.errors import ConfigInvalid

_HEAD: Final = 8192  # bytes of a request that are read
_CONNECTIONS: Final = 16  # a browser opens some that it never uses
_WAITING: Final = 128
_PAGE: Final = """<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>Pro Santé Connect</title></head>
<body><main><h1>C’est fait</h1><p>Vous pouvez fermer cette page et revenir à votre logiciel.</p></main></body></html>"""
_HEADERS: Final = (
    "Content-Type: text/html; charset=utf-8\r\nCache-Control: no-store\r\nReferrer-Policy: no-referrer\r\n"
    "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\nX-Content-Type-Options: nosniff\r\n"
    "Connection: close\r\n"
)


class LoopbackListener:
    """A `RedirectListener` on 127.0.0.1."""

    def __init__(self, redirect: str) -> None:
        """Listen at `redirect`, `http://127.0.0.1:PORT/path`; port 0: any free one. Raises ConfigInvalid."""
        parts = urlsplit(redirect)
        self._path = parts.path or "/"
        try:
            self._socket = socket.create_server(("127.0.0.1", parts.port or 0), backlog=_WAITING)
        except (OSError, ValueError) as error:
            raise ConfigInvalid("psc.redirect: this port cannot be listened to") from error
        self._socket.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._socket, selectors.EVENT_READ)
        self._heads: dict[socket.socket, bytearray] = {}
        port = self._socket.getsockname()[1]
        self._hosts = {f"127.0.0.1:{port}", f"localhost:{port}"}
        self.uri = f"http://{parts.hostname}:{port}{self._path}"

    def take(self) -> str | None:
        """The query of the next redirect; None where none came. Never waits."""
        for _ in range(4 * _CONNECTIONS):  # no flood keeps the caller
            ready = [key.fileobj for key, _ in self._selector.select(timeout=0)]
            if not ready:
                return None
            for one in ready:
                assert isinstance(one, socket.socket)
                if one is self._socket:
                    self._accept()
                    continue
                query = self._read(one)
                if query is not None:
                    return query
        return None

    def close(self) -> None:
        for connection in [*self._heads]:
            self._drop(connection)
        self._selector.close()
        self._socket.close()

    def _accept(self) -> None:
        try:
            connection, _ = self._socket.accept()
        except OSError:
            return
        if len(self._heads) >= _CONNECTIONS:
            self._drop(next(iter(self._heads)))
        connection.setblocking(False)
        self._heads[connection] = bytearray()
        self._selector.register(connection, selectors.EVENT_READ)

    def _read(self, connection: socket.socket) -> str | None:
        """What came on one connection; once its head is whole it is answered and closed."""
        head = self._heads[connection]
        try:
            piece = connection.recv(_HEAD)
        except BlockingIOError:
            return None
        except OSError:
            piece = b""
        head += piece
        if not piece or len(head) > _HEAD:
            self._drop(connection)
            return None
        if b"\r\n\r\n" not in head:
            return None
        query = self._query(bytes(head))
        body = _PAGE.encode() if query is not None else b""
        status = "200 OK" if query is not None else "404 Not Found"
        answer = f"HTTP/1.1 {status}\r\n{_HEADERS}Content-Length: {len(body)}\r\n\r\n".encode() + body
        try:
            connection.setblocking(True)
            connection.settimeout(1)
            connection.sendall(answer)
        except OSError:
            pass  # who left before reading was heard all the same
        self._drop(connection)
        return query

    def _query(self, head: bytes) -> str | None:
        """The query where this is the redirect; the Host is checked, so that no other site leads here (rebinding)."""
        lines = head.split(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
        words = lines[0].split(" ")
        hosts = [line.partition(":")[2].strip() for line in lines[1:] if line.lower().startswith("host:")]
        if len(words) != 3 or words[0] != "GET" or len(hosts) != 1 or hosts[0] not in self._hosts:
            return None
        path, _, query = words[1].partition("?")
        return query if path == self._path and query else None

    def _drop(self, connection: socket.socket) -> None:
        self._selector.unregister(connection)
        del self._heads[connection]
        connection.close()
