"""What the patient said at the counter."""

from hostbridge.methods.seat import Seat
from hostbridge.protocol.connection import Asked
from hostbridge.protocol.consent import ConsentRecorded, ConsentShown, RecordConsent
from hostbridge.protocol.messages import PatientReference


def record(seat: Seat, params: RecordConsent, _asked: Asked) -> ConsentRecorded:
    """The answer means: it is on disk, and nothing more leaves for a patient who opposes feeding."""
    state, cancelled = seat.app.consents.record(params.host_id, params.kind, seat.who, given=params.given)
    return ConsentRecorded(consent=state, cancelled=tuple(item.id for item in cancelled))


def show(seat: Seat, params: PatientReference, _asked: Asked) -> ConsentShown:
    return ConsentShown(consent=seat.app.consents.show(params.host_id, seat.who))
