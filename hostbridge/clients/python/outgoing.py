"""What a client says: at once where there is room, else by a thread. Whoever asks never waits for a bridge that reads
slowly, or not at all."""

import contextlib
import threading
from collections.abc import Callable
from queue import SimpleQueue


class Outgoing:
    """Bytes in their order. `at_once` gives how many it took without waiting; `write` takes all; `close` comes last."""

    def __init__(
        self, at_once: Callable[[bytes], int], write: Callable[[bytes], object], close: Callable[[], object]
    ) -> None:
        self._at_once = at_once
        self._write = write
        self._close = close
        self._queue: SimpleQueue[bytes | None] = SimpleQueue()
        self._queued = 0
        self._order = threading.Lock()
        # In the host's process, not in the core.
        self._writer = threading.Thread(target=self._write_all, name="dmp-bridge-out", daemon=True)  # noqa: TID251
        self._writer.start()

    def put(self, data: bytes) -> None:
        """Never raises: whoever reads sees the end of a bridge."""
        with self._order:
            taken = self._at_once(data) if self._queued == 0 else 0
            if taken < len(data):
                self._queued += 1
                self._queue.put(data[taken:])

    def end(self) -> None:
        """Nothing comes after what was put so far."""
        self._queue.put(None)

    def join(self, seconds: float) -> None:
        self._writer.join(seconds)

    def _write_all(self) -> None:
        with contextlib.suppress(OSError, ValueError):  # it ended: the reader fails what waits
            while (data := self._queue.get()) is not None:
                self._write(data)
                with self._order:
                    self._queued -= 1
        with contextlib.suppress(OSError):  # it is gone already
            self._close()


class Workers:
    """At most so many threads, started as they are needed; none keeps the host from ending, as those of a pool do."""

    def __init__(self, most: int, name: str) -> None:
        self._most = most
        self._name = name
        self._count = 0
        self._lock = threading.Lock()
        self._idle = threading.Semaphore(0)
        self._work: SimpleQueue[Callable[[], object] | None] = SimpleQueue()

    def put(self, work: Callable[[], object]) -> None:
        """Have this done by the next thread that is free. `work` raises nothing."""
        self._work.put(work)
        if self._idle.acquire(blocking=False):
            return
        with self._lock:
            if self._count < self._most:
                self._count += 1
                # In the host's process, not in the core.
                threading.Thread(target=self._do_all, name=self._name, daemon=True).start()  # noqa: TID251

    def end(self) -> None:
        """The threads end after what was put so far."""
        self._work.put(None)

    def _do_all(self) -> None:
        while (work := self._work.get()) is not None:
            work()
            if self._work.empty():
                self._idle.release()
        self._work.put(None)  # for the next of them
