"""The computer's own clock and randomness: what `ports.Clock` and `ports.Ids` are outside tests."""

import os
import time
import uuid
from datetime import UTC, datetime


class SystemClock:
    """The computer's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - the one place that reads the time

    monotonic = staticmethod(time.monotonic)  # noqa: TID251 - the one place that reads the time


class SystemIds:
    """The operating system's randomness."""

    def uuid(self) -> uuid.UUID:
        return uuid.uuid4()  # noqa: TID251 - the one place that draws a UUID

    def token(self, size: int) -> bytes:
        return os.urandom(size)
