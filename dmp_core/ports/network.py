"""The network: to the DMP, and to the other national services."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One SOAP request ready for the wire. `service` is the last segment of the path: `patients`, `registry`..."""

    service: str
    content_type: str
    body: bytes = field(repr=False)
    transaction: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    status: int
    content_type: str
    body: bytes = field(repr=False)
    date: datetime | None = None  # when the server says that it answered (RFC 9110, 6.6.1)


@dataclass(frozen=True, slots=True)
class HttpStream:
    """An answer whose bytes are still coming. `pieces` raises TransportError where they stop."""

    status: int
    content_type: str
    pieces: Iterator[bytes] = field(repr=False)
    date: datetime | None = None


class Transport(Protocol):
    """HTTPS with a client certificate to one DMP."""

    def post(self, request: HttpRequest) -> HttpAnswer:
        """Send and wait for the whole answer. Raises TransportError, whose `after_send` tells if it may have been done.

        Any HTTP status is an answer; redirects are never followed.
        """
        ...

    def stream(self, request: HttpRequest) -> AbstractContextManager[HttpStream]:
        """As `post`, with the body given as it comes."""
        ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class WebRequest:
    """One request to a web service that is no DMP, at a whole address. Neither headers nor body are ever shown."""

    method: Literal["GET", "POST"]
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    seconds: float = 10.0


class Web(Protocol):
    """HTTPS to web services: Pro Santé Connect, the vendor's proxy to it."""

    def send(self, request: WebRequest) -> HttpAnswer:
        """The whole answer, whatever its status; redirects are never followed. Raises TransportError."""
        ...

    def close(self) -> None: ...


class RedirectListener(Protocol):
    """Hears the browser come back from Pro Santé Connect, on this machine."""

    @property
    def uri(self) -> str:
        """The `redirect_uri` to announce."""
        ...

    def take(self) -> str | None:
        """The query of the first redirect that came; None as long as none did. Never waits."""
        ...

    def close(self) -> None: ...
