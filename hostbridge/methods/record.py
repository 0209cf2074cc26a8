"""The record of an opened patient. Every method here asks the network: it answers later, and others go on meanwhile."""

import base64
import hashlib
from collections.abc import Sequence
from typing import Final

from dmp_core.dmp.td13_administrative import PersonKind, RelatedPerson
from dmp_core.dmp.td16_authorisations import Listed
from dmp_core.dmp.td32_retrieve import Retrieved
from dmp_core.errors import DmpError, DmpRefusal
from dmp_core.model.limits import BRIDGE_FRAME
from dmp_core.model.opening import OpenWish
from dmp_core.model.row import Row
from dmp_core.model.sections import words
from dmp_core.services.record.documents import Fetched
from hostbridge.methods.seat import Seat
from hostbridge.protocol import record
from hostbridge.protocol.connection import Asked, Later
from hostbridge.protocol.messages import DocumentFetched, FetchDocument, PatientReference, Progress

_PAGE: Final = 50
_CONTENTS: Final = BRIDGE_FRAME * 9 // 10  # base64 of one answer; what stands around it fits into the rest
_TO_WARN: Final = "ECON"  # HL7 RoleClass: emergency contact


def status(seat: Seat, params: PatientReference, _asked: Asked) -> Later:
    """The badge."""
    app, who, patient = seat.app, seat.who, seat.app.session.patient(params.host_id)

    def work() -> record.BadgeKnown:
        badge = app.consult.badge(patient, who)
        return record.BadgeKnown(status=badge.status, text=words("statuses")[badge.status], new=badge.new)

    return Later(work)


def open_record(seat: Seat, params: record.OpenRecord, _asked: Asked) -> Later:
    """*Accéder au DMP*: open, or a question for the counter; an error where there is nothing to read."""
    app, who, patient = seat.app, seat.who, seat.app.session.patient(params.host_id)
    wish = OpenWish.model_construct(**{name: getattr(params, name) for name in OpenWish.model_fields})

    def work() -> record.RecordOpened:
        opening = app.access.open(patient, who, wish)
        text = words("statuses")[opening.status]
        ask_text = opening.ask.text if opening.ask else None
        return record.RecordOpened(**opening.model_dump(), text=text, ask_text=ask_text)

    return Later(work)


def list_record(seat: Seat, params: record.ListDocuments, asked: Asked) -> Later:
    """All rows; with `progressive` also fifty at a time as `dmp/rows`, withdrawn where the answer is not whole."""
    app, who, patient = seat.app, seat.who, seat.app.session.patient(params.host_id)

    def work() -> record.DocumentsListed:
        rows = app.consult.listing(patient, who, params.since, params.filter)
        pages = _Pages(asked, progressive=params.progressive)
        try:
            for row in rows:
                pages.take(row)
                if asked.cancelled:
                    rows.close()
                    break
        except DmpError as error:
            pages.withdraw(error)
            raise
        return record.DocumentsListed.of(rows.listing)

    return Later(work)


def fetch(seat: Seat, params: FetchDocument, _asked: Asked) -> Later:
    app, who, patient = seat.app, seat.who, seat.app.session.patient(params.host_id)
    return Later(lambda: _fetched(app.consult.fetch(patient, who, params.unique_id)))


def fetch_all(seat: Seat, params: record.FetchDocuments, _asked: Asked) -> Later:
    """Several at once; what does not fit into one answer is left for the next."""
    app, who, patient = seat.app, seat.who, seat.app.session.patient(params.host_id)
    return Later(lambda: _all_fetched(app.consult.fetch_all(patient, who, params.unique_ids)))


def authorise(seat: Seat, params: record.Authorise, _asked: Asked) -> Later:
    app, who, patient = seat.app, seat.who, seat.app.session.patient(params.host_id)

    def work() -> record.Authorised:
        status, changed = app.access.authorise(patient, who, params.change)
        return record.Authorised(status=status, changed=changed)

    return Later(work)


