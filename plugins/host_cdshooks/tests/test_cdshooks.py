"""Who may call, what a call says, what a card says. Examples and keys of CDS Hooks 2.0 are typed here."""

import json
from pathlib import Path
from typing import Any

import pytest
from host_cdshooks import cards
from host_cdshooks.__main__ import _serve
from host_cdshooks.requests import read_feedback, read_view
from host_cdshooks.settings import ClientSettings, Settings
from host_cdshooks.tokens import Client, TokenRefused, Tokens, read_clients
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey
from pydantic import ValidationError
from way_in.counter import Refusal
from way_in.settings import SettingsWrong

PUBLIC = {  # « JWT Signing Algorithm », the example's JSON Web Key Set
    "kty": "EC",
    "use": "sig",
    "crv": "P-384",
    "kid": "example-kid",
    "x": "46SDH7Znh821wblCBglA61sNE9ZrHYKKt3qRtRTmSXyOI_FIGBLWrWa0GPUkDCEk",
    "y": "XMcRuuoGW7CXjQdy-F5i3FeBE0x9hPLdeFdSoDd3ELmx404tLX0VRRcqzAsPhXcI",
    "alg": "ES384",
}
PRIVATE = PUBLIC | {"d": "SeFXUXda8UomZ8GFUl7HH_Oi15rIbfMcsWj9ecIsDR8kLbqsEz2CGNgwy_IcILxy"}
ISS = "https://fhir-ehr.example.com/"
JKU = "https://fhir-ehr.example.com/jwk_uri"
AUD = "https://cds.example.org/cds-services/some-service"
NOW = 1_422_568_800
CLAIMS = {"iss": ISS, "aud": AUD, "exp": NOW + 60, "iat": NOW, "jti": "ee22b021-e1b7-4611-ba5b-8eec6a33ac1e"}
HEADER = {"alg": "ES384", "typ": "JWT", "kid": "example-kid", "jku": JKU}
KEY = ECKey.import_key(PRIVATE)
RSA = RSAKey.generate_key(2048, {"kid": "rsa"}, auto_kid=False)


def signed(
    claims: dict[str, Any] = CLAIMS, header: dict[str, Any] = HEADER, key: Any = KEY, algorithm: str = "ES384"
) -> str:
    return "Bearer " + jwt.encode(header, claims, key, algorithms=[algorithm])


class Time:
    now = float(NOW)

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def tokens(time: Time) -> Tokens:
    keys = KeySet.import_key_set({"keys": [PUBLIC, RSA.as_dict(private=False)]})
    return Tokens((Client(ISS, keys, JKU),), time)


def without(told: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in told.items() if key != name}


def test_the_token_of_the_specification_is_let_in(tokens: Tokens) -> None:
    assert tokens.check(signed(), AUD) == ISS


def test_the_audience_may_be_a_list_and_the_algorithm_rs384(tokens: Tokens) -> None:
    rsa = {"alg": "RS384", "typ": "JWT", "kid": "rsa"}

    assert tokens.check(signed(CLAIMS | {"aud": [AUD]}, rsa, RSA, "RS384"), AUD) == ISS


def test_a_token_serves_once_even_after_its_end(tokens: Tokens, time: Time) -> None:
    token = signed()
    tokens.check(token, AUD)

    for later in (0, 60, 119):
        time.now = NOW + later
        with pytest.raises(TokenRefused, match="served before"):
            tokens.check(token, AUD)


def test_what_is_over_is_forgotten(tokens: Tokens, time: Time) -> None:
    tokens.check(signed(), AUD)

    time.now = NOW + 1_000
    tokens.check(signed(CLAIMS | {"iat": NOW + 1_000, "exp": NOW + 1_060, "jti": "2"}), AUD)

    assert len(tokens._seen) == 1


@pytest.mark.parametrize(
    ("claims", "header"),
    [
        (CLAIMS | {"iss": "https://autre.example.com/"}, HEADER),
        (CLAIMS | {"aud": "https://cds.example.org/cds-services"}, HEADER),
        (CLAIMS | {"aud": [AUD, "https://ailleurs.example.org"]}, HEADER),
        (CLAIMS | {"exp": NOW - 61, "iat": NOW - 120}, HEADER),
        (CLAIMS | {"iat": NOW + 61, "exp": NOW + 120}, HEADER),
        (CLAIMS | {"exp": NOW + 301}, HEADER),
        (CLAIMS | {"exp": NOW}, HEADER),
        (CLAIMS | {"exp": "demain"}, HEADER),
        (CLAIMS | {"jti": ""}, HEADER),
        (CLAIMS | {"jti": "x" * 201}, HEADER),
        *((without(CLAIMS, name), HEADER) for name in ("iss", "aud", "exp", "iat", "jti")),
        (CLAIMS, HEADER | {"typ": "at+jwt"}),
        (CLAIMS, without(HEADER, "kid")),
        (CLAIMS, HEADER | {"kid": "autre"}),
        (CLAIMS, HEADER | {"jku": "https://attaquant.example.com/keys"}),
    ],
)
def test_a_token_that_is_not_right_is_refused(tokens: Tokens, claims: dict[str, Any], header: dict[str, Any]) -> None:
    with pytest.raises(TokenRefused):
        tokens.check(signed(claims, header), AUD)


