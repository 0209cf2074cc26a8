"""Who calls: a JSON web token, signed by a key that was given beforehand, for this very address, once.

Source: CDS Hooks 2.0, « Trusting CDS Clients »; ES384 and RS384, as it recommends.
"""

import json
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import extract_compact
from way_in.settings import SettingsWrong

from host_cdshooks.settings import ClientSettings

ALGORITHMS: Final = ("ES384", "RS384")
LIFETIME: Final = 300  # seconds from iat to exp
LEEWAY: Final = 60  # seconds by which two clocks may differ
_REMEMBERED: Final = 10_000
_TOKEN: Final = 8_192  # characters
_JTI: Final = 200


class TokenRefused(Exception):
    """`reason`: for the developer of the client, without a value."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Client:
    """One program that may call."""

    iss: str
    keys: KeySet = field(repr=False)
    jku: str | None = None


def read_clients(settings: tuple[ClientSettings, ...], folder: Path) -> tuple[Client, ...]:
    """The clients with their keys; relative paths from `folder`. Raises SettingsWrong."""
    found = []
    for client in settings:
        try:
            told = json.loads((folder / client.jwks).read_bytes())
            if any("d" in key for key in told["keys"]):
                raise SettingsWrong(f"{client.jwks.name}: a private key; public keys only")
            found.append(Client(client.iss, KeySet.import_key_set(told), client.jku))
        except (OSError, ValueError, KeyError, TypeError, JoseError) as error:
            raise SettingsWrong(f"{client.jwks.name}: no JWK Set") from error
    return tuple(found)


class Tokens:
    """Checks tokens, and remembers each until it is over. Called by one thread at a time."""

    def __init__(self, clients: tuple[Client, ...], now: Callable[[], float]) -> None:
        """`now()`: seconds since 1970."""
        self._clients = {client.iss: client for client in clients}
        self._now = now
        self._seen: OrderedDict[tuple[str, str], float] = OrderedDict()

    def check(self, authorization: str, address: str) -> str:
        """Who calls `address`: the `iss`. Raises TokenRefused."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token or len(token) > _TOKEN:
            raise TokenRefused("Authorization: Bearer, with a JWT")
        claims = self._verified(token)
        self._require_fresh(claims, address)
        self._require_first(claims)
        return str(claims["iss"])

    def _verified(self, token: str) -> Mapping[str, Any]:
        """The claims, once a key of the client that they name has signed them."""
        client = self._clients.get(_issuer_said(token))
        if client is None:
            raise TokenRefused("iss: nobody who may call")
        try:
            read = jwt.decode(token, client.keys, algorithms=list(ALGORITHMS))
        except (JoseError, ValueError, KeyError, TypeError):
            raise TokenRefused("the signature is not right") from None
        header = read.header
        if header.get("typ") != "JWT" or not header.get("kid"):
            raise TokenRefused("typ is JWT, and kid names the key")
        if "jku" in header and header["jku"] != client.jku:
            raise TokenRefused("jku: not where this client's keys are")
        return read.claims

    def _require_fresh(self, claims: Mapping[str, Any], address: str) -> None:
        audience = claims.get("aud")
        if audience != address and audience != [address]:
            raise TokenRefused("aud: the address that is called")
        issued, expires, now = _time(claims, "iat"), _time(claims, "exp"), self._now()
        if issued > now + LEEWAY or expires <= now - LEEWAY or not 0 < expires - issued <= LIFETIME:
            raise TokenRefused("exp: over, or too far away")

    def _require_first(self, claims: Mapping[str, Any]) -> None:
        identifier = claims.get("jti")
        if not isinstance(identifier, str) or not 0 < len(identifier) <= _JTI:
            raise TokenRefused("jti: what names this token")
        now, key = self._now(), (str(claims["iss"]), identifier)
        for seen, until in list(self._seen.items()):
            if until > now:
                break
            del self._seen[seen]
        if key in self._seen or len(self._seen) >= _REMEMBERED:
            raise TokenRefused("jti: this token served before")
        self._seen[key] = now + LIFETIME + 2 * LEEWAY  # it is over by then, whatever it says


def _issuer_said(token: str) -> str:
    """The `iss`, not yet believed: it says whose keys are tried."""
    try:
        return str(json.loads(extract_compact(token.encode()).payload)["iss"])
    except (JoseError, ValueError, KeyError, TypeError, RecursionError):
        raise TokenRefused("not a JWT") from None


def _time(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TokenRefused(f"{name} is a number")
    return float(value)
