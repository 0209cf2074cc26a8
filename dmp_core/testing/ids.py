"""Identifiers and keys that are the same in every run of a test."""

import random
from uuid import UUID


class SeededIds:
    """Deterministic: never outside tests."""

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)  # noqa: S311 - repeatable on purpose

    def uuid(self) -> UUID:
        return UUID(bytes=self._random.randbytes(16), version=4)

    def token(self, size: int) -> bytes:
        return self._random.randbytes(size)
