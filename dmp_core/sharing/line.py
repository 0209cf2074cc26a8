"""One TLS connection between two seats: JSON messages, each after its length, every wait with an end."""

import socket
import ssl
from collections.abc import Callable, Sequence
from typing import Final

from pydantic import BaseModel

from dmp_core.errors import FrameTooLarge, SeatSilent
from dmp_core.sharing.identity import SeatIdentity

LONGEST: Final = 48_000_000  # bytes: a document and the host's content, both in base64
_LENGTH: Final = 4
_PIECE: Final = 65_536


class Line:
    """Raises SeatSilent for whatever the network does, FrameTooLarge for a length that nobody needs."""

    def __init__(self, connection: ssl.SSLSocket, monotonic: Callable[[], float]) -> None:
        self._connection = connection
        self._monotonic = monotonic

    @property
    def peer(self) -> bytes | None:
        """The other's certificate, DER; None: it showed none."""
        return self._connection.getpeercert(binary_form=True)

    def send(self, message: BaseModel, seconds: float) -> None:
        body = message.model_dump_json().encode()
        if len(body) > LONGEST:
            raise FrameTooLarge(f"{len(body)} bytes between seats")
        try:
            self._connection.settimeout(seconds)
            self._connection.sendall(len(body).to_bytes(_LENGTH, "big") + body)
        except OSError as error:
            raise SeatSilent("sending") from error

    def receive(self, seconds: float, *, longest: int = LONGEST) -> bytes | None:
        """The next message; None where the other ended the connection between two of them."""
        until = self._monotonic() + seconds
        head = self._exactly(_LENGTH, until, or_end=True)
        if head is None:
            return None
        size = int.from_bytes(head, "big")
        if size > longest:
            raise FrameTooLarge(f"{size} bytes between seats")
        return self._exactly(size, until)

    def _exactly(self, size: int, until: float, *, or_end: bool = False) -> bytes | None:
        got = bytearray()
        while len(got) < size:
            left = until - self._monotonic()
            if left <= 0:
                raise SeatSilent("too slow")
            try:
                self._connection.settimeout(left)
                piece = self._connection.recv(min(size - len(got), _PIECE))
            except OSError as error:
                raise SeatSilent("receiving") from error
            if not piece:
                if or_end and not got:
                    return None
                raise SeatSilent("ended in the middle")
            got += piece
        return bytes(got)

    def close(self) -> None:
        self._connection.close()


def serving(identity: SeatIdentity, known: Sequence[bytes], *, strangers: bool) -> ssl.SSLContext:
    """For the seat that is called: TLS 1.3, a certificate of a `known` seat (DER) or, with `strangers`, none at all."""
    context = _context(ssl.PROTOCOL_TLS_SERVER, identity)
    context.verify_mode = ssl.CERT_OPTIONAL if strangers else ssl.CERT_REQUIRED
    context.num_tickets = 0  # nothing is resumed: a seat that was forgotten is out at once
    if known:
        context.load_verify_locations(cadata=b"".join(known))
    return context


def calling(identity: SeatIdentity, called: bytes) -> ssl.SSLContext:
    """For the seat that calls: only `called` (DER) is at the other end."""
    context = _context(ssl.PROTOCOL_TLS_CLIENT, identity)
    context.load_verify_locations(cadata=called)
    return context


def pairing() -> ssl.SSLContext:
    """For a seat that calls one it does not know: no certificate is shown or checked, the code of the pairing tells."""
    context = _context(ssl.PROTOCOL_TLS_CLIENT, None)
    context.verify_mode = ssl.CERT_NONE
    return context


def _context(protocol: int, identity: SeatIdentity | None) -> ssl.SSLContext:
    context = ssl.SSLContext(protocol)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    context.check_hostname = False
    if identity is not None:
        context.load_cert_chain(identity.file)
    return context


def connect(address: str, context: ssl.SSLContext, seconds: float, monotonic: Callable[[], float]) -> Line:
    """A line to `address` (host:port). Raises SeatSilent."""
    host, _, port = address.rpartition(":")
    connection = None
    try:
        connection = socket.create_connection((host.strip("[]"), int(port)), timeout=seconds)
        return Line(context.wrap_socket(connection), monotonic)
    except (OSError, ValueError, OverflowError) as error:
        if connection is not None:
            connection.close()
        raise SeatSilent("connecting") from error


def accepted(connection: socket.socket, context: ssl.SSLContext, seconds: float, now: Callable[[], float]) -> Line:
    """A line of a seat that calls. Raises SeatSilent."""
    try:
        connection.settimeout(seconds)
        return Line(context.wrap_socket(connection, server_side=True), now)
    except OSError as error:
        connection.close()
        raise SeatSilent("handshake") from error
