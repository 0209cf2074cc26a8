"""What is written is sealed: AES-256-GCM, a key per item, wrapped by a key that comes from the store's secret.

Destroying an item's wrapped key destroys its content for ever, wherever copies of the sealed bytes are left.
"""

import hashlib
import hmac
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from dmp_core.errors import OutboxUnreadable
from dmp_core.ports import Ids

KEY_SIZE: Final = 32
_NONCE: Final = 12


class Vault:
    """Seals, opens and marks with keys derived from one secret of 32 bytes."""

    def __init__(self, secret: bytes, ids: Ids) -> None:
        if len(secret) != KEY_SIZE:
            raise OutboxUnreadable("the secret has not 32 bytes")
        self._ids = ids
        self._wrapping = _derive(secret, b"dmp outbox 1 wrap")
        self._receipts = _derive(secret, b"dmp outbox 1 receipt")
        self._marks = _derive(secret, b"dmp outbox 1 mark")
        self.check = _derive(secret, b"dmp outbox 1 check")

    def mark(self, kind: str, structure: str, value: bytes) -> bytes:
        """Keyed digest of `value`: finds it again without telling it. 32 bytes."""
        return _derive(self._marks, _bind(kind, structure) + value)

    def new_key(self, item: str) -> tuple[bytes, bytes]:
        """A key for one item, and the same key wrapped, to be stored."""
        key = self._ids.token(KEY_SIZE)
        return key, self.seal(self._wrapping, key, item, "key")

    def unwrap(self, item: str, wrapped: bytes) -> bytes:
        """The key that `new_key` gave. Raises OutboxUnreadable."""
        return self.open(self._wrapping, wrapped, item, "key")

    def receipt_key(self, item: str) -> bytes:
        """The key of what outlives the item's own key."""
        return _derive(self._receipts, item.encode())

    def seal(self, key: bytes, plain: bytes, *bound: object) -> bytes:
        """Nonce, ciphertext and tag. What is `bound` must be the same when it is opened."""
        nonce = self._ids.token(_NONCE)
        return nonce + AESGCM(key).encrypt(nonce, plain, _bind(*bound))

    def open(self, key: bytes, sealed: bytes, *bound: object) -> bytes:
        """What was sealed. Raises OutboxUnreadable where a bit changed, or stands in another place."""
        try:
            return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], _bind(*bound))
        except (InvalidTag, ValueError, TypeError) as error:
            raise OutboxUnreadable("sealed bytes do not open") from error


def _derive(key: bytes, label: bytes) -> bytes:
    return hmac.digest(key, label, hashlib.sha256)


def _bind(*values: object) -> bytes:
    """One text per list of strings, numbers, bytes and None: `ascii` of it, the same in every Python."""
    return ascii(values).encode()
