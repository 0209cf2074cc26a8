"""A delivery that is under way gives way to the host between two items."""

import threading
from datetime import datetime
from typing import Any

from dmp_core.model.item import State

WAIT = 60.0


def test_a_step_of_the_delivery_ends_between_two_items_once_the_host_speaks(road: Any) -> None:
    app, dues, done = road.app, [], threading.Event()
    items = [road.save(), road.save(key="save-2", record="record-2")]

    def step() -> datetime | None:
        app.wake()  # as a save does that comes now
        dues.append(app.delivery.step())
        app.threads.stopping.set()
        done.set()
        return None

    app.threads.delivering.start(step)
    assert done.wait(WAIT)
    first = [app.outbox.get(item.id).state for item in items]
    app.delivery.step()
    then = [app.outbox.get(item.id).state for item in items]

    assert first == [State.AWAITING_CONFIRMATION, State.ACCEPTED]
    assert dues[0] <= app.clock.now()
    assert then == [State.AWAITING_CONFIRMATION] * 2


def test_a_step_that_nobody_overtakes_moves_every_item(road: Any) -> None:
    items = [road.save(), road.save(key="save-2", record="record-2")]

    road.app.delivery.step()

    assert [road.app.outbox.get(item.id).state for item in items] == [State.AWAITING_CONFIRMATION] * 2
