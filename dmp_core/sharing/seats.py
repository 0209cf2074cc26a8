"""The seats that this one is paired with: their pinned certificates, names and addresses, in one private file."""

import os
from base64 import b64decode, b64encode
from pathlib import Path
from threading import Lock
from typing import Final

from pydantic import Field, TypeAdapter, ValidationError

from dmp_core.errors import OutboxFull, OutboxUnreadable
from dmp_core.model.health import HealthModel
from dmp_core.outbox.private import make_folder, open_private, sync_folder
from dmp_core.sharing.identity import fingerprint

_FILE: Final = "seats.json"
MOST: Final = 50


class KnownSeat(HealthModel):
    """A paired seat. `certificate`: DER, base64; `address`: host:port, None where only it calls us."""

    certificate: str
    name: str = Field(max_length=40)
    address: str | None = None

    @property
    def der(self) -> bytes:
        return b64decode(self.certificate)

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.der)

    @classmethod
    def of(cls, certificate: bytes, name: str, address: str | None) -> "KnownSeat":
        return cls(certificate=b64encode(certificate).decode(), name=name, address=address)


_ALL: Final = TypeAdapter(tuple[KnownSeat, ...])


class KnownSeats:
    """Safe for threads; every change is on disk when it returns."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / _FILE
        self._lock = Lock()

    def all(self) -> tuple[KnownSeat, ...]:
        """Raises OutboxUnreadable: a damaged file lets nobody in."""
        try:
            return _ALL.validate_json(self._file.read_bytes())
        except FileNotFoundError:
            return ()
        except (OSError, ValidationError) as error:
            raise OutboxUnreadable("the file of the paired seats") from error

    def find(self, wanted: str) -> KnownSeat | None:
        """The seat of that fingerprint."""
        return next((seat for seat in self.all() if seat.fingerprint == wanted), None)

    def add(self, seat: KnownSeat) -> None:
        """Pin a seat, in the place of an earlier pairing with the same one. Raises OutboxFull."""
        with self._lock:
            others = tuple(one for one in self.all() if one.fingerprint != seat.fingerprint)
            if len(others) >= MOST:
                raise OutboxFull("paired seats")
            self._write((*others, seat))

    def forget(self, wanted: str) -> None:
        with self._lock:
            self._write(tuple(one for one in self.all() if one.fingerprint != wanted))

    def _write(self, seats: tuple[KnownSeat, ...]) -> None:
        draft = self._file.with_suffix(".new")
        try:
            make_folder(self._file.parent)
            with os.fdopen(open_private(draft, os.O_CREAT | os.O_TRUNC | os.O_WRONLY), "wb") as opened:
                opened.write(_ALL.dump_json(seats))
                opened.flush()
                os.fsync(opened.fileno())
            draft.replace(self._file)
            sync_folder(self._file.parent)
        except OSError as error:
            raise OutboxFull("the file of the paired seats") from error
