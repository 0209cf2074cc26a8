"""HTTPS to web services that are no DMP: Pro Santé Connect and the vendor's proxy to it."""

import ssl
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import Final

import httpx

from dmp_core.errors import ConfigInvalid, HttpRefused, KeyUnusable, NotTheDmp, TimedOut, Unreachable
from dmp_core.ports import Clock, HttpAnswer, WebRequest
from dmp_core.transport.https import CONNECT_TIMEOUT, HTTPX_ERRORS, Progress, date_of, translated

ANSWER_LIMIT: Final = 1_000_000


def web_context(
    *, authorities: Path | None, certificate: Path | None = None, key: Path | None = None
) -> ssl.SSLContext:
    """TLS 1.2 or later, trusting `authorities` (PEM) alone, or those of the system; with a client certificate if given.

    Raises ConfigInvalid for the trust store, KeyUnusable for the pair.
    """
    try:
        context = ssl.create_default_context(cafile=authorities)
    except (OSError, ValueError) as error:
        raise ConfigInvalid("ca: no certificate can be read there") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.keylog_filename = None  # type: ignore[assignment]  # SSLKEYLOGFILE would write the secrets of every session
    if certificate is not None:
        try:
            context.load_cert_chain(certificate, key, password=lambda: b"")
        except (OSError, ValueError) as error:
            raise KeyUnusable("the TLS certificate and its key are unreadable, or not of one pair") from error
    return context


class HttpsWeb:
    """A `Web`. Keeps no cookie, follows no redirect, reads no environment. Safe to call from several threads."""

    def __init__(
        self, context: ssl.SSLContext, *, clock: Clock, http_proxy: str | None = None, signed_only: bool = False
    ) -> None:
        """`http_proxy` is `http://host:port`. `signed_only`: http is allowed too, for what carries its own signature
        (revocation lists). Raises ConfigInvalid.
        """
        if http_proxy is not None and not _is_address(http_proxy, "http"):
            raise ConfigInvalid("http_proxy: begins with http://")
        self._clock = clock
        self._schemes = ("https", "http") if signed_only else ("https",)
        self._client = httpx.Client(
            verify=context,
            proxy=http_proxy,
            trust_env=False,
            follow_redirects=False,
            headers={"Accept-Encoding": "identity", "User-Agent": "dmp-core"},
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
            limits=httpx.Limits(max_connections=4, max_keepalive_connections=2),
        )

    def send(self, request: WebRequest) -> HttpAnswer:
        """The whole answer, whatever its status. Raises TransportError; its detail holds no part of the address."""
        if self._client.is_closed:
            raise Unreachable("this link is closed")
        if not any(_is_address(request.url, scheme) for scheme in self._schemes):
            raise Unreachable("not an address of https", origin="address")
        progress, deadline = Progress(), self._clock.monotonic() + request.seconds
        try:
            response = self._client.send(self._built(request, progress), stream=True)
            try:
                body = self._body(response, deadline)
            finally:
                response.close()
        except HTTPX_ERRORS as error:
            raise translated(error, progress) from error
        date = date_of(response.headers.get("date", ""))
        return HttpAnswer(response.status_code, response.headers.get("content-type", ""), body, date)

    def close(self) -> None:
        self._client.close()

    def _built(self, request: WebRequest, progress: Progress) -> httpx.Request:
        return self._client.build_request(
            request.method,
            request.url,
            content=request.body or None,
            headers=dict(request.headers),
            timeout=httpx.Timeout(request.seconds, connect=min(request.seconds, CONNECT_TIMEOUT)),
            extensions={"trace": progress},
        )

    def _body(self, response: httpx.Response, deadline: float) -> bytes:
        """The bytes as they came: none was asked to be compressed, so none is unpacked."""
        if response.headers.get("content-encoding", "identity").lower() != "identity":
            raise NotTheDmp("an encoded answer, which was not asked for", after_send=True)
        body = bytearray()
        for piece in response.iter_raw():
            body += piece
            if len(body) > ANSWER_LIMIT:
                raise HttpRefused(f"an answer of more than {ANSWER_LIMIT} bytes", origin="too-large", after_send=True)
            if self._clock.monotonic() > deadline:
                raise TimedOut("the answer came too slowly", after_send=True)
        return bytes(body)


def _is_address(url: str, scheme: str) -> bool:
    try:
        parsed = httpx.URL(url)
        parsed.host.encode("idna")
    except (httpx.InvalidURL, UnicodeError):
        return False
    return parsed.scheme == scheme and bool(parsed.host)
