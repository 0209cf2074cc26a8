"""The audit, for who administers."""

from dmp_core.services.review import as_csv
from hostbridge.methods.seat import Seat
from hostbridge.protocol.connection import Asked
from hostbridge.protocol.review import DoneShown, PatientReviewed, ReviewPatient


def of_patient(seat: Seat, params: ReviewPatient, _asked: Asked) -> PatientReviewed:
    """What was done about one patient of the host, who need not be open."""
    done = seat.app.review.of_patient(
        params.host_id,
        seat.who,
        since=params.since,
        until=params.until,
        operator=params.operator,
        action=params.action,
    )
    return PatientReviewed(done=tuple(map(DoneShown.of, done)), csv=as_csv(done) if params.csv else None)
