"""TLS in which the client's private key never leaves its card, in the standard `ssl` module.

TLS 1.2 and RSA+SHA256 (PKCS#1 v1.5) alone: a CPS3 knows nothing else, and OpenSSL would choose RSA-PSS. Before the
first card is used a whole handshake is done in memory with throw-away keys: where that fails, no card is used.
"""

import socket
import ssl
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from dmp_core.errors import CardTlsUnavailable, KeyUnusable
from dmp_core.transport.remote_key import RemoteKey, SignDigestInfo
from dmp_core.transport.tls import SUITES, ResumingContext, trusting

_DIGEST_INFO: Final = 51  # bytes, of a SHA-256
_MOST_TURNS: Final = 10
_HOST: Final = "self-test.invalid"
_ALWAYS: Final = (datetime(2000, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC))


class CardContext(ResumingContext):
    """A context whose key is in a card. Handshakes stand in line, so that those behind the first resume its session."""

    key: RemoteKey

    def __init__(self, *_arguments: object) -> None:
        self._handshake = threading.Lock()

    def wrap_socket(
        self,
        sock: socket.socket,
        server_side: bool = False,
        do_handshake_on_connect: bool = True,
        suppress_ragged_eofs: bool = True,
        server_hostname: str | bytes | None = None,
        session: ssl.SSLSession | None = None,
    ) -> ssl.SSLSocket:
        with self._handshake:
            return super().wrap_socket(
                sock, server_side, do_handshake_on_connect, suppress_ragged_eofs, server_hostname, session
            )


def card_context(
    certificate: bytes, sign: SignDigestInfo, *, authorities: Path, chain: Sequence[bytes] = ()
) -> CardContext:
    """TLS 1.2 with the key of a card, trusting `authorities` (PEM) alone.

    Raises CardTlsUnavailable, KeyUnusable for the certificate, ConfigInvalid for the trust store.
    """
    self_test()
    context = trusting(CardContext(ssl.PROTOCOL_TLS_CLIENT), authorities)
    context.key = RemoteKey(certificate, sign)
    context.key.use_in(context, chain)
    return context


@cache
def self_test() -> None:
    """A handshake in memory, both sides with a key that signs in Python. Once in a process, some 0.1 s.

    Raises CardTlsUnavailable.
    """
    key = rsa.generate_private_key(65537, 2048)
    certificate = _throw_away(key)
    asked: list[int] = []

    def sign(digest_info: bytes) -> bytes:
        asked.append(len(digest_info))
        return key.sign(digest_info[-32:], padding.PKCS1v15(), Prehashed(SHA256()))

    try:
        shown = _handshake(certificate, sign)
    except (ssl.SSLError, KeyUnusable, ValueError) as error:
        raise CardTlsUnavailable("the self-test failed", origin=type(error).__name__) from error
    if shown != certificate or asked != [_DIGEST_INFO, _DIGEST_INFO]:
        raise CardTlsUnavailable("the self-test did not sign where it should")


def _handshake(certificate: bytes, sign: SignDigestInfo) -> bytes | None:
    """The certificate that the server saw of the client."""
    contexts = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    keys = [RemoteKey(certificate, sign) for _ in contexts]
    for context, key in zip(contexts, keys, strict=True):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers(SUITES)
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cadata=ssl.DER_cert_to_PEM_cert(certificate))
        key.use_in(context, server=context is contexts[1])
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = contexts[0].wrap_bio(down, up, server_hostname=_HOST)
    server = contexts[1].wrap_bio(up, down, server_side=True)
    waiting = [client, server]
    for _ in range(_MOST_TURNS):
        waiting = [side for side in waiting if not _done(side)]
        if not waiting:
            return server.getpeercert(binary_form=True)
    return None


def _done(side: ssl.SSLObject) -> bool:
    try:
        side.do_handshake()
    except ssl.SSLWantReadError:
        return False
    return True


def _throw_away(key: rsa.RSAPrivateKey) -> bytes:
    """A certificate that signs itself and is its own authority."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _HOST)])
    builder = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, *_ALWAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(_HOST)]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
    )
    return builder.sign(key, SHA256()).public_bytes(Encoding.DER)
