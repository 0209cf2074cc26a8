"""The messages of OpenID Connect and CIBA as Pro Santé Connect speaks them: values to bytes, and back.

Sources: OpenID Connect Core 1.0, Discovery 1.0, RFC 7636 (PKCE), CIBA Core 1.0, RFC 8705; claims and parameters of
Pro Santé Connect: `cards.md` 5.1 and 5.2.
"""

import base64
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote_plus, urlencode

from dmp_core.errors import PscDenied, PscError, PscExpired, PscRefused, PscUnavailable, PscUntrusted
from dmp_core.identity.psc.settings import ClientAuth
from dmp_core.ports import HttpAnswer

CIBA_GRANT: Final = "urn:openid:params:grant-type:ciba"
LONGEST_ANSWER: Final = 500_000
_ADDRESS: Final = re.compile(r"https://[^\s#]+|http://(127\.0\.0\.1|\[::1\]):[0-9]+/[^\s#]*")
_CODE: Final = re.compile(r"[a-z_]{1,60}")
_SERVER_ERRORS: Final = frozenset({"server_error", "temporarily_unavailable"})
_DENIALS: Final = frozenset({"access_denied", "transaction_failed"})
_OVER: Final = frozenset({"invalid_grant", "expired_token"})


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The addresses that the discovery document names."""

    authorization: str
    token: str
    userinfo: str
    jwks: str
    end_session: str | None
    ciba: str | None

    @classmethod
    def of(cls, document: Mapping[str, Any], issuer: str, auth: ClientAuth) -> "Endpoints":
        """Raises PscUntrusted where the document is another issuer's, or names no usable address."""
        if document.get("issuer") != issuer:
            raise PscUntrusted("discovery: another issuer")
        aliases = document.get("mtls_endpoint_aliases") if auth is ClientAuth.TLS else None
        known = {**document, **(aliases if isinstance(aliases, Mapping) else {})}
        return cls(
            authorization=_address(known, "authorization_endpoint"),
            token=_address(known, "token_endpoint"),
            userinfo=_address(known, "userinfo_endpoint"),
            jwks=_address(known, "jwks_uri"),
            end_session=_address(known, "end_session_endpoint") if "end_session_endpoint" in known else None,
            ciba=_address(known, _CIBA) if _CIBA in known else None,
        )


_CIBA: Final = "backchannel_authentication_endpoint"


@dataclass(frozen=True, slots=True)
class Tokens:
    """What the token endpoint gave; seconds of life. Shows nothing."""

    access: str = field(repr=False)
    identity: str | None = field(repr=False)
    refresh: str | None = field(repr=False)
    expires_in: int
    refresh_expires_in: int | None

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> "Tokens":
        """Raises PscUntrusted."""
        kind, seconds = answer.get("token_type"), _seconds(answer.get("expires_in"))
        if not isinstance(kind, str) or kind.lower() != "bearer" or seconds is None:
            raise PscUntrusted("token: token_type, expires_in")
        has_refresh = bool(answer.get("refresh_token"))
        return cls(
            access=_opaque(answer, "access_token"),
            identity=_opaque(answer, "id_token") if "id_token" in answer else None,
            refresh=_opaque(answer, "refresh_token") if has_refresh else None,
            expires_in=seconds,
            refresh_expires_in=_seconds(answer.get("refresh_expires_in")) if has_refresh else None,
        )

    @property
    def lasts(self) -> int:
        """Seconds after which nothing can be renewed any more."""
        return max(self.refresh_expires_in or 0, self.expires_in)


def authorization_url(endpoint: str, parameters: Mapping[str, str]) -> str:
    """The address for the browser; a query that the endpoint has stays."""
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(parameters)}"


def challenge(verifier: str) -> str:
    """`code_challenge` of method S256 (RFC 7636, 4.2)."""
    return text_of(hashlib.sha256(verifier.encode()).digest())


def text_of(data: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def basic(client_id: str, secret: str) -> str:
    """Value of `Authorization`; both parts are form-encoded first (RFC 6749, 2.3.1)."""
    pair = f"{quote_plus(client_id)}:{quote_plus(secret)}"
    return "Basic " + base64.b64encode(pair.encode()).decode()


def read(answer: HttpAnswer) -> dict[str, Any]:
    """The JSON object of a success. Raises PscError for anything else, with the error's code and never its text."""
    document = _object(answer)
    if answer.status == 200 and document is not None:
        return document
    if answer.status >= 500:
        raise PscUnavailable(f"HTTP {answer.status}", origin=f"http-{answer.status}")
    if document is None:
        raise PscUnavailable("no JSON: somebody else answers in its place", origin=f"http-{answer.status}")
    raise refusal(document.get("error"), status=answer.status)


def refusal(code: object, *, status: int | None = None) -> PscError:
    """What an error code of OAuth calls for."""
    name = code if isinstance(code, str) and _CODE.fullmatch(code) else f"http-{status or 'error'}"
    if name in _DENIALS:
        return PscDenied(origin=name)
    if name in _OVER:
        return PscExpired(origin=name)
    if name in _SERVER_ERRORS:
        return PscUnavailable(origin=name)
    return PscRefused(origin=name)


def _object(answer: HttpAnswer) -> dict[str, Any] | None:
    try:
        document = json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _address(document: Mapping[str, Any], name: str) -> str:
    value = document.get(name)
    if not isinstance(value, str) or not _ADDRESS.fullmatch(value):
        raise PscUntrusted(f"discovery: {name}")
    return value


def _opaque(answer: Mapping[str, Any], name: str) -> str:
    value = answer.get(name)
    if not isinstance(value, str) or not value.isascii() or not value.isprintable() or " " in value or not value:
        raise PscUntrusted(f"token: {name}")
    return value


def _seconds(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 10_000_000 else None
