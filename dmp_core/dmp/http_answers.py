"""What an HTTP status means where no SOAP came with it: who else answered, and whether it may have been done."""

from typing import Final

from dmp_core.errors import (
    DmpDown,
    Filtered,
    HttpRefused,
    NotTheDmp,
    PortalAsks,
    ProxyAsks,
    TooFast,
    TransportError,
    WrongAddress,
)
from dmp_core.ports import HttpAnswer

STATUSES: Final[dict[str, tuple[type[TransportError], str]]] = {
    "3xx": (WrongAddress, "a redirection, never followed"),
    "400": (HttpRefused, "the request is malformed for the server or a proxy on the way"),
    "401": (Filtered, "a gateway wants a password: no service of the DMP does"),
    "403": (Filtered, "a filter or a gateway refuses before the service"),
    "404": (WrongAddress, "there is no such service at this address"),
    "405": (WrongAddress, "this address takes no POST"),
    "407": (ProxyAsks, "the proxy wants a name and a password"),
    "408": (HttpRefused, "the request came too slowly"),
    "410": (WrongAddress, "the service moved away"),
    "413": (HttpRefused, "what was sent is too large for a gateway on the way"),
    "415": (HttpRefused, "the kind of content is not taken"),
    "421": (WrongAddress, "the server answers for another name"),
    "429": (TooFast, "too many requests in a short time"),
    "451": (Filtered, "access is blocked on the way"),
    "4xx": (HttpRefused, "the server refuses the request"),
    "511": (PortalAsks, "the network wants somebody to log in (RFC 6585): a captive portal"),
    "5xx": (DmpDown, "the service, or the gateway before it, failed"),
}
"""By status, then by its hundred. Said only where no SOAP came with it: a fault of the DMP speaks for itself."""
PAGE: Final = (PortalAsks, "a page in HTML under status 200: a captive portal, a page of the provider, a proxy")
OTHER: Final = (NotTheDmp, "under status 200 something that is neither SOAP nor a page")
_PAGES: Final = ("text/html", "application/xhtml+xml")


def is_page(http: HttpAnswer) -> bool:
    """Whether a person was meant to read it."""
    start = http.body[:200].lstrip().lower()
    return http.content_type.lower().startswith(_PAGES) or start.startswith((b"<!doctype html", b"<html"))


def refused(http: HttpAnswer, detail: str) -> TransportError:
    """The error of an answer outside 200 to 299 that holds no SOAP. Below 500 nothing was done."""
    status = str(http.status)
    kind, _ = STATUSES.get(status) or STATUSES.get(f"{status[:1]}xx", (HttpRefused, ""))
    return kind(detail, origin=status, after_send=http.status >= 500 and kind is not PortalAsks)
