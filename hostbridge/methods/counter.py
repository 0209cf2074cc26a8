"""Who works at the counter, and which patient's file is open there."""

from dmp_core import log
from dmp_core.errors import DmpError
from hostbridge.methods import identity
from hostbridge.methods.seat import Seat
from hostbridge.protocol.connection import Asked
from hostbridge.protocol.messages import (
    Nothing,
    OperatorChanged,
    PatientKnown,
    PatientMessage,
    PatientReference,
    PatientShown,
)


def operator_changed(seat: Seat, params: OperatorChanged, _asked: Asked) -> Nothing:
    seat.work(params.operator)
    return Nothing()


def patient_opened(seat: Seat, params: PatientMessage, _asked: Asked) -> PatientKnown:
    """Answer at once; the plugins hear of it, and the DMP is asked where one of them wants it, behind the host."""
    known = patient_updated(seat, params, _asked)
    app, who, patient = seat.app, seat.who, seat.app.session.patient(params.patient.host_id)
    app.submit(lambda: app.consult.tell_opened(patient, who), _status_or_reason)
    return known


def patient_updated(seat: Seat, params: PatientMessage, _asked: Asked) -> PatientKnown:
    """Items that waited for this patient's identity go on where it is qualified now."""
    patient = seat.app.identities.recalled(params.patient)
    resumed = seat.app.intake.patient_updated(patient, seat.who)
    identity.ask_behind(seat, patient)
    return PatientKnown(resumed=tuple(item.id for item in resumed))


def patient_current(seat: Seat, _params: Nothing, _asked: Asked) -> PatientShown:
    """For a window that is about whoever is at the counter."""
    patient = seat.app.session.current
    if patient is None:
        return PatientShown(host_id=None, name=None, birth_date=None, is_minor=False)
    traits = patient.traits
    return PatientShown(
        host_id=patient.host_id,
        name=traits.usual_name,
        birth_date=traits.birth_date,
        is_minor=seat.app.secrecy.is_minor(patient),
    )


def patient_closed(seat: Seat, params: PatientReference, _asked: Asked) -> Nothing:
    seat.app.consult.closed(params.host_id)
    return Nothing()


def _status_or_reason(result: object) -> None:
    """The status, where it was asked, was told as `dmp/statusChanged`; a failure is no news for the counter."""
    if isinstance(result, Exception):
        reason = result.code if isinstance(result, DmpError) else type(result).__name__
        log.event("bridge.status_unknown", code=reason)
