"""Delivery by a command: steps until each item arrived, or waits for something that no step can give."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from threading import Event
from typing import Final

from dmp_core.app import App
from dmp_core.model.item import OutboxItem, State

_CONFIRMABLE: Final = frozenset({State.COMPOSED, State.AWAITING_CONFIRMATION, State.HELD})
_MOVING: Final = frozenset({State.ACCEPTED, State.READY, State.SENDING})
_PAUSE: Final = timedelta(seconds=0.25)


def deliver(app: App, item_ids: Sequence[str]) -> Iterator[OutboxItem]:
    """Each item once it rests. The command's user confirms what would ask for a window or a hold."""
    left = list(item_ids)
    while left:
        app.delivery.step()
        for item in [app.outbox.get(item_id) for item_id in left]:
            if item.state in _CONFIRMABLE:
                app.delivery.confirm(item.id, item.who)
            elif item.state not in _MOVING:
                left.remove(item.id)
                yield item
        due = app.outbox.next_due()
        if left and due is not None:
            Event().wait(max(0.0, min(due - app.clock.now(), _PAUSE).total_seconds()))
