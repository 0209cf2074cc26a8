"""A test authority on disk, with certificates like those of IGC-Santé: server, organisations, professionals.

    FOLDER/ca.pem ca.key server.pem server.key
    FOLDER/structures/<Struct_IdNat>/{auth_cli,sign}.{pem,key}       ORG_AUTH_CLI, ORG_SIGN
    FOLDER/practitioners/<PS_IdNat>/{auth,sign}.{pem,key}            as on a CPS

Keys are RSA-2048, PKCS#8 PEM without a password, readable by their owner alone: they open nothing but a simulator.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from dmp_core.model.practitioner import Practitioner, Structure

_DAY: Final = timedelta(days=1)
_VALID: Final = 3 * 365 * _DAY
_NAME_LENGTH: Final = 64  # ub-common-name, ub-organization-name (X.520)
_TITLES: Final = {"10": "Médecin", "21": "Pharmacien", "39": "Préparateur en pharmacie"}
_KEY_USES: Final = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
    "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip

Rdn = Sequence[tuple[x509.ObjectIdentifier, str]]


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A certificate and its private key, PEM."""

    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True)
class Pki:
    """Where the files of a test authority are."""

    folder: Path

    @classmethod
    def load(cls, folder: Path) -> "Pki":
        """The authority in `folder`. Raises FileNotFoundError where there is none."""
        pki = cls(folder)
        if not pki.authority.certificate.is_file():
            raise FileNotFoundError(pki.authority.certificate)
        return pki

    @property
    def authority(self) -> KeyPair:
        return _pair(self.folder, "ca")

    @property
    def server(self) -> KeyPair:
        return _pair(self.folder, "server")

    def expired_server(self, at: datetime) -> KeyPair:
        """The server under a certificate that ended the day before `at`; made when it is first asked for."""
        pair = _pair(self.folder, "server_expired")
        if not pair.certificate.is_file():
            authority = Authority.load(self.authority)
            dates = (at - 3 * _DAY, at - _DAY)
            authority.issue(pair, [[(NameOID.COMMON_NAME, "localhost")]], _server_uses(), dates)
        return pair

    def organisation_auth(self, structure_id: str) -> KeyPair:
        """ORG_AUTH_CLI: the TLS client certificate of a structure."""
        return _pair(self.folder / "structures" / structure_id, "auth_cli")

    def organisation_sign(self, structure_id: str) -> KeyPair:
        """ORG_SIGN: the seal of a structure."""
        return _pair(self.folder / "structures" / structure_id, "sign")

    def professional_auth(self, practitioner_id: str) -> KeyPair:
        """The authentication certificate of a CPS."""
        return _pair(self.folder / "practitioners" / _as_name(practitioner_id), "auth")

    def professional_sign(self, practitioner_id: str) -> KeyPair:
        """The signature certificate of a CPS."""
        return _pair(self.folder / "practitioners" / _as_name(practitioner_id), "sign")


def make(folder: Path, structures: Sequence[Structure], practitioners: Sequence[Practitioner], at: datetime) -> Pki:
    """A new authority in `folder`, valid for three years from the day before `at`."""
    pki = Pki(folder)
    authority = Authority.new(at)
    authority.save(pki.authority)
    authority.issue(pki.server, [[(NameOID.COMMON_NAME, "localhost")]], _server_uses())
    for structure in structures:
        subject = _structure_subject(structure)
        authority.issue(pki.organisation_auth(structure.national_id), subject, _authentication())
        authority.issue(pki.organisation_sign(structure.national_id), subject, _signature(seal=True))
    for practitioner in practitioners:
        authority.issue_to(pki, practitioner)
    return pki


