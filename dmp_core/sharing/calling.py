"""Asks a paired seat: one connection, any number of questions, every wait with an end."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Final, TypeVar

from dmp_core.errors import MessageInvalid, SeatRefuses, SeatSilent
from dmp_core.model.sharing import at, the
from dmp_core.sharing import line, messages
from dmp_core.sharing.identity import SeatIdentity
from dmp_core.sharing.line import Line
from dmp_core.sharing.messages import Consult, Feed, Status, TakeBack
from dmp_core.sharing.seats import KnownSeat

SECONDS: Final = 5.0
READING: Final = 90.0  # a record of thousands of documents, over a slow network
T = TypeVar("T")


class Called:
    """A seat that answered a handshake. Raises SeatSilent, SeatRefuses, MessageInvalid."""

    def __init__(self, seat: KnownSeat, connection: Line) -> None:
        self.seat = seat
        self._line = connection

    def status(self, keys: Sequence[str] = ()) -> messages.Standing:
        return self._asked(Status(keys=tuple(keys)), messages.Standing)

    def feed(self, task: Feed | TakeBack) -> messages.There:
        """What became of it there; it is durable there once this returns."""
        return self._asked(task, messages.Taken).item

    def consult(self, task: Consult) -> messages.Shown | messages.Listed | messages.Fetched:
        answer = self._said(task, READING)
        if isinstance(answer, messages.Shown | messages.Listed | messages.Fetched):
            return answer
        raise MessageInvalid("another answer than was asked for")

    def _asked(self, task: Feed | TakeBack | Status, kind: type[T]) -> T:
        answer = self._said(task, SECONDS)
        if not isinstance(answer, kind):
            raise MessageInvalid("another answer than was asked for")
        return answer

    def _said(self, task: Feed | TakeBack | Status | Consult, seconds: float) -> messages.Answer:
        try:
            self._line.send(task, SECONDS)
            body = self._line.receive(seconds)
        except SeatSilent as error:
            raise silent(self.seat) from error
        if body is None:
            raise silent(self.seat)
        answer = messages.read(messages.ANSWER, body)
        if isinstance(answer, messages.No):
            fault = answer.fault
            raise SeatRefuses(
                "", sentence=f"{the(self.seat.name)} : {fault.sentence}", remedy=fault.remedy, origin=fault.code
            )
        return answer


@contextmanager
def calling(seat: KnownSeat, identity: SeatIdentity, monotonic: Callable[[], float]) -> Iterator[Called]:
    """The seat, connected and known to be the one that was paired. Raises SeatSilent."""
    if seat.address is None:
        raise silent(seat)
    try:
        connection = line.connect(seat.address, line.calling(identity, seat.der), SECONDS, monotonic)
    except SeatSilent as error:
        raise silent(seat) from error
    with closing(connection):
        yield Called(seat, connection)


def silent(seat: KnownSeat) -> SeatSilent:
    return SeatSilent(
        sentence=f"{the(seat.name)} ne répond pas.",
        remedy=f"Vérifiez que la carte est partagée {at(seat.name)} ; le document attend, rien n’est perdu.",
    )
