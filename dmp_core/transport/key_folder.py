"""The structure's certificates as they were imported: private files, and a small text that says which one is used.

    FOLDER/<role>-<fingerprint>.pem .key      a certificate with its issuers, and its key: for their owner alone
    FOLDER/in-use.json                        {"sign": {"used": FINGERPRINT, "coming": FINGERPRINT or null}, ...}

A renewed certificate comes beside the old one and takes its place once it was seen to work, or once the old one ended.
"""

import contextlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from dmp_core.errors import KeyUnusable, NotFound
from dmp_core.transport.certificate import Described, Pair, read_pem
from dmp_core.transport.file_key import Role

_IN_USE: Final = "in-use.json"
_SHOWN: Final = 16  # hexadecimal digits of a fingerprint in a file's name


class Place(StrEnum):
    """What an imported certificate does."""

    USED = "used"
    COMING = "coming"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class Stored:
    """One imported pair."""

    role: Role
    place: Place
    certificate: Path
    key: Path
    described: Described


class KeyFolder:
    """The certificates of one structure. Another process may change it: each call reads what is on disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def stamp(self) -> int:
        """Differs once something was imported or taken into use; 0 where nothing ever was."""
        try:
            return (self._folder / _IN_USE).stat().st_mtime_ns
        except OSError:
            return 0

    def add(self, pair: Pair, role: Role) -> Stored:
        """Keep `pair`. The first of its role is used at once, a further one is coming. Raises KeyUnusable."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            name = f"{role}-{pair.described.fingerprint[:_SHOWN]}"
            _write(self._folder / f"{name}.key", pair.key_pem())
            _write(self._folder / f"{name}.pem", pair.certificate_pem())
            known = self._known()
            used, _ = known.get(role, (None, None))
            fingerprint = pair.described.fingerprint
            self._set({**known, role: (used or fingerprint, None if used in (None, fingerprint) else fingerprint)})
        except OSError as error:
            raise KeyUnusable(f"the certificate cannot be kept: {error.strerror}") from error
        return next(one for one in self.all() if one.role is role and one.described.fingerprint == fingerprint)

    def use(self, stored: Stored) -> None:
        """Take it into use; the one used so far is kept."""
        self._set({**self._known(), stored.role: (stored.described.fingerprint, None)})

    def all(self) -> tuple[Stored, ...]:
        """Everything imported, by role, the one in use first. A file that cannot be read is left out."""
        known, found = self._known(), []
        for role in Role:
            for file in sorted(self._folder.glob(f"{role}-*.pem")):
                with contextlib.suppress(KeyUnusable):
                    described = read_pem(file)
                    place = _place(described.fingerprint, known.get(role, (None, None)))
                    found.append(Stored(role, place, file, file.with_suffix(".key"), described))
        return tuple(sorted(found, key=lambda one: (one.role, [*Place].index(one.place), one.described.last)))

    def find(self, fingerprint: str) -> Stored:
        """The pair whose fingerprint begins so. Raises NotFound where that is none, or several."""
        found = [one for one in self.all() if one.described.fingerprint.startswith(fingerprint.lower())]
        if len(found) != 1 or not fingerprint:
            raise NotFound(f"{len(found)} certificates have this fingerprint")
        return found[0]

    def current(self, role: Role, at: datetime) -> Stored | None:
        """What serves now: the one in use, or the one coming where that one has ended. None: nothing was imported."""
        mine = [one for one in self.all() if one.role is role]
        by_place = {one.place: one for one in mine}
        used, coming = by_place.get(Place.USED), by_place.get(Place.COMING)
        if coming is not None and coming.described.is_valid(at) and (used is None or not used.described.is_valid(at)):
            return coming
        if used is None:  # `in-use.json` was lost: better the newest that is valid than none
            return max(
                (one for one in mine if one.described.is_valid(at)), key=lambda one: one.described.first, default=None
            )
        return used

    def coming(self, role: Role) -> Stored | None:
        """The renewed one that waits to be taken into use."""
        return next((one for one in self.all() if one.role is role and one.place is Place.COMING), None)

    def remove(self, stored: Stored) -> None:
        """Forget a pair that is not used. Raises KeyUnusable for the one in use."""
        if stored.place is Place.USED:
            raise KeyUnusable("this certificate is in use")
        known = self._known()
        if stored.place is Place.COMING:
            self._set({**known, stored.role: (known[stored.role][0], None)})
        for file in (stored.key, stored.certificate):
            file.unlink(missing_ok=True)

    def _known(self) -> Mapping[Role, tuple[str | None, str | None]]:
        try:
            told: Any = json.loads((self._folder / _IN_USE).read_text(encoding="utf-8"))
            return {Role(role): (one["used"], one["coming"]) for role, one in told.items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return {}

    def _set(self, known: Mapping[Role, tuple[str | None, str | None]]) -> None:
        told = {role.value: {"used": used, "coming": coming} for role, (used, coming) in known.items()}
        _write(self._folder / _IN_USE, json.dumps(told, indent=1).encode())


def _place(fingerprint: str, known: tuple[str | None, str | None]) -> Place:
    if fingerprint == known[0]:
        return Place.USED
    return Place.COMING if fingerprint == known[1] else Place.KEPT


def _write(file: Path, data: bytes) -> None:
    """Whole or not at all, and for its owner alone from the first byte on."""
    new = file.with_name(f"{file.name}.new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(data)
        opened.flush()
        os.fsync(opened.fileno())
    new.replace(file)
