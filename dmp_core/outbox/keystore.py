"""Secrets in private files: for a seat whose system has no keyring, or whose folder the system encrypts."""

import errno
import hashlib
import os
import re
from pathlib import Path
from typing import Final

from dmp_core import log
from dmp_core.errors import OutboxFull, OutboxUnreadable
from dmp_core.outbox.private import make_folder, open_private, sync_folder
from dmp_core.ports import Ids

_SIZE: Final = 32
_CHECK: Final = 8  # bytes of SHA-256 behind each copy of the secret
_LINE: Final = 2 * (_SIZE + _CHECK) + 1  # characters of one copy in hexadecimal, with its end of line
_NAME: Final = re.compile(r"[a-z][a-z0-9_-]{0,63}")


class FileKeyStore:
    """One file per secret, 0600 in a folder 0700. Each holds two copies, so that one flipped bit loses nothing.

    A secret that was lost is made anew: what was sealed with the old one says so (`SqliteOutbox`, `ChainedAudit`).
    """

    def __init__(self, folder: Path, ids: Ids) -> None:
        self._folder = folder
        self._ids = ids

    def secret(self, name: str) -> bytes:
        """32 bytes, made at first use, the same ever after. Raises OutboxUnreadable where the file is damaged."""
        if not _NAME.fullmatch(name):
            raise ValueError("a secret's name has lower case letters, digits, - and _")
        path = self._folder / f"{name}.key"
        try:
            make_folder(self._folder)
            if not path.exists():
                self._make(path)
            return _read(path, name)
        except OSError as error:
            kind = OutboxFull if error.errno == errno.ENOSPC else OutboxUnreadable
            raise kind(f"key file {name}") from error

    def _make(self, path: Path) -> None:
        """Write a new secret whole under another name, then give it its own: whoever comes second loses."""
        draft = path.with_name(f"{path.name}.{self._ids.uuid().hex}")
        descriptor = open_private(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(_copies(self._ids.token(_SIZE)))
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(draft, path)
            except FileExistsError:
                log.event("keystore.made_elsewhere")
        finally:
            draft.unlink()
        sync_folder(self._folder)


def _copies(secret: bytes) -> bytes:
    line = (secret + hashlib.sha256(secret).digest()[:_CHECK]).hex()
    return f"{line}\n{line}\n".encode()


def _read(path: Path, name: str) -> bytes:
    content = path.read_bytes()
    for number, start in enumerate((0, _LINE), start=1):
        try:
            copy = bytes.fromhex(content[start : start + _LINE - 1].decode("ascii"))
        except ValueError:
            copy = b""
        secret = copy[:_SIZE]
        if len(copy) == _SIZE + _CHECK and hashlib.sha256(secret).digest()[:_CHECK] == copy[_SIZE:]:
            return secret
        log.warning("keystore.copy_damaged", what=name, line=number)
    raise OutboxUnreadable(f"key file {name}: both copies are damaged")
