"""The threads of one app: one delivers, a few wait for the network, others watch the cards and the identifications."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final, TypeVar

from dmp_core import log
from dmp_core.ports import Clock
from dmp_core.pump import Pump

T = TypeVar("T")
_NETWORK_THREADS: Final = 4
_OWN_THREADS: Final = 4
_HOST_WAITS: Final = 0.4  # seconds that a host which connects may wait for plugins
_HOST_QUIET: Final = 0.03  # seconds after a save before the delivery begins: saves in a row never wait for it


class Threads:
    """Nothing runs before its pump is started; a pump may be woken at any time."""

    def __init__(self, clock: Clock, longest_wait: timedelta) -> None:
        """`longest_wait`: how long a pump rests at most, whatever its step said."""
        self._clock, self._longest_wait = clock, longest_wait
        self.stopping = threading.Event()
        self.delivering = Pump("dmp-delivery", self.stopping, self._pause_until, settle=_HOST_QUIET)
        self.watching = self._pump("dmp-cards")
        self.signing_in = self._pump("dmp-session")
        self.identifying = self._pump("dmp-psc")
        self.lending = self._pump("dmp-lend")
        self.borrowing = self._pump("dmp-borrow")
        self._network = ThreadPoolExecutor(_NETWORK_THREADS, thread_name_prefix="dmp-network")
        # Apart: what needs this machine alone never waits for a network that hangs.
        self._own = ThreadPoolExecutor(_OWN_THREADS, thread_name_prefix="dmp-own")

    def wake(self) -> None:
        """There is something to deliver."""
        self.delivering.wake()

    def submit(self, work: Callable[[], T], done: Callable[[T | Exception], None]) -> Callable[[], bool]:
        """Run `work`, which waits for the network, behind the host, and give its result or exception to `done`.

        The result of this call cancels it, where it did not start yet.
        """
        return self._network.submit(_run, work, done).cancel

    def submit_here(self, work: Callable[[], T], done: Callable[[T | Exception], None]) -> Callable[[], bool]:
        """Run `work`, which needs this machine alone, behind the host; else as `submit`."""
        return self._own.submit(_run, work, done).cancel

    def soon(self, work: Callable[[], T], otherwise: Callable[[], T]) -> T:
        """What `work` gives, or `otherwise` where a plugin lets the host wait for it. Raises what they raise."""
        future = self._own.submit(work)
        try:
            return future.result(_HOST_WAITS)
        except TimeoutError:
            log.warning("plughost.late")
            return otherwise()

    def behind(self, work: Callable[[], object]) -> None:
        """Run `work`, which nobody waits for; where the app closes already, there is nobody to tell."""
        with suppress(RuntimeError):
            self.submit(work, _forget)

    def apart(self, work: Callable[[], None]) -> None:
        """Run `work` on a thread of its own: it waits for a card, which may never answer."""
        threading.Thread(target=work, name="dmp-card", daemon=True).start()  # noqa: TID251 - threads are owned here

    def close(self) -> None:
        """What waits for the network ends with its call; what did not start yet never does."""
        for each in (self._network, self._own):
            each.shutdown(wait=False, cancel_futures=True)

    def _pump(self, name: str) -> Pump:
        return Pump(name, self.stopping, self._pause_until)

    def _pause_until(self, due: datetime | None) -> timedelta:
        if due is None:
            return self._longest_wait
        return max(timedelta(0), min(due - self._clock.now(), self._longest_wait))


def _run(work: Callable[[], T], done: Callable[[T | Exception], None]) -> None:
    try:
        result: T | Exception = work()
    except Exception as error:  # noqa: BLE001 - handed over to whoever asked
        result = error
    done(result)


def _forget(result: object) -> None:
    if isinstance(result, Exception):
        log.event("patient.status_unknown", code=getattr(result, "code", type(result).__name__))
