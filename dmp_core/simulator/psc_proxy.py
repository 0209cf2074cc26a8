"""A vendor's proxy to Pro Santé Connect: the reference implementation of `docs/reference/psc-proxy.md`.

It is what a vendor runs in its own data centre: it holds the client secret and the tokens, and gives a pharmacy, known
by its certificate, who the professional is. Standard library and joserfc; one process, sessions in memory.
"""

import base64
import hashlib
import http.client
import json
import secrets
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html import escape
from pathlib import Path
from threading import Lock
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from cryptography import x509
from cryptography.x509.oid import NameOID
from joserfc import jwk, jwt
from joserfc.errors import JoseError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

BASE: Final = "/mandataire/v1"
CALLBACK: Final = "/mandataire/retour"
_LOGIN_LIFE: Final = timedelta(minutes=5)
_SCOPE: Final = "openid scope_all"
_ACR: Final = "eidas1"
_LONGEST: Final = 10_000
_DONE: Final = (
    '<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8"><title>Pro Santé Connect</title></head><body><main>'
    "<h1>{title}</h1><p>{text}</p></main></body></html>"
)


class _Refused(Exception):
    """An error for the pharmacy: a code of OAuth."""

    def __init__(self, code: str, status: int = 400) -> None:
        super().__init__(code)
        self.code = code
        self.status = status


@dataclass(frozen=True, slots=True)
class Provider:
    """Pro Santé Connect as this proxy is registered there."""

    issuer: str
    client_id: str
    secret: str = field(repr=False)
    redirect: str
    ca: Path


@dataclass(slots=True)
class _Session:
    """One counter's identification. `owner`: the pharmacy's certificate."""

    owner: bytes = field(repr=False)
    until: datetime
    channel: str
    state: str = field(default="", repr=False)
    nonce: str = field(default="", repr=False)
    verifier: str = field(default="", repr=False)
    request: str = field(default="", repr=False)
    due: datetime | None = None
    error: str = ""
    tokens: dict[str, Any] = field(default_factory=dict, repr=False)
    userinfo: dict[str, Any] = field(default_factory=dict, repr=False)


