"""Raw messages of the LGO: what the adapter reads in them becomes patients and items of their own."""

from collections.abc import Callable, Sequence

from pydantic import ValidationError

from dmp_core.api.events import Event, HostEvent, PatientClosed, PatientOpened, PatientUpdated, SavedDocument
from dmp_core.errors import MessageInvalid
from dmp_core.model.item import NewItem, OutboxItem
from dmp_core.plughost.host import PluginHost
from dmp_core.ports import Clock, Ids, OutboxStore
from dmp_core.services.feed.intake import new_item


class Translator:
    """Reads raw messages: the items in them take the place of the raw one, all at once."""

    def __init__(
        self,
        outbox: OutboxStore,
        plugins: PluginHost,
        tell_patient: Callable[[PatientOpened | PatientUpdated | PatientClosed, OutboxItem], None],
        *,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._outbox = outbox
        self._plugins = plugins
        self._tell_patient = tell_patient
        self._clock = clock
        self._ids = ids

    def translate(self, item: OutboxItem) -> Sequence[OutboxItem]:
        """The items that the message holds. Raises MessageInvalid where the adapter cannot read it, KeyConflict."""
        events = self._events(item)
        saved = [self._new(event, item) for event in events if isinstance(event, SavedDocument)]
        made = self._outbox.translate(item, saved, now=self._clock.now())
        for event in events:
            if isinstance(event, PatientOpened | PatientUpdated | PatientClosed):
                self._tell_patient(event, item)
        return made

    def _events(self, item: OutboxItem) -> Sequence[Event]:
        try:
            raw = HostEvent.model_validate_json(self._outbox.content(item.id))
        except ValidationError as error:
            raise MessageInvalid("host/event: name or payload") from error
        events = self._plugins.translate(raw)
        if events is None:
            raise MessageInvalid("the adapter does not know this message, or none is enabled")
        return events

    def _new(self, event: SavedDocument, item: OutboxItem) -> tuple[str, NewItem]:
        return str(self._ids.uuid()), new_item(event, item.who)
