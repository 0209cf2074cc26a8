"""What was sent already: withdrawn, shown otherwise, archived, replaced; and what waits for somebody who has left."""

from dmp_core.services.feed.correct import Possible
from dmp_core.services.feed.feeding import fault_of
from hostbridge.methods.seat import Seat
from hostbridge.protocol.connection import Asked, Later
from hostbridge.protocol.correct import (
    ArchiveFeed,
    CorrectionsExplained,
    ExplainCorrections,
    ItemsChanged,
    PossibleCorrection,
    ProfessionalLeft,
    ReplaceFeed,
    SetVisibility,
    WithdrawFeed,
)
from hostbridge.protocol.messages import Accepted
from hostbridge.protocol.outbox import ItemReference, ItemView


def explain(seat: Seat, params: ExplainCorrections, _asked: Asked) -> CorrectionsExplained:
    """What the DMP will do, so that a window asks once."""
    possible = seat.app.corrections.explain(params.item, seat.who, params.visibility)
    return CorrectionsExplained(possible=tuple(_shown(each) for each in possible))


def withdraw(seat: Seat, params: WithdrawFeed, _asked: Asked) -> Later:
    """*Retirer du DMP*."""
    app, who, patient = seat.app, seat.who, seat.app.session.patient(params.host_id)
    return Later(lambda: ItemView.of(app.corrections.withdraw(params.item, patient, params.reason, who)))


def set_visibility(seat: Seat, params: SetVisibility, _asked: Asked) -> Later:
    app, who, patient = seat.app, seat.who, seat.app.session.patient(params.host_id)
    return Later(lambda: ItemView.of(app.corrections.set_visibility(params.item, patient, params.visibility, who)))


def archive(seat: Seat, params: ArchiveFeed, _asked: Asked) -> Later:
    app, who, patient = seat.app, seat.who, seat.app.session.patient(params.host_id)
    return Later(lambda: ItemView.of(app.corrections.archive(params.item, patient, who, archived=params.archived)))


def replace(seat: Seat, params: ReplaceFeed, _asked: Asked) -> Accepted:
    """*Remplacer*: the answer means that the new save is on disk."""
    patient = seat.app.session.patient(params.host_id)
    item = seat.app.corrections.replace(params.item, patient, params.key, params.content, seat.who)
    return Accepted(item=item.id, state=item.state)


def take_over(seat: Seat, params: ItemReference, _asked: Asked) -> ItemView:
    """The titulaire answers for the document of somebody who has left."""
    return ItemView.of(seat.app.takeover.take_over(params.item, seat.who))


def author_left(seat: Seat, params: ProfessionalLeft, _asked: Asked) -> ItemsChanged:
    items = seat.app.takeover.departed(params.national_id, seat.who, left=params.left)
    return ItemsChanged(items=tuple(ItemView.of(item) for item in items))


def _shown(possible: Possible) -> PossibleCorrection:
    fault = fault_of(possible.fault) if possible.fault else None
    return PossibleCorrection(kind=possible.kind, label=possible.label, effect=possible.effect, fault=fault)
