"""A thread of an app that takes one step after another: when the last one said, or when somebody wakes it.

The host comes first, twice. Woken, a pump rests `settle` seconds before its step: whoever saves one document often
saves the next at once, and the interpreter runs one thread at a time. And a step may ask between two pieces of its work
whether it was `overtaken`: it ends there, and the rest follows after the same rest. So each wake lets one piece
be done, and no host, however busy, keeps a pump from its work.
"""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from dmp_core import log
from dmp_core.errors import DmpError

_AFTER_FAILURE: Final = timedelta(seconds=5)


class Pump:
    """One daemon thread. It may be woken before it starts, and after it ended."""

    def __init__(
        self,
        name: str,
        stopping: threading.Event,
        pause_until: Callable[[datetime | None], timedelta],
        *,
        settle: float = 0.0,
    ) -> None:
        """`stopping` ends every pump of an app; `pause_until`: how long to rest where a step named its next time.

        `settle`: seconds between a wake and its step.
        """
        self._name = name
        self._stopping = stopping
        self._pause_until = pause_until
        self._settle = settle
        self._woken = threading.Event()
        self._thread: threading.Thread | None = None  # noqa: TID251 - owned by the app

    @property
    def started(self) -> bool:
        return self._thread is not None

    @property
    def overtaken(self) -> bool:
        """True where somebody woke it during the step that it takes."""
        return self.started and self._woken.is_set()

    def start(self, step: Callable[[], datetime | None]) -> None:
        """Take `step`, again and again; a DmpError is told, and the next step comes a little later."""
        self._thread = threading.Thread(  # noqa: TID251 - owned by the app
            target=self._run, args=(step,), name=self._name, daemon=True
        )
        self._thread.start()

    def wake(self) -> None:
        """There is something to do now."""
        self._woken.set()

    def join(self, seconds: float) -> None:
        """Once it is stopping: wait for the step under way, for so long at most."""
        self._woken.set()
        if self._thread is not None:
            self._thread.join(seconds)

    def _run(self, step: Callable[[], datetime | None]) -> None:
        while self._goes_on():
            try:
                pause = self._pause_until(step())
            except DmpError as error:
                log.warning("delivery.stopped", code=error.code)
                pause = _AFTER_FAILURE
            if self._woken.wait(pause.total_seconds()):
                self._stopping.wait(self._settle)

    def _goes_on(self) -> bool:
        """False once it is stopping. Looked at last: who stops, wakes after that."""
        self._woken.clear()
        return not self._stopping.is_set()
