"""The one thread that calls the cards, for `app`: a call that never ends blocks no other part, and no exit."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as TooLate
from queue import SimpleQueue
from typing import Any, TypeVar

from dmp_core.errors import CardSilent

T = TypeVar("T")
_Job = tuple[Callable[[], Any], "Future[Any]"]


class CardThread:
    """A `CardCalls`. Its thread starts at the first call; it is a daemon, since a library may never come back."""

    def __init__(self) -> None:
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None  # noqa: TID251 - owned by the app

    def __call__(self, work: Callable[[], T], seconds: float, undo: Callable[[T], object] | None) -> T:
        """What `work` gives or raises. Raises CardSilent after `seconds`, also where an earlier call is still stuck."""
        if threading.current_thread() is self._thread:
            return work()
        self._start()
        done: Future[T] = Future()
        self._jobs.put((work, done))
        try:
            return done.result(seconds)
        except TooLate:
            if not done.cancel() and undo is not None:
                done.add_done_callback(lambda late: None if late.exception() else undo(late.result()))
            raise CardSilent(f"no answer within {seconds:g} s") from None

    def close(self) -> None:
        """Start nothing more; what waits is done first. A call that is stuck ends with the process."""
        self._jobs.put(None)

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(  # noqa: TID251 - owned by the app
                    target=self._run, name="dmp-cps", daemon=True
                )
                self._thread.start()

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            work, done = job
            if not done.set_running_or_notify_cancel():
                continue
            try:
                done.set_result(work())
            except BaseException as error:  # noqa: BLE001 - handed over to whoever asked
                done.set_exception(error)
