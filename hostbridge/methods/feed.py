"""What the host saves, and what the pharmacist does with it in the feed window and in « Envois au DMP »."""

from dmp_core.errors import NotFound
from dmp_core.model.item import OutboxItem
from dmp_core.model.practitioner import Right
from dmp_core.services.feed.form import FeedForm
from dmp_core.services.people import rights
from hostbridge.methods.seat import Seat
from hostbridge.protocol.connection import Asked, Later
from hostbridge.protocol.messages import Accepted, DocumentSaved, HostEventMessage
from hostbridge.protocol.outbox import (
    ConfirmFeed,
    DamagedView,
    ItemReference,
    ItemView,
    KeysKnown,
    ListOutbox,
    OutboxListed,
    StatusOfKeys,
)
from hostbridge.protocol.windows import CancelFeed


def document_saved(seat: Seat, params: DocumentSaved, _asked: Asked) -> Accepted:
    """The answer means: it is on disk."""
    item = seat.app.intake.save(params, seat.who)
    return Accepted(item=item.id, state=item.state)


def host_event(seat: Seat, params: HostEventMessage, _asked: Asked) -> Accepted:
    """The answer means: it is on disk, for the adapter to read behind the host."""
    item = seat.app.intake.host_event(params.name, params.payload, params.key, seat.who)
    return Accepted(item=item.id, state=item.state)


def describe(seat: Seat, params: ItemReference, _asked: Asked) -> FeedForm:
    """The form. It names the patient whom the host shows where that is another one."""
    form = seat.app.delivery.describe(_own(seat, params).id, seat.who)
    shown = seat.app.session.current
    if shown is None or shown.host_id == form.patient_host_id:
        return form
    return form.model_copy(update={"other_patient": shown.traits.usual_name})


def confirm(seat: Seat, params: ConfirmFeed, _asked: Asked) -> Later:
    """*Envoyer*. The document is made again: its plugin may take its time, and nobody else waits for it."""
    item, who, app = _own(seat, params).id, seat.who, seat.app
    title, visibility = params.title, params.visibility
    return Later(lambda: ItemView.of(app.delivery.confirm(item, who, title=title, visibility=visibility)), here=True)


def cancel(seat: Seat, params: CancelFeed, _asked: Asked) -> ItemView:
    """*Ne pas envoyer*."""
    return ItemView.of(seat.app.delivery.cancel(_own(seat, params).id, seat.who, params.reason))


def retry(seat: Seat, params: ItemReference, _asked: Asked) -> ItemView:
    return ItemView.of(seat.app.delivery.retry(_own(seat, params).id, seat.who))


def show(seat: Seat, params: ItemReference, _asked: Asked) -> ItemView:
    return _named(_own(seat, params))


def list_all(seat: Seat, params: ListOutbox, _asked: Asked) -> OutboxListed:
    structure = rights.require(seat.who, Right.FEED).structure.national_id
    items = seat.app.outbox.in_states(params.states, limit=params.limit, since=params.since)
    mine = (_named(item) for item in items if item.who.structure.national_id == structure)
    damaged = tuple(map(DamagedView.of, seat.app.store_watch.damaged(structure)))
    return OutboxListed(items=tuple(mine), counts=dict(seat.app.outbox.counts()), damaged=damaged)


def status(seat: Seat, params: StatusOfKeys, _asked: Asked) -> Later:
    """Hundreds of keys take a while: nobody else waits for it."""
    structure, outbox = rights.require(seat.who, Right.FEED).structure.national_id, seat.app.outbox

    def found() -> KeysKnown:
        asked = {key: outbox.by_key(structure, key) for key in params.keys}
        items = tuple(ItemView.of(item) for item in asked.values() if item is not None)
        return KeysKnown(items=items, unknown=tuple(key for key, item in asked.items() if item is None))

    return Later(found, here=True)


def _named(item: OutboxItem) -> ItemView:
    name = item.patient.traits.usual_name if item.patient else None
    return ItemView.of(item).model_copy(update={"patient_name": name})


def _own(seat: Seat, params: ItemReference) -> OutboxItem:
    """The item, where it is of the pharmacy that asks. Raises RightMissing, NotFound."""
    who = rights.require(seat.who, Right.FEED)
    item = seat.app.outbox.get(params.item)
    if item.who.structure.national_id != who.structure.national_id:
        raise NotFound("this item is another pharmacy's")
    return item
