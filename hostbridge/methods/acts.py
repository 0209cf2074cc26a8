"""The finished acts, and the bonus gauge."""

from dmp_core.services.feed.bonus import as_csv
from hostbridge.methods.seat import Seat
from hostbridge.protocol.acts import ActsReported, DeclareActs, ReportActs
from hostbridge.protocol.connection import Asked
from hostbridge.protocol.messages import Nothing


def declare(seat: Seat, params: DeclareActs, _asked: Asked) -> Nothing:
    """The answer means: it is on disk."""
    seat.app.bonus.declare(params.acts, seat.who, finished=params.finished)
    return Nothing()


def report(seat: Seat, params: ReportActs, _asked: Asked) -> ActsReported:
    found = seat.app.bonus.report(params.year, seat.who, per_operator=params.per_operator)
    unreadable = len(seat.app.store_watch.damaged(seat.app.structure.national_id))
    return ActsReported.of(found, as_csv(found) if params.csv else None, unreadable)
