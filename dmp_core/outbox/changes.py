"""What a change makes of an item: the next value, or the reason why not. Nothing is stored here."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from dmp_core.errors import WrongState
from dmp_core.model.item import NewItem, OutboxItem, State
from dmp_core.outbox import states

_CHANGEABLE: Final = frozenset(
    {
        "patient", "reason", "fault", "title", "visibility", "frozen", "plugin", "due_at", "attempts", "who",
        "corrections", "seat",
    }
)  # fmt: skip


def begin(new: NewItem, item_id: str, now: datetime) -> OutboxItem:
    """The item that `new` becomes: accepted, due at once."""
    return OutboxItem(
        id=item_id,
        revision=1,
        key=new.key,
        record=new.record,
        type_id=new.type_id,
        who=new.who,
        patient=new.patient,
        state=State.ACCEPTED,
        accepted_at=now,
        changed_at=now,
        due_at=now,
    )


def follow(
    item: OutboxItem, state: State, now: datetime, given: Mapping[str, Any], *, composed: bool = False
) -> OutboxItem:
    """`item` after a change to `state`. Raises WrongState, and ValueError for a mistake of the caller.

    `composed`: the change brings a document or its metadata, which READY freezes.
    """
    states.check(item.state, item.resume, state)
    freezes = composed or ("frozen" in given and item.state is not State.HANDED)  # whoever took it may have begun anew
    if freezes and not states.composable(item.state, item.resume):
        raise WrongState(f"the document is frozen in {item.state}")
    if given.keys() - _CHANGEABLE:
        raise ValueError(f"no field to change: {sorted(given.keys() - _CHANGEABLE)}")
    stays = state is item.state
    values = dict(item) | {
        "revision": item.revision + 1,
        "state": state,
        "changed_at": now,
        "resume": states.resume_of(item.state, item.resume) if state is State.WAITING else None,
        "reason": item.reason if stays else None,
        "fault": item.fault if stays or state in states.EXPLAINED else None,
        "due_at": item.due_at if stays else now if state in states.AT_ONCE else None,
    }
    after = OutboxItem(**{**values, **given})
    _require_sense(after)
    return after.model_copy(update={"patient": None}) if state in states.DESTROYED else after


def _require_sense(item: OutboxItem) -> None:
    """What stands in the outbox stands there with its reason, and is due only where somebody would act."""
    if (item.state is State.WAITING) is not (item.reason is not None):
        raise ValueError("an item has a reason where it waits, and only there")
    if item.state is State.REFUSED and item.fault is None:
        raise ValueError("a refused item has a fault")
    if item.state is State.HANDED and item.seat is None:
        raise ValueError("what was handed over is at a seat")
    if item.corrections and item.state is not State.SENT:
        raise ValueError("only what was sent is corrected")
    if item.due_at is not None and item.state not in states.SCHEDULED and not item.correcting:
        raise ValueError(f"nothing is due in {item.state}")
