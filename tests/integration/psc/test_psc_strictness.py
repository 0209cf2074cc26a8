"""The simulated service refuses what the real one refuses; an independent client that does all of it right succeeds."""

import base64
import hashlib
import warnings
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwk, jwt

VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
REDIRECT = "http://127.0.0.1:53682/psc"
ASKED = {
    "response_type": "code",
    "client_id": "dmp-demo",
    "redirect_uri": REDIRECT,
    "scope": "openid scope_all",
    "acr_values": "eidas1",
    "state": "state",
    "nonce": "nonce",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}
SECRET = ("dmp-demo", "secret-de-demonstration")


@pytest.fixture
def client(service: Any) -> Any:
    with httpx.Client(verify=service.trust, trust_env=False) as client:
        yield client


def page(service: Any, **changes: str | None) -> str:
    query = {name: value for name, value in (ASKED | changes).items() if value is not None}
    return str(httpx.URL(f"{service.psc.wallet}/auth", params=query))


def code_of(service: Any, user: Any) -> str:
    return parse_qs(urlsplit(user.login(page(service))).query)["code"][0]


def exchange(service: Any, client: httpx.Client, code: str, /, **changes: str) -> httpx.Response:
    fields = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT, "code_verifier": VERIFIER}
    return client.post(f"{service.psc.issuer}/protocol/openid-connect/token", data=fields | changes, auth=SECRET)


@pytest.mark.parametrize(
    "redirect",
    ["https://evil.example/psc", "http://127.0.0.1:53682/autre", "http://localhost:53682/psc", "", None,
     "http://127.0.0.1.evil.example/psc", "https://127.0.0.1:53682/psc"],
)  # fmt: skip
def test_a_redirect_that_is_not_registered_gets_a_page_and_no_redirect(
    service: Any, user: Any, redirect: str | None
) -> None:
    answer = user.get(page(service, redirect_uri=redirect))

    assert answer.status_code == 400
    assert "location" not in answer.headers


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"nonce": None}, "invalid_request"),
        ({"acr_values": None}, "invalid_request"),
        ({"acr_values": "eidas2"}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"scope": "openid"}, "invalid_scope"),
        ({"scope": "scope_all"}, "invalid_scope"),
        ({"response_type": "token"}, "unsupported_response_type"),
    ],
)
def test_a_request_that_lacks_something_is_sent_back_with_its_error(
    service: Any, user: Any, change: dict[str, str | None], error: str
) -> None:
    answer = user.get(page(service, **change))

    told = parse_qs(urlsplit(answer.headers["location"]).query)
    assert (answer.status_code, told["error"], told["state"]) == (302, [error], ["state"])


def test_a_code_serves_once_and_its_second_use_ends_the_session(service: Any, user: Any, client: Any) -> None:
    code = code_of(service, user)
    first = exchange(service, client, code).json()

    second = exchange(service, client, code)
    told = client.get(
        f"{service.psc.issuer}/protocol/openid-connect/userinfo",
        headers={"authorization": f"Bearer {first['access_token']}"},
    )

    assert (second.status_code, second.json()["error"]) == (400, "invalid_grant")
    assert told.status_code == 401


@pytest.mark.parametrize(
    "change",
    [{"code_verifier": "another-verifier-that-is-long-enough-for-the-standard"}, {"redirect_uri": "http://127.0.0.1/psc"},
     {"code": "made-up"}],
)  # fmt: skip
def test_a_code_with_a_wrong_companion_is_refused(service: Any, user: Any, client: Any, change: dict[str, str]) -> None:
    answer = exchange(service, client, code_of(service, user), **change)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize("auth", [None, ("dmp-demo", "faux"), ("autre", "secret-de-demonstration")])
def test_a_software_that_does_not_show_who_it_is_gets_nothing(service: Any, user: Any, client: Any, auth: Any) -> None:
    fields = {"grant_type": "authorization_code", "code": code_of(service, user), "client_id": "dmp-demo"}

    answer = client.post(f"{service.psc.issuer}/protocol/openid-connect/token", data=fields, auth=auth)

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


