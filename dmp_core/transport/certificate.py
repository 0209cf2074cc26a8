"""What a certificate is for, whose it is, and how long it serves: read from a PKCS#12 file, or from PEM."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from dmp_core.errors import CertificateOfAnother, CertificateWrongEnvironment, KeyUnusable
from dmp_core.model.access import Environment
from dmp_core.transport.file_key import Role

DAMAGE: Final = (
    ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion, x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)  # fmt: skip
"""What cryptography raises for a file or a certificate that it cannot read."""
_WEAKEST: Final = 2048
_LONGEST: Final = 1_000_000  # bytes of a file that is read


@dataclass(frozen=True, slots=True)
class Described:
    """One certificate. `structures`: every Struct_IdNat-like OU of its subject; `role` None: fit for neither use."""

    certificate: x509.Certificate = field(repr=False)
    role: Role | None
    structures: tuple[str, ...]
    name: str
    issuer: str
    fingerprint: str
    first: datetime
    last: datetime
    is_test: bool

    def days_left(self, at: datetime) -> int:
        """Whole days until it ends, negative where it has ended."""
        return (self.last - at).days

    def is_valid(self, at: datetime) -> bool:
        return self.first <= at <= self.last


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate, its key and the issuers that came with it, nearest first or not."""

    described: Described
    key: rsa.RSAPrivateKey = field(repr=False)
    others: tuple[x509.Certificate, ...] = field(default=(), repr=False)

    def certificate_pem(self) -> bytes:
        """The certificate, its issuers behind it."""
        known = (self.described.certificate, *self.others)
        return b"".join(one.public_bytes(Encoding.PEM) for one in known)

    def key_pem(self) -> bytes:
        """PKCS#8 without a password: the file system keeps it."""
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def read_pkcs12(file: Path, password: bytes | None) -> Pair:
    """The pair in a PKCS#12 file. Raises KeyUnusable: unreadable, a wrong password, no RSA key, not of one pair."""
    try:
        data = file.read_bytes()[: _LONGEST + 1]
    except OSError as error:
        raise KeyUnusable(f"the file cannot be read: {error.strerror}") from error
    if len(data) > _LONGEST:
        raise KeyUnusable("the file is too large for a PKCS#12")
    try:
        key, first, others = pkcs12.load_key_and_certificates(data, password)
    except DAMAGE as error:
        raise KeyUnusable("the PKCS#12 file is damaged or its password is wrong") from error
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < _WEAKEST:
        raise KeyUnusable(f"no RSA private key of {_WEAKEST} bits or more")
    known = [*([first] if first else []), *others]
    own = next((one for one in known if _has_key(one, key)), None)
    if own is None:
        raise KeyUnusable("the key and the certificate are not of one pair")
    return Pair(describe(own), key, tuple(one for one in known if one is not own))


def read_pem(file: Path) -> Described:
    """The first certificate of a PEM file. Raises KeyUnusable."""
    try:
        return describe(x509.load_pem_x509_certificate(file.read_bytes()))
    except OSError as error:
        raise KeyUnusable(f"the file cannot be read: {error.strerror}") from error
    except DAMAGE as error:
        raise KeyUnusable("the certificate is damaged or no PEM") from error


def describe(certificate: x509.Certificate) -> Described:
    """Raises KeyUnusable where the certificate is damaged."""
    try:
        subject, issuer, role = certificate.subject, certificate.issuer, _role(certificate)
        return Described(
            certificate=certificate,
            role=role,
            structures=tuple(_values(subject, NameOID.ORGANIZATIONAL_UNIT_NAME)),
            name=next(iter(_values(subject, NameOID.ORGANIZATION_NAME)), ""),
            issuer=next(iter(_values(issuer, NameOID.COMMON_NAME)), ""),
            fingerprint=certificate.fingerprint(SHA256()).hex(),
            first=certificate.not_valid_before_utc,
            last=certificate.not_valid_after_utc,
            is_test=any("TEST" in str(part.value).upper() for part in issuer),
        )
    except DAMAGE as error:
        raise KeyUnusable("the certificate is damaged") from error


def check(described: Described, structure: str, environment: Environment, at: datetime) -> Role:
    """The use of a structure's certificate. One that is valid only later is no fault: it was renewed in time.

    Raises KeyUnusable (fit for neither use, ended), CertificateOfAnother, CertificateWrongEnvironment.
    """
    if described.role is None:
        raise KeyUnusable("the certificate neither authenticates a TLS client nor signs")
    if at > described.last:
        raise KeyUnusable(f"the certificate expired on {described.last:%Y-%m-%d}")
    if structure not in described.structures:
        raise CertificateOfAnother("the OU of its subject is not the Struct_IdNat configured")
    if described.is_test is (environment is Environment.PRODUCTION):
        raise CertificateWrongEnvironment("of a test authority" if described.is_test else "of a real authority")
    return described.role


def _role(certificate: x509.Certificate) -> Role | None:
    """ORG_AUTH_CLI: digitalSignature with clientAuth. ORG_SIGN: nonRepudiation or digitalSignature, no clientAuth."""
    usage = purposes = None
    for extension in certificate.extensions:
        if isinstance(extension.value, x509.KeyUsage):
            usage = extension.value
        elif isinstance(extension.value, x509.ExtendedKeyUsage):
            purposes = extension.value
        elif isinstance(extension.value, x509.BasicConstraints) and extension.value.ca:
            return None
    if usage is None:
        return None
    client = purposes is not None and ExtendedKeyUsageOID.CLIENT_AUTH in purposes
    if client and usage.digital_signature:
        return Role.AUTHENTICATE
    signs = usage.content_commitment or usage.digital_signature
    return Role.SIGN if signs and not client else None


def _values(name: x509.Name, oid: x509.ObjectIdentifier) -> list[str]:
    return [str(part.value).strip()[:100] for part in name.get_attributes_for_oid(oid)]


def _has_key(certificate: x509.Certificate, key: rsa.RSAPrivateKey) -> bool:
    try:
        return certificate.public_key() == key.public_key()
    except DAMAGE:
        return False
