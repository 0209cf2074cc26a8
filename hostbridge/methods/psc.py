"""The professional identified by Pro Santé Connect. What asks the service answers later."""

from dmp_core.errors import ConfigInvalid
from dmp_core.services.authentication.psc import ProfessionalSession
from hostbridge.methods.seat import Seat
from hostbridge.protocol.connection import Asked, Later
from hostbridge.protocol.messages import Nothing
from hostbridge.protocol.psc import ChoosePsc, OpenPsc, PollPsc, PscShown


def open_session(seat: Seat, params: OpenPsc, _asked: Asked) -> Later:
    """Begin; `psc/browse` tells what to show, `psc/changed` who it is."""
    session, who = _session(seat), seat.who
    return Later(lambda: PscShown.of(session.open(params.channel, who)))


def poll(seat: Seat, params: PollPsc, _asked: Asked) -> Later:
    """Where it stands, for a host that asks rather than listens."""
    session = _session(seat)
    return Later(lambda: PscShown.of(session.poll(params.redirected)))


def choose(seat: Seat, params: ChoosePsc, _asked: Asked) -> PscShown:
    return PscShown.of(_session(seat).choose(params.rank))


def close(seat: Seat, _params: Nothing, _asked: Asked) -> Nothing:
    """The professional leaves; the service hears of it behind the host."""
    _session(seat).close()
    return Nothing()


def _session(seat: Seat) -> ProfessionalSession:
    if seat.app.psc is None:
        raise ConfigInvalid("psc: no section [psc]")
    return seat.app.psc
