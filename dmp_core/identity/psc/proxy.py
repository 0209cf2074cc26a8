"""Pro Santé Connect through the vendor's proxy, which keeps the client secret and the tokens.

The contract is ours: `docs/reference/psc-proxy.md`. The pharmacy shows its certificate (ORG_AUTH_CLI); the `session` is
the only secret that lies on the counter, and it opens nothing elsewhere.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from pydantic import ValidationError

from dmp_core.errors import (
    ConfigInvalid,
    MessageInvalid,
    PscError,
    PscExpired,
    PscUnavailable,
    PscUntrusted,
    TransportError,
)
from dmp_core.identity.psc import claims, oidc
from dmp_core.identity.psc.settings import PscSettings
from dmp_core.model.identification import Channel, Prompt
from dmp_core.ports import Attempt, Proof, Web, WebRequest

_LONGEST: Final = timedelta(hours=4)


@dataclass(slots=True)
class _Session:
    secret: str = field(repr=False)
    interval: timedelta


class ProxyPsc:
    """The way through the proxy."""

    def __init__(self, settings: PscSettings, web: Web) -> None:
        """Raises ConfigInvalid."""
        if settings.proxy is None:
            raise ConfigInvalid("psc.proxy")
        self._base = settings.proxy.rstrip("/")
        self._web = web

    def begin(self, channel: Channel, login: str | None, now: datetime) -> Attempt:
        """`POST open`. Raises PscError, MessageInvalid."""
        if channel is not Channel.BROWSER and login is None:
            raise MessageInvalid("login: the card and the phone need PS_IdNat")
        asked = {"channel": channel.value} | ({"login": login} if login else {})
        answer = self._ask("open", asked)
        session, interval = answer.get("session"), _seconds(answer, "interval", most=timedelta(minutes=1))
        if not isinstance(session, str) or not session:
            raise PscUntrusted("proxy: session")
        url = answer.get("url")
        if channel is Channel.BROWSER and (not isinstance(url, str) or not url.startswith(_ADDRESSES)):
            raise PscUntrusted("proxy: url")
        try:
            prompt = Prompt(
                channel=channel,
                url=url if channel is Channel.BROWSER else None,
                digits=answer.get("digits") if channel is not Channel.BROWSER else None,
                expires_at=now + _seconds(answer, "expires_in", most=timedelta(hours=1)),
            )
        except ValidationError:
            raise PscUntrusted("proxy: url, digits") from None
        return Attempt(prompt, now + interval, _Session(session, interval))

    def poll(self, attempt: Attempt, now: datetime) -> Proof | None:
        """`POST poll`. Raises PscError."""
        session: _Session = attempt.private
        attempt.due_at = now + session.interval
        if now >= attempt.prompt.expires_at:
            raise PscExpired("nobody answered in time")
        answer = self._ask("poll", {"session": session.secret})
        return None if answer.get("state") == "pending" else self._proof(answer, session, now)

    def redirected(self, attempt: Attempt, url: str) -> None:  # noqa: ARG002 - the port's
        """The browser comes back to the proxy, never here. Raises MessageInvalid."""
        raise MessageInvalid("redirected: the proxy itself receives the browser")

    def abandon(self, attempt: Attempt) -> None:
        """`POST end`: nobody waits any more."""
        try:
            self._ask("end", {"session": attempt.private.secret})
        except PscError:
            return

    def renew(self, proof: Proof, now: datetime) -> Proof:
        """`POST renew`. Raises PscExpired, PscUntrusted where the proxy speaks of another person."""
        renewed = self._proof(self._ask("renew", {"session": proof.private.secret}), proof.private, now)
        if renewed.identified.national_id != proof.identified.national_id:
            raise PscUntrusted("proxy: another person")
        return renewed

    def end(self, proof: Proof) -> None:
        """`POST end`. Raises PscError."""
        self._ask("end", {"session": proof.private.secret})

    def close(self) -> None:
        self._web.close()

    def _proof(self, answer: dict[str, Any], session: _Session, now: datetime) -> Proof:
        state, told = answer.get("state"), answer.get("userinfo")
        if state != "identified" or not isinstance(told, dict):
            raise PscUntrusted("proxy: state, userinfo")
        return Proof(claims.identified(told, now + _seconds(answer, "expires_in", most=_LONGEST)), session)

    def _ask(self, step: str, fields: dict[str, str]) -> dict[str, Any]:
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        try:
            answer = self._web.send(WebRequest("POST", f"{self._base}/{step}", headers, json.dumps(fields).encode()))
        except TransportError as error:
            raise PscUnavailable(error.detail, origin=error.origin or error.code) from error
        return oidc.read(answer)


_ADDRESSES: Final = ("https://", "http://127.0.0.1:")  # the second: a simulator's


def _seconds(answer: dict[str, Any], name: str, *, most: timedelta) -> timedelta:
    value = answer.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
        raise PscUntrusted(f"proxy: {name}")
    return min(timedelta(seconds=min(value, 1e6)), most)
