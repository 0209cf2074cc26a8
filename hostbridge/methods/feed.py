"""What the host saves, and what the pharmacist does with it in the feed window and in « Envois au DMP »."""

from dmp_core.errors import NotFound
from dmp_core.model.item import OutboxItem
from dmp_core.model.practitioner import Right
from dmp_core.services import rights
from dmp_core.services.form import FeedForm
from hostbridge.methods.seat import Seat
from hostbridge.protocol.connection import Asked
from hostbridge.protocol.messages import (
    Accepted,
    ConfirmFeed,
    DocumentSaved,
    HostEventMessage,
    ItemReference,
    ItemView,
    ListOutbox,
    OutboxListed,
)


def document_saved(seat: Seat, params: DocumentSaved, _asked: Asked) -> Accepted:
    """The answer means: it is on disk."""
    item = seat.app.intake.save(params, seat.who)
    return Accepted(item=item.id, state=item.state)


def host_event(seat: Seat, params: HostEventMessage, _asked: Asked) -> Accepted:
    """The answer means: it is on disk, for the adapter to read behind the host."""
    item = seat.app.intake.host_event(params.name, params.payload, params.key, seat.who)
    return Accepted(item=item.id, state=item.state)


def describe(seat: Seat, params: ItemReference, _asked: Asked) -> FeedForm:
    return seat.app.delivery.describe(_own(seat, params).id, seat.who)


def confirm(seat: Seat, params: ConfirmFeed, _asked: Asked) -> ItemView:
    """*Envoyer*."""
    item = seat.app.delivery.confirm(_own(seat, params).id, seat.who, title=params.title, visibility=params.visibility)
    return ItemView.of(item)


def cancel(seat: Seat, params: ItemReference, _asked: Asked) -> ItemView:
    """*Ne pas envoyer*."""
    return ItemView.of(seat.app.delivery.cancel(_own(seat, params).id, seat.who))


def retry(seat: Seat, params: ItemReference, _asked: Asked) -> ItemView:
    return ItemView.of(seat.app.delivery.retry(_own(seat, params).id, seat.who))


def show(seat: Seat, params: ItemReference, _asked: Asked) -> ItemView:
    return ItemView.of(_own(seat, params))


def list_all(seat: Seat, params: ListOutbox, _asked: Asked) -> OutboxListed:
    structure = rights.require(seat.who, Right.FEED).structure.national_id
    items = seat.app.outbox.in_states(params.states, limit=params.limit)
    mine = (ItemView.of(item) for item in items if item.who.structure.national_id == structure)
    return OutboxListed(items=tuple(mine), counts=dict(seat.app.outbox.counts()))


def _own(seat: Seat, params: ItemReference) -> OutboxItem:
    """The item, where it is of the pharmacy that asks. Raises RightMissing, NotFound."""
    who = rights.require(seat.who, Right.FEED)
    item = seat.app.outbox.get(params.item)
    if item.who.structure.national_id != who.structure.national_id:
        raise NotFound("this item is another pharmacy's")
    return item
