"""Pro Santé Connect asked directly: authorization code with PKCE in the browser, CIBA with the CPS or the e-CPS."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qs, urlencode, urlsplit

from dmp_core import log
from dmp_core.errors import (
    ConfigInvalid,
    MessageInvalid,
    PscExpired,
    PscRefused,
    PscUnavailable,
    PscUntrusted,
    TransportError,
)
from dmp_core.identity.psc import claims, oidc
from dmp_core.identity.psc.oidc import Endpoints, Tokens
from dmp_core.identity.psc.settings import ClientAuth, PscSettings
from dmp_core.identity.psc.trust import KeyRing, same
from dmp_core.model.identification import Channel, Prompt
from dmp_core.ports import Attempt, HttpAnswer, Ids, Proof, RedirectListener, Web, WebRequest

LOGIN_TIME: Final = timedelta(minutes=5)
LOOK_AGAIN: Final = timedelta(seconds=0.5)  # for the browser that comes back
_SLOWER: Final = 5  # seconds more after slow_down (CIBA Core, 11)
_JSON: Final = {"Accept": "application/json"}


@dataclass(slots=True)
class _Browser:
    """A page that is open. `query` is what the browser came back with."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    redirect: str
    listener: RedirectListener | None
    query: str | None = field(default=None, repr=False)


@dataclass(slots=True)
class _Backchannel:
    """A question on the phone or at the card."""

    request: str = field(repr=False)
    interval: float


@dataclass(frozen=True, slots=True)
class _Session:
    tokens: Tokens = field(repr=False)
    subject: str = field(repr=False)


