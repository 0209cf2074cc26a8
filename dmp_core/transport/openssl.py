"""The OpenSSL that this interpreter's `ssl` module runs on, reached with ctypes: the few functions that let a key sign
elsewhere. Refuses any interpreter on which that was never seen to work; nothing is called before all is checked.
"""

import _ssl
import ctypes
import ssl
import sys
from collections.abc import Sequence
from typing import Any, Final

from dmp_core.errors import CardTlsUnavailable

PYTHONS: Final = ((3, 11), (3, 12), (3, 13))
"""CPython versions on which a connection with a card's key was tried: the layout of `ssl.SSLContext` is private."""
_OLDEST_OPENSSL: Final = 0x10101000
_FIRST_UNKNOWN_OPENSSL: Final = 0x40000000  # 4.0 took ENGINE away; RSA_METHOD may follow
_WINDOWS: Final = (("libssl-3.dll", "libcrypto-3.dll"), ("libssl-3-x64.dll", "libcrypto-3-x64.dll"))

Pointer: Final = ctypes.c_void_p
PrivateEncrypt: Final = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_int, ctypes.POINTER(ctypes.c_ubyte), ctypes.POINTER(ctypes.c_ubyte), Pointer, ctypes.c_int
)
"""int (*)(int length, const unsigned char *from, unsigned char *to, RSA *, int padding)"""

_CRYPTO: Final[dict[str, tuple[Any, Sequence[Any]]]] = {
    "OpenSSL_version_num": (ctypes.c_ulong, ()),
    "BN_bin2bn": (Pointer, (ctypes.c_char_p, ctypes.c_int, Pointer)),
    "RSA_get_default_method": (Pointer, ()),
    "RSA_meth_dup": (Pointer, (Pointer,)),
    "RSA_meth_set_flags": (ctypes.c_int, (Pointer, ctypes.c_int)),
    "RSA_meth_set_priv_enc": (ctypes.c_int, (Pointer, PrivateEncrypt)),
    "RSA_new": (Pointer, ()),
    "RSA_free": (None, (Pointer,)),
    "RSA_set0_key": (ctypes.c_int, (Pointer, Pointer, Pointer, Pointer)),
    "RSA_set_method": (ctypes.c_int, (Pointer, Pointer)),
    "EVP_PKEY_new": (Pointer, ()),
    "EVP_PKEY_free": (None, (Pointer,)),
    "EVP_PKEY_set1_RSA": (ctypes.c_int, (Pointer, Pointer)),
    "d2i_X509": (Pointer, (Pointer, ctypes.POINTER(ctypes.c_char_p), ctypes.c_long)),
    "X509_free": (None, (Pointer,)),
}
_SSL: Final[dict[str, tuple[Any, Sequence[Any]]]] = {
    "SSL_CTX_use_certificate": (ctypes.c_int, (Pointer, Pointer)),
    "SSL_CTX_use_PrivateKey": (ctypes.c_int, (Pointer, Pointer)),
    "SSL_CTX_ctrl": (ctypes.c_long, (Pointer, ctypes.c_int, ctypes.c_long, Pointer)),
}


class OpenSsl:
    """The functions, each under its own name, with the types of OpenSSL's headers."""

    def __init__(self) -> None:
        """Raises CardTlsUnavailable with the reason."""
        _check_interpreter()
        libssl, libcrypto = _libraries()
        self._functions = {**_bound(libcrypto, _CRYPTO), **_bound(libssl, _SSL)}
        if self("OpenSSL_version_num") != ssl.OPENSSL_VERSION_NUMBER:
            raise CardTlsUnavailable("another OpenSSL answers than the one of the ssl module")

    def __call__(self, name: str, *arguments: Any) -> Any:
        """What the function of that name gives."""
        return self._functions[name](*arguments)

    @staticmethod
    def context_pointer(context: ssl.SSLContext) -> int:
        """The SSL_CTX of `context`: the first field behind the header of its object (Modules/_ssl.c, PySSLContext)."""
        place = id(context) + object.__basicsize__
        pointer = Pointer.from_address(place).value
        if pointer is None or pointer % ctypes.alignment(Pointer):
            raise CardTlsUnavailable("the ssl module keeps its contexts in an unknown way")
        return pointer


def _check_interpreter() -> None:
    if sys.implementation.name != "cpython" or hasattr(sys, "pypy_version_info"):
        raise CardTlsUnavailable(f"{sys.implementation.name} is not CPython")
    if sys.version_info[:2] not in PYTHONS:
        raise CardTlsUnavailable(f"Python {sys.version_info[0]}.{sys.version_info[1]} was never tried")
    if not ssl.OPENSSL_VERSION.startswith("OpenSSL "):
        raise CardTlsUnavailable("the ssl module does not run on OpenSSL")
    if not _OLDEST_OPENSSL <= ssl.OPENSSL_VERSION_NUMBER < _FIRST_UNKNOWN_OPENSSL:
        raise CardTlsUnavailable(f"{ssl.OPENSSL_VERSION} was never tried")


def _libraries() -> tuple[Any, Any]:
    """libssl and libcrypto as this process has loaded them. Raises CardTlsUnavailable."""
    if sys.platform == "win32":
        return _windows_libraries()
    file = getattr(_ssl, "__file__", None)
    if file is None:
        raise CardTlsUnavailable("OpenSSL is built into this interpreter, and hidden")
    try:
        both = ctypes.CDLL(file)  # a look-up by this handle also searches what _ssl itself is linked to
    except OSError as error:
        raise CardTlsUnavailable("the ssl module's own library cannot be reached") from error
    return both, both


def _windows_libraries() -> tuple[Any, Any]:
    """Both are loaded already, under a name that tells the version. Never run on Windows so far."""
    for names in _WINDOWS:
        try:
            handles = [ctypes.CDLL(name, winmode=0) for name in names]
        except (OSError, TypeError):
            continue
        return handles[0], handles[1]
    raise CardTlsUnavailable("the OpenSSL of this interpreter has an unknown name")


def _bound(library: Any, wanted: dict[str, tuple[Any, Sequence[Any]]]) -> dict[str, Any]:
    functions = {}
    for name, (result, arguments) in wanted.items():
        try:
            function = library[name]
        except AttributeError as error:
            raise CardTlsUnavailable(f"OpenSSL is linked statically, or has no {name}") from error
        function.restype, function.argtypes = result, arguments
        functions[name] = function
    return functions
