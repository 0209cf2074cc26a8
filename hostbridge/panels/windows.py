"""Which windows are open, and the secrets that open them: a link that serves once, then a cookie of that window.

The address that a host is given holds a code of 256 bits, for thirty seconds and one use. It gives a cookie that only
this window's own path sends back; no address that stays in a history opens anything.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final

from pydantic import BaseModel

from hostbridge.panels.panel import Panel

LINK_SECONDS: Final = 30.0
_SECRET: Final = 32  # bytes
_OPEN: Final = 64  # windows and links of one bridge at a time: the oldest go first


@dataclass(frozen=True, slots=True)
class Window:
    """One window of one seat. `id` stands in its addresses and opens nothing."""

    id: str
    seat: Any
    panel: Panel
    opened: BaseModel = field(repr=False)
    cookie: bytes = field(repr=False)  # digest of what the browser holds


class Windows:
    """Every window of one bridge. Safe for threads."""

    def __init__(self, token: Callable[[int], bytes], monotonic: Callable[[], float]) -> None:
        """`token(size)` draws bytes fit for a key; `monotonic()` gives seconds that never go back."""
        self._token = token
        self._monotonic = monotonic
        self._lock = Lock()
        self._links: OrderedDict[bytes, tuple[float, Any, Panel, BaseModel]] = OrderedDict()
        self._windows: OrderedDict[str, Window] = OrderedDict()

    def offer(self, seat: Any, panel: Panel, opened: BaseModel) -> str:
        """The code of a link that opens `panel` once, within `LINK_SECONDS`."""
        code = self._drawn()
        with self._lock:
            self._links[_digest(code)] = (self._monotonic() + LINK_SECONDS, seat, panel, opened)
            _keep(self._links)
        return code

    def enter(self, code: str) -> tuple[Window, str] | None:
        """The window behind a link and the cookie that opens it from now on; None for a link used, old or unknown."""
        with self._lock:
            until, seat, panel, opened = self._links.pop(_digest(code), (0.0, None, None, None))
            if panel is None or opened is None or self._monotonic() > until:
                return None
            secret = self._drawn()
            window = Window(self._token(8).hex(), seat, panel, opened, _digest(secret))
            self._windows[window.id] = window
            _keep(self._windows)
        return window, secret

    def holds(self, code: str) -> bool:
        """Whether that link would open a window now; it is not used by this question."""
        with self._lock:
            until, *_ = self._links.get(_digest(code), (float("-inf"),))
            return self._monotonic() <= until

    def find(self, identifier: str, cookie: str) -> Window | None:
        """The window of that id, for whoever holds its cookie."""
        with self._lock:
            window = self._windows.get(identifier)
        held = hmac.compare_digest(_digest(cookie), window.cookie if window else bytes(32))
        return window if held else None

    def close(self, window: Window) -> None:
        with self._lock:
            self._windows.pop(window.id, None)

    def close_all_of(self, seat: Any) -> None:
        """The host of that seat is gone: nothing of it can be opened or used any more."""
        with self._lock:
            for code in [code for code, link in self._links.items() if link[1] is seat]:
                del self._links[code]
            for identifier in [each.id for each in self._windows.values() if each.seat is seat]:
                del self._windows[identifier]

    def _drawn(self) -> str:
        return urlsafe_b64encode(self._token(_SECRET)).rstrip(b"=").decode()


def _digest(secret: str) -> bytes:
    """What is compared and kept in the place of a secret."""
    return hashlib.sha256(secret.encode()).digest()


def _keep(held: OrderedDict[Any, Any]) -> None:
    while len(held) > _OPEN:
        held.popitem(last=False)
