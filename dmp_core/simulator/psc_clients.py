"""Who may ask the simulated Pro Santé Connect, what they ask for, and how it says no."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

Fields = Mapping[str, str]


class Refused(Exception):
    """An error of OAuth. `page`: the browser sees it, nobody is redirected."""

    def __init__(self, code: str, why: str = "", *, status: int = 400, page: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.why = why
        self.status = status
        self.page = page


@dataclass(frozen=True, slots=True)
class Client:
    """A registered software. A redirect on 127.0.0.1 is registered without its port (RFC 8252, 7.3)."""

    id: str
    secret: str = field(repr=False)
    redirects: Sequence[str]
    by_certificate: bool = False
    signed_userinfo: bool = False


@dataclass(frozen=True, slots=True)
class Login:
    """An authorization request that waits for somebody to choose who they are."""

    client: Client
    redirect: str
    state: str
    nonce: str = field(repr=False)
    challenge: str


class Redirected(Refused):
    """An error that the software hears through the browser. `location`: where that goes."""

    def __init__(self, login: Login, code: str, issuer: str) -> None:
        super().__init__(code)
        self.location = answered(login, issuer, error=code)


def location_of(error: Refused) -> str | None:
    """Where an error of the page leads; None: it is shown."""
    return error.location if isinstance(error, Redirected) else None


def answered(login: Login, issuer: str, **answer: str) -> str:
    query = urlencode({**answer, "state": login.state, "iss": issuer})
    return f"{login.redirect}{'&' if '?' in login.redirect else '?'}{query}"


def is_registered(redirect: str, client: Client) -> bool:
    parts = urlsplit(redirect)
    if parts.hostname == "127.0.0.1" and parts.scheme == "http" and not parts.fragment:
        redirect = f"http://127.0.0.1{parts.path}"
    return redirect in client.redirects
