"""What a certificate of IGC-Santé says of the person who holds the card, and what its key may do.

The last RDN of the subject has several values: title (profession), SN, GN, and CN, which is PS_IdNat. The certificate
of an employee's card (CPE) has neither SN nor GN: the O serves as family name, the CN as given name (PDT-INF-617).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from dmp_core.cards import ber
from dmp_core.errors import CardExpired, CardUnreadable
from dmp_core.model.professions import PROFESSIONS, SECTIONS

_ANS_ARC: Final = "1.2.250.1.71."
_PROFESSION: Final = "1.2.250.1.71.1.2.7"
_SPECIALITY: Final = "1.2.250.1.71.4.2.5"
"""The nomenclatures whose arc the private extensions are said to reuse; their exact numbers are not public [U]."""
_STRINGS: Final = frozenset({0x0C, 0x13, 0x16, 0x1E})
_TEXT: Final = 100
_DAMAGE: Final = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
"""What cryptography raises for a certificate that it cannot read."""
_WEAKEST: Final = 2048


class CardKey(StrEnum):
    """The two keys of a professional's card, never one for the other."""

    AUTHENTICATION = "authentication"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class CardCertificate:
    """One certificate of a card, read. `profession`: TRE_G15; `section`: TRE_G05 or a speciality (SM26)."""

    der: bytes = field(repr=False)
    key: CardKey
    national_id: str = field(repr=False)
    family: str = field(repr=False)
    given: str = field(repr=False)
    title: str
    profession: str | None
    section: str | None
    is_test: bool
    first: datetime
    last: datetime

    def check_dates(self, at: datetime) -> None:
        """Raises CardExpired where the certificate is not valid at `at`."""
        if at > self.last:
            raise CardExpired(f"the {self.key} certificate expired on {self.last:%Y-%m-%d}")
        if at < self.first:
            raise CardExpired(f"the {self.key} certificate is valid from {self.first:%Y-%m-%d} only")

    @property
    def public_key(self) -> rsa.RSAPublicKey:
        key = x509.load_der_x509_certificate(self.der).public_key()
        assert isinstance(key, rsa.RSAPublicKey), "checked when it was read"
        return key


def read(der: bytes) -> CardCertificate | None:
    """The certificate in `der`; None where it is none of a person's card. Raises CardUnreadable where it is damaged."""
    try:
        certificate = x509.load_der_x509_certificate(der)
        key, usages = certificate.public_key(), _usages(certificate)
        subject, issuer = certificate.subject, certificate.issuer
        extensions = _private_extensions(certificate)
    except _DAMAGE as error:
        raise CardUnreadable("a certificate of the card is damaged") from error
    role = _role(*usages)
    holder = _value(subject, NameOID.COMMON_NAME)
    if role is None or not holder or _is_authority(certificate):
        return None
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < _WEAKEST:
        raise CardUnreadable("a key of the card is not RSA of 2048 bits or more")
    title = _value(subject, NameOID.TITLE)
    return CardCertificate(
        der=der,
        key=role,
        national_id=holder,
        family=_value(subject, NameOID.SURNAME) or _value(subject, NameOID.ORGANIZATION_NAME) or holder,
        given=_value(subject, NameOID.GIVEN_NAME) or holder,
        title=title,
        profession=_code(extensions.get(_PROFESSION), PROFESSIONS) or _by_label(title, PROFESSIONS),
        section=_code(extensions.get(_SPECIALITY), SECTIONS),
        is_test=any("TEST" in str(part.value).upper() for part in issuer),
        first=certificate.not_valid_before_utc,
        last=certificate.not_valid_after_utc,
    )


def _role(usage: x509.KeyUsage | None, purposes: x509.ExtendedKeyUsage | None) -> CardKey | None:
    """AUT: digitalSignature and clientAuth. SIG: nonRepudiation, and no clientAuth."""
    if usage is None:
        return None
    client = purposes is not None and ExtendedKeyUsageOID.CLIENT_AUTH in purposes
    if client:
        return CardKey.AUTHENTICATION if usage.digital_signature else None
    return CardKey.SIGNATURE if usage.content_commitment else None


def _usages(certificate: x509.Certificate) -> tuple[x509.KeyUsage | None, x509.ExtendedKeyUsage | None]:
    usage = purposes = None
    for extension in certificate.extensions:
        if isinstance(extension.value, x509.KeyUsage):
            usage = extension.value
        elif isinstance(extension.value, x509.ExtendedKeyUsage):
            purposes = extension.value
    return usage, purposes


def _is_authority(certificate: x509.Certificate) -> bool:
    constraints = [one.value for one in certificate.extensions if isinstance(one.value, x509.BasicConstraints)]
    return any(one.ca for one in constraints)


def _private_extensions(certificate: x509.Certificate) -> Mapping[str, str]:
    """Text of each extension in the arc of the ANS. One that cannot be read is left aside: no decision rests on it."""
    found = {}
    for extension in certificate.extensions:
        name = extension.oid.dotted_string
        if name.startswith(_ANS_ARC) and isinstance(extension.value, x509.UnrecognizedExtension):
            try:
                texts = [leaf.value for leaf in ber.leaves(extension.value.value) if leaf.tag in _STRINGS]
            except CardUnreadable:
                continue
            if texts:
                found[name] = texts[0].decode("utf-8", "replace").strip()[:_TEXT]
    return found


def _value(name: x509.Name, oid: x509.ObjectIdentifier) -> str:
    """The first value of that kind, wherever in the RDNs it stands; '' where there is none."""
    values = name.get_attributes_for_oid(oid)
    return str(values[0].value).strip()[:_TEXT] if values else ""


def _code(text: str | None, known: Mapping[str, str]) -> str | None:
    return text if text in known else None


def _by_label(title: str, known: Mapping[str, str]) -> str | None:
    """The code whose official label `title` is, or begins: the certificate writes `Préparateur en pharmacie`."""
    folded = title.casefold()
    return next((code for code, label in known.items() if folded and label.casefold().startswith(folded)), None)