def test_a_key_of_somebody_else_and_other_algorithms_are_refused(tokens: Tokens) -> None:
    stranger = ECKey.generate_key("P-384", {"kid": "example-kid"}, auto_kid=False)
    public = OctKey.import_key(json.dumps(PUBLIC))
    head, claims, _ = signed().removeprefix("Bearer ").split(".")
    wrong = [
        signed(key=stranger),
        signed(header=HEADER | {"alg": "HS384"}, key=public, algorithm="HS384"),
        signed(header={"alg": "RS256", "typ": "JWT", "kid": "rsa"}, key=RSA, algorithm="RS256"),
        f"Bearer {head}.{claims}.",
        "Bearer eyJhbGciOiJub25lIn0.e30.",
        "Bearer a.b.c",
        "Bearer " + "a" * 9_000,
        "Basic dXNlcjpwYXNz",
        "",
    ]

    for token in wrong:
        with pytest.raises(TokenRefused):
            tokens.check(token, AUD)


def test_keys_are_read_from_a_file_and_private_ones_refused(tmp_path: Path) -> None:
    (tmp_path / "lgo.json").write_text(json.dumps({"keys": [PUBLIC]}), encoding="utf-8")
    (tmp_path / "secret.json").write_text(json.dumps({"keys": [PRIVATE]}), encoding="utf-8")
    (tmp_path / "none.json").write_text("[]", encoding="utf-8")

    (client,) = read_clients((ClientSettings(iss=ISS, jwks=Path("lgo.json")),), tmp_path)

    assert client.iss == ISS
    for name in ("secret.json", "none.json", "absent.json"):
        with pytest.raises(SettingsWrong):
            read_clients((ClientSettings(iss=ISS, jwks=Path(name)),), tmp_path)


@pytest.mark.parametrize(
    "wrong", [{}, {"listen": "0.0.0.0", "authentication": "none"}, {"authentication": "peut-être"}]
)
def test_settings_that_let_anybody_in_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate({"operator": {"id": "comptoir", "rights": ["read"]}} | wrong)


class Production:
    """A bridge that is no simulation."""

    def start(self, _name: str, _settings: object) -> str:
        return "production"


def test_without_authentication_it_does_not_start_in_production() -> None:
    settings = Settings.model_validate({"operator": {"id": "comptoir", "rights": ["read"]}, "authentication": "none"})

    with pytest.raises(SettingsWrong, match="simulation only"):
        _serve(settings, Production(), None)  # type: ignore[arg-type]


# ---------------------------------------------------------------- what a call says

REQUEST: dict[str, Any] = {  # « HTTP Request », its example, with the patient of a French host
    "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
    "fhirServer": "http://hooks.smarthealthit.org:9080",
    "hook": "patient-view",
    "fhirAuthorization": {
        "access_token": "some-opaque-fhir-access-token",
        "token_type": "Bearer",
        "expires_in": 300,
        "scope": "patient/Patient.read patient/Observation.read",
        "subject": "cds-service4",
    },
    "context": {"userId": "Practitioner/example", "patientId": "1288992", "encounterId": "89284"},
    "prefetch": {
        "patient": {
            "resourceType": "Patient",
            "gender": "male",
            "birthDate": "1925-12-23",
            "id": "1288992",
            "active": True,
            "name": [{"use": "official", "family": "PAT-UN", "given": ["PAUL"]}],
        }
    },
}


