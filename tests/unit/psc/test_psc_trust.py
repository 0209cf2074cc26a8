"""An id_token is believed only where all of it is as OpenID Connect says."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import joserfc.errors
import pytest
from joserfc import jwk, jwt

from dmp_core.errors import PscUntrusted
from dmp_core.identity.psc.trust import KeyRing

NOW = datetime(2026, 1, 15, 9, 30, tzinfo=UTC)
AT = int(NOW.timestamp())
ISSUER, CLIENT = "https://auth.example/realm", "lgo"
KEY = jwk.RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
OTHER = jwk.RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
CLAIMS = {
    "iss": ISSUER,
    "sub": "f:somebody",
    "aud": CLIENT,
    "azp": CLIENT,
    "exp": AT + 120,
    "iat": AT,
    "acr": "eidas1",
    "nonce": "nonce",
    "at_hash": base64.urlsafe_b64encode(hashlib.sha256(b"access").digest()[:16]).rstrip(b"=").decode(),
}


def published(*keys: jwk.RSAKey) -> Mapping[str, Any]:
    return {"keys": [key.as_dict(private=False) for key in keys]}


def ring(*keys: jwk.RSAKey) -> KeyRing:
    return KeyRing(lambda: published(*keys), issuer=ISSUER, client_id=CLIENT)


def signed(changes: dict[str, Any], key: jwk.RSAKey = KEY, **header: Any) -> str:
    claims = {name: value for name, value in (CLAIMS | changes).items() if value is not None}
    return jwt.encode({"alg": "RS256", "kid": "one"} | header, claims, key)


def read(token: str, keys: KeyRing | None = None) -> Mapping[str, Any]:
    return (keys or ring(KEY)).id_token(token, NOW, acr="eidas1", nonce="nonce", access_token="access")


@pytest.mark.parametrize("changes", [{}, {"aud": [CLIENT]}, {"azp": None}, {"at_hash": None}, {"iat": AT + 30}])
def test_an_id_token_as_it_must_be_is_believed(changes: dict[str, Any]) -> None:
    assert read(signed(changes))["sub"] == "f:somebody"


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://autre.example"},
        {"iss": None},
        {"aud": "autre"},
        {"aud": ["autre"]},
        {"aud": None},
        {"azp": "autre"},
        {"sub": None},
        {"exp": AT - 61},
        {"exp": None},
        {"exp": "demain"},
        {"iat": AT + 120},
        {"nbf": AT + 120},
        {"nonce": "autre"},
        {"nonce": None},
        {"acr": "eidas0"},
        {"acr": None},
        {"at_hash": "autre"},
    ],
)
def test_one_false_claim_is_enough_to_refuse(changes: dict[str, Any]) -> None:
    with pytest.raises(PscUntrusted):
        read(signed(changes))


def test_a_clock_that_is_a_minute_late_changes_nothing() -> None:
    assert read(signed({"iat": AT + 59, "exp": AT + 179}))
    assert read(signed({"exp": AT - 59}))


def test_another_key_under_the_same_name_is_refused() -> None:
    with pytest.raises(PscUntrusted):
        read(signed({}, OTHER))


def test_a_changed_claim_breaks_the_signature() -> None:
    head, body, end = signed({}).split(".")
    changed = json.loads(base64.urlsafe_b64decode(body + "==")) | {"sub": "f:another"}
    body = base64.urlsafe_b64encode(json.dumps(changed).encode()).rstrip(b"=").decode()

    with pytest.raises(PscUntrusted):
        read(f"{head}.{body}.{end}")


def test_an_unsigned_token_is_refused() -> None:
    parts = [{"alg": "none"}, CLAIMS]
    token = ".".join(base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=").decode() for one in parts) + "."

    with pytest.raises(PscUntrusted):
        read(token)


def test_the_public_key_taken_as_a_shared_secret_is_refused() -> None:
    parts = [base64.urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=") for one in ({"alg": "HS256"}, CLAIMS)]
    mac = hmac.new(KEY.as_pem(private=False), b".".join(parts), "sha256").digest()
    token = b".".join([*parts, base64.urlsafe_b64encode(mac).rstrip(b"=")]).decode()

    with pytest.raises(PscUntrusted):
        read(token)


@pytest.mark.parametrize("token", ["", ".", "a.b.c", "é.é.é", "e30.e30.e30", "bnVsbA.e30.", "." * 50, "a" * 100_000])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(PscUntrusted):
        read(token)


def test_a_key_that_came_since_is_fetched_once() -> None:
    new = jwk.RSAKey.generate_key(2048, {"kid": "two", "use": "sig"})
    fetched: list[int] = []

    def fetch() -> Mapping[str, Any]:
        fetched.append(1)
        return published(KEY) if len(fetched) == 1 else published(KEY, new)

    keys = KeyRing(fetch, issuer=ISSUER, client_id=CLIENT)
    read(signed({}), keys)

    read(signed({}, new, kid="two"), keys)
    read(signed({}), keys)

    assert len(fetched) == 2


@pytest.mark.parametrize("document", [{}, {"keys": "text"}, {"keys": [{"kty": "RSA"}]}, {"keys": [7]}])
def test_keys_that_are_none_are_refused(document: dict[str, Any]) -> None:
    keys = KeyRing(lambda: document, issuer=ISSUER, client_id=CLIENT)

    with pytest.raises(PscUntrusted):
        read(signed({}), keys)


def every_error() -> list[type[Exception]]:
    found = [value for value in vars(joserfc.errors).values() if isinstance(value, type)]
    return [kind for kind in found if issubclass(kind, Exception) and not issubclass(kind, Warning)]


def test_every_error_of_the_library_is_one_that_is_caught() -> None:
    assert len(every_error()) > 15
    assert [kind for kind in every_error() if not issubclass(kind, joserfc.errors.JoseError | ValueError)] == []


def test_a_refusal_names_the_claim_and_never_its_value() -> None:
    with pytest.raises(PscUntrusted) as caught:
        read(signed({"iss": "https://SECRET.example"}))

    assert caught.value.origin == "InvalidClaimError:iss"
    assert "SECRET" not in f"{caught.value}{caught.value.as_data()}{caught.value.__cause__}"
