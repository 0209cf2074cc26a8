"""An RSA key for OpenSSL whose private half is elsewhere: at the handshake OpenSSL calls a function, and that signs.

An SSLContext owns an SSL_CTX of OpenSSL. It is given a key with a public half only and an RSA_METHOD whose private
operation is that function. No engine, no provider of OpenSSL is needed. RSA_METHOD is deprecated since OpenSSL 3.0 and
still there in 3.x: `openssl.py` refuses what comes after, and stunnel is the way out.
"""

import ctypes
import ssl
import threading
import weakref
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import rsa

from dmp_core.errors import CardError, CardTlsUnavailable, KeyUnusable
from dmp_core.transport.openssl import OpenSsl, PrivateEncrypt

_PKCS1_PADDING: Final = 1
_RSA_FLAG_EXT_PKEY: Final = 0x20
_RSA_METHOD_FLAG_NO_CHECK: Final = 0x01
_CHAIN_CERTIFICATE: Final = 89  # SSL_CTRL_CHAIN_CERT
_SIGNATURES: Final = 98  # SSL_CTRL_SET_SIGALGS_LIST
_CLIENT_SIGNATURES: Final = 102  # SSL_CTRL_SET_CLIENT_SIGALGS_LIST
_ALGORITHM: Final = b"RSA+SHA256"
_FAILED: Final = -1

SignDigestInfo = Callable[[bytes], bytes]
"""RSASSA-PKCS1-v1_5 of a DigestInfo by the private key; raises CardError."""


class RemoteKey:
    """An RSA key for OpenSSL whose private operation is `sign`."""

    def __init__(self, certificate: bytes, sign: SignDigestInfo) -> None:
        """`certificate`, DER, gives the public half. Raises KeyUnusable, CardTlsUnavailable."""
        self.openssl = _openssl()
        self.certificate = certificate
        self.sign = sign
        self.size, modulus, exponent = _public_numbers(certificate)
        self._failures = threading.local()
        self.pointer = self._made(modulus, exponent)

    def failed(self, error: BaseException) -> None:
        """The card did not sign in this thread's handshake; `take_failure` says why."""
        self._failures.error = error

    def take_failure(self) -> BaseException | None:
        """Why the last handshake of this thread got no signature, told once; None where it got one."""
        error: BaseException | None = getattr(self._failures, "error", None)
        self._failures.error = None
        return error

    def use_in(self, context: ssl.SSLContext, chain: Sequence[bytes] = (), *, server: bool = False) -> None:
        """Let `context` show the certificate, its issuers (DER), and sign with this key. Raises KeyUnusable."""
        openssl, target = self.openssl, self.openssl.context_pointer(context)
        own = _x509(openssl, self.certificate)
        shown = openssl("SSL_CTX_use_certificate", target, own)
        openssl("X509_free", own)
        if not shown or not openssl("SSL_CTX_use_PrivateKey", target, self.pointer):
            raise KeyUnusable("OpenSSL refuses the certificate of the card")
        for issuer in chain:  # on success the context owns it
            openssl("SSL_CTX_ctrl", target, _CHAIN_CERTIFICATE, 0, _x509(openssl, issuer))
        algorithms = ctypes.cast(ctypes.c_char_p(_ALGORITHM), ctypes.c_void_p)
        which = _SIGNATURES if server else _CLIENT_SIGNATURES
        if not openssl("SSL_CTX_ctrl", target, which, 0, algorithms):
            raise CardTlsUnavailable("OpenSSL cannot be held to RSA with SHA-256")

    def _made(self, modulus: bytes, exponent: bytes) -> int:
        openssl = self.openssl
        rsa_key: int = openssl("RSA_new")
        numbers = [openssl("BN_bin2bn", number, len(number), None) for number in (modulus, exponent)]
        key: int = openssl("EVP_PKEY_new")
        done = (
            openssl("RSA_set0_key", rsa_key, *numbers, None)
            and openssl("RSA_set_method", rsa_key, _method())
            and openssl("EVP_PKEY_set1_RSA", key, rsa_key)
        )
        if not done:
            raise CardTlsUnavailable("OpenSSL makes no key that signs elsewhere")
        _KEYS[rsa_key] = self
        weakref.finalize(self, _release, openssl, key, rsa_key)
        return key


_KEYS: Final[weakref.WeakValueDictionary[int, RemoteKey]] = weakref.WeakValueDictionary()
"""By the address of OpenSSL's RSA, which the callback is told."""


@PrivateEncrypt  # type: ignore[untyped-decorator]  # ctypes
def _private_encrypt(length: int, source: Any, target: Any, rsa_key: int, padding: int) -> int:
    """What OpenSSL calls for a signature, on the thread of the handshake. The true cause of a failure stays with us."""
    key = _KEYS.get(rsa_key)
    if key is None:
        return _FAILED
    try:
        if padding != _PKCS1_PADDING:
            raise CardError("a signature was asked that no CPS makes")
        signature = key.sign(ctypes.string_at(source, length))
        if len(signature) != key.size:
            raise CardError("a signature of the wrong length")
        ctypes.memmove(target, signature, key.size)
    except BaseException as error:  # noqa: BLE001 - nothing can be raised through OpenSSL
        key.failed(error)
        return _FAILED
    return key.size


@cache
def _openssl() -> OpenSsl:
    return OpenSsl()


@cache
def _method() -> int:
    """One RSA_METHOD for all keys. It lives as long as the process: OpenSSL may hold a key longer than we do."""
    openssl = _openssl()
    method: int = openssl("RSA_meth_dup", openssl("RSA_get_default_method"))
    openssl("RSA_meth_set_flags", method, _RSA_FLAG_EXT_PKEY | _RSA_METHOD_FLAG_NO_CHECK)
    openssl("RSA_meth_set_priv_enc", method, _private_encrypt)
    return method


def _release(openssl: OpenSsl, key: int, rsa_key: int) -> None:
    """Give up our references; a context that still uses the key has its own."""
    openssl("EVP_PKEY_free", key)
    openssl("RSA_free", rsa_key)


def _x509(openssl: OpenSsl, der: bytes) -> int:
    made: int | None = openssl("d2i_X509", None, ctypes.byref(ctypes.c_char_p(der)), len(der))
    if made is None:
        raise KeyUnusable("OpenSSL cannot read a certificate of the card")
    return made


def _public_numbers(certificate: bytes) -> tuple[int, bytes, bytes]:
    """Length of a signature in bytes, modulus, exponent. Raises KeyUnusable."""
    try:
        key = x509.load_der_x509_certificate(certificate).public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion) as error:
        raise KeyUnusable("the certificate of the card is unreadable") from error
    if not isinstance(key, rsa.RSAPublicKey):
        raise KeyUnusable("no RSA key")
    numbers, size = key.public_numbers(), (key.key_size + 7) // 8
    return size, numbers.n.to_bytes(size), numbers.e.to_bytes((numbers.e.bit_length() + 7) // 8)
