"""What the host hands over: durable before anything looks into it, and the patients it speaks of."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from pydantic_core import to_json

from dmp_core.api.events import SavedDocument
from dmp_core.errors import MessageInvalid
from dmp_core.model.identity import Patient
from dmp_core.model.item import NewItem, OutboxItem, State, WaitReason
from dmp_core.model.practitioner import Right, Who
from dmp_core.ports import Clock, Ids, OutboxStore
from dmp_core.services.people import rights
from dmp_core.services.people.session import Session

RAW_EVENT: Final = "host-event"
"""Type of an item that holds a raw message of the LGO, until the adapter has read it."""
_WAITING: Final = frozenset({State.WAITING})


class Intake:
    """Accepts documents and raw messages."""

    def __init__(
        self, outbox: OutboxStore, session: Session, *, clock: Clock, ids: Ids, wake: Callable[[], None]
    ) -> None:
        self._outbox = outbox
        self._session = session
        self._clock = clock
        self._ids = ids
        self._wake = wake

    def save(self, saved: SavedDocument, who: Who | None) -> OutboxItem:
        """The item that now holds this document; the same save again gives the same item.

        Raises RightMissing, KeyConflict, OutboxFull.
        """
        who = rights.require(who, Right.FEED)
        return self._accept(new_item(saved, who))

    def host_event(self, name: str, payload: Mapping[str, Any], key: str, who: Who | None) -> OutboxItem:
        """The item that now holds this raw message, for the adapter to read behind the host."""
        who = rights.require(who, Right.FEED)
        own_key = f"{RAW_EVENT}:{key}"
        content = _bytes({"name": name, "payload": payload})
        return self._accept(NewItem(key=own_key, record=own_key, type_id=RAW_EVENT, who=who, content=content))

    def patient_updated(self, patient: Patient, who: Who | None) -> Sequence[OutboxItem]:
        """The items of this patient that waited for an identity and go on with this one."""
        self._session.opened(patient)
        if who is None or patient.qualified_ins is None:
            return []
        now = self._clock.now()
        resumed = [
            self._outbox.change(item, item.resume or State.ACCEPTED, now=now, patient=patient, due_at=now)
            for item in self._outbox.of_patient(who.structure.national_id, patient.host_id, _WAITING)
            if item.reason is WaitReason.IDENTITY
        ]
        if resumed:
            self._wake()
        return resumed

    def _accept(self, new: NewItem) -> OutboxItem:
        item, is_new = self._outbox.accept(new, item_id=str(self._ids.uuid()), now=self._clock.now())
        if is_new:
            self._wake()
        return item


def new_item(saved: SavedDocument, who: Who) -> NewItem:
    """The item to be of a saved document."""
    return NewItem(
        key=saved.key,
        record=saved.record,
        type_id=saved.type_id,
        who=who,
        patient=saved.patient,
        content=_bytes(saved.content),
    )


def _bytes(content: Mapping[str, Any]) -> bytes:
    """One form for equal contents, so that the same save is recognised. Raises MessageInvalid."""
    try:
        return to_json(_ordered(content))
    except (TypeError, ValueError, RecursionError):
        raise MessageInvalid("content: not JSON") from None


def _ordered(value: Any) -> Any:
    """`value` with the keys of its objects in order. Raises TypeError, ValueError for what JSON cannot hold."""
    if isinstance(value, Mapping):
        return {key: _ordered(value[key]) for key in sorted(value)}
    if isinstance(value, list | tuple):
        return [_ordered(one) for one in value]
    if not isinstance(value, str | int | float | None) or (isinstance(value, float) and not math.isfinite(value)):
        raise TypeError
    return value
