"""A key that lies in a file: PEM certificate and key, or PKCS#12; checked before its first use."""

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final, Self, TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key, pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID

from dmp_core.errors import KeyUnusable
from dmp_core.model.x500 import distinguished_name
from dmp_core.ports import Hash

_T = TypeVar("_T")
_E = TypeVar("_E", bound=x509.ExtensionType)
_HASHES: Final = {Hash.SHA256: hashes.SHA256, Hash.SHA1: hashes.SHA1}


class Usage(StrEnum):
    """Bits of a certificate's keyUsage that allow to sign documents (RFC 5280, 4.2.1.3)."""

    NON_REPUDIATION = "nonRepudiation"
    DIGITAL_SIGNATURE = "digitalSignature"


class Role(StrEnum):
    """What the key is for: to sign documents (ORG_SIGN), or to authenticate a TLS client (ORG_AUTH_CLI)."""

    SIGN = "sign"
    AUTHENTICATE = "authenticate"


SIGNS: Final = frozenset(Usage)  # the profile of an ORG_SIGN certificate is not public: either bit will do


class FileSigner:
    """A `Signer` whose key was read from a file. Build it with `from_pem` or `from_pkcs12`, which check it."""

    def __init__(
        self,
        certificate: x509.Certificate,
        key: rsa.RSAPrivateKey,
        chain: Sequence[x509.Certificate] = (),
        *,
        given_name_as_oid: bool = False,
    ) -> None:
        self._key = key
        self.certificate: bytes = certificate.public_bytes(Encoding.DER)
        self.chain: Sequence[bytes] = tuple(issuer.public_bytes(Encoding.DER) for issuer in chain)
        self.subject: str = distinguished_name(certificate.subject, given_name_as_oid=given_name_as_oid)

    @classmethod
    def from_pem(
        cls,
        certificate: Path,
        key: Path,
        *,
        at: datetime,
        chain: Path | None = None,
        password: bytes | None = None,
        role: Role = Role.SIGN,
        usages: frozenset[Usage] = SIGNS,
        given_name_as_oid: bool = False,
    ) -> Self:
        """The signer of a PEM certificate (its issuers may follow it, or stand in `chain`) and a PEM key.

        `usages`: bits of keyUsage of which one suffices to sign. Raises KeyUnusable with the reason: unreadable, no
        RSA key, of different pairs, not valid at `at`, unfit for its `role`.
        """
        known = [*_certificates(certificate), *(_certificates(chain) if chain else ())]
        data = _read(key)
        private = _tried(lambda: load_pem_private_key(data, password), "the key is damaged or its password is wrong")
        made, own = cls._of(private, known, given_name_as_oid=given_name_as_oid)
        _check(own, at, role, usages)
        return made

    @classmethod
    def from_pkcs12(
        cls,
        file: Path,
        *,
        at: datetime,
        password: bytes | None,
        role: Role = Role.SIGN,
        usages: frozenset[Usage] = SIGNS,
        given_name_as_oid: bool = False,
    ) -> Self:
        """The signer of a PKCS#12 file. Raises KeyUnusable, as `from_pem`."""
        data = _read(file)
        reason = "the PKCS#12 file is damaged or its password is wrong"
        private, first, others = _tried(lambda: pkcs12.load_key_and_certificates(data, password), reason)
        made, own = cls._of(private, [*([first] if first else []), *others], given_name_as_oid=given_name_as_oid)
        _check(own, at, role, usages)
        return made

    @classmethod
    def _of(
        cls, key: object, known: Sequence[x509.Certificate], *, given_name_as_oid: bool
    ) -> tuple[Self, x509.Certificate]:
        if not isinstance(key, rsa.RSAPrivateKey):
            raise KeyUnusable("no RSA private key")
        reason = "the certificate's key is of an unknown kind"
        own = _tried(lambda: next((one for one in known if one.public_key() == key.public_key()), None), reason)
        if own is None:
            raise KeyUnusable("the key and the certificate are not of one pair")
        return cls(own, key, _chain(own, known), given_name_as_oid=given_name_as_oid), own

    def sign(self, data: bytes, hash_name: Hash = Hash.SHA256) -> bytes:
        """RSASSA-PKCS1-v1_5 of `data`."""
        return self._key.sign(data, padding.PKCS1v15(), _HASHES[hash_name]())


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise KeyUnusable(f"the file cannot be read: {error.strerror}") from error


def _certificates(file: Path) -> list[x509.Certificate]:
    data = _read(file)
    return _tried(lambda: x509.load_pem_x509_certificates(data), "the certificate is damaged or no PEM")


def _tried(load: Callable[[], _T], reason: str) -> _T:
    """What `load` gives; what cryptography raises becomes KeyUnusable. TypeError: a password is missing or too much."""
    try:
        return load()
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyUnusable(reason) from error


def _check(certificate: x509.Certificate, at: datetime, role: Role, usages: frozenset[Usage]) -> None:
    _check_dates(certificate, at)
    _check_role(certificate, role, usages)


def _check_dates(certificate: x509.Certificate, at: datetime) -> None:
    if at < certificate.not_valid_before_utc:
        raise KeyUnusable(f"the certificate is valid from {certificate.not_valid_before_utc:%Y-%m-%d} only")
    if at > certificate.not_valid_after_utc:
        raise KeyUnusable(f"the certificate expired on {certificate.not_valid_after_utc:%Y-%m-%d}")


def _check_role(certificate: x509.Certificate, role: Role, usages: frozenset[Usage]) -> None:
    """A certificate for TLS clients signs no document: the DMP answers « Not a valid signature certificate »."""
    present, purposes = _usages(certificate), _extension(certificate, x509.ExtendedKeyUsage)
    wanted = usages if role is Role.SIGN else frozenset({Usage.DIGITAL_SIGNATURE})
    if not present & wanted:
        raise KeyUnusable(f"the certificate's keyUsage has none of: {', '.join(sorted(wanted))}")
    for_tls_clients = purposes is not None and ExtendedKeyUsageOID.CLIENT_AUTH in purposes
    if role is Role.SIGN and for_tls_clients and Usage.NON_REPUDIATION not in present:
        raise KeyUnusable("the certificate authenticates a TLS client and does not sign")
    if role is Role.AUTHENTICATE and purposes is not None and not for_tls_clients:
        raise KeyUnusable("the certificate does not authenticate a TLS client")


def _usages(certificate: x509.Certificate) -> frozenset[Usage]:
    bits = _extension(certificate, x509.KeyUsage)
    if bits is None:
        return frozenset()
    present = {Usage.NON_REPUDIATION: bits.content_commitment, Usage.DIGITAL_SIGNATURE: bits.digital_signature}
    return frozenset(usage for usage, is_set in present.items() if is_set)


def _extension(certificate: x509.Certificate, kind: type[_E]) -> _E | None:
    extensions = _tried(lambda: certificate.extensions, "the certificate's extensions are damaged")
    try:
        return extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _chain(leaf: x509.Certificate, known: Sequence[x509.Certificate]) -> list[x509.Certificate]:
    """The issuers of `leaf` among `known`, nearest first."""
    chain, current = [], leaf
    while current.subject != current.issuer:
        issuer = next((other for other in known if other.subject == current.issuer and other not in chain), None)
        if issuer is None:
            break
        chain.append(issuer)
        current = issuer
    return chain
