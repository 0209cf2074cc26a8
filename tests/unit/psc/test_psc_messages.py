"""The messages of OpenID Connect: vectors of the standards, and every way in which an answer can be wrong."""

import json
from typing import Any

import pytest

from dmp_core.errors import PscDenied, PscError, PscExpired, PscRefused, PscUnavailable, PscUntrusted
from dmp_core.identity.psc import oidc
from dmp_core.identity.psc.oidc import Endpoints, Tokens
from dmp_core.identity.psc.settings import ClientAuth
from dmp_core.ports import HttpAnswer

ISSUER = "https://auth.bas.psc.esante.gouv.fr/auth/realms/esante-wallet"
DISCOVERY = {
    "issuer": ISSUER,
    "authorization_endpoint": "https://wallet.bas.psc.esante.gouv.fr/auth",
    "token_endpoint": f"{ISSUER}/protocol/openid-connect/token",
    "userinfo_endpoint": f"{ISSUER}/protocol/openid-connect/userinfo",
    "jwks_uri": f"{ISSUER}/protocol/openid-connect/certs",
    "end_session_endpoint": f"{ISSUER}/protocol/openid-connect/logout",
    "backchannel_authentication_endpoint": f"{ISSUER}/protocol/openid-connect/ext/ciba/auth",
    "mtls_endpoint_aliases": {"token_endpoint": "https://mtls.example/token"},
}
TOKENS = {
    "access_token": "access-SECRET",
    "token_type": "Bearer",
    "expires_in": 120,
    "refresh_token": "refresh-SECRET",
    "refresh_expires_in": 1800,
    "id_token": "id-SECRET",
}


def test_the_challenge_is_that_of_rfc_7636_appendix_b() -> None:
    assert (
        oidc.challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    )


def test_basic_encodes_both_parts_before_they_are_joined() -> None:
    assert oidc.basic("a:b", "c d%") == "Basic YSUzQWI6YytkJTI1"  # a%3Ab:c+d%25 (RFC 6749, 2.3.1)


def test_the_published_addresses_are_taken() -> None:
    found = Endpoints.of(DISCOVERY, ISSUER, ClientAuth.BASIC)

    assert found.authorization == "https://wallet.bas.psc.esante.gouv.fr/auth"
    assert found.ciba == f"{ISSUER}/protocol/openid-connect/ext/ciba/auth"
    assert found.token == f"{ISSUER}/protocol/openid-connect/token"


def test_with_a_certificate_the_aliases_of_mutual_tls_are_taken() -> None:
    assert Endpoints.of(DISCOVERY, ISSUER, ClientAuth.TLS).token == "https://mtls.example/token"


@pytest.mark.parametrize(
    "change",
    [
        {"issuer": "https://autre.example"},
        {"issuer": None},
        {"token_endpoint": "http://auth.example/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"userinfo_endpoint": 7},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": "http://wallet.example/auth"},
        {"authorization_endpoint": "https://wallet.example/auth\nX: y"},
    ],
)
def test_a_discovery_document_that_leads_elsewhere_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(PscUntrusted):
        Endpoints.of(DISCOVERY | change, ISSUER, ClientAuth.BASIC)


def test_tokens_show_nothing() -> None:
    tokens = Tokens.of(TOKENS)

    assert tokens.lasts == 1800
    assert "SECRET" not in repr(tokens)


def test_without_a_refresh_token_it_lasts_as_long_as_the_access_token() -> None:
    tokens = Tokens.of({name: value for name, value in TOKENS.items() if name != "refresh_token"})

    assert (tokens.refresh, tokens.lasts) == (None, 120)


@pytest.mark.parametrize(
    "change",
    [
        {"token_type": "MAC"},
        {"token_type": None},
        {"expires_in": "120"},
        {"expires_in": True},
        {"expires_in": -1},
        {"expires_in": 10**12},
        {"access_token": ""},
        {"access_token": "with\nline"},
        {"access_token": None},
        {"id_token": {"a": 1}},
        {"refresh_token": "é"},
    ],
)
def test_tokens_that_are_none_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(PscUntrusted):
        Tokens.of(TOKENS | change)


@pytest.mark.parametrize(
    ("status", "body", "error", "origin"),
    [
        (400, {"error": "access_denied"}, PscDenied, "access_denied"),
        (400, {"error": "expired_token"}, PscExpired, "expired_token"),
        (400, {"error": "invalid_grant"}, PscExpired, "invalid_grant"),
        (400, {"error": "authorization_pending"}, PscRefused, "authorization_pending"),
        (401, {"error": "invalid_client"}, PscRefused, "invalid_client"),
        (400, {"error": "unknown_user_id", "error_description": "SECRET"}, PscRefused, "unknown_user_id"),
        (400, {"error": "SECRET of somebody"}, PscRefused, "http-400"),
        (400, {"error": 7}, PscRefused, "http-400"),
        (400, {}, PscRefused, "http-400"),
        (503, {"error": "temporarily_unavailable"}, PscUnavailable, "http-503"),
        (500, None, PscUnavailable, "http-500"),
        (200, None, PscUnavailable, "http-200"),
        (302, None, PscUnavailable, "http-302"),
        (200, [], PscUnavailable, "http-200"),
    ],
)
def test_every_other_answer_is_an_error_with_its_code_and_without_its_text(
    status: int, body: Any, error: type[PscError], origin: str
) -> None:
    content = b"<html>SECRET</html>" if body is None else json.dumps(body).encode()

    with pytest.raises(error) as caught:
        oidc.read(HttpAnswer(status, "application/json", content))

    assert caught.value.origin == origin
    assert "SECRET" not in str(caught.value) + str(caught.value.as_data())
