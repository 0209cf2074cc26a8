"""Tells the plugins what happened, and gathers what they ask for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from dmp_core.api.actions import AskFeedWindow, ConsultRecord, FeedDocument, Hold, ShowMessage, ShowStatus
from dmp_core.api.events import DocumentSaved, Event, FeedFinished, PatientClosed, PatientOpened
from dmp_core.model.identity import Patient
from dmp_core.model.item import OutboxItem
from dmp_core.plughost.host import PluginHost
from dmp_core.ports import OutboxStore
from dmp_core.services import notices


@dataclass(slots=True)
class Wishes:
    """What the plugins want to be done, taken together."""

    feed: bool = False
    window: bool = False
    consult: bool = False
    hold: timedelta | None = None


class Announcer:
    """One way from the services to the hooks that tell of facts."""

    def __init__(self, plugins: PluginHost, outbox: OutboxStore, tell: Callable[[notices.Notice], None]) -> None:
        self._plugins = plugins
        self._outbox = outbox
        self._tell = tell

    def saved(self, item: OutboxItem) -> Wishes:
        """`on_document_saved`."""
        content = self._outbox.content(item.id)
        event = DocumentSaved(item=item.id, type_id=item.type_id, patient=item.patient, content=content)
        return self._announce(event, item.patient.host_id if item.patient else "")

    def finished(self, item: OutboxItem) -> None:
        """`on_feed_finished`."""
        self._announce(FeedFinished(item=item.id, type_id=item.type_id, state=item.state), "")

    def opened(self, patient: Patient) -> Wishes:
        """`on_patient_opened`."""
        return self._announce(PatientOpened(patient=patient), patient.host_id)

    def closed(self, host_id: str) -> None:
        """`on_patient_closed`."""
        self._announce(PatientClosed(host_id=host_id), host_id)

    def _announce(self, event: Event, host_id: str) -> Wishes:
        wishes = Wishes()
        for plugin, action in self._plugins.announce(event):
            match action:
                case FeedDocument():
                    wishes.feed = True
                case AskFeedWindow():
                    wishes.window = True
                case ConsultRecord():
                    wishes.consult = True
                case Hold(duration=duration):
                    wishes.hold = max(duration, wishes.hold or timedelta(0))
                case ShowStatus(text=text):
                    self._tell(notices.StatusText(host_id, text))
                case ShowMessage(text=text, level=level):
                    self._tell(notices.MessageWanted(plugin, text, level))
        return wishes
