"""Whom a certificate of our own test authority names, and what it may be used for."""

from collections.abc import Container
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from dmp_core.simulator.dn import Dn, of_certificate

_KEY_BITS: Final = 2048


class CertificateRefused(Exception):
    """A certificate that nobody here issued for this; the text names the rule, never the holder."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a certificate. `identifier`: PS_IdNat (CN) of a person, Struct_IdNat (OU) of an organisation."""

    certificate: x509.Certificate = field(repr=False)
    subject: Dn = field(repr=False)
    is_person: bool
    identifier: str
    authenticates: bool  # TLS client: ORG_AUTH_CLI, or the CPS authentication certificate
    signs: bool  # ORG_SIGN, or the CPS signature certificate


class Trust:
    """One authority, pinned. Its certificates are checked for signature, dates, strength, use, and being withdrawn."""

    def __init__(self, authority: x509.Certificate, revoked: Container[x509.Certificate] = ()) -> None:
        self._authority = authority
        self._revoked = revoked

    def identify(self, der: bytes, at: datetime) -> Holder:
        """The holder of a certificate, DER. Raises CertificateRefused."""
        try:
            certificate = x509.load_der_x509_certificate(der)
            self._verify(certificate, at)
            return _holder(certificate)
        except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound) as error:
            raise CertificateRefused("not a certificate of this authority") from error

    def _verify(self, certificate: x509.Certificate, at: datetime) -> None:
        certificate.verify_directly_issued_by(self._authority)
        if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
            raise CertificateRefused("outside its dates")
        if certificate in self._revoked:
            raise CertificateRefused("withdrawn by its authority")
        if certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            raise CertificateRefused("an authority's own certificate")
        key = certificate.public_key()
        if not isinstance(key, rsa.RSAPublicKey) or key.key_size < _KEY_BITS:
            raise CertificateRefused(f"not an RSA key of {_KEY_BITS} bits or more")
        if isinstance(certificate.signature_hash_algorithm, SHA1):
            raise CertificateRefused("issued with SHA-1")


def _holder(certificate: x509.Certificate) -> Holder:
    extensions, subject = certificate.extensions, certificate.subject
    usage = extensions.get_extension_for_class(x509.KeyUsage).value
    try:
        extended = list(extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except x509.ExtensionNotFound:
        extended = []
    units = subject.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)
    names = subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    is_person = bool(subject.get_attributes_for_oid(NameOID.SURNAME))
    identifiers = names if is_person else units
    if len(identifiers) != 1:
        raise CertificateRefused("exactly one CN names a person, exactly one OU a structure")
    client = ExtendedKeyUsageOID.CLIENT_AUTH in extended
    return Holder(
        certificate=certificate,
        subject=of_certificate(subject),
        is_person=is_person,
        identifier=str(identifiers[0].value),
        authenticates=client and usage.digital_signature,
        signs=usage.content_commitment and not client,
    )
