"""The one port of this seat that other counters reach: open only while the holder shares, each caller apart."""

import socket
import ssl
from collections.abc import Callable
from contextlib import closing, suppress
from threading import BoundedSemaphore
from typing import Final

from dmp_core import log
from dmp_core.errors import ConfigInvalid, DmpError, PairingRefused, SeatSilent
from dmp_core.ports import Clock, Ids
from dmp_core.sharing import line, messages, pairing
from dmp_core.sharing.identity import SeatIdentity, require_certificate
from dmp_core.sharing.lending import Lending
from dmp_core.sharing.line import Line
from dmp_core.sharing.pairing import NONCE, Offer, Pairings
from dmp_core.sharing.seats import KnownSeat, KnownSeats

_CALLERS: Final = 8  # at a time; more are turned away
_WAIT: Final = 0.5  # seconds that a step waits for a caller
_HANDSHAKE: Final = 5.0
_IDLE: Final = 15.0
_PAIRING_MESSAGE: Final = 20_000


class Listener:
    """One thread calls `step`; callers are answered apart, by `apart`."""

    def __init__(
        self,
        address: tuple[str, int],
        name: str,
        identity: Callable[[], SeatIdentity],
        seats: KnownSeats,
        pairings: Pairings,
        lending: Lending,
        *,
        clock: Clock,
        ids: Ids,
        apart: Callable[[Callable[[], None]], None],
        paired: Callable[[], None],
    ) -> None:
        """`paired` hears that a code is to be shown."""
        self._address = address
        self._name = name
        self._identity = identity
        self._seats = seats
        self._pairings = pairings
        self._lending = lending
        self._clock = clock
        self._ids = ids
        self._apart = apart
        self._paired = paired
        self._room = BoundedSemaphore(_CALLERS)
        self._socket: socket.socket | None = None

    @property
    def port(self) -> int | None:
        """Where it listens; None: nowhere."""
        opened = self._socket
        try:
            return int(opened.getsockname()[1]) if opened is not None else None
        except OSError:
            return None

    def open(self) -> None:
        """Raises ConfigInvalid where the port is another program's."""
        if self._socket is not None:
            return
        try:
            self._socket = socket.create_server(self._address, backlog=_CALLERS)
            self._socket.settimeout(_WAIT)
        except (OSError, OverflowError) as error:
            raise ConfigInvalid("sharing.port cannot be listened to") from error

    def step(self) -> bool:
        """Wait a moment for a caller and have it answered. False once nothing is shared, and then nobody listens."""
        if self._lending.lent is None:
            self.close()
            return False
        opened = self._socket
        if opened is None:
            return False
        with suppress(TimeoutError, OSError):
            connection, _ = opened.accept()
            self._answer_apart(connection)
        return True

    def close(self) -> None:
        opened, self._socket = self._socket, None
        if opened is not None:
            opened.close()

    def _answer_apart(self, connection: socket.socket) -> None:
        if not self._room.acquire(blocking=False):
            connection.close()
            return

        def work() -> None:
            try:
                self._serve(connection)
            except DmpError as error:
                log.event("sharing.caller_left", code=error.code)
            finally:
                self._room.release()

        try:
            self._apart(work)
        except BaseException:
            connection.close()
            self._room.release()
            raise

    def _serve(self, connection: socket.socket) -> None:
        """One caller, until it leaves: a paired seat's tasks, or the pairing that somebody here waits for."""
        strangers = self._pairings.open_to_callers(self._clock.monotonic())
        context = self._context(connection, strangers=strangers)
        with closing(line.accepted(connection, context, _HANDSHAKE, self._clock.monotonic)) as caller:
            shown = caller.peer
            if shown is None:
                self._pair(caller)
                return
            seat = next((one for one in self._seats.all() if pairing.same(one.der, shown)), None)
            while seat is not None and (body := caller.receive(_IDLE)) is not None:
                caller.send(self._lending.answer(body, seat), _IDLE)

    def _context(self, connection: socket.socket, *, strangers: bool) -> ssl.SSLContext:
        try:
            return line.serving(self._identity(), [one.der for one in self._seats.all()], strangers=strangers)
        except BaseException:
            connection.close()
            raise

    def _pair(self, caller: Line) -> None:
        """Commitment, nonces, and the code; what the caller says is kept only once a person has compared it."""
        now = self._clock.monotonic
        body = caller.receive(_HANDSHAKE, longest=_PAIRING_MESSAGE)
        if body is None:
            raise SeatSilent("pairing")
        hello = messages.read(messages.HELLO, body)
        require_certificate(hello.certificate)
        self._pairings.take(now())
        own, nonce = self._identity().certificate, self._ids.token(NONCE)
        caller.send(messages.Here(certificate=own, name=self._name, nonce=nonce), _HANDSHAKE)
        body = caller.receive(_HANDSHAKE, longest=_PAIRING_MESSAGE)
        if body is None:
            raise SeatSilent("pairing")
        revealed = messages.read(messages.REVEAL, body).nonce
        pairing.require_revealed(hello.commitment, revealed, hello.certificate)
        code = pairing.code(hello.certificate, own, revealed, nonce)
        self._pairings.offer(Offer(KnownSeat.of(hello.certificate, hello.name, None), code), now())
        self._paired()


def call_to_pair(
    address: str, name: str, identity: SeatIdentity, *, clock: Clock, ids: Ids, seconds: float = _HANDSHAKE
) -> Offer:
    """The seat at `address` and the code, as the one that calls. Raises SeatSilent, PairingRefused, MessageInvalid."""
    nonce = ids.token(NONCE)
    with closing(line.connect(address, line.pairing(), seconds, clock.monotonic)) as called:
        promised = pairing.commitment(nonce, identity.certificate)
        called.send(messages.Hello(certificate=identity.certificate, name=name, commitment=promised), seconds)
        body = called.receive(seconds, longest=_PAIRING_MESSAGE)
        if body is None:
            raise PairingRefused("nobody waits for a pairing there")
        here = messages.read(messages.HERE, body)
        shown = called.peer
        if len(here.nonce) != NONCE or shown is None or not pairing.same(shown, here.certificate):
            raise PairingRefused("another certificate than the connection's")
        called.send(messages.Reveal(nonce=nonce), seconds)
        called.receive(seconds, longest=0)  # nothing more is said: it ends once the code stands on the other screen
    code = pairing.code(identity.certificate, here.certificate, nonce, here.nonce)
    return Offer(KnownSeat.of(here.certificate, here.name, address), code)
