"""What is enclosed with a record of the audit, encrypted: AES-SIV (RFC 5297), which needs no randomness to be safe."""

import hashlib
import hmac
import zlib
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from dmp_core.errors import AuditBroken

_LIMIT: Final = 1_000_000  # bytes of one enclosure, opened


class Envelope:
    """Seals and opens with a key derived from that of the audit; what was sealed opens under its own number only."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESSIV(hmac.digest(key, b"enclosure", hashlib.sha512))

    def seal(self, number: int, plain: bytes) -> bytes:
        return self._cipher.encrypt(zlib.compress(plain), [b"%d" % number])

    def open(self, number: int, sealed: bytes) -> bytes:
        """Raises AuditBroken where a bit changed, or where it was sealed with another key or number."""
        try:
            return _inflated(self._cipher.decrypt(sealed, [b"%d" % number]))
        except (InvalidTag, ValueError, zlib.error) as error:
            raise AuditBroken(f"record {number}: what was enclosed does not open") from error


def _inflated(packed: bytes) -> bytes:
    inflater = zlib.decompressobj()
    plain = inflater.decompress(packed, _LIMIT)
    if not inflater.eof:
        raise ValueError("longer than an enclosure may be, or cut")
    return plain
