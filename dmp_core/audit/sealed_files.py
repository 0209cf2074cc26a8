"""Encrypted files that end by themselves: their names tell a kind, an end and a random number, nothing else."""

import errno
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dmp_core.errors import OutboxFull, OutboxUnreadable
from dmp_core.ports import Ids, KeyStore

_NONCE: Final = 12
_SECRET: Final = "recordings"  # noqa: S105 - the name of the secret
_TIME: Final = "%Y%m%d%H%M%S"
_NAME: Final = re.compile(r"([a-z]{1,20})-([0-9]{14})-[0-9a-f]{32}")
_SUFFIX: Final = ".sealed"


class SealedFolder:
    """`ports.SealedFiles` in the folder `path`: AES-256-GCM, each file bound to its name, mode 0600."""

    def __init__(self, path: Path, keys: KeyStore, ids: Ids) -> None:
        self._path = path
        self._keys = keys
        self._ids = ids

    def write(self, kind: str, plain: bytes, *, until: datetime) -> str:
        name = f"{kind}-{until.astimezone(UTC):{_TIME}}-{self._ids.uuid().hex}"
        if not _NAME.fullmatch(name):
            raise ValueError("a kind has lower case letters only")
        nonce = self._ids.token(_NONCE)
        with _translated():
            sealed = nonce + self._cipher().encrypt(nonce, plain, name.encode())
            self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft = self._path / f"{name}.new"
            descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0), 0o600)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(sealed)
                draft.replace(self._path / f"{name}{_SUFFIX}")
            except OSError:
                draft.unlink(missing_ok=True)
                raise
        return name

    def read(self, name: str) -> bytes:
        with _translated():
            sealed = self._file(name).read_bytes()
            return self._cipher().decrypt(sealed[:_NONCE], sealed[_NONCE:], name.encode())

    def names(self, kind: str) -> Sequence[str]:
        with _translated():
            return [name for name, found, _ in self._all() if found == kind]

    def remove(self, name: str) -> None:
        with _translated():
            self._file(name).unlink(missing_ok=True)

    def purge(self, now: datetime) -> int:
        with _translated():
            ended = [name for name, _, until in self._all() if until <= now]
            for name in ended:
                self._file(name).unlink(missing_ok=True)
        return len(ended)

    def _file(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise OutboxUnreadable("no name of a sealed file")
        return self._path / f"{name}{_SUFFIX}"

    def _all(self) -> Iterator[tuple[str, str, datetime]]:
        """Name, kind and end of every file of ours, by name."""
        for file in sorted(self._path.glob(f"*{_SUFFIX}")):
            match = _NAME.fullmatch(file.name.removesuffix(_SUFFIX))
            if match:
                yield match[0], match[1], datetime.strptime(match[2], _TIME).replace(tzinfo=UTC)

    def _cipher(self) -> AESGCM:
        return AESGCM(self._keys.secret(_SECRET))


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except InvalidTag as error:
        raise OutboxUnreadable("a sealed file does not open") from error
    except OSError as error:
        kind = OutboxFull if error.errno == errno.ENOSPC else OutboxUnreadable
        raise kind("a sealed file", origin=errno.errorcode.get(error.errno or 0)) from error
