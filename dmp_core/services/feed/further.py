"""Another document that a plugin makes out of a saved one: an item of its own, one a key of the host and type."""

import hashlib
import json
from collections.abc import Callable
from typing import Final

from dmp_core.api.actions import FeedDocument
from dmp_core.errors import KeyConflict
from dmp_core.model.item import NewItem, OutboxItem
from dmp_core.plughost.host import PluginHost
from dmp_core.ports import Clock, Ids, OutboxStore

_BETWEEN: Final = "\x1f"  # the host's own key, then the type
_LONGEST: Final = 200


class FurtherDocuments:
    """Keeps them in the outbox; a second demand for one is recorded against the plugin, and changes nothing."""

    def __init__(
        self, outbox: OutboxStore, plugins: PluginHost, *, clock: Clock, ids: Ids, wake: Callable[[], None]
    ) -> None:
        self._outbox = outbox
        self._plugins = plugins
        self._clock = clock
        self._ids = ids
        self._wake = wake

    def feed(self, item: OutboxItem, plugin: str, action: FeedDocument) -> None:
        """Accept the document that `plugin` asked for beside `item`. Raises OutboxError."""
        assert action.type_id is not None and action.content is not None, "it speaks of another document"
        if action.type_id == item.type_id or self._is_saved(item, action.type_id):
            self._plugins.repeats(plugin, action.type_id)
            return
        new = NewItem(
            key=_name(item.key, action.type_id),
            record=_name(item.record, action.type_id),
            type_id=action.type_id,
            who=item.who,
            patient=item.patient,
            content=json.dumps(action.content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode(),
        )
        try:
            _, is_new = self._outbox.accept(new, item_id=str(self._ids.uuid()), now=self._clock.now())
        except KeyConflict:
            is_new = False
        if is_new:
            self._wake()
        else:
            self._plugins.repeats(plugin, action.type_id)

    def _is_saved(self, item: OutboxItem, type_id: str) -> bool:
        """Whether the host's own save behind `item` is of that type."""
        first = self._outbox.by_key(item.who.structure.national_id, item.key.partition(_BETWEEN)[0])
        return first is not None and first.type_id == type_id


def _name(of_host: str, type_id: str) -> str:
    """The key, or record, of the document of that type made out of the host's."""
    root = of_host.partition(_BETWEEN)[0]
    name = f"{root}{_BETWEEN}{type_id}"
    return name if len(name) <= _LONGEST else f"{hashlib.sha256(root.encode()).hexdigest()}{_BETWEEN}{type_id}"
