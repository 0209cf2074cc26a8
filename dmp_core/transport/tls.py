"""TLS to the DMP: version and suites of PDT-INF-579, our own trust store, and sessions that are resumed."""

import socket
import ssl
from pathlib import Path
from typing import Final, TypeVar

from dmp_core.errors import (
    CertificateOutOfDate,
    ConfigInvalid,
    Intercepted,
    KeyUnusable,
    OwnCertificateRefused,
    TlsRefused,
)

# ECDHE_RSA with AES_256_GCM_SHA384, AES_128_GCM_SHA256, AES_256_CBC_SHA384; level 2 refuses SHA-1 and RSA below 2048.
SUITES: Final = "ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-SHA384:@SECLEVEL=2"
_VERIFY_REASONS: Final = {
    9: "certificate-not-yet-valid",
    10: "certificate-expired",
    18: "self-signed",
    19: "unknown-ca",
    20: "unknown-ca",
    21: "unknown-ca",
    23: "certificate-revoked",
    24: "no-authority",
    47: "name-constraint",
    62: "wrong-host",
    64: "wrong-host",
    66: "too-weak",
    67: "too-weak",
    68: "too-weak",
    79: "no-authority",
}
MEANINGS: Final[dict[str, tuple[type[TlsRefused], str]]] = {
    "unknown-ca": (Intercepted, "the server's certificate comes from an issuer outside `dmp.ca`"),
    "self-signed": (Intercepted, "the server vouches for itself"),
    "certificate-expired": (CertificateOutOfDate, "the server's certificate ended before the time of this computer"),
    "certificate-not-yet-valid": (CertificateOutOfDate, "the server's certificate begins after that time"),
    "certificate-revoked": (TlsRefused, "the server's certificate was withdrawn"),
    "wrong-host": (TlsRefused, "the certificate is of another server than that of `dmp.url`"),
    "no-authority": (TlsRefused, "an issuer in the chain may not issue certificates"),
    "name-constraint": (TlsRefused, "an issuer may not vouch for this server"),
    "too-weak": (TlsRefused, "a key or signature of the chain is too weak (SHA-1, RSA below 2048)"),
    "tlsv1_alert_unknown_ca": (OwnCertificateRefused, "the DMP does not know the issuer of our certificate"),
    "sslv3_alert_bad_certificate": (OwnCertificateRefused, "the DMP finds our certificate wrong"),
    "sslv3_alert_certificate_expired": (OwnCertificateRefused, "our certificate ended"),
    "sslv3_alert_certificate_revoked": (OwnCertificateRefused, "our certificate was withdrawn"),
    "sslv3_alert_certificate_unknown": (OwnCertificateRefused, "the DMP does not accept our certificate"),
    "sslv3_alert_unsupported_certificate": (OwnCertificateRefused, "our certificate is of a kind that is not taken"),
    "tlsv1_alert_access_denied": (OwnCertificateRefused, "our certificate has no access here"),
    "sslv3_alert_handshake_failure": (OwnCertificateRefused, "the server wants a certificate, or no suite is shared"),
    "tlsv1_alert_protocol_version": (TlsRefused, "the server does not speak TLS 1.2"),
    "cut": (TlsRefused, "the connection ended during the handshake: a firewall, or a server that refuses in silence"),
}
"""What each `origin` of a handshake that failed means; any other is a TlsRefused."""


class ResumingContext(ssl.SSLContext):
    """A context for one server and one key, which offers its last TLS 1.2 session at each new connection.

    A resumed handshake costs no signature of the client key, which a card takes 60 to 700 ms for. No Python HTTP
    library resumes by itself. `forget` must be called when the key's owner leaves: a session outlives its card.
    """

    _session: ssl.SSLSession | None = None

    def wrap_socket(
        self,
        sock: socket.socket,
        server_side: bool = False,
        do_handshake_on_connect: bool = True,
        suppress_ragged_eofs: bool = True,
        server_hostname: str | bytes | None = None,
        session: ssl.SSLSession | None = None,
    ) -> ssl.SSLSocket:
        try:
            connection = super().wrap_socket(
                sock,
                server_side,
                do_handshake_on_connect,
                suppress_ragged_eofs,
                server_hostname,
                session or self._session,
            )
        except OSError:
            self._session = None
            raise
        self._session = connection.session
        return connection

    def forget(self) -> None:
        """Make the next handshake a full one."""
        self._session = None


_Context = TypeVar("_Context", bound=ResumingContext)


def client_context(
    *, certificate: Path, key: Path, authorities: Path, password: bytes | None = None
) -> ResumingContext:
    """TLS 1.2 with a client certificate (PEM, its issuers may follow it), trusting `authorities` (PEM) alone.

    Raises KeyUnusable for the pair, ConfigInvalid for the trust store. Environment variables are not read.
    """
    context = trusting(ResumingContext(ssl.PROTOCOL_TLS_CLIENT), authorities)
    try:
        # A function, always: without it OpenSSL asks for the password of an encrypted key on the terminal.
        context.load_cert_chain(certificate, key, password=lambda: password or b"")
    except (OSError, ValueError) as error:
        raise KeyUnusable("the TLS certificate and its key are unreadable, or not of one pair") from error
    return context


def trusting(context: _Context, authorities: Path) -> _Context:
    """`context` for TLS 1.2 to a national service, trusting `authorities` (PEM) alone. Raises ConfigInvalid."""
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(SUITES)
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
    try:
        context.load_verify_locations(cafile=authorities)
    except (OSError, ValueError) as error:
        raise ConfigInvalid("dmp.ca: no certificate can be read there") from error
    return context


def refused(error: OSError | None) -> TlsRefused:
    """The error of a handshake that failed; `origin` says why: `unknown-ca`, `wrong-host`, the alert of the server…"""
    if isinstance(error, ssl.SSLCertVerificationError):
        reason = _VERIFY_REASONS.get(error.verify_code, f"certificate-{error.verify_code}")
        return _refused("the server's certificate is refused", reason)
    if isinstance(error, ssl.SSLError) and not isinstance(error, ssl.SSLEOFError):
        return _refused("the handshake failed", (error.reason or "unknown").lower())
    return _refused("the server cut the handshake", "cut")


def _refused(detail: str, origin: str) -> TlsRefused:
    kind, _ = MEANINGS.get(origin, (TlsRefused, ""))
    return kind(detail, origin=origin)