class Proxy:
    """The proxy without its routes. Every call waits for the provider."""

    def __init__(self, provider: Provider, *, now: Callable[[], datetime]) -> None:
        self._provider = provider
        self._now = now
        self._lock = Lock()
        self._sessions: dict[str, _Session] = {}
        self._context = ssl.create_default_context(cafile=provider.ca)

    # ------------------------------------------------------------ the four requests

    def open(self, asked: Mapping[str, Any], owner: bytes) -> dict[str, Any]:
        channel, login = asked.get("channel"), asked.get("login")
        if channel not in ("browser", "card", "mobile") or (channel != "browser" and not isinstance(login, str)):
            raise _Refused("invalid_request")
        secret, now = secrets.token_urlsafe(32), self._now()
        found = self._discovered()
        if channel == "browser":
            session = _Session(owner, now + _LOGIN_LIFE, channel)
            session.state, session.nonce, session.verifier = (secrets.token_urlsafe(32) for _ in range(3))
            told = {"url": self._address(found, session), "expires_in": int(_LOGIN_LIFE.total_seconds()), "interval": 1}
        else:
            digits = f"{secrets.randbelow(100):02}"
            answer = self._post(
                found["backchannel_authentication_endpoint"],
                scope=_SCOPE,
                acr_values=_ACR,
                login_hint=str(login),
                binding_message=digits,
                channel=channel.upper(),
            )
            interval = answer.get("interval", 5)
            session = _Session(owner, now + timedelta(seconds=answer["expires_in"]), channel)
            session.request, session.due = answer["auth_req_id"], now + timedelta(seconds=interval)
            told = {"digits": digits, "expires_in": answer["expires_in"], "interval": interval}
        with self._lock:
            self._sessions = {key: one for key, one in self._sessions.items() if one.until > now}
            self._sessions[secret] = session
        return {"session": secret, **told}

    def poll(self, asked: Mapping[str, Any], owner: bytes) -> dict[str, Any]:
        session = self._session(asked, owner)
        if session.error:
            raise _Refused(session.error)
        if not session.tokens and session.request and session.due and self._now() >= session.due:
            self._ask_again(session)
        return self._told(session)

    def renew(self, asked: Mapping[str, Any], owner: bytes) -> dict[str, Any]:
        session = self._session(asked, owner)
        refresh = session.tokens.get("refresh_token")
        if not refresh:
            raise _Refused("invalid_grant")
        found = self._discovered()
        self._keep(
            session, self._post(found["token_endpoint"], grant_type="refresh_token", refresh_token=refresh), found
        )
        return self._told(session)

    def end(self, asked: Mapping[str, Any], owner: bytes) -> dict[str, Any]:
        session = self._session(asked, owner)
        with self._lock:
            self._sessions.pop(str(asked.get("session")), None)
        if session.tokens:
            self._request(
                "POST", self._discovered()["end_session_endpoint"], refresh_token=session.tokens["refresh_token"]
            )
        return {}

    def came_back(self, query: Mapping[str, str]) -> str | None:
        """The browser came back; the pharmacy for which somebody is identified by it, None where nobody is."""
        state = query.get("state", "")
        with self._lock:
            waiting = [one for one in self._sessions.values() if one.state and secrets.compare_digest(one.state, state)]
        if not waiting or waiting[0].until <= self._now():
            return None
        session, waiting[0].state = waiting[0], ""
        if "code" not in query or query.get("iss", self._provider.issuer) != self._provider.issuer:
            session.error = "access_denied" if query.get("error") == "access_denied" else "invalid_request"
            return None
        try:
            found = self._discovered()
            answer = self._post(
                found["token_endpoint"],
                grant_type="authorization_code",
                code=query["code"],
                redirect_uri=self._provider.redirect,
                code_verifier=session.verifier,
            )
            self._keep(session, answer, found)
        except _Refused as error:
            session.error = error.code
            return None
        return _name(session.owner)

    # ------------------------------------------------------------ the provider

    def _ask_again(self, session: _Session) -> None:
        found = self._discovered()
        try:
            answer = self._post(
                found["token_endpoint"], grant_type="urn:openid:params:grant-type:ciba", auth_req_id=session.request
            )
        except _Refused as error:
            if error.code not in ("authorization_pending", "slow_down"):
                raise
            session.due = self._now() + timedelta(seconds=6 if error.code == "slow_down" else 1)
            return
        self._keep(session, answer, found)

    def _keep(self, session: _Session, tokens: dict[str, Any], found: Mapping[str, Any]) -> None:
        """Tokens, once the id_token is what it must be, and the userinfo that they open."""
        published: Any = self._read(*self._request("GET", found["jwks_uri"]))
        keys, nonce = jwk.KeySet.import_key_set(published), session.nonce if not session.tokens else ""
        claims = jwt.JWTClaimsRegistry(
            now=int(self._now().timestamp()),
            leeway=60,
            iss={"essential": True, "value": self._provider.issuer},
            aud={"essential": True, "value": self._provider.client_id},
            exp={"essential": True},
            acr={"essential": True, "value": _ACR},
        )
        try:
            known = jwt.decode(tokens["id_token"], keys, algorithms=["RS256"])
            claims.validate(known.claims)
            if nonce and known.claims.get("nonce") != nonce:
                raise ValueError("nonce")
        except (JoseError, ValueError, KeyError):
            raise _Refused("server_error", 502) from None
        told = self._read(*self._request("GET", found["userinfo_endpoint"], bearer=tokens["access_token"]))
        if told.get("sub") != known.claims["sub"]:
            raise _Refused("server_error", 502)
        session.tokens, session.userinfo = tokens, told
        session.until = self._now() + timedelta(seconds=tokens["refresh_expires_in"])

    def _address(self, found: Mapping[str, Any], session: _Session) -> str:
        digest = hashlib.sha256(session.verifier.encode()).digest()
        query = {
            "response_type": "code",
            "client_id": self._provider.client_id,
            "redirect_uri": self._provider.redirect,
            "scope": _SCOPE,
            "acr_values": _ACR,
            "state": session.state,
            "nonce": session.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return f"{found['authorization_endpoint']}?{urlencode(query)}"

    def _discovered(self) -> dict[str, Any]:
        return self._read(*self._request("GET", f"{self._provider.issuer}/.well-known/wallet-openid-configuration"))

    def _post(self, url: str, **fields: str) -> dict[str, Any]:
        return self._read(*self._request("POST", url, **fields))

    def _request(self, method: str, url: str, bearer: str = "", **fields: str) -> tuple[int, bytes]:
        parts = urlsplit(url)
        headers = {"Accept": "application/json"}
        body = None
        if method == "POST":
            known = {"client_id": self._provider.client_id, "client_secret": self._provider.secret, **fields}
            body, headers["Content-Type"] = urlencode(known), "application/x-www-form-urlencoded"
        if bearer:
            headers["Authorization"] = f"Bearer {bearer}"
        connection = http.client.HTTPSConnection(parts.netloc, timeout=10, context=self._context)
        try:
            connection.request(method, parts.path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except OSError:
            raise _Refused("temporarily_unavailable", 503) from None
        finally:
            connection.close()

    @staticmethod
    def _read(status: int, body: bytes) -> dict[str, Any]:
        try:
            document = json.loads(body)
        except ValueError:
            raise _Refused("temporarily_unavailable", 503) from None
        if status != 200:
            raise _Refused(document.get("error", "server_error"), 503 if status >= 500 else 400)
        return dict(document)

    # ------------------------------------------------------------ the pharmacy

    def _session(self, asked: Mapping[str, Any], owner: bytes) -> _Session:
        """The pharmacy's own session; another's does not exist for it."""
        with self._lock:
            session = self._sessions.get(str(asked.get("session")))
        if session is None or session.owner != owner or session.until <= self._now():
            raise _Refused("expired_token")
        return session

    def _told(self, session: _Session) -> dict[str, Any]:
        if not session.tokens:
            return {"state": "pending"}
        left = int((session.until - self._now()).total_seconds())
        return {"state": "identified", "userinfo": session.userinfo, "expires_in": max(left, 0)}


def _name(certificate: bytes) -> str:
    """The pharmacy as its certificate calls it: who was lured here sees for whom they logged in."""
    names = x509.load_der_x509_certificate(certificate).subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    return str(names[0].value) if names else "pharmacie inconnue"


def services(proxy: Proxy) -> list[Route]:
    """The four requests, for a server that puts the client's certificate into `request.state.certificate`."""

    def route(name: str, act: Callable[[Mapping[str, Any], bytes], dict[str, Any]]) -> Route:
        async def answer(request: Request) -> Response:
            if request.state.certificate is None:
                return JSONResponse({"error": "invalid_client"}, 401)
            body = bytearray()
            async for piece in request.stream():
                body += piece
                if len(body) > _LONGEST:
                    return Response(status_code=413)
            try:
                asked = json.loads(bytes(body))
                if not isinstance(asked, dict):
                    raise _Refused("invalid_request")
                told = await run_in_threadpool(act, asked, request.state.certificate)
                return JSONResponse(told, headers={"cache-control": "no-store"})
            except ValueError:
                return JSONResponse({"error": "invalid_request"}, 400)
            except _Refused as error:
                return JSONResponse({"error": error.code}, error.status)

        return Route(f"{BASE}/{name}", answer, methods=["POST"])

    return [
        route("open", proxy.open), route("poll", proxy.poll), route("renew", proxy.renew), route("end", proxy.end)
    ]  # fmt: skip


def callback(proxy: Proxy) -> Route:
    """Where the browser comes back to."""

    async def answer(request: Request) -> Response:
        pharmacy = await run_in_threadpool(proxy.came_back, dict(request.query_params))
        title = "C’est fait" if pharmacy else "Identification interrompue"
        text = "Vous pouvez fermer cette page et revenir à votre logiciel."
        if pharmacy:
            text = f"Vous êtes identifié pour : {escape(pharmacy)}. {text}"
        headers = {"cache-control": "no-store", "referrer-policy": "no-referrer"}
        headers |= {"content-security-policy": "default-src 'none'; frame-ancestors 'none'"}
        return Response(
            _DONE.format(title=title, text=text), 200 if pharmacy else 400, headers, "text/html; charset=utf-8"
        )

    return Route(CALLBACK, answer)