def test_the_request_of_the_specification_is_read() -> None:
    view = read_view(json.dumps(REQUEST).encode(), "validee")

    assert (view.hook_instance, view.patient.host_id) == ("d1577c69-dfbe-44ad-ba6d-3e05e953b2ea", "1288992")


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"hook": "order-select"}, 400),
        ({"hookInstance": ""}, 400),
        ({"context": {}}, 400),
        ({"context": {"userId": "Practitioner/1", "patientId": "un-autre"}}, 400),
        ({"prefetch": {}}, 412),
        ({"prefetch": None}, 412),
        ({"prefetch": {"patient": REQUEST["prefetch"]["patient"] | {"name": []}}}, 412),
    ],
)
def test_a_call_that_is_not_right_is_refused_without_its_values(changes: dict[str, Any], status: int) -> None:
    with pytest.raises(Refusal) as refusal:
        read_view(json.dumps(REQUEST | changes).encode(), "validee")

    assert refusal.value.status == status
    assert not any(value in str(refusal.value) for value in ("PAT-UN", "1288992", "un-autre"))


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"[" * 10_000, b"\xff"])
def test_what_is_no_json_is_refused(body: bytes) -> None:
    for read in (lambda: read_view(body, "validee"), lambda: read_feedback(body)):
        with pytest.raises(Refusal) as refusal:
            read()
        assert refusal.value.status == 400


def test_feedback_of_the_specification_is_read_and_its_comment_dropped() -> None:
    accepted = {
        "card": "4e0a3a1e-3283-4575-ab82-028d55fe2719",
        "outcome": "accepted",
        "acceptedSuggestions": [{"id": "e56e1945-20b3-4393-8503-a1a20fd73152"}],
        "outcomeTimestamp": "2020-12-11T00:00:00Z",
    }
    overridden = {
        "card": "9368d37b-283f-44a0-93ea-547cebab93ed",
        "outcome": "overridden",
        "overrideReason": {
            "reason": {"code": "d7ecf885", "system": "https://example.com/cds-hooks/override-reason-system"},
            "userComment": "A comment entered by the clinician.",
        },
        "outcomeTimestamp": "2020-12-11T00:00:00Z",
    }

    assert read_feedback(json.dumps({"feedback": [accepted, overridden]}).encode()) == [
        ("4e0a3a1e-3283-4575-ab82-028d55fe2719", "accepted"),
        ("9368d37b-283f-44a0-93ea-547cebab93ed", "overridden"),
    ]
    for wrong in ([], [accepted | {"outcome": "ignored"}], [without(accepted, "card")], [1], [accepted] * 101):
        with pytest.raises(Refusal):
            read_feedback(json.dumps({"feedback": wrong}).encode())


# ---------------------------------------------------------------- what a card says

STATUS = {"status": "authorised", "text": "DMP ouvert, consultation autorisée.", "new": None}
LINK = "http://127.0.0.1:8460/dmp/code"


def test_a_card_says_the_status_and_what_is_new_with_a_link() -> None:
    new = [
        {"type_code": "11502-2", "label": "CR d'examens biologiques", "count": 2},
        {"type_code": "34133-9", "label": "Synthèse", "count": 0},
    ]

    assert cards.card("u", STATUS | {"new": new}, LINK) == {
        "uuid": "u",
        "summary": "DMP ouvert, consultation autorisée.",
        "indicator": "info",
        "detail": "Nouveau depuis la dernière consultation :\n\n- CR d'examens biologiques : 2",
        "source": {"label": "Dossier Médical Partagé (DMP)"},
        "links": [{"label": "Ouvrir le DMP", "url": LINK, "type": "absolute"}],
    }


@pytest.mark.parametrize(
    ("status", "indicator", "linked"),
    [
        ("authorised", "info", True),
        ("not_authorised", "warning", True),
        ("expired", "warning", True),
        ("blocked", "warning", True),
        ("absent", "info", False),
        ("closed", "info", False),
    ],
)
def test_a_link_leads_where_there_is_something(status: str, indicator: str, linked: bool) -> None:
    card = cards.card("u", STATUS | {"status": status}, LINK)

    assert (card["indicator"], "links" in card) == (indicator, linked)
    assert "suggestions" not in card


def test_a_status_that_is_late_and_a_refusal_are_cards_as_well() -> None:
    late = cards.card("u", None, LINK)
    refused = cards.refused("u", Refusal("DMP-IDENT-002", "a" * 200, "Vérifiez l’identité."))

    assert (late["summary"], late["links"][0]["url"]) == ("Le statut du DMP n’est pas encore connu.", LINK)
    assert (len(refused["summary"]), refused["indicator"], refused["detail"]) == (
        139,
        "warning",
        "Vérifiez l’identité.",
    )


def test_a_label_cannot_write_markdown() -> None:
    card = cards.card("u", STATUS | {"new": [{"label": "[x](http://y)", "count": 1}]}, LINK)

    assert card["detail"].endswith(r"- \[x\]\(http://y\) : 1")
