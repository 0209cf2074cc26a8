"""What the core says by itself, on its way to the host: in its order, without holding up the thread that says it."""

import contextlib
from collections import deque
from collections.abc import Callable
from threading import Lock
from typing import Final

from pydantic import BaseModel

from dmp_core import log
from dmp_core.app import App
from dmp_core.services import notices
from dmp_core.services.notices import Notice
from hostbridge.protocol import messages
from hostbridge.protocol.messages import ItemView

_KEPT: Final = 10_000  # notices that a host which does not read may leave behind; each can be read again by a method


class Teller:
    """Hears the core and notifies the host, a thread of the app doing the writing."""

    def __init__(self, tell: Callable[[str, BaseModel], None]) -> None:
        self._tell = tell
        self._waiting: deque[Notice] = deque(maxlen=_KEPT)
        self._writing = Lock()

    def listen(self, app: App) -> None:
        def heard(notice: Notice) -> None:
            self._waiting.append(notice)
            with contextlib.suppress(RuntimeError):  # the app closes: its threads take nothing more
                app.submit(self._write_all, _report)

        app.subscribe(heard)

    def _write_all(self) -> None:
        """One thread at a time writes; who finds another one at it leaves its notice to that one."""
        while self._waiting and self._writing.acquire(blocking=False):
            try:
                while self._waiting:
                    self._tell(*message_of(self._waiting.popleft()))
            finally:
                self._writing.release()


def message_of(notice: Notice) -> tuple[str, BaseModel]:
    """The notification that tells of `notice`."""
    match notice:
        case notices.OutboxChanged(item=item):
            return "outbox/changed", messages.ItemNotice(item=ItemView.of(item))
        case notices.FeedFinished(item=item):
            return "feed/finished", messages.ItemNotice(item=ItemView.of(item))
        case notices.WindowWanted(item=item):
            return "window/show", messages.WindowShow(item=ItemView.of(item))
        case notices.StatusChanged(host_id=host_id, status=status):
            return "dmp/statusChanged", messages.StatusNotice(host_id=host_id, status=status)
        case notices.StatusText(host_id=host_id, text=text):
            return "dmp/statusChanged", messages.StatusNotice(host_id=host_id, text=text)
        case notices.MessageWanted(plugin=plugin, text=text, level=level):
            return "message/show", messages.MessageShow(plugin=plugin, text=text, level=level)


def _report(result: object) -> None:
    if isinstance(result, Exception):
        log.warning("bridge.notice_lost", error=type(result).__name__)
