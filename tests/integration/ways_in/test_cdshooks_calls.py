"""CDS Hooks as it is called: by HealthChain's client without a signature, with signed tokens, before a real bridge."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey

SERVICE = "/cds-services/dmp-patient-view"
KEY = ECKey.generate_key("P-384", {"kid": "lgo-1", "use": "sig"}, auto_kid=False)
CALLER = Path(__file__).with_name("healthchain_caller.py")


@pytest.fixture(scope="module")
def signed_only(seat, start, tmp_path_factory) -> Any:
    """A service that knows one client."""
    folder = tmp_path_factory.mktemp("cds")
    (folder / "lgo.json").write_text(json.dumps({"keys": [KEY.as_dict(private=False)]}), encoding="utf-8")
    settings = folder / "cdshooks.toml"
    lines = [
        'announce = "run/cds.json"',
        'origins = ["https://lgo.exemple"]',
        "answer_seconds = 20",
        "[[clients]]",
        'iss = "https://lgo.exemple"',
        'jwks = "lgo.json"',
    ]
    settings.write_text("\n".join([*lines, seat.operator()]), encoding="utf-8")
    return start("host_cdshooks", settings, announced=folder / "run" / "cds.json")


@pytest.fixture(scope="module")
def open_to_all(seat, start, tmp_path_factory) -> Any:
    folder = tmp_path_factory.mktemp("cds")
    settings = folder / "cdshooks.toml"
    lines = 'announce = "run/cds.json"\nauthentication = "none"\nanswer_seconds = 20\n'
    settings.write_text(lines + seat.operator(), encoding="utf-8")
    return start("host_cdshooks", settings, announced=folder / "run" / "cds.json")


@pytest.fixture
def resource(resource) -> dict[str, Any]:
    return resource | {"id": "fhir-1"}


def bearer(program: Any, path: str, **claims: Any) -> dict[str, str]:
    now = int(datetime.now(UTC).timestamp())
    told = {
        "iss": "https://lgo.exemple",
        "aud": program.url + path,
        "iat": now,
        "exp": now + 60,
        "jti": os.urandom(8).hex(),
    }
    header = {"alg": "ES384", "typ": "JWT", "kid": "lgo-1"}
    return {"Authorization": "Bearer " + jwt.encode(header, told | claims, KEY, algorithms=["ES384"])}


def view(resource: dict[str, Any]) -> dict[str, Any]:
    return {
        "hook": "patient-view",
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": {"userId": "Practitioner/example", "patientId": resource["id"]},
        "prefetch": {"patient": resource},
    }


def called(program: Any, told: dict[str, Any], **options: Any) -> httpx.Response:
    headers = bearer(program, SERVICE) | options.pop("headers", {})
    return httpx.post(program.url + SERVICE, json=told, headers=headers, timeout=30, **options)


def test_an_independent_client_gets_a_card_that_opens_the_window_once(
    open_to_all, resource, healthchain, tmp_path
) -> None:
    file = tmp_path / "patient.json"
    file.write_text(json.dumps(resource), encoding="utf-8")
    command = [sys.executable, str(CALLER), open_to_all.url + SERVICE, str(file)]

    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": str(healthchain)}, capture_output=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    (card,) = json.loads(done.stdout)
    link = card["links"][0]["url"]
    first, again = httpx.get(link, follow_redirects=True), httpx.get(link)

    assert (card["summary"], card["indicator"]) == ("DMP ouvert, consultation autorisée.", "info")
    assert "Accéder au DMP" in first.text
    assert again.status_code == 410
    assert resource["name"][0]["family"] not in done.stdout.decode()


def test_a_signed_call_gets_a_card_and_its_feedback_is_counted(signed_only, resource) -> None:
    (card,) = called(signed_only, view(resource)).json()["cards"]
    told = {"card": card["uuid"], "outcome": "overridden", "outcomeTimestamp": "2026-01-15T09:00:00Z"}
    comment = {"overrideReason": {"userComment": "SECRET"}}
    path = f"{SERVICE}/feedback"

    answer = httpx.post(signed_only.url + path, json={"feedback": [told | comment]}, headers=bearer(signed_only, path))

    assert answer.status_code == 200
    assert json.loads(signed_only.line()) == {"feedback": {"accepted": 0, "overridden": 1}}


def test_the_service_is_discovered(signed_only) -> None:
    (service,) = httpx.get(f"{signed_only.url}/cds-services", headers=bearer(signed_only, "/cds-services")).json()[
        "services"
    ]

    assert (service["hook"], service["id"]) == ("patient-view", "dmp-patient-view")
    assert service["prefetch"] == {"patient": "Patient/{{context.patientId}}"}


def test_an_identity_that_is_not_qualified_is_a_card_that_says_what_to_do(signed_only, resource) -> None:
    (card,) = called(signed_only, view(resource | {"id": "fhir-2", "extension": []})).json()["cards"]

    assert card["indicator"] == "warning"
    assert card["detail"]
    assert "links" not in card


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer x.y.z"}, {"Authorization": "Basic eA=="}],
    ids=["no token", "no JWT", "another scheme"],
)
def test_who_is_not_known_gets_nothing(signed_only, resource, headers) -> None:
    answer = httpx.post(signed_only.url + SERVICE, json=view(resource), headers=headers)
    found = httpx.get(f"{signed_only.url}/cds-services", headers=headers)

    assert (answer.status_code, found.status_code) == (401, 401)


def test_a_token_serves_once_and_for_one_address(signed_only, resource) -> None:
    token = bearer(signed_only, SERVICE)
    url = signed_only.url + SERVICE

    first = httpx.post(url, json=view(resource), headers=token, timeout=30)
    again = httpx.post(url, json=view(resource), headers=token)
    elsewhere = httpx.post(url, json=view(resource), headers=bearer(signed_only, "/cds-services"))

    assert (first.status_code, again.status_code, elsewhere.status_code) == (200, 401, 401)


def test_only_the_pages_that_were_named_may_call(signed_only) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}

    known = httpx.options(signed_only.url + SERVICE, headers=asked | {"Origin": "https://lgo.exemple"})
    stranger = httpx.options(signed_only.url + SERVICE, headers=asked | {"Origin": "https://attaquant.exemple"})

    assert (known.status_code, known.headers["access-control-allow-origin"]) == (200, "https://lgo.exemple")
    assert (stranger.status_code, "access-control-allow-origin" in stranger.headers) == (403, False)


def test_a_call_that_is_not_right_is_refused_in_french(signed_only, resource) -> None:
    missing = called(signed_only, view(resource) | {"prefetch": {}})
    long = httpx.post(
        signed_only.url + SERVICE,
        content=b" " * 300_000,
        headers=bearer(signed_only, SERVICE) | {"Content-Type": "application/json"},
    )

    assert (missing.status_code, missing.json()["sentence"]) == (412, "La fiche du patient n’accompagne pas l’appel.")
    assert long.status_code == 413
    assert called(signed_only, view(resource), headers={"Host": "attaquant.exemple"}).status_code == 421
    assert httpx.get(f"{signed_only.url}/dmp/{'a' * 43}").status_code == 410
