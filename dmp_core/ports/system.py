"""Time and identifiers."""

from datetime import datetime
from typing import Protocol
from uuid import UUID


class Clock(Protocol):
    """The only reader of the time."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Seconds that never go back, from an arbitrary start."""
        ...


class Ids(Protocol):
    """The only source of identifiers and randomness."""

    def uuid(self) -> UUID: ...

    def token(self, size: int) -> bytes:
        """`size` bytes fit for a key."""
        ...
