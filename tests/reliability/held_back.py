"""A DMP whose answers come late, and not before they are let go."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from dmp_core.simulator.interference import NoFault

LATENCY = 3.0  # seconds, at least
LONGEST = 600  # seconds that one answer is held back: a machine that others use must not let it go
PATIENT = f'[dmp.timeouts]\n"TD3.1" = {LONGEST}\n"TD2.1" = {LONGEST}\n"TD0.2" = {LONGEST}\n'
"""A layer of configuration: nobody gives up waiting for such a DMP."""


class HeldBack(NoFault):
    """Every answer of the DMP comes three seconds late, and not before it is let go."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._asked = 0
        self._held = False

    def before(self, transaction: str) -> Any:
        with self._changed:
            self._asked += 1
            self._changed.notify_all()
        time.sleep(LATENCY)
        with self._changed:
            self._changed.wait_for(lambda: not self._held, timeout=LONGEST)

    @contextmanager
    def holding(self, requests: int) -> Iterator[Callable[[], None]]:
        """Answers are held back until the block is left; the value waits until that many were asked for."""
        with self._changed:
            self._held, before = True, self._asked

        def asked() -> None:
            with self._changed:
                assert self._changed.wait_for(lambda: self._asked >= before + requests, timeout=60)

        try:
            yield asked
        finally:
            with self._changed:
                self._held = False
                self._changed.notify_all()