def test_lifetimes_are_the_published_ones(service: Any, user: Any, client: Any) -> None:
    tokens = exchange(service, client, code_of(service, user)).json()

    assert (tokens["expires_in"], tokens["refresh_expires_in"], tokens["token_type"]) == (120, 1800, "Bearer")


def test_an_access_token_is_active_until_the_session_ends(service: Any, user: Any, client: Any) -> None:
    tokens = exchange(service, client, code_of(service, user)).json()
    at = f"{service.psc.issuer}/protocol/openid-connect"
    ask = {"token": tokens["access_token"]}
    before = client.post(f"{at}/token/introspect", data=ask, auth=SECRET).json()

    ended = client.post(f"{at}/logout", data={"refresh_token": tokens["refresh_token"]}, auth=SECRET)

    assert (before["active"], before["client_id"], ended.status_code) == (True, "dmp-demo", 204)
    assert client.post(f"{at}/token/introspect", data=ask, auth=SECRET).json() == {"active": False}


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"login_hint": "inconnu"}, "unknown_user_id"),
        ({"channel": "PIGEON"}, "invalid_request"),
        ({"binding_message": "plus de deux chiffres"}, "invalid_binding_message"),
        ({"acr_values": ""}, "invalid_request"),
        ({"scope": "openid"}, "invalid_request"),
    ],
)
def test_a_ciba_request_that_lacks_something_is_refused(
    service: Any, client: Any, change: dict[str, str], error: str
) -> None:
    fields = {"scope": "openid scope_all", "acr_values": "eidas1", "login_hint": "899700000001", "channel": "CARD"}
    at = f"{service.psc.issuer}/protocol/openid-connect/ext/ciba/auth"

    answer = client.post(at, data=fields | {"binding_message": "42"} | change, auth=SECRET)

    assert (answer.status_code, answer.json()["error"]) == (400, error)


def test_a_page_asked_by_another_name_is_refused(service: Any, user: Any) -> None:
    answer = httpx.get(service.psc.phone, headers={"host": "evil.example"}, trust_env=False)

    assert answer.status_code == 403


def test_a_page_that_served_serves_no_more(service: Any, user: Any) -> None:
    shown = user.get(page(service)).text
    link = shown[shown.index("/auth/choisir") :].partition('"')[0].replace("&amp;", "&")
    first = user.get(f"{service.psc.wallet}{link}")

    second = user.get(f"{service.psc.wallet}{link}")

    assert (first.status_code, second.status_code) == (302, 400)


def test_the_pages_hold_no_script_and_name_the_simulator(service: Any, user: Any) -> None:
    answer = user.get(page(service))

    assert "Ce n’est pas Pro Santé Connect" in answer.text
    assert "<script" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_an_independent_client_succeeds(service: Any, user: Any, client: Any) -> None:
    """authlib, which knows nothing of us: discovery, code with PKCE, id_token, userinfo, renewal."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from authlib.integrations.httpx_client import OAuth2Client

        session = OAuth2Client(
            *SECRET, scope="openid scope_all", redirect_uri=REDIRECT, code_challenge_method="S256", verify=service.trust
        )
        with session:
            known = client.get(f"{service.psc.issuer}/.well-known/wallet-openid-configuration").json()
            url, _ = session.create_authorization_url(
                known["authorization_endpoint"], nonce="n-0S6", acr_values="eidas1", code_verifier=VERIFIER
            )
            back = user.login(url)
            tokens = session.fetch_token(known["token_endpoint"], authorization_response=back, code_verifier=VERIFIER)
            keys = jwk.KeySet.import_key_set(client.get(known["jwks_uri"]).json())
            claims = jwt.decode(tokens["id_token"], keys).claims
            told = session.get(known["userinfo_endpoint"]).json()
            renewed = session.refresh_token(known["token_endpoint"])

    assert (claims["acr"], claims["nonce"], claims["aud"]) == ("eidas1", "n-0S6", "dmp-demo")
    assert told["SubjectRefPro"]["exercices"][0]["activities"][0]["codeSectionPharmacien"] == "A"
    assert renewed["access_token"] != tokens["access_token"]
