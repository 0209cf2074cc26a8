"""What Pro Santé Connect signs: id_token and userinfo, checked against its published keys. The one user of joserfc."""

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from cryptography.exceptions import UnsupportedAlgorithm

from dmp_core.errors import ExtraMissing, PscUntrusted

ALGORITHMS: Final = ("RS256", "PS256", "ES256")
LEEWAY: Final = 60  # seconds that the clocks may differ
_HASHES: Final = {"256": hashlib.sha256}
_MALFORMED: Final = (ValueError, TypeError, KeyError, AttributeError, UnsupportedAlgorithm)  # what joserfc lets through


class KeyRing:
    """The keys of one issuer, fetched at first use and again where a token names a key that is not known."""

    def __init__(self, fetch: Callable[[], Mapping[str, Any]], *, issuer: str, client_id: str) -> None:
        """`fetch` gives the JWKS. Raises ExtraMissing without joserfc."""
        try:
            import joserfc  # noqa: F401
        except ModuleNotFoundError as error:
            raise ExtraMissing("joserfc: install dmp-core[psc]") from error
        self._fetch = fetch
        self._issuer = issuer
        self._client_id = client_id
        self._keys: Any = None

    def id_token(
        self, token: str, now: datetime, *, acr: str, nonce: str | None, access_token: str
    ) -> Mapping[str, Any]:
        """The claims of an id_token (OpenID Connect Core, 3.1.3.7). `nonce` None: none was sent (CIBA, renewal).

        Raises PscUntrusted.
        """
        options: dict[str, Any] = {"acr": {"essential": True, "value": acr}, "exp": {"essential": True}}
        if nonce is not None:
            options["nonce"] = {"essential": True, "value": nonce}
        header, claims = self._checked(token, now, options)
        if claims.get("azp", self._client_id) != self._client_id:
            raise PscUntrusted("id_token: azp")
        at_hash = claims.get("at_hash")
        if at_hash is not None and at_hash != _half_hash(access_token, str(header.get("alg"))):
            raise PscUntrusted("id_token: at_hash")
        return claims

    def userinfo(self, token: str, now: datetime) -> Mapping[str, Any]:
        """The claims of a userinfo that came as JWT (OpenID Connect Core, 5.3.2). Raises PscUntrusted."""
        return self._checked(token, now, {})[1]

    def _checked(
        self, token: str, now: datetime, options: Mapping[str, Any]
    ) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        from joserfc import jwt
        from joserfc.errors import JoseError

        registry = jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=LEEWAY,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self._client_id},
            sub={"essential": True},
            **options,
        )
        try:
            decoded = jwt.decode(token, self._known(token), algorithms=list(ALGORITHMS))
            registry.validate(decoded.claims)
        except (JoseError, *_MALFORMED) as error:
            raise PscUntrusted("signature or claims", origin=_reason(error)) from None
        return decoded.header, decoded.claims

    def _known(self, token: str) -> Any:
        """The key set, fetched again where it lacks the key that the token names."""
        from joserfc import jwk
        from joserfc.errors import JoseError

        if self._keys is None or _kid(token) not in {key.kid for key in self._keys.keys}:
            try:
                self._keys = jwk.KeySet.import_key_set(dict(self._fetch()))  # type: ignore[arg-type]  # checked there
            except (JoseError, *_MALFORMED) as error:
                raise PscUntrusted("jwks", origin=_reason(error)) from None
        return self._keys


def _kid(token: str) -> object:
    """`kid` of the header, before anything is trusted: it only chooses a key."""
    part = token.partition(".")[0]
    try:
        header = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return None
    return header.get("kid") if isinstance(header, dict) else None


def _half_hash(access_token: str, algorithm: str) -> str:
    """`at_hash`: left half of the hash of the algorithm's size, base64url (OpenID Connect Core, 3.1.3.6)."""
    digest = _HASHES[algorithm[-3:]](access_token.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()


def same(one: str, other: str) -> bool:
    """Whether two secrets are equal, in a time that does not tell where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())


def _reason(error: Exception) -> str:
    """The kind of a library's error: its text may hold a claim's value."""
    claim = getattr(error, "claim", None)
    return f"{type(error).__name__}:{claim}" if isinstance(claim, str) else type(error).__name__
