"""Keys, and what is signed and sealed with them."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Protocol


class Hash(StrEnum):
    """What is hashed before it is signed. SHA-1 serves only where a national service still asks for it."""

    SHA256 = "sha256"
    SHA1 = "sha1"


class Signer(Protocol):
    """A private key that signs and stays where it is: in a file, or in a card."""

    @property
    def certificate(self) -> bytes:
        """The signer's X.509 certificate, DER."""
        ...

    @property
    def chain(self) -> Sequence[bytes]:
        """Certificates of the issuers known, DER, nearest first."""
        ...

    @property
    def subject(self) -> str:
        """The certificate's subject as the VIHF's Issuer wants it: RFC 2253, most specific first, `ST=`, `GN=`."""
        ...

    def sign(self, data: bytes, hash_name: Hash = Hash.SHA256) -> bytes:
        """RSASSA-PKCS1-v1_5 of `data`. Raises CardError."""
        ...


class KeyStore(Protocol):
    """Keeps the secrets that the outbox's keys are wrapped with, and that seal the audit."""

    def secret(self, name: str) -> bytes:
        """32 bytes, made at first use, the same ever after. Raises OutboxUnreadable where they are lost."""
        ...
