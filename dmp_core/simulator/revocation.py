"""Certificates that the test authority withdrew: a CRL beside it, which every simulated service reads anew."""

from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from dmp_core.simulator.pki import Authority, Pki

_VALID = timedelta(days=30)


class Revocations:
    """The list of one authority; absent: nothing was withdrawn."""

    def __init__(self, pki: Pki) -> None:
        self._pki = pki
        self._read: tuple[bytes, frozenset[int]] = (b"", frozenset())

    @property
    def file(self) -> Path:
        """The CRL, PEM."""
        return self._pki.folder / "crl.pem"

    def revoke(self, *certificates: bytes, at: datetime) -> None:
        """Withdraw certificates, DER, for good."""
        authority = Authority.load(self._pki.authority)
        builder = x509.CertificateRevocationListBuilder(
            authority.certificate.subject, at - timedelta(days=1), at + _VALID
        )
        for number in self._numbers() | {x509.load_der_x509_certificate(der).serial_number for der in certificates}:
            one = x509.RevokedCertificateBuilder(number, at - timedelta(days=1)).build()
            builder = builder.add_revoked_certificate(one)
        draft = self.file.with_suffix(".new")
        draft.write_bytes(builder.sign(authority.key, SHA256()).public_bytes(Encoding.PEM))
        draft.replace(self.file)

    def __contains__(self, certificate: object) -> bool:
        return isinstance(certificate, x509.Certificate) and certificate.serial_number in self._numbers()

    def _numbers(self) -> frozenset[int]:
        """The serial numbers on the list as it is now."""
        content = self.file.read_bytes() if self.file.is_file() else b""
        if content != self._read[0]:
            listed = x509.load_pem_x509_crl(content)
            self._read = content, frozenset(one.serial_number for one in listed)
        return self._read[1] if content else frozenset()
