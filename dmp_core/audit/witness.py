"""A small file, kept apart from the audit, that remembers how far it had come: an older copy cannot hide."""

import hashlib
import hmac
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

_LINE: Final = re.compile(rb"([0-9]{1,18}) ([0-9a-f]{64}) ([0-9a-f]{64})\n")


@dataclass(frozen=True, slots=True)
class Head:
    """Number and seal of the last record; 0 and zeros before the first."""

    number: int
    seal: bytes

    def signed(self, key: bytes) -> bytes:
        """Keyed digest of the head: nobody else can tell another number of records."""
        return hmac.digest(key, b"head %d " % self.number + self.seal, hashlib.sha256)

    def to_line(self, key: bytes) -> bytes:
        return b"%d %s %s\n" % (self.number, self.seal.hex().encode(), self.signed(key).hex().encode())

    @classmethod
    def from_line(cls, line: bytes, key: bytes) -> Self | None:
        """None where the line was not written with `key`."""
        match = _LINE.fullmatch(line)
        if match is None:
            return None
        head = cls(int(match[1]), bytes.fromhex(match[2].decode()))
        return head if hmac.compare_digest(head.signed(key), bytes.fromhex(match[3].decode())) else None


class Witness:
    """The file at `path`; it may lag behind the audit by what a crash cut off, never be ahead of it."""

    def __init__(self, path: Path, key: bytes) -> None:
        self._path = path
        self._key = key

    @property
    def exists(self) -> bool:
        return self._path.exists()

    def read(self) -> Head | None:
        """None where the file is missing or was altered. Raises OSError."""
        return Head.from_line(self._path.read_bytes(), self._key) if self.exists else None

    def write(self, head: Head) -> None:
        """Replace the file as a whole. Raises OSError."""
        draft = self._path.with_name(f"{self._path.name}.new")
        descriptor = os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(head.to_line(self._key))
            file.flush()
            os.fsync(descriptor)
        draft.replace(self._path)