@dataclass(frozen=True, slots=True)
class Authority:
    """The root that issues everything. Subject and authority key identifiers stand in each certificate."""

    certificate: x509.Certificate
    key: rsa.RSAPrivateKey

    @classmethod
    def new(cls, at: datetime) -> "Authority":
        key = rsa.generate_private_key(65537, 2048)
        name = _name(
            [
                [(NameOID.COUNTRY_NAME, "FR")],
                [(NameOID.ORGANIZATION_NAME, "SIMULATEUR DMP")],
                [(NameOID.ORGANIZATIONAL_UNIT_NAME, "0002 000000000")],
                [(NameOID.COMMON_NAME, "TEST AC SIMULATEUR DMP")],
            ]
        )
        builder = _builder(name, name, key.public_key(), key.public_key(), at - _DAY, at + _VALID, authority=True)
        builder = builder.add_extension(_key_usage("key_cert_sign", "crl_sign"), critical=True)
        return cls(builder.sign(key, SHA256()), key)

    @classmethod
    def load(cls, pair: KeyPair) -> "Authority":
        key = load_pem_private_key(pair.key.read_bytes(), None)
        assert isinstance(key, rsa.RSAPrivateKey), "our own authority has an RSA key"
        return cls(x509.load_pem_x509_certificate(pair.certificate.read_bytes()), key)

    def save(self, pair: KeyPair) -> None:
        _write(pair, self.certificate, self.key)

    def issue(
        self,
        pair: KeyPair,
        subject: Sequence[Rdn],
        uses: Sequence[x509.ExtensionType],
        dates: tuple[datetime, datetime] | None = None,
    ) -> None:
        """A new key pair for `subject` in the files of `pair`, valid as long as the authority, or for `dates`."""
        key = rsa.generate_private_key(65537, 2048)
        issuer = self.certificate
        start, end = dates or (issuer.not_valid_before_utc, issuer.not_valid_after_utc)
        builder = _builder(_name(subject), issuer.subject, key.public_key(), self.key.public_key(), start, end)
        for use in uses:
            builder = builder.add_extension(use, critical=isinstance(use, x509.KeyUsage))
        _write(pair, builder.sign(self.key, SHA256()), key)

    def issue_to(self, files: Pki, person: Practitioner, dates: tuple[datetime, datetime] | None = None) -> None:
        """The two pairs of a professional's card, in the places of `files`."""
        subject = _person_subject(person)
        self.issue(files.professional_auth(person.national_id), subject, _authentication(), dates)
        self.issue(files.professional_sign(person.national_id), subject, _signature(seal=False), dates)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: rsa.RSAPublicKey,
    issuer_key: rsa.RSAPublicKey,
    start: datetime,
    end: datetime,
    *,
    authority: bool = False,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder(subject_name=subject, issuer_name=issuer, public_key=key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=0 if authority else None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key), critical=False)
    )


def _structure_subject(structure: Structure) -> list[Rdn]:
    name = structure.name[:_NAME_LENGTH]
    return [
        [(NameOID.COUNTRY_NAME, "FR")],
        [(NameOID.STATE_OR_PROVINCE_NAME, "Rhône (69)")],
        [(NameOID.ORGANIZATION_NAME, name)],
        [(NameOID.ORGANIZATIONAL_UNIT_NAME, structure.national_id)],
        [(NameOID.COMMON_NAME, name)],
    ]


def _person_subject(practitioner: Practitioner) -> list[Rdn]:
    """As on a CPS: the last RDN has several values, its CN is PS_IdNat."""
    return [
        [(NameOID.COUNTRY_NAME, "FR")],
        [(NameOID.ORGANIZATION_NAME, "SIMULATEUR DMP")],
        [
            (NameOID.TITLE, _TITLES.get(practitioner.profession, "Professionnel de santé")),
            (NameOID.SURNAME, practitioner.family[:_NAME_LENGTH]),
            (NameOID.GIVEN_NAME, practitioner.given[:_NAME_LENGTH]),
            (NameOID.COMMON_NAME, practitioner.national_id),
        ],
    ]


def _server_uses() -> list[x509.ExtensionType]:
    names = [x509.DNSName("localhost"), *(x509.IPAddress(ip_address(text)) for text in ("127.0.0.1", "::1"))]
    return [
        _key_usage("digital_signature", "key_encipherment"),
        x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]),
        x509.SubjectAlternativeName(names),
    ]


def _authentication() -> list[x509.ExtensionType]:
    return [_key_usage("digital_signature"), x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])]


def _signature(*, seal: bool) -> list[x509.ExtensionType]:
    """Non-repudiation; a seal (ORG_SIGN) has digitalSignature beside it. Neither may open a connection."""
    return [_key_usage("content_commitment", *(["digital_signature"] if seal else []))]


def _key_usage(*uses: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{use: use in uses for use in _KEY_USES})


def _name(rdns: Sequence[Rdn]) -> x509.Name:
    return x509.Name(
        [x509.RelativeDistinguishedName([x509.NameAttribute(oid, value) for oid, value in rdn]) for rdn in rdns]
    )


def _pair(folder: Path, name: str) -> KeyPair:
    return KeyPair(folder / f"{name}.pem", folder / f"{name}.key")


def _as_name(identifier: str) -> str:
    """An internal PS_IdNat may hold a slash."""
    return identifier.replace("/", "_")


def _write(pair: KeyPair, certificate: x509.Certificate, key: rsa.RSAPrivateKey) -> None:
    pair.key.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    pair.certificate.write_bytes(certificate.public_bytes(Encoding.PEM))
    pair.key.touch(mode=0o600)
    pair.key.chmod(0o600)
    pair.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
