"""HTTPS to one DMP on httpx. An error always says whether the request may have reached the DMP."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from errno import errorcode
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from socket import gaierror
from typing import Any, Final

import httpx

from dmp_core.errors import (
    ConfigInvalid,
    ConnectionLost,
    HttpRefused,
    NotTheDmp,
    ProxyAsks,
    TimedOut,
    TransportError,
    Unreachable,
)
from dmp_core.model import limits
from dmp_core.ports import Clock, HttpAnswer, HttpRequest, HttpStream
from dmp_core.transport import tls
from dmp_core.transport.tls import ResumingContext

# Seconds for a whole exchange, as connectors were seen to wait (`dmp_protocol.md` section 2.5); the DMP publishes none.
TIMEOUTS: Final[Mapping[str, float]] = {
    "TD0.2": 6,
    "TD0.3": 10,
    "TD0.4": 30,
    "TD2.1": 200,
    "TD3.1": 600,
    "TD3.2": 90,
}
OTHER_TIMEOUT: Final = 30.0
CONNECT_TIMEOUT: Final = 10.0
_KEEP_ALIVE: Final = 60.0
HTTPX_ERRORS: Final = (httpx.HTTPError, httpx.InvalidURL, httpx.CookieConflict, httpx.StreamError)


class HttpsTransport:
    """A `Transport` to the services under `base_url`, over one TLS context. Safe to call from several threads."""

    def __init__(
        self,
        base_url: str,
        context: ResumingContext | None,
        *,
        clock: Clock,
        proxy: str | None = None,
        timeouts: Mapping[str, float] | None = None,
        answer_limit: int = limits.DMP_ANSWER,
        through: Path | None = None,
    ) -> None:
        """`base_url` up to and with `/services/`; `proxy` is `http://host:port`, and the environment names none.

        `timeouts`: transaction -> seconds, over `TIMEOUTS`. `through`: the UNIX socket of a program that does the TLS
        in the place of `context`. Raises ConfigInvalid.
        """
        self._base = _checked(base_url, "https", "dmp.url").rstrip("/") + "/"
        if through is not None:
            self._base = "http" + self._base.removeprefix("https")
        self._context = context
        self._clock = clock
        self._timeouts = {**TIMEOUTS, **(timeouts or {})}
        self._answer_limit = answer_limit
        self._client = httpx.Client(
            verify=context or False,
            transport=httpx.HTTPTransport(uds=str(through)) if through else None,
            proxy=_checked(proxy, "http", "dmp.proxy") if proxy else None,
            trust_env=False,
            follow_redirects=False,
            headers={"Accept-Encoding": "identity", "User-Agent": "dmp-core"},
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),  # keeps none
            limits=httpx.Limits(max_connections=8, max_keepalive_connections=4, keepalive_expiry=_KEEP_ALIVE),
        )

    def post(self, request: HttpRequest) -> HttpAnswer:
        """Send and wait for the whole answer, whatever its status. Raises TransportError."""
        with self.stream(request) as answer:
            return HttpAnswer(answer.status, answer.content_type, b"".join(answer.pieces), answer.date)

    @contextmanager
    def stream(self, request: HttpRequest) -> Iterator[HttpStream]:
        """Send, and give the answer while it comes, whatever its status. Raises TransportError, `pieces` too."""
        if self._client.is_closed:
            raise Unreachable("this link is closed")
        seconds = self._timeouts.get(request.transaction, OTHER_TIMEOUT)
        deadline = self._clock.monotonic() + seconds
        progress = Progress()
        try:
            response = self._client.send(self._built(request, seconds, progress), stream=True)
        except HTTPX_ERRORS as error:
            raise translated(error, progress) from error
        try:
            pieces = self._pieces(response, deadline, progress)
            content_type, date = response.headers.get("content-type", ""), date_of(response.headers.get("date", ""))
            yield HttpStream(response.status_code, content_type, pieces, date)
        finally:
            response.close()

    def close(self) -> None:
        """Close every connection and forget the TLS session, which would outlive the card that opened it."""
        self._client.close()
        if self._context is not None:
            self._context.forget()

    def _built(self, request: HttpRequest, seconds: float, progress: "Progress") -> httpx.Request:
        return self._client.build_request(
            "POST",
            self._base + request.service,
            content=request.body,
            headers={**request.headers, "Content-Type": request.content_type},
            timeout=httpx.Timeout(seconds, connect=min(seconds, CONNECT_TIMEOUT)),
            extensions={"trace": progress},
        )

    def _pieces(self, response: httpx.Response, deadline: float, progress: "Progress") -> Iterator[bytes]:
        """The bytes of the answer as they came: none was asked to be compressed, so none is unpacked."""
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            raise NotTheDmp("an encoded answer, which was not asked for", after_send=True)
        declared = response.headers.get("content-length", "0")
        if declared.isascii() and declared.isdigit() and int(declared) > self._answer_limit:
            raise self._too_large()
        came = 0
        try:
            for piece in response.iter_raw():
                came += len(piece)
                if came > self._answer_limit:
                    raise self._too_large()
                if self._clock.monotonic() > deadline:
                    raise TimedOut("the answer came too slowly", after_send=True)
                yield piece
        except HTTPX_ERRORS as error:
            raise translated(error, progress) from error

    def _too_large(self) -> TransportError:
        return HttpRefused(f"an answer of more than {self._answer_limit} bytes", origin="too-large", after_send=True)


def date_of(text: str) -> datetime | None:
    """The time that a `Date` header tells (RFC 9110, 5.6.7), in UTC; None for anything else."""
    try:
        read = parsedate_to_datetime(text)
        return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


class Progress:
    """How far one request went, as httpcore's trace tells it (httpcore, "Extensions": `trace`)."""

    def __init__(self) -> None:
        self.in_handshake = False
        self.sending = False

    def __call__(self, event: str, info: Mapping[str, Any]) -> None:
        step = event.partition(".")[2]
        if step.startswith("start_tls."):
            self.in_handshake = not step.endswith(".complete")
        elif step == "send_request_headers.started" and info["request"].method != b"CONNECT":
            self.sending = True


