"""Who this seat is to the other counters: a key and a certificate of its own making, kept in its data folder."""

import hashlib
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from dmp_core.errors import KeyUnusable, MessageInvalid
from dmp_core.outbox.private import make_folder, open_private, sync_folder
from dmp_core.ports import Clock, Ids

_FILE: Final = "seat.pem"
_LASTS: Final = timedelta(days=3650)
_EARLIER: Final = timedelta(days=1)  # clocks of counters differ
_USES: Final = (ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH)


@dataclass(frozen=True, slots=True)
class SeatIdentity:
    """`file` holds key and certificate, PEM, 0600; `certificate` is DER."""

    file: Path
    certificate: bytes

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.certificate)


def fingerprint(certificate: bytes) -> str:
    """SHA-256 of a certificate (DER), hexadecimal: the name of a seat that nobody else can have."""
    return hashlib.sha256(certificate).hexdigest()


def of_folder(folder: Path, clock: Clock, ids: Ids) -> SeatIdentity:
    """The identity of this seat, made at its first use. Raises KeyUnusable."""
    file = folder / _FILE
    try:
        make_folder(folder)
        if not file.exists():
            _make(file, clock.now(), ids)
        found = x509.load_pem_x509_certificate(file.read_bytes())
    except (OSError, ValueError) as error:
        raise KeyUnusable("the key of this seat") from error
    return SeatIdentity(file, found.public_bytes(Encoding.DER))


def _make(file: Path, now: datetime, ids: Ids) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    pem += _certificate(key, now, ids).public_bytes(Encoding.PEM)
    draft = file.with_name(f"{file.name}.{ids.uuid().hex}")
    with os.fdopen(open_private(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY), "wb") as opened:
        opened.write(pem)
        opened.flush()
        os.fsync(opened.fileno())
    draft.replace(file)
    sync_folder(file.parent)


def _certificate(key: ec.EllipticCurvePrivateKey, now: datetime, ids: Ids) -> x509.Certificate:
    """Self-signed, for both ends of TLS. Its name is drawn: two seats never share one, and it names nobody."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"DMP seat {ids.uuid().hex}")])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _EARLIER)
        .not_valid_after(now + _LASTS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage(_USES), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def require_certificate(der: bytes) -> None:
    """Raise MessageInvalid where these bytes are no certificate: what is pinned is loaded at every connection."""
    try:
        x509.load_der_x509_certificate(der)
    except ValueError as error:
        raise MessageInvalid("no certificate") from error
