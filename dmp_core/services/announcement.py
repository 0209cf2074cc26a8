"""Tells the plugins what happened, and gathers what they ask for."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from dmp_core.api.actions import (
    Action,
    AskFeedWindow,
    Badge,
    ConsultRecord,
    FeedDocument,
    Hold,
    ShowMessage,
    ShowStatus,
    SuggestPatient,
)
from dmp_core.api.events import (
    CardChanged,
    CardPerson,
    DocumentRead,
    DocumentSaved,
    Event,
    FeedFinished,
    PatientClosed,
    PatientOpened,
    RecordListed,
)
from dmp_core.errors import NotFound
from dmp_core.model.document import RecordEntry
from dmp_core.model.identity import Patient
from dmp_core.model.item import OutboxItem
from dmp_core.plughost.host import PluginHost
from dmp_core.plughost.ledger import Missed
from dmp_core.ports import OutboxStore
from dmp_core.services import notices
from dmp_core.services.feed.further import FurtherDocuments


@dataclass(slots=True)
class Wishes:
    """What the plugins want to be done, taken together. `fed_by`: who asked first for the document to be fed."""

    feed: bool = False
    fed_by: str = ""
    window: bool = False
    consult: bool = False
    hold: timedelta | None = None


def _at_once(work: Callable[[], None]) -> None:
    work()


class Announcer:
    """One way from the services to the hooks that tell of facts.

    `behind` runs what nobody waits for: a plugin must not hold up who only tells of a fact.
    """

    def __init__(
        self,
        plugins: PluginHost,
        outbox: OutboxStore,
        tell: Callable[[notices.Notice], None],
        behind: Callable[[Callable[[], None]], None] = _at_once,
        further: FurtherDocuments | None = None,
    ) -> None:
        self._plugins = plugins
        self._outbox = outbox
        self._tell = tell
        self._behind = behind
        self._further = further

    def saved(self, item: OutboxItem) -> Wishes:
        """`on_document_saved`."""
        event = self._saved(item)
        return self._gathered(self._plugins.announce(event), event, item.host_id or "", item)

    def again(self, plugin: str, missed: Missed, item: OutboxItem) -> Wishes:
        """One plugin is told of what it missed about `item`, as it is now."""
        event = self._saved(item) if missed.hook == "on_document_saved" else _finished(item, missed.state)
        actions = self._plugins.tell_again(plugin, missed, event)
        return self._gathered([(plugin, action) for action in actions], event, item.host_id or "", item)

    def finished(self, item: OutboxItem) -> None:
        """`on_feed_finished`, behind the caller."""
        self._later(lambda: _finished(item, item.state))

    def opened(self, patient: Patient) -> Wishes:
        """`on_patient_opened`."""
        return self._announce(PatientOpened(patient=patient), patient.host_id)

    def closed(self, host_id: str) -> None:
        """`on_patient_closed`, behind the caller."""
        self._later(lambda: PatientClosed(host_id=host_id), host_id)

    def record_listed(self, host_id: str, entries: Iterable[RecordEntry]) -> None:
        """`on_record_listed`, behind the caller: the rows of a whole answer, the patient's own."""
        rows = tuple(entries)
        self._later(lambda: RecordListed(host_id=host_id, entries=tuple(map(_plain, rows))), host_id)

    def document_read(self, host_id: str, entry: RecordEntry, document: bytes) -> None:
        """`on_document_read`, behind the caller: the row and the bytes, checked against it."""
        self._later(lambda: DocumentRead(host_id=host_id, entry=_plain(entry), document=document), host_id)

    def card_changed(self, card: Literal["cps", "vitale"], *, present: bool, people: Sequence[CardPerson] = ()) -> None:
        """`on_card_changed`, behind the caller; `people`: the beneficiaries of a Vitale that came."""
        self._later(lambda: CardChanged(card=card, present=present, people=tuple(people)))

    def _later(self, event: Callable[[], Event], host_id: str = "") -> None:
        def work() -> None:
            self._announce(event(), host_id)

        self._behind(work)

    def _announce(self, event: Event, host_id: str) -> Wishes:
        return self._gathered(self._plugins.announce(event), event, host_id)

    def _saved(self, item: OutboxItem) -> DocumentSaved:
        """Without patient and content where the item was sent meanwhile: they are destroyed."""
        try:
            content = self._outbox.content(item.id)
        except NotFound:
            content = None
        return DocumentSaved(item=item.id, type_id=item.type_id, patient=item.patient, content=content)

    def _gathered(
        self, actions: Iterable[tuple[str, Action]], event: Event, host_id: str, item: OutboxItem | None = None
    ) -> Wishes:
        wishes = Wishes()
        for plugin, action in actions:
            if isinstance(action, FeedDocument) and item is not None:
                self._feed(action, plugin, item, wishes)
            else:
                self._do(action, plugin, event, host_id, wishes)
        return wishes

    def _feed(self, action: FeedDocument, plugin: str, item: OutboxItem, wishes: Wishes) -> None:
        """One key of the host and one type give one document: who asks second is named, and nothing comes of it."""
        if action.type_id is not None and self._further is not None:
            self._further.feed(item, plugin, action)
        elif wishes.feed:
            self._plugins.repeats(plugin, item.type_id, wishes.fed_by)
        else:
            wishes.feed, wishes.fed_by = True, plugin

    def _do(self, action: Action, plugin: str, event: Event, host_id: str, wishes: Wishes) -> None:
        match action:
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
            case Badge(unique_id=unique_id, text=text, level=level):
                self._tell(notices.BadgeWanted(plugin, host_id, unique_id, text, level))
            case SuggestPatient(person=person) if isinstance(event, CardChanged):
                if event.people and person < len(event.people):
                    self._tell(notices.PatientSuggested(plugin, event.people[person]))


def _plain(entry: RecordEntry) -> RecordEntry:
    """What the api shows of a row: what the DMP said, without what the core adds to it."""
    return RecordEntry.model_construct(**{name: getattr(entry, name) for name in RecordEntry.model_fields})


def _finished(item: OutboxItem, state: str) -> FeedFinished:
    return FeedFinished(item=item.id, type_id=item.type_id, state=state)