def translated(error: Exception, progress: Progress) -> TransportError:
    """Our error for one of httpx's. From the first byte of the request on, the DMP may have done what was asked."""
    kind = type(error).__name__
    if isinstance(error, httpx.TimeoutException):
        return TimedOut(kind, after_send=progress.sending)
    if progress.sending:
        return ConnectionLost(kind, after_send=True)
    cause = _os_error(error)
    if progress.in_handshake:
        return tls.refused(cause)
    if isinstance(error, httpx.ProxyError):
        status = str(error).partition(" ")[0]
        return ProxyAsks("the proxy refused", origin=f"proxy-{status}" if status.isdigit() else "proxy")
    if isinstance(cause, gaierror):
        return Unreachable("the name of the server is unknown", origin="dns")
    return Unreachable(kind, origin=None if cause is None else errorcode.get(cause.errno or 0))


def _os_error(error: BaseException | None) -> OSError | None:
    """What the system or the TLS library said, below httpx and httpcore."""
    while error is not None and not isinstance(error, OSError):
        error = error.__cause__ or error.__context__
    return error


def _checked(url: str, scheme: str, setting: str) -> str:
    """`url` if it can be used. Raises ConfigInvalid, without the URL: a proxy's may hold a password."""
    try:
        parsed = httpx.URL(url)
        parsed.host.encode("idna")
    except (httpx.InvalidURL, UnicodeError):
        raise ConfigInvalid(f"{setting}: not an address") from None
    if parsed.scheme != scheme or not parsed.host:
        raise ConfigInvalid(f"{setting}: begins with {scheme}://")
    return url
