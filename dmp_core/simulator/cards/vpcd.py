"""A slot of pcscd's virtual reader (Debian package vsmartcard-vpcd): cards are put in and pulled out by a program.

The card's side connects by TCP. Each message: a 2-byte big-endian length, then that many bytes. To the card: one byte
is 0 power off, 1 power on, 2 reset, 4 ATR wanted (the only one that is answered); more bytes are a command APDU,
answered with its response APDU. To put a card in is to connect, to pull it out is to close the connection.
"""

import contextlib
import ctypes
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from dmp_core.simulator.cards.apdu import Card

_OFF, _ON, _RESET, _ATR = 0, 1, 2, 4
_CONNECT: Final = 5.0  # seconds
_LEAVE: Final = 2.0
_NEW_NETWORK: Final = 0x40000000  # CLONE_NEWNET of setns(2)


class Slot:
    """One slot: a port of 127.0.0.1, perhaps of another network namespace (`network`: its file under /proc)."""

    def __init__(self, port: int = 0, network: Path | None = None) -> None:
        self.port = port
        self.network = network
        self.card: Card | None = None
        self.asked = threading.Event()
        """Set by the first command to the card that is in."""
        self._line: _Line | None = None

    def insert(self, card: Card) -> None:
        """Put `card` in; what was in there is pulled out first. Raises OSError where there is no reader."""
        self.remove()
        self.asked = threading.Event()
        self._line = _Line(card, self._connect, self.asked)
        self.card = card
        self._line.open()

    def remove(self) -> None:
        """Pull the card out, in the middle of a command if need be."""
        line, self._line, self.card = self._line, None, None
        if line is not None:
            line.close()

    def _connect(self) -> socket.socket:
        """A connection made on the calling thread, which stays in the reader's network."""
        if self.network is not None:
            _enter_network(self.network)
        line = socket.create_connection(("127.0.0.1", self.port), timeout=_CONNECT)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.settimeout(None)
        return line


class _Line:
    """The thread that answers for one card in one slot."""

    def __init__(self, card: Card, connect: Callable[[], socket.socket], asked: threading.Event) -> None:
        self._card = card
        self._asked = asked
        self._connect = connect
        self._connected = threading.Event()
        self._pulled = threading.Event()
        self._failure: OSError | None = None
        self._socket: socket.socket | None = None
        self._thread = threading.Thread(  # noqa: TID251 - the slot's own, ended with it
            target=self._run, name="dmp-virtual-card", daemon=True
        )

    def open(self) -> None:
        self._thread.start()
        self._connected.wait(_CONNECT + 1)
        if self._failure is not None:
            raise self._failure

    def close(self) -> None:
        self._pulled.set()
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(_LEAVE)

    def _run(self) -> None:
        try:
            self._socket = self._connect()
        except OSError as error:
            self._failure = error
            return
        finally:
            self._connected.set()
        with self._socket, contextlib.suppress(EOFError, OSError):
            while not self._pulled.is_set():
                self._serve(self._socket)

    def _serve(self, line: socket.socket) -> None:
        message = _exactly(line, int.from_bytes(_exactly(line, 2), "big"))
        if len(message) == 1 and message[0] != _ATR:
            if message[0] in (_OFF, _ON, _RESET):
                self._card.reset()
            return
        answer = self._card.atr if len(message) == 1 else self._answer(message)
        if answer is not None and not self._pulled.is_set():
            line.sendall(len(answer).to_bytes(2, "big") + answer)

    def _answer(self, command: bytes) -> bytes | None:
        """The card's answer, in the time that it takes."""
        self._asked.set()
        answer = self._card.apdu(command)
        if self._card.delay:
            self._pulled.wait(self._card.delay)
        return answer


def _exactly(line: socket.socket, size: int) -> bytes:
    received = b""
    while len(received) < size:
        if hasattr(socket, "TCP_QUICKACK"):  # vpcd sends length and data apart: without it each command takes 40 ms
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        part = line.recv(size - len(received))
        if not part:
            raise EOFError
        received += part
    return received


def _enter_network(file: Path) -> None:
    """Move the calling thread to another network namespace (Linux, root)."""
    libc = ctypes.CDLL(None, use_errno=True)
    with file.open() as opened:
        if libc.setns(opened.fileno(), _NEW_NETWORK):
            raise OSError(ctypes.get_errno(), "setns")
