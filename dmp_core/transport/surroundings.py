"""Variables of the environment by which other programs change TLS, authorities or proxy: none is obeyed here."""

from collections.abc import Mapping
from typing import Final

IGNORED: Final = (
    "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSLKEYLOGFILE", "OPENSSL_CONF",
    "OPENSSL_MODULES", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy",
)  # fmt: skip


def ignored(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The names of those that are set."""
    return tuple(name for name in IGNORED if environment.get(name))
