"""The record of an opened patient. Every method here asks the network: it answers later, and others go on meanwhile."""

import base64
import hashlib
from collections.abc import Callable
from typing import Final

from dmp_core.dmp.td32_retrieve import Retrieved
from dmp_core.errors import DmpAbsent, DmpAccessDenied, DmpClosed, DmpRefusal
from dmp_core.model.document import RecordEntry, RecordStatus
from hostbridge.methods.seat import Seat
from hostbridge.protocol.connection import Asked, Later
from hostbridge.protocol.messages import (
    DocumentFetched,
    FetchDocument,
    ListRecord,
    PatientReference,
    Progress,
    RecordListed,
    RecordStatusKnown,
    Rows,
)

_PAGE: Final = 50
_CLOSED_DOORS: Final[dict[RecordStatus, type[DmpRefusal]]] = {
    RecordStatus.ABSENT: DmpAbsent,
    RecordStatus.CLOSED: DmpClosed,
    RecordStatus.NOT_AUTHORISED: DmpAccessDenied,
    RecordStatus.EXPIRED: DmpAccessDenied,
    RecordStatus.BLOCKED: DmpAccessDenied,
}


def status(seat: Seat, params: PatientReference, _asked: Asked) -> Later:
    """The badge."""
    ask = _status_of(seat, params)
    return Later(lambda: RecordStatusKnown(status=ask()))


def open_record(seat: Seat, params: PatientReference, _asked: Asked) -> Later:
    """*Accéder au DMP*: an error with its remedy where the record cannot be read."""
    ask = _status_of(seat, params)

    def work() -> RecordStatusKnown:
        found = ask()
        if found in _CLOSED_DOORS:
            raise _CLOSED_DOORS[found](f"status {found}")
        return RecordStatusKnown(status=found)

    return Later(work)


def list_record(seat: Seat, params: ListRecord, asked: Asked) -> Later:
    """All rows; with `progressive` also fifty at a time as `dmp/rows`."""
    app, who, patient = seat.app, seat.who, seat.app.session.patient(params.host_id)

    def work() -> RecordListed:
        entries: list[RecordEntry] = []
        for entry in app.consult.entries(patient, who, params.since):
            entries.append(entry)
            if len(entries) % _PAGE == 0:
                _tell_page(asked, entries, progressive=params.progressive)
            if asked.cancelled:
                break
        return RecordListed(entries=tuple(entries))

    return Later(work)


def fetch(seat: Seat, params: FetchDocument, _asked: Asked) -> Later:
    app, who, patient = seat.app, seat.who, seat.app.session.patient(params.host_id)
    return Later(lambda: _fetched(app.consult.fetch(patient, who, params.unique_id)))


def _status_of(seat: Seat, params: PatientReference) -> Callable[[], RecordStatus]:
    app, who, patient = seat.app, seat.who, seat.app.session.patient(params.host_id)
    return lambda: app.consult.status(patient, who)


def _tell_page(asked: Asked, entries: list[RecordEntry], *, progressive: bool) -> None:
    if progressive:
        asked.tell("dmp/rows", Rows(request=asked.id, entries=tuple(entries[-_PAGE:])))
    asked.tell("$/progress", Progress(request=asked.id, done=len(entries)))


def _fetched(document: Retrieved) -> DocumentFetched:
    return DocumentFetched(
        unique_id=document.unique_id,
        mime_type=document.mime_type,
        size=len(document.content),
        sha256=hashlib.sha256(document.content).hexdigest(),
        content=base64.b64encode(document.content).decode(),
    )
