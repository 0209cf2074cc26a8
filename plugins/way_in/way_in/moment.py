"""The time and what is drawn at random, for programs of their own beside the bridge."""

import secrets
import time
from datetime import UTC, datetime
from uuid import UUID


def now() -> datetime:
    """This instant, UTC."""
    return datetime.now(UTC)  # noqa: TID251 - a way in is a process of its own, and this its one clock


def seconds() -> float:
    """Seconds that never go back."""
    return time.monotonic()  # noqa: TID251 - see `now`


def secret() -> str:
    """256 bits nobody guesses, fit for an address: letters, digits, `-` and `_`."""
    return secrets.token_urlsafe(32)


def new_uuid() -> str:
    return str(UUID(bytes=secrets.token_bytes(16), version=4))
