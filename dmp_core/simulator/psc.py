"""The simulated Pro Santé Connect without HTTP: who may ask, what a code is worth, how long tokens live.

Written from the public texts (`cards.md` 5.1, 5.2; OpenID Connect Core; RFC 7636; CIBA Core), apart from the client: a
code serves once, a redirect is a registered one, PKCE and nonce are demanded, and every lifetime is the real one.
"""

import base64
import hashlib
import json
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Final

from joserfc import jwk, jwt

from dmp_core.simulator.psc_clients import Client, Fields, Login, Redirected, Refused, answered, is_registered
from dmp_core.simulator.psc_people import Person, userinfo

CODE_LIFE: Final = timedelta(minutes=1)
ACCESS_LIFE: Final = timedelta(minutes=2)
REFRESH_LIFE: Final = timedelta(minutes=30)
SESSION_LIFE: Final = timedelta(hours=4)
CIBA_LIFE: Final = timedelta(minutes=2)
INTERVAL: Final = 1  # seconds between two polls of CIBA
ACR: Final = "eidas1"
REALM: Final = "/auth/realms/esante-wallet"
FAULTS: Final = frozenset(
    {"busy", "slow-down", "forged", "wrong-nonce", "wrong-issuer", "wrong-audience", "wrong-acr", "stale",
     "other-subject", "unsigned"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Code:
    login: Login
    person: Person
    until: datetime


@dataclass(slots=True)
class _Session:
    """A professional logged in for one client."""

    id: str
    client: Client
    person: Person
    began: datetime
    seen: datetime
    over: bool = False


@dataclass(slots=True)
class Call:
    """A question of CIBA on a phone or at a card. `answer`: what the person did."""

    id: str
    client: Client
    person: Person
    channel: str
    digits: str
    until: datetime
    asked: datetime
    answer: bool | None = None


class Psc:
    """The provider. `issuer` has no slash at its end; `wallet` is where the browser goes. Safe for threads."""

    def __init__(
        self,
        people: Sequence[Person],
        clients: Sequence[Client],
        *,
        issuer: str,
        wallet: str,
        now: Callable[[], datetime],
    ) -> None:
        self.people = {person.id: person for person in people}
        self.issuer = issuer
        self.wallet = wallet
        self.faults: set[str] = set()
        self.calls: dict[str, Call] = {}
        self._clients = {client.id: client for client in clients}
        self._now = now
        self._lock = Lock()
        self._key = _new_key()
        self._logins: dict[str, Login] = {}
        self._codes: dict[str, _Code] = {}
        self._used: dict[str, _Session] = {}
        self._sessions: dict[str, _Session] = {}
        self._access: dict[str, tuple[_Session, datetime]] = {}
        self._refresh: dict[str, tuple[_Session, datetime]] = {}

    def discovery(self) -> dict[str, Any]:
        at = f"{self.issuer}/protocol/openid-connect"
        backchannel = {"token_endpoint": f"{at}/token", "userinfo_endpoint": f"{at}/userinfo"}
        ciba = {"backchannel_authentication_endpoint": f"{at}/ext/ciba/auth"}
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.wallet}/auth",
            **backchannel,
            **ciba,
            "introspection_endpoint": f"{at}/token/introspect",
            "end_session_endpoint": f"{at}/logout",
            "jwks_uri": f"{at}/certs",
            "backchannel_token_delivery_modes_supported": ["poll"],
            "scopes_supported": ["openid", "scope_all"],
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code", "refresh_token", "urn:openid:params:grant-type:ciba"],
            "code_challenge_methods_supported": ["S256"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "tls_client_auth"],
            "subject_types_supported": ["public"],
            "acr_values_supported": [ACR],
            "authorization_response_iss_parameter_supported": True,
            "mtls_endpoint_aliases": {**backchannel, **ciba},
        }

    def jwks(self) -> dict[str, Any]:
        return {"keys": [self._key.as_dict(private=False)]}

    # ------------------------------------------------------------ the page

    def ask(self, fields: Fields) -> str:
        """Take an authorization request; its reference for the page. Raises Refused."""
        client = self._clients.get(fields.get("client_id", ""))
        redirect = fields.get("redirect_uri", "")
        if client is None or not is_registered(redirect, client):
            raise Refused("invalid_request", "client_id ou redirect_uri inconnu", page=True)
        login = Login(
            client, redirect, fields.get("state", ""), fields.get("nonce", ""), fields.get("code_challenge", "")
        )
        wanted = fields.get("scope", "").split()
        if fields.get("response_type") != "code":
            raise Redirected(login, "unsupported_response_type", self.issuer)
        if not {"openid", "scope_all"} <= set(wanted):
            raise Redirected(login, "invalid_scope", self.issuer)
        strict = fields.get("acr_values") == ACR and login.state and login.nonce
        pkce = fields.get("code_challenge_method") == "S256" and re.fullmatch(r"[A-Za-z0-9_-]{43}", login.challenge)
        if not strict or not pkce:
            raise Redirected(login, "invalid_request", self.issuer)
        reference = secrets.token_urlsafe(16)
        with self._lock:
            self._logins[reference] = login
        return reference

    def login(self, reference: str) -> Login:
        """Raises Refused for a reference that was never given, or was used."""
        with self._lock:
            if reference not in self._logins:
                raise Refused("invalid_request", "cette page a déjà servi", page=True)
            return self._logins[reference]

    def chosen(self, reference: str, person_id: str | None) -> str:
        """Where the browser goes once somebody said who they are; None: they refused. Raises Refused."""
        login = self.login(reference)
        with self._lock:
            del self._logins[reference]
            if person_id is None:
                return answered(login, self.issuer, error="access_denied")
            code = secrets.token_urlsafe(24)
            self._codes[code] = _Code(login, self.people[person_id], self._now() + CODE_LIFE)
        return answered(login, self.issuer, code=code)

    # ------------------------------------------------------------ the software

    def token(self, fields: Fields, client: Client) -> dict[str, Any]:
        """The token endpoint. Raises Refused."""
        with self._lock:
            match fields.get("grant_type"):
                case "authorization_code":
                    return self._of_code(fields, client)
                case "refresh_token":
                    return self._of_refresh(fields, client)
                case "urn:openid:params:grant-type:ciba":
                    return self._of_call(fields, client)
        raise Refused("unsupported_grant_type")

    def call(self, fields: Fields, client: Client) -> dict[str, Any]:
        """The backchannel endpoint of CIBA. Raises Refused."""
        person = self.people.get(fields.get("login_hint", ""))
        if person is None:
            raise Refused("unknown_user_id")
        if not {"openid", "scope_all"} <= set(fields.get("scope", "").split()) or fields.get("acr_values") != ACR:
            raise Refused("invalid_request", "scope, acr_values")
        if fields.get("channel") not in ("CARD", "MOBILE"):
            raise Refused("invalid_request", "channel")
        if not re.fullmatch(r"[0-9]{2}", fields.get("binding_message", "")):
            raise Refused("invalid_binding_message")
        reference, now = secrets.token_urlsafe(24), self._now()
        call = Call(reference, client, person, fields["channel"], fields["binding_message"], now + CIBA_LIFE, now)
        with self._lock:
            self.calls[reference] = call
        return {"auth_req_id": reference, "expires_in": int(CIBA_LIFE.total_seconds()), "interval": INTERVAL}

    def pending_calls(self) -> list[Call]:
        """What the phone shows."""
        with self._lock:
            return [call for call in self.calls.values() if call.answer is None and call.until > self._now()]

    def answer_call(self, reference: str, *, accepted: bool) -> None:
        """The person's tap. Raises Refused."""
        with self._lock:
            call = self.calls.get(reference)
            if call is None or call.answer is not None:
                raise Refused("invalid_request", "cette demande n’attend plus de réponse", page=True)
            call.answer = accepted

    def userinfo(self, access_token: str) -> dict[str, Any] | str:
        """The claims, as JWT where the client registered so. Raises Refused."""
        with self._lock:
            session, until = self._access.get(access_token, (None, self._now()))
            if session is None or until <= self._now() or not self._alive(session):
                raise Refused("invalid_token", status=401)
            claims = userinfo(session.person)
            if "other-subject" in self.faults:
                claims["sub"] = "f:simulateur:autre"
            if not session.client.signed_userinfo:
                return claims
            return self._signed(claims | {"iss": self.issuer, "aud": session.client.id})

    def introspect(self, token: str) -> dict[str, Any]:
        with self._lock:
            session, until = self._access.get(token, (None, self._now()))
            if session is None or until <= self._now() or not self._alive(session):
                return {"active": False}
            return {
                "active": True,
                "sub": session.person.subject,
                "client_id": session.client.id,
                "exp": int(until.timestamp()),
            }

    def logout(self, refresh_token: str, client: Client) -> None:
        """End the session of a refresh token. Raises Refused."""
        with self._lock:
            session, _ = self._refresh.get(refresh_token, (None, None))
            if session is None or session.client is not client:
                raise Refused("invalid_grant")
            session.over = True

    def client(self, client_id: str, secret: str | None, *, has_certificate: bool) -> Client:
        """Who asks. Raises Refused."""
        client = self._clients.get(client_id)
        if client is None:
            raise Refused("invalid_client", status=401)
        by_secret = secret is not None and secrets.compare_digest(secret.encode(), client.secret.encode())
        if not by_secret and not (secret is None and client.by_certificate and has_certificate):
            raise Refused("invalid_client", status=401)
        return client

    def sessions(self) -> list[str]:
        """PS_IdNat of who is logged in now."""
        with self._lock:
            return [one.person.id for one in self._sessions.values() if self._alive(one)]

    # ------------------------------------------------------------ grants

    def _of_code(self, fields: Fields, client: Client) -> dict[str, Any]:
        code = fields.get("code", "")
        if code in self._used:
            self._used[code].over = True  # replayed: whoever holds its tokens loses them (RFC 6749, 4.1.2)
            raise Refused("invalid_grant", "code déjà utilisé")
        known = self._codes.pop(code, None)
        if known is None or known.until <= self._now() or known.login.client is not client:
            raise Refused("invalid_grant", "code")
        if fields.get("redirect_uri") != known.login.redirect:
            raise Refused("invalid_grant", "redirect_uri")
        digest = hashlib.sha256(fields.get("code_verifier", "").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != known.login.challenge:
            raise Refused("invalid_grant", "code_verifier")
        session = self._begin(client, known.person)
        self._used[code] = session
        return self._tokens(session, nonce=known.login.nonce)

    def _of_refresh(self, fields: Fields, client: Client) -> dict[str, Any]:
        session, until = self._refresh.pop(fields.get("refresh_token", ""), (None, self._now()))
        if session is None or until <= self._now() or session.client is not client or not self._alive(session):
            raise Refused("invalid_grant", "refresh_token")
        session.seen = self._now()
        return self._tokens(session)

    def _of_call(self, fields: Fields, client: Client) -> dict[str, Any]:
        call, now = self.calls.get(fields.get("auth_req_id", "")), self._now()
        if call is None or call.client is not client:
            raise Refused("invalid_grant", "auth_req_id")
        if call.answer is None:
            if call.until <= now:
                raise Refused("expired_token")
            too_early = now - call.asked < timedelta(seconds=INTERVAL * 0.9)
            call.asked = now
            raise Refused("slow_down" if too_early or "slow-down" in self.faults else "authorization_pending")
        del self.calls[call.id]
        if not call.answer:
            raise Refused("access_denied")
        return self._tokens(self._begin(client, call.person))

    def _begin(self, client: Client, person: Person) -> _Session:
        session = _Session(secrets.token_urlsafe(16), client, person, self._now(), self._now())
        self._sessions[session.id] = session
        return session

    def _alive(self, session: _Session) -> bool:
        now = self._now()
        return not session.over and now < session.began + SESSION_LIFE and now < session.seen + REFRESH_LIFE

    def _tokens(self, session: _Session, nonce: str = "") -> dict[str, Any]:
        now = self._now()
        at, life = int(now.timestamp()), int(ACCESS_LIFE.total_seconds())
        access, refresh = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        self._access[access] = (session, now + ACCESS_LIFE)
        self._refresh[refresh] = (session, now + REFRESH_LIFE)
        half = base64.urlsafe_b64encode(hashlib.sha256(access.encode()).digest()[:16]).rstrip(b"=").decode()
        claims = {
            "iss": self.issuer,
            "sub": session.person.subject,
            "aud": session.client.id,
            "azp": session.client.id,
            "exp": at + life,
            "iat": at,
            "auth_time": int(session.began.timestamp()),
            "acr": ACR,
            "at_hash": half,
            "sid": session.id,
            "preferred_username": session.person.id,
        } | ({"nonce": nonce} if nonce else {})
        return {
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": life,
            "refresh_token": refresh,
            "refresh_expires_in": int(REFRESH_LIFE.total_seconds()),
            "id_token": self._signed(_broken(claims, self.faults)),
            "session_state": session.id,
            "scope": "openid scope_all",
        }

    def _signed(self, claims: Mapping[str, Any]) -> str:
        if "unsigned" in self.faults:
            parts = ({"alg": "none"}, claims)
            return (
                ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts)
                + "."
            )
        key = _new_key() if "forged" in self.faults else self._key
        return jwt.encode({"alg": "RS256", "kid": "simulateur"}, dict(claims), key)


def _new_key() -> jwk.RSAKey:
    return jwk.RSAKey.generate_key(2048, {"kid": "simulateur", "use": "sig", "alg": "RS256"})


def _broken(claims: dict[str, Any], faults: set[str]) -> dict[str, Any]:
    """The claims, false where a fault asks for it."""
    changes = {
        "wrong-nonce": {"nonce": "autre"},
        "wrong-issuer": {"iss": "https://autre.example"},
        "wrong-audience": {"aud": "autre", "azp": "autre"},
        "wrong-acr": {"acr": "eidas0"},
        "stale": {"exp": claims["iat"] - 3600, "iat": claims["iat"] - 7200},
    }
    for name, change in changes.items():
        if name in faults:
            claims = claims | change
    return claims
