"""The counter with the card as a process of its own, which dies at a given change of its outbox.

`python counter_process.py CONFIG LAYER [STEP]`: shares at once, prints its port, and goes on until its input ends.
STEP: `receive` or a state of the outbox, with `before:` or `after:` in front.
"""

import os
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

from dmp_core.app import App
from dmp_core.config import load
from dmp_core.model.practitioner import Who
from dmp_core.ports import OutboxStore


class DiesAt:
    """A store that ends the process before or after one change, as the current does."""

    def __init__(self, inner: OutboxStore, step: str) -> None:
        self._inner = inner
        self._when, _, self._step = step.partition(":")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def _dying(self, step: str, work: Any) -> Any:
        if step == self._step and self._when == "before":
            os._exit(9)
        done = work()
        if step == self._step and self._when == "after":
            os._exit(9)
        return done

    def receive(self, *args: Any, **kwargs: Any) -> Any:
        return self._dying("receive", lambda: self._inner.receive(*args, **kwargs))

    def change(self, item: Any, state: Any, **kwargs: Any) -> Any:
        return self._dying(str(state), lambda: self._inner.change(item, state, **kwargs))


def main(config_file: str, layer: str, step: str = "") -> None:
    config = load(Path(config_file), Path(layer))
    app = App(config, wrap_outbox=lambda store: DiesAt(store, step))  # type: ignore[arg-type, return-value]
    operator = config.operator
    assert operator and operator.practitioner and app.sharing
    who = Who(structure=app.structure.structure, operator=operator, author=operator.practitioner)
    app.session.operator_changed(who)
    app.start()
    view = app.sharing.enable(app.clock.now() + timedelta(hours=1), who)
    print(view.port, flush=True)
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    ended.wait()
    app.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
