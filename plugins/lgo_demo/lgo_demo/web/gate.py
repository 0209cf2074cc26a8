"""Who is let in: this machine's browser, at the address that was printed, and no page of anybody else."""

import hmac
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

COOKIE = "lgo-demo"
_ENTER = "/entrer/"


class Gate:
    """Before any page: Host by equality, Origin of whatever changes something, and the token in a cookie.

    `/entrer/TOKEN`, the address that was printed, gives the cookie.
    """

    def __init__(self, app: ASGIApp, *, host: str, token: str) -> None:
        self._app = app
        self._host = host
        self._token = token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        answer = self._answer(scope["method"], scope["path"], Headers(scope=scope))
        await (answer or self._app)(scope, receive, send)

    def _answer(self, method: str, path: str, headers: Headers) -> ASGIApp | None:
        if headers.get("host") != self._host:
            return PlainTextResponse("", 421)
        if method == "GET" and path.startswith(_ENTER) and self._is_token(path.removeprefix(_ENTER)):
            entered = RedirectResponse("/", 303)
            entered.set_cookie(COOKIE, self._token.decode(), httponly=True, samesite="strict")
            return entered
        if not self._is_token(_cookie(headers.get("cookie", ""))):
            return PlainTextResponse("Ouvrez l’adresse affichée au démarrage.", 401)
        if method not in ("GET", "HEAD") and headers.get("origin") != f"http://{self._host}":
            return PlainTextResponse("", 403)
        return None

    def _is_token(self, shown: str) -> bool:
        return hmac.compare_digest(shown.encode(), self._token)


def _cookie(header: str) -> str:
    try:
        found = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""
