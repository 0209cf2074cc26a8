"""What the core says by itself, on its way to the host: in its order, without holding up the thread that says it."""

import contextlib
from collections import deque
from collections.abc import Callable
from threading import Lock
from typing import Final

from pydantic import BaseModel

from dmp_core import log
from dmp_core.app import App
from dmp_core.identity.traits import Source
from dmp_core.services import notices
from dmp_core.services.notices import Notice
from hostbridge.protocol import (
    cards,
    identity,
    importing,
    messages,
    outbox,
    plugin_wishes,
    professional,
    psc,
    sharing,
    support,
)

_KEPT: Final = 10_000  # notices that a host which does not read may leave behind; each can be read again by a method


class Teller:
    """Hears the core and notifies the host, a thread of the app doing the writing."""

    def __init__(self, tell: Callable[[str, BaseModel], None]) -> None:
        self._tell = tell
        self._waiting: deque[Notice] = deque(maxlen=_KEPT)
        self._writing = Lock()

    def listen(self, app: App) -> Callable[[], None]:
        """Hear `app` until the result is called."""

        def heard(notice: Notice) -> None:
            self._waiting.append(notice)
            with contextlib.suppress(RuntimeError):  # the app closes: its threads take nothing more
                app.submit_here(self._write_all, _report)

        return app.subscribe(heard)

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
            return "outbox/changed", outbox.ItemNotice(item=outbox.ItemView.of(item))
        case notices.FeedFinished(item=item):
            return "feed/finished", outbox.ItemNotice(item=outbox.ItemView.of(item))
        case notices.WindowWanted(item=item):
            return "window/show", outbox.WindowShow(item=outbox.ItemView.of(item))
        case notices.StatusChanged(host_id=host_id, status=status):
            return "dmp/statusChanged", messages.StatusNotice(host_id=host_id, status=status)
        case notices.StatusText(host_id=host_id, text=text):
            return "dmp/statusChanged", messages.StatusNotice(host_id=host_id, text=text)
        case notices.PinAsked(holder=holder, request=pin):
            return "pin/needed", professional.PinNeededNotice(
                holder=professional.HolderShown.of(holder), pin=professional.PinAskedFor.of(pin) if pin else None
            )
        case notices.SharingChanged(view=sharing_view):
            return "sharing/changed", sharing.SharingShown.of(sharing_view)
        case notices.ConsultationWanted(seat=seat, host_id=host_id, operator=operator):
            wanted_there = sharing.ConsultationNotice(seat=seat, host_id=host_id, operator=operator)
            return "sharing/consultationWanted", wanted_there
        case notices.CardSessionChanged(view=view):
            return "session/changed", professional.CardSessionShown.of(view)
        case notices.PscNeeded():
            return "psc/needed", messages.Nothing()
        case notices.PscBrowse(prompt=prompt):
            return "psc/browse", psc.PscPrompt.of(prompt)
        case notices.PscChanged(view=view):
            return "psc/changed", psc.PscShown.of(view)
        case notices.RecordNews(host_id=host_id, new=new):
            return "dmp/statusChanged", messages.StatusNotice(host_id=host_id, new=new)
        case notices.MessageWanted(plugin=plugin, text=text, level=level):
            return "message/show", messages.MessageShow(plugin=plugin, text=text, level=level)
        case notices.IdentityChanged(patient=patient):
            return "identity/changed", identity.IdentityNotice(patient=patient)
        case notices.IdentityDiverges(host_id=host_id, source=source, fields=fields):
            diverging = identity.DivergenceNotice(host_id=host_id, source=Source(source), fields=fields)
            return "identity/diverges", diverging
        case notices.BadgeWanted(plugin=plugin, host_id=host_id, unique_id=unique_id, text=text, level=level):
            badge = plugin_wishes.BadgeShow(plugin=plugin, host_id=host_id, unique_id=unique_id, text=text, level=level)
            return "dmp/badge", badge
        case notices.PatientSuggested(plugin=by, person=person, people=people, problem=problem):
            suggestion = plugin_wishes.PatientSuggestion(
                plugin=by, person=person, people=people, fault=cards.optional_fault(problem)
            )
            return "patient/suggested", suggestion
        case notices.CardTold(reader=reader, kind=kind, present=present, problem=problem):
            fault = cards.optional_fault(problem)
            return "card/changed", cards.CardNotice(reader=reader, card=kind, present=present, fault=fault)
        case notices.ImportWanted(host_id=host_id, row=row, replaces=replaces):
            wanted = importing.ImportNotice(host_id=host_id, entry=row, replaces=replaces)
            return "document/importWanted", wanted
        case notices.NewerVersion(host_id=host_id, row=row, has=has):
            return "document/newerVersion", importing.NewerVersionNotice(host_id=host_id, entry=row, has=has)
        case notices.CareNeeded(caution=caution):
            care = support.CareNotice(
                code=caution.code,
                sentence=caution.sentence,
                remedy=caution.remedy,
                mender=str(caution.mender),
                detail=caution.detail,
            )
            return "care/needed", care


def _report(result: object) -> None:
    if isinstance(result, Exception):
        log.warning("bridge.notice_lost", error=type(result).__name__)
