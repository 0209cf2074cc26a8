"""Raw exchanges, recorded where somebody who administers asks for it."""

from dmp_core.errors import InsNotQualified
from hostbridge.methods.seat import Seat
from hostbridge.protocol.connection import Asked
from hostbridge.protocol.support import Recording, RecordSupport


def record(seat: Seat, params: RecordSupport, _asked: Asked) -> Recording:
    """Begin or end a recording; what was recorded is read with the command line, never through the bridge."""
    recorder, who = seat.app.recorder, seat.who
    if params.what == "stop":
        recorder.stop(who)
        return Recording(until=None)
    if params.host_id is None:
        return Recording(until=recorder.record_hour(who).until)
    ins = seat.app.session.patient(params.host_id).ins
    if ins is None:
        raise InsNotQualified("without INS there is no exchange about this patient")
    return Recording(until=recorder.record_patient(ins, who).until)
