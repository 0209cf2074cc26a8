"""A reader shared between the counters of a pharmacy."""

from base64 import b64encode

from dmp_core.errors import SharingOff
from dmp_core.sharing import messages
from dmp_core.sharing.seat import Sharing
from hostbridge.methods.seat import Seat
from hostbridge.protocol.connection import Asked, Later
from hostbridge.protocol.messages import Nothing
from hostbridge.protocol.outbox import ItemView
from hostbridge.protocol.sharing import (
    ConfirmPairing,
    Consulted,
    ConsultThere,
    EnableSharing,
    ForgetSeat,
    PairSeats,
    SharingShown,
    TakeBack,
)


def pair(seat: Seat, params: PairSeats, _asked: Asked) -> Later:
    sharing, who = _sharing(seat), seat.who
    return Later(lambda: SharingShown.of(sharing.pair(params.address, who)))


def confirm(seat: Seat, params: ConfirmPairing, _asked: Asked) -> SharingShown:
    return SharingShown.of(_sharing(seat).confirm(params.code, seat.who))


def enable(seat: Seat, params: EnableSharing, _asked: Asked) -> Later:
    """It may wait for the card, whose code is asked where it is not open."""
    sharing, who = _sharing(seat), seat.who
    return Later(lambda: SharingShown.of(sharing.enable(params.until, who)))


def disable(seat: Seat, _params: Nothing, _asked: Asked) -> SharingShown:
    return SharingShown.of(_sharing(seat).disable(seat.who))


def show(seat: Seat, _params: Nothing, _asked: Asked) -> SharingShown:
    return SharingShown.of(_sharing(seat).show(seat.who))


def forget(seat: Seat, params: ForgetSeat, _asked: Asked) -> SharingShown:
    return SharingShown.of(_sharing(seat).forget(params.seat, seat.who))


def take_back(seat: Seat, params: TakeBack, _asked: Asked) -> Later:
    sharing, who = _sharing(seat), seat.who
    return Later(lambda: ItemView.of(sharing.take_back(params.item, who)))


def consult(seat: Seat, params: ConsultThere, _asked: Asked) -> Later:
    sharing, who, patient = _sharing(seat), seat.who, seat.app.session.patient(params.host_id)

    def work() -> Consulted:
        answer = sharing.consult(params.what, patient, who, seat=params.seat, unique_id=params.unique_id)
        match answer:
            case messages.Listed(rows=rows):
                return Consulted(rows=rows)
            case messages.Fetched(mime_type=mime_type, content=content):
                return Consulted(mime_type=mime_type, content=b64encode(content).decode())
            case _:
                return Consulted()

    return Later(work)


def _sharing(seat: Seat) -> Sharing:
    if seat.app.sharing is None:
        raise SharingOff("sharing.enabled is false")
    return seat.app.sharing