def authorisations(seat: Seat, params: record.ListAuthorisations, _asked: Asked) -> Later:
    app, who, patient = seat.app, seat.who, seat.app.session.patient(params.host_id)
    which = {"active": Listed.ACTIVE, "barred": Listed.FORBIDDEN, "all": Listed.ALL}[params.which]

    def work() -> record.AuthorisationsListed:
        names = set(record.Professional.model_fields) - {"barred"}
        found = app.information.professionals(patient, who, which)
        told = (record.Professional(**one.model_dump(include=names), barred=one.is_barred) for one in found)
        return record.AuthorisationsListed(professionals=tuple(told))

    return Later(work)


def patients(seat: Seat, params: record.ListPatients, _asked: Asked) -> Later:
    app, who = seat.app, seat.who

    def work() -> record.PatientsListed:
        names = set(record.KnownPatient.model_fields) - {"ins"}
        found = app.information.patients(who, app.search.start_of(params.since), params.about)
        told = (record.KnownPatient(**one.model_dump(include=names), ins=one.ins) for one in found)
        return record.PatientsListed(patients=tuple(told))

    return Later(work)


def web(seat: Seat, params: record.OpenPage, _asked: Asked) -> record.PageAddress:
    patient = None if params.host_id is None else seat.app.session.patient(params.host_id)
    return record.PageAddress(url=seat.app.information.page(params.page, seat.who, patient).url)


def contacts(seat: Seat, params: PatientReference, _asked: Asked) -> Later:
    app, who, patient = seat.app, seat.who, seat.app.session.patient(params.host_id)

    def work() -> record.ContactsKnown:
        people = [_contact(person) for person in app.information.administrative(patient, who).people]
        return record.ContactsKnown(contacts=tuple(sorted(people, key=lambda one: not one.to_warn)))

    return Later(work)


class _Pages:
    """The rows of one list on their way, fifty at a time."""

    def __init__(self, asked: Asked, *, progressive: bool) -> None:
        self._asked = asked
        self._progressive = progressive
        self._rows: list[Row] = []
        self._done = 0

    def take(self, row: Row) -> None:
        self._rows.append(row)
        if len(self._rows) == _PAGE:
            self._done += _PAGE
            if self._progressive:
                rows = record.ProvisionalRows.model_construct(request=self._asked.id, entries=tuple(self._rows))
                self._asked.tell("dmp/rows", rows)
            self._asked.tell("$/progress", Progress(request=self._asked.id, done=self._done))
            self._rows.clear()

    def withdraw(self, error: DmpError) -> None:
        if self._progressive and self._done:
            rows = record.ProvisionalRows(request=self._asked.id, withdrawn=record.Failure(**_told(error)))
            self._asked.tell("dmp/rows", rows)


def _told(error: DmpError) -> dict[str, str]:
    """The error in the words of the counter."""
    dmp_text = error.dmp_text if isinstance(error, DmpRefusal) else ""
    return {"code": error.code, "sentence": error.sentence, "remedy": error.remedy, "dmp_text": dmp_text}


def _all_fetched(fetched: Fetched) -> record.DocumentsFetched:
    fitting = _fitting(fetched.documents)
    refused = (record.RefusedDocument(unique_id=one, **_told(error)) for one, error in fetched.refused.items())
    return record.DocumentsFetched(
        documents=tuple(map(_fetched, fetched.documents[:fitting])),
        refused=tuple(refused),
        left=tuple(one.unique_id for one in fetched.documents[fitting:]),
    )


def _fitting(documents: Sequence[Retrieved]) -> int:
    """How many of them one frame holds; one at least, which is refused by itself where it is too large."""
    size = 0
    for rank, document in enumerate(documents):
        size += (len(document.content) + 2) // 3 * 4
        if size > _CONTENTS:
            return max(rank, 1)
    return len(documents)


def _fetched(document: Retrieved) -> DocumentFetched:
    return DocumentFetched(
        unique_id=document.unique_id,
        mime_type=document.mime_type,
        size=len(document.content),
        sha256=hashlib.sha256(document.content).hexdigest(),
        content=base64.b64encode(document.content).decode(),
    )


def _contact(person: RelatedPerson) -> record.Contact:
    return record.Contact(
        to_warn=person.relation == _TO_WARN or person.kind is PersonKind.CONTACT,
        **person.model_dump(include=set(record.Contact.model_fields) - {"to_warn"}),
    )
