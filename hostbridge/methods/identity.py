"""Who the patient is. What asks INSi answers later, and others go on meanwhile."""

from collections.abc import Callable

from dmp_core import log
from dmp_core.errors import DmpError
from dmp_core.model.identity import Patient
from dmp_core.services.people.identity import IdentityKnown
from hostbridge.methods.seat import Seat
from hostbridge.protocol.connection import Asked, Later
from hostbridge.protocol.identity import (
    DecideIdentity,
    DocumentSeen,
    IdentityKept,
    IdentityView,
    ScanIdentity,
    TraitsDiverging,
)
from hostbridge.protocol.messages import PatientReference


def verify(seat: Seat, params: PatientReference, _asked: Asked) -> Later:
    """The INS that the host has, held against its traits by INSi."""
    identities, who = seat.app.identities, seat.who
    return _later(lambda: identities.verify(params.host_id, who))


def search(seat: Seat, params: PatientReference, _asked: Asked) -> Later:
    """The INS of the patient's traits."""
    identities, who = seat.app.identities, seat.who
    return _later(lambda: identities.search(params.host_id, who))


def document_seen(seat: Seat, params: DocumentSeen, _asked: Asked) -> IdentityView:
    """The answer means: it is on disk."""
    return IdentityView.of(seat.app.identities.document_seen(params.host_id, params.kind, seat.who))


def scan(seat: Seat, params: ScanIdentity, _asked: Asked) -> Later:
    """A datamatrix, or a carte Vitale that the host has read."""
    identities, who = seat.app.identities, seat.who
    if params.vitale is not None:
        card = params.vitale
        return _later(lambda: identities.card_read(params.host_id, card, who))
    text = (params.datamatrix or "").encode()
    return _later(lambda: identities.scanned(params.host_id, text, who))


def vitale(seat: Seat, params: PatientReference, _asked: Asked) -> Later:
    """The carte Vitale in a reader of this seat names the patient: INSi is asked. Its NIR may be the insured's."""
    identities, who = seat.app.identities, seat.who
    seat.app.cards.require_vitale_of(seat.app.session.patient(params.host_id), who)
    return _later(lambda: identities.search(params.host_id, who))


def decide(seat: Seat, params: DecideIdentity, _asked: Asked) -> Later:
    identities, who = seat.app.identities, seat.who
    return _later(lambda: identities.decide(params.host_id, params.source, who, go_on=params.go_on))


def show(seat: Seat, params: PatientReference, _asked: Asked) -> IdentityKept:
    kept, divergence = seat.app.identities.kept(params.host_id, seat.who)
    return IdentityKept(
        document=kept.document,
        certified=kept.certified,
        divergence=TraitsDiverging.of(divergence),
        dmp=kept.dmp if divergence else None,
        patient=seat.app.session.patient(params.host_id),
        insi=seat.app.config.insi is not None,
    )


def ask_behind(seat: Seat, patient: Patient) -> None:
    """INSi asked for a patient who was just opened; what it says comes as `identity/changed` or `identity/diverges`."""
    identities, who = seat.app.identities, seat.who
    seat.app.submit(lambda: identities.opened(patient, who), _told_or_reason)


def _told_or_reason(result: object) -> None:
    """A failure is no news for the counter: the patient is served without."""
    if isinstance(result, Exception):
        reason = result.code if isinstance(result, DmpError) else type(result).__name__
        log.event("bridge.identity_unknown", code=reason)


def _later(work: Callable[[], IdentityKnown]) -> Later:
    return Later(lambda: IdentityView.of(work()))
