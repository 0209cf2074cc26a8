"""Whole messages on their way to the host: whichever thread has one, it goes on though the host does not read."""

import select
import sys
import threading
from collections import deque
from collections.abc import Callable
from typing import BinaryIO, Final

from dmp_core import log
from dmp_core.model.limits import BRIDGE_FRAME
from hostbridge.protocol import framing

UNREAD: Final = 2 * BRIDGE_FRAME  # bytes for a host that does not read, before who tells it waits
_AT_ONCE: Final = 4096  # bytes that a pipe which is ready takes without waiting (PIPE_BUF)
_LOOK_EVERY: Final = 0.5  # seconds
_LAST_WORDS: Final = 2.0  # seconds in which a host that reads hears the end


class Writer:
    """One message at a time, in the order of `send`. A host that is gone hears nothing more.

    What the host's pipe takes at once is written by who sends it; the rest by a thread, which alone waits for the host.
    """

    def __init__(self, sink: BinaryIO, leaving: Callable[[], bool] = lambda: False) -> None:
        """`sink` is unbuffered. `leaving`: the bridge is to end, and waits for nobody."""
        self._sink = sink
        self._leaving = leaving
        self._changed = threading.Condition()
        self._waiting: deque[bytes] = deque()
        self._unread = 0
        self._gone = False
        self._thread: threading.Thread | None = None  # noqa: TID251 - a pump of the transport
        self._is_ready = _readiness(sink)

    def send(self, body: bytes) -> None:
        message = framing.encode(body)
        with self._changed:
            if not self._waiting and len(message) <= _AT_ONCE and not self._gone and self._is_ready():
                self._write(message)
                return
            while self._unread > UNREAD and not self._gone and not self._leaving():
                self._changed.wait(_LOOK_EVERY)
            if self._gone:
                return
            self._waiting.append(message)
            self._unread += len(message)
            self._changed.notify_all()
            if self._thread is None:
                self._thread = threading.Thread(target=self._write_all, name="dmp-host", daemon=True)  # noqa: TID251
                self._thread.start()

    def end(self) -> None:
        """The last words: a host that reads hears them, for one that does not nobody waits."""
        with self._changed:
            self._changed.wait_for(lambda: self._gone or not self._waiting, _LAST_WORDS)
            self._gone = True

    def _write_all(self) -> None:
        while not self._gone:
            with self._changed:
                self._changed.wait_for(lambda: bool(self._waiting))
                message = self._waiting[0]
            self._write(message)
            with self._changed:
                self._waiting.popleft()
                self._unread -= len(message)
                self._changed.notify_all()

    def _write(self, message: bytes) -> None:
        left = memoryview(message)
        try:
            while left:
                left = left[self._sink.write(left) :]
        except (OSError, ValueError) as error:
            if not self._gone:
                log.warning("bridge.host_gone", error=type(error).__name__)
            self._gone = True


def _readiness(sink: BinaryIO) -> Callable[[], bool]:
    """Whether the host's pipe takes a small message now; on Windows nobody can know."""
    if sys.platform == "win32":
        return lambda: False
    look = select.poll()
    look.register(sink, select.POLLOUT)
    return lambda: bool(look.poll(0))