class DirectPsc:
    """The direct way. `secret` gives the client's, None with `tls_client_auth`; `listen` hears the browser return."""

    def __init__(
        self,
        settings: PscSettings,
        web: Web,
        *,
        ids: Ids,
        secret: Callable[[], str | None],
        listen: Callable[[str], RedirectListener],
    ) -> None:
        """Raises ConfigInvalid, ExtraMissing."""
        if settings.issuer is None or settings.client_id is None:
            raise ConfigInvalid("psc: issuer and client_id")
        self._settings = settings
        self._issuer = settings.issuer.rstrip("/")
        self._client_id = settings.client_id
        self._web = web
        self._ids = ids
        self._secret = secret
        self._listen = listen
        self._found: Endpoints | None = None
        self._keys = KeyRing(lambda: self._get(self._endpoints.jwks), issuer=self._issuer, client_id=self._client_id)

    # ------------------------------------------------------------ asking

    def begin(self, channel: Channel, login: str | None, now: datetime) -> Attempt:
        """See `ports.IdentityProvider`. Raises PscError, MessageInvalid where the channel needs a `login`."""
        return self._browse(now) if channel is Channel.BROWSER else self._call(channel, login, now)

    def _browse(self, now: datetime) -> Attempt:
        endpoint = self._endpoints.authorization
        settings, state, nonce, verifier = self._settings, self._random(), self._random(), self._random()
        listener = self._listen(settings.redirect) if is_loopback(settings.redirect) else None
        redirect = listener.uri if listener else settings.redirect
        url = oidc.authorization_url(
            endpoint,
            {
                "response_type": "code",
                "client_id": self._client_id,
                "redirect_uri": redirect,
                "scope": settings.scope,
                "acr_values": settings.acr,
                "state": state,
                "nonce": nonce,
                "code_challenge": oidc.challenge(verifier),
                "code_challenge_method": "S256",
            },
        )
        prompt = Prompt(channel=Channel.BROWSER, url=url, expires_at=now + LOGIN_TIME)
        return Attempt(prompt, now + LOOK_AGAIN, _Browser(state, nonce, verifier, redirect, listener))

    def _call(self, channel: Channel, login: str | None, now: datetime) -> Attempt:
        if login is None:
            raise MessageInvalid("login: the card and the phone need PS_IdNat")
        endpoint = self._endpoints.ciba
        if endpoint is None:
            raise PscRefused("this service offers no CIBA", origin="no-ciba")
        digits = f"{int.from_bytes(self._ids.token(4)) % 100:02}"
        answer = self._post(
            endpoint,
            scope=self._settings.scope,
            acr_values=self._settings.acr,
            login_hint=login,
            binding_message=digits,
            channel=channel.value.upper(),
        )
        request, lasts = answer.get("auth_req_id"), answer.get("expires_in")
        if not isinstance(request, str) or not request or not isinstance(lasts, int) or lasts <= 0:
            raise PscUntrusted("CIBA: auth_req_id, expires_in")
        interval = answer.get("interval", 5)
        waiting = _Backchannel(request, min(max(float(interval), 1), 60) if isinstance(interval, int | float) else 5)
        prompt = Prompt(channel=channel, digits=digits, expires_at=now + timedelta(seconds=min(lasts, 3600)))
        return Attempt(prompt, now + timedelta(seconds=waiting.interval), waiting)

    # ------------------------------------------------------------ the answer

    def poll(self, attempt: Attempt, now: datetime) -> Proof | None:
        """See `ports.IdentityProvider`. Raises PscError."""
        if now >= attempt.prompt.expires_at:
            raise PscExpired("nobody answered in time")
        if isinstance(attempt.private, _Browser):
            return self._came_back(attempt, attempt.private, now)
        return self._answered(attempt, attempt.private, now)

    def redirected(self, attempt: Attempt, url: str) -> None:
        """The browser came back at `url`. Raises MessageInvalid where that is not the redirect address."""
        page = attempt.private
        if not isinstance(page, _Browser) or url.partition("?")[0] != page.redirect:
            raise MessageInvalid("redirected: not the redirect address of this identification")
        page.query = urlsplit(url).query

    def _came_back(self, attempt: Attempt, page: _Browser, now: datetime) -> Proof | None:
        attempt.due_at = now + LOOK_AGAIN
        if page.query is None and page.listener is not None:
            page.query = page.listener.take()
        if page.query is None:
            return None
        given = {name: values[0] for name, values in parse_qs(page.query, max_num_fields=20).items()}
        if not same(given.get("state", ""), page.state):
            log.warning("psc.foreign_redirect")  # another page, or an attack: go on waiting for ours
            page.query = None
            return None
        if given.get("iss", self._issuer) != self._issuer:
            raise PscUntrusted("redirect: another issuer (RFC 9207)")
        if "code" not in given:
            raise oidc.refusal(given.get("error"))
        answer = self._post(
            self._endpoints.token,
            grant_type="authorization_code",
            code=given["code"],
            redirect_uri=page.redirect,
            code_verifier=page.verifier,
        )
        proof = self._proof(Tokens.of(answer), now, nonce=page.nonce)
        self.abandon(attempt)
        return proof

    def _answered(self, attempt: Attempt, waiting: _Backchannel, now: datetime) -> Proof | None:
        try:
            answer = self._post(self._endpoints.token, grant_type=oidc.CIBA_GRANT, auth_req_id=waiting.request)
        except PscRefused as error:
            if error.origin not in ("authorization_pending", "slow_down"):
                raise
            waiting.interval += _SLOWER if error.origin == "slow_down" else 0
            attempt.due_at = now + timedelta(seconds=waiting.interval)
            return None
        return self._proof(Tokens.of(answer), now, nonce=None)

    def _proof(self, tokens: Tokens, now: datetime, *, nonce: str | None) -> Proof:
        """Who the tokens speak of, both by the id_token and by userinfo."""
        if tokens.identity is None:
            raise PscUntrusted("token: id_token")
        known = self._keys.id_token(
            tokens.identity, now, acr=self._settings.acr, nonce=nonce, access_token=tokens.access
        )
        told = self._userinfo(tokens.access, now)
        if told.get("sub") != known["sub"]:
            raise PscUntrusted("userinfo: another subject than the id_token")
        person = claims.identified(told, now + timedelta(seconds=tokens.lasts))
        if known.get("preferred_username", person.national_id) != person.national_id:
            raise PscUntrusted("userinfo: another person than the id_token")
        return Proof(person, _Session(tokens, str(known["sub"])), renewable=tokens.refresh is not None)

    def _userinfo(self, access_token: str, now: datetime) -> Mapping[str, Any]:
        headers = {"Accept": "application/json, application/jwt", "Authorization": f"Bearer {access_token}"}
        answer = self._send(WebRequest("GET", self._endpoints.userinfo, headers))
        if answer.status == 200 and answer.content_type.partition(";")[0].strip() == "application/jwt":
            return self._keys.userinfo(answer.body.decode("ascii", "replace"), now)
        return oidc.read(answer)

    # ------------------------------------------------------------ afterwards

    def renew(self, proof: Proof, now: datetime) -> Proof:
        """See `ports.IdentityProvider`. Raises PscExpired where it can be renewed no longer."""
        session: _Session = proof.private
        if session.tokens.refresh is None:
            raise PscExpired("no refresh token")
        endpoint = self._endpoints.token
        tokens = Tokens.of(self._post(endpoint, grant_type="refresh_token", refresh_token=session.tokens.refresh))
        if tokens.identity is not None:
            acr = self._settings.acr
            known = self._keys.id_token(tokens.identity, now, acr=acr, nonce=None, access_token=tokens.access)
            if known["sub"] != session.subject:
                raise PscUntrusted("renewal: another subject")
        later = proof.identified.model_copy(update={"expires_at": now + timedelta(seconds=tokens.lasts)})
        return Proof(later, _Session(tokens, session.subject), renewable=tokens.refresh is not None)

    def end(self, proof: Proof) -> None:
        """See `ports.IdentityProvider`. The refresh token ends with the session."""
        session: _Session = proof.private
        endpoint = self._endpoints.end_session
        if endpoint is None or session.tokens.refresh is None:
            return
        self._answer(endpoint, {"refresh_token": session.tokens.refresh})

    def abandon(self, attempt: Attempt) -> None:
        """Stop listening for the browser."""
        page = attempt.private
        if isinstance(page, _Browser) and page.listener is not None:
            page.listener.close()
            page.listener = None

    def close(self) -> None:
        self._web.close()

    # ------------------------------------------------------------ the wire

    @property
    def _endpoints(self) -> Endpoints:
        """Discovered at first use; a failure is tried again at the next."""
        if self._found is None:
            document = self._get(f"{self._issuer}/.well-known/{self._settings.discovery}")
            self._found = Endpoints.of(document, self._issuer, self._settings.client_auth)
        return self._found

    def _get(self, url: str) -> dict[str, Any]:
        return oidc.read(self._send(WebRequest("GET", url, _JSON)))

    def _post(self, url: str, **fields: str) -> dict[str, Any]:
        return oidc.read(self._answer(url, fields))

    def _answer(self, url: str, fields: Mapping[str, str]) -> HttpAnswer:
        """A form, with what shows which software asks."""
        headers = {**_JSON, "Content-Type": "application/x-www-form-urlencoded"}
        known = {"client_id": self._client_id, **fields}
        secret = self._secret()
        if secret is not None and self._settings.client_auth is ClientAuth.BASIC:
            headers["Authorization"] = oidc.basic(self._client_id, secret)
        elif secret is not None:
            known["client_secret"] = secret
        return self._send(WebRequest("POST", url, headers, urlencode(known).encode()))

    def _send(self, request: WebRequest) -> HttpAnswer:
        try:
            return self._web.send(request)
        except TransportError as error:
            raise PscUnavailable(error.detail, origin=error.origin or error.code) from error

    def _random(self) -> str:
        return oidc.text_of(self._ids.token(32))


def is_loopback(redirect: str) -> bool:
    """Whether this machine itself can hear the redirect (RFC 8252, 7.3)."""
    parts = urlsplit(redirect)
    return parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost")
