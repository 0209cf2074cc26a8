"""The card of the professional: its session, and its code from the dialog to the card."""

from functools import partial

from dmp_core.cards.pin import Pin
from dmp_core.errors import ConfigInvalid
from dmp_core.services.authentication.professional import CardSession
from hostbridge.methods.seat import Seat
from hostbridge.protocol.connection import Asked, Later
from hostbridge.protocol.messages import Nothing
from hostbridge.protocol.professional import CardSessionShown, EnterPin, OpenCardSession


def open_session(seat: Seat, params: OpenCardSession, _asked: Asked) -> Later:
    """It waits for the card, behind the host."""
    session, who = _session(seat), seat.who
    return Later(lambda: CardSessionShown.of(session.open(who, params.structure)))


def enter(seat: Seat, params: EnterPin, _asked: Asked) -> Later:
    session, who = _session(seat), seat.who
    pin = Pin(bytearray(params.pin, "utf-8"))
    request, seconds, last_try = params.request, params.typed_ms / 1000, params.last_try
    work = partial(session.enter, request, pin, seconds, last_try=last_try, who=who)
    return Later(lambda: CardSessionShown.of(work()), here=True)  # calls of the network may wait for this very code


def show(seat: Seat, _params: Nothing, _asked: Asked) -> CardSessionShown:
    return CardSessionShown.of(_session(seat).view())


def close(seat: Seat, _params: Nothing, _asked: Asked) -> Later:
    session = _session(seat)
    return Later(lambda: CardSessionShown.of(session.close()))


def _session(seat: Seat) -> CardSession:
    if seat.app.cps is None:
        raise ConfigInvalid("keys.source: the structure's keys are not in a card")
    return seat.app.cps
