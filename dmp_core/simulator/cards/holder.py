"""Whose card it is: the two keys and certificates of a CPS, issued by the simulator's test authority, and the names."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from dmp_core.model.practitioner import Practitioner, Structure
from dmp_core.simulator.pki import KeyPair, Pki


@dataclass(frozen=True, slots=True)
class CardKey:
    """A private key of 2048 bits and its certificate, DER."""

    key: rsa.RSAPrivateKey = field(repr=False)
    certificate: bytes

    @classmethod
    def load(cls, pair: KeyPair) -> "CardKey":
        key = load_pem_private_key(pair.key.read_bytes(), None)
        assert isinstance(key, rsa.RSAPrivateKey), "the test authority makes RSA keys"
        certificate = x509.load_pem_x509_certificate(pair.certificate.read_bytes())
        return cls(key, certificate.public_bytes(Encoding.DER))

    def raw(self, block: bytes) -> bytes:
        """The private operation alone, without padding."""
        numbers = self.key.private_numbers()
        return pow(int.from_bytes(block, "big"), numbers.d, numbers.public_numbers.n).to_bytes(256, "big")


@dataclass(frozen=True, slots=True)
class Holder:
    """A professional, where they work, and their keys."""

    practitioner: Practitioner
    structures: Sequence[Structure]
    authentication: CardKey
    signature: CardKey

    @classmethod
    def of(cls, pki: Pki, practitioner: Practitioner, *structures: Structure) -> "Holder":
        """The holder whose certificates `pki` issued. Raises FileNotFoundError where it issued none."""
        number = practitioner.national_id
        return cls(
            practitioner,
            structures,
            CardKey.load(pki.professional_auth(number)),
            CardKey.load(pki.professional_sign(number)),
        )
