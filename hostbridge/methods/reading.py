"""An opened record as windows draw it, and what of it goes into the host's own file."""

from dmp_core.documents import viewer
from dmp_core.errors import DmpError, DmpRefusal
from dmp_core.services.record.reading import ListSoFar
from hostbridge.methods.seat import Seat
from hostbridge.protocol import importing, reading
from hostbridge.protocol.connection import Asked, Later
from hostbridge.protocol.messages import Nothing, PatientReference
from hostbridge.protocol.record import DocumentsListed, Failure


def access(seat: Seat, params: PatientReference, _asked: Asked) -> reading.AccessShown:
    patient = seat.app.session.patient(params.host_id)
    entered = seat.app.reading.entered(patient, seat.who)
    traits = patient.traits
    return reading.AccessShown(
        name=traits.usual_name,
        birth_date=traits.birth_date,
        open=entered.open,
        purpose=entered.purpose,
        until=entered.until,
        secret_connection=entered.secret_connection,
        refused=entered.refused,
        over=entered.over,
    )


def leave(seat: Seat, params: PatientReference, _asked: Asked) -> Nothing:
    """The access to the record ends, and what was read is forgotten; the patient stays open."""
    seat.app.reading.leave(seat.app.session.patient(params.host_id), seat.who)
    return Nothing()


def begin_list(seat: Seat, params: reading.BeginList, _asked: Asked) -> reading.ListShown:
    patient = seat.app.session.patient(params.host_id)
    return _shown(seat.app.reading.begin(patient, seat.who, params.since, params.filter))


def show_list(seat: Seat, params: PatientReference, _asked: Asked) -> reading.ListShown:
    return _shown(seat.app.reading.so_far(seat.app.session.patient(params.host_id), seat.who))


def view(seat: Seat, params: reading.ShowDocument, _asked: Asked) -> Later:
    app, who, patient = seat.app, seat.who, seat.app.session.patient(params.host_id)

    def work() -> reading.DocumentPage:
        seen = app.reading.view(patient, who, params.unique_id)
        return reading.DocumentPage(
            entry=app.reading.row(patient, who, params.unique_id),
            title=seen.title,
            html=viewer.page(seen).decode(),
            headers=dict(viewer.page_headers()),
            notices=seen.notices,
            blocked=seen.blocked,
        )

    return Later(work)


# ---------------------------------------------------------------- into the host's file


def import_document(seat: Seat, params: importing.ImportDocument, _asked: Asked) -> Later:
    """*Enregistrer au dossier*: the host is told by `document/importWanted`."""
    app, who, patient = seat.app, seat.who, seat.app.session.patient(params.host_id)
    return Later(lambda: importing.ImportStanding.of(app.importing.ask(patient, who, params.unique_id)))


def imported(seat: Seat, params: importing.ImportDocument, _asked: Asked) -> importing.ImportStanding:
    """The answer means: it is on disk. The patient may be closed meanwhile."""
    return importing.ImportStanding.of(seat.app.importing.done(params.host_id, seat.who, params.unique_id))


def imports(seat: Seat, params: PatientReference, _asked: Asked) -> importing.ImportsShown:
    patient = seat.app.session.patient(params.host_id)
    return importing.ImportsShown(documents=seat.app.importing.standings(patient, seat.who))


def _shown(so_far: ListSoFar) -> reading.ListShown:
    error, listing = so_far.error, so_far.listing
    return reading.ListShown.model_construct(
        since=so_far.since,
        filter=so_far.wanted,
        goes_on=so_far.goes_on,
        entries=so_far.rows,
        listed=DocumentsListed.of(listing) if listing else None,
        withdrawn=_failure(error) if error else None,
    )


def _failure(error: DmpError) -> Failure:
    dmp_text = error.dmp_text if isinstance(error, DmpRefusal) else ""
    return Failure(code=error.code, sentence=error.sentence, remedy=error.remedy, dmp_text=dmp_text)
