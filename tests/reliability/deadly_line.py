"""A line to the DMP that kills whoever uses it when a chosen byte of an exchange has passed.

It forwards TCP and looks at TLS records: only those of type 23 carry the exchange, what comes before is the handshake.
"""

import os
import signal
import socket
import threading
from collections import Counter
from dataclasses import dataclass
from typing import Final

_APPLICATION_DATA: Final = 23
_HEADER: Final = 5
REQUEST, ANSWER = "request", "answer"


@dataclass(frozen=True)
class Death:
    """After `offset` bytes of application data in `direction` have passed."""

    direction: str
    offset: int


class DeadlyLine:
    """Listens on `port` and forwards to `target`. `passed` counts application data by direction."""

    def __init__(self, target: int, death: Death | None = None) -> None:
        self.passed: Counter[str] = Counter()
        self.victim: int | None = None
        self._target = target
        self._death = death
        self._done = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._done.set()
        self._listener.close()

    def _accept(self) -> None:
        while not self._done.is_set():
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self._target))
            for source, sink, direction in ((client, server, REQUEST), (server, client, ANSWER)):
                threading.Thread(target=self._forward, args=(source, sink, direction), daemon=True).start()

    def _forward(self, source: socket.socket, sink: socket.socket, direction: str) -> None:
        try:
            with source.makefile("rb") as stream:
                while header := stream.read(_HEADER):
                    record = header + stream.read(int.from_bytes(header[3:5], "big"))
                    self._pass(record, sink, direction)
        except OSError:
            pass
        finally:
            for end in (source, sink):
                end.close()

    def _pass(self, record: bytes, sink: socket.socket, direction: str) -> None:
        death = self._death
        if record[0] != _APPLICATION_DATA or death is None or death.direction != direction:
            sink.sendall(record)
        else:
            left = death.offset - self.passed[direction]
            sink.sendall(record[: max(left, 0)] if left < len(record) else record)
            if left <= len(record):
                self._kill()
        if record[0] == _APPLICATION_DATA:
            self.passed[direction] += len(record)

    def _kill(self) -> None:
        self._death = None
        if self.victim is not None:
            os.kill(self.victim, signal.SIGKILL)
        raise ConnectionAbortedError
