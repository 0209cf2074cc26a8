"""A connection that belongs to somebody's key: asked before each use, and honest about why the key failed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from dmp_core.errors import CardError, CertificateRefused, DmpError, TlsRefused
from dmp_core.ports import HttpAnswer, HttpRequest, HttpStream, Transport

_ALERTS: Final = frozenset(
    {
        "bad_certificate", "unsupported_certificate", "certificate_revoked", "certificate_expired",
        "certificate_unknown", "unknown_ca", "access_denied",
    }
)  # fmt: skip
"""What a server says of the client's certificate (RFC 5246, 7.2.2)."""


class GuardedTransport:
    """A `Transport` over another one. `guard` raises where it may not be used any more.

    `failure` gives what the key raised in the last handshake of this thread, once.
    """

    def __init__(
        self,
        inner: Transport,
        guard: Callable[[], None] = lambda: None,
        failure: Callable[[], BaseException | None] = lambda: None,
    ) -> None:
        self._inner = inner
        self._guard = guard
        self._failure = failure

    def post(self, request: HttpRequest) -> HttpAnswer:
        """Raises CardError beside TransportError: CertificateRefused, or what the card said."""
        self._guard()
        try:
            return self._inner.post(request)
        except TlsRefused as error:
            raise self._cause(error) from error

    @contextmanager
    def stream(self, request: HttpRequest) -> Iterator[HttpStream]:
        self._guard()
        try:
            with self._inner.stream(request) as answer:
                yield answer
        except TlsRefused as error:
            raise self._cause(error) from error

    def close(self) -> None:
        self._inner.close()

    def _cause(self, error: TlsRefused) -> DmpError:
        failure = self._failure()
        if isinstance(failure, CardError):
            return failure
        alert = (error.origin or "").rpartition("alert_")[2]
        return CertificateRefused(origin=alert) if alert in _ALERTS else error
