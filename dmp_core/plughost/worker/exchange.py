"""One question to a worker and its answer, in the time that it has."""

from collections.abc import Callable
from dataclasses import dataclass

from dmp_core.plughost.worker.pipes import Pipes


@dataclass(slots=True)
class Exchange:
    """One question and its answer, before the clock passes `end`. Raises TimeoutError, pipes.Closed."""

    pipes: Pipes
    monotonic: Callable[[], float]
    end: float
    printed: Callable[[bytes], None]

    def write(self, frame: bytes, began: Callable[[], None]) -> None:
        """Write it all; `began` is called once there is something to read."""
        left = memoryview(frame)
        left = left[self.pipes.write(left) :]
        began()
        while left:
            left = left[self.pipes.write(left) :]
            if left:
                self._wait(writing=True)

    def read(self, size: int) -> bytes:
        pieces, missing = [], size
        while missing:
            piece = self.pipes.read(missing)
            if piece:
                pieces.append(piece)
                missing -= len(piece)
            if missing:
                self._wait(writing=False)
        return b"".join(pieces)

    def _wait(self, *, writing: bool) -> None:
        left = self.end - self.monotonic()
        if left <= 0 or not self.pipes.wait(left, writing=writing):
            raise TimeoutError
        if text := self.pipes.printed():
            self.printed(text)
