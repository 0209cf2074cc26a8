"""A host in a process of its own: saves one document, lets it leave, and dies where it is told to.

    host_process.py CONFIG LAYER COUNTER CONTENT [before|after NUMBER]

With `before 3` the process kills itself as the third change of the outbox is about to be made, with `after 3` when it
is on disk. It prints the state of the item, and how many changes it made.
"""

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from dmp_core.api import SavedDocument
from dmp_core.app import App
from dmp_core.config import load
from dmp_core.model.item import State
from dmp_core.model.practitioner import Who
from dmp_core.ports import OutboxStore
from dmp_core.simulator.counter import Counter

RESTING = frozenset({State.SENT, State.REFUSED, State.CANCELLED})


class Deadly:
    """The outbox, with a death at one of its changes."""

    def __init__(self, store: OutboxStore, side: str, number: int) -> None:
        self._store = store
        self._side = side
        self._number = number
        self.count = 0

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)
        if name not in ("accept", "change", "recover"):
            return method

        def call(*args: Any, **kwargs: Any) -> Any:
            self.count += 1
            if (self._side, self._number) == ("before", self.count):
                os.kill(os.getpid(), signal.SIGKILL)
            result = method(*args, **kwargs)
            if (self._side, self._number) == ("after", self.count):
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        return call


def main(config: str, layer: str, counter_file: str, content: str, side: str = "", number: str = "0") -> None:
    counter = Counter.model_validate_json(Path(counter_file).read_bytes())
    practitioner = counter.operator.practitioner
    assert practitioner
    who = Who(structure=counter.structure, operator=counter.operator, author=practitioner)
    deadly: list[Deadly] = []

    def wrap(store: OutboxStore) -> Any:
        deadly.append(Deadly(store, side, int(number)))
        return deadly[0]

    app = App(load(Path(config), Path(layer)), wrap_outbox=wrap)
    app.outbox.recover(app.clock.now())
    saved = SavedDocument(
        key="the-save",
        record="the-record",
        type_id="note-vaccination",
        patient=counter.patients[0],
        content=json.loads(content),
    )
    item = app.intake.save(saved, who)
    while item.state not in RESTING:
        app.delivery.step()
        item = app.outbox.get(item.id)
        if item.due_at is not None and item.due_at > app.clock.now():
            item = app.outbox.change(item, item.state, now=app.clock.now(), due_at=app.clock.now())
    app.close()
    sys.stdout.write(json.dumps({"state": item.state, "changes": deadly[0].count}))


if __name__ == "__main__":
    main(*sys.argv[1:])
