"""What waited for a plugin goes on once it works again: its items, and the facts that it was not told of."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from dmp_core import log
from dmp_core.errors import DmpError, ItemChanged, NotFound
from dmp_core.model.item import OutboxItem, State, WaitReason
from dmp_core.plughost.host import PluginHost
from dmp_core.plughost.ledger import Missed
from dmp_core.ports import Clock, OutboxStore
from dmp_core.services import notices
from dmp_core.services.announcement import Announcer, Wishes


class Repairs:
    """One step of it, taken by the thread that delivers. `hold`: of a document that a plugin asks to feed."""

    def __init__(
        self,
        plugins: PluginHost,
        outbox: OutboxStore,
        announcer: Announcer,
        *,
        clock: Clock,
        hold: timedelta,
        tell: Callable[[notices.Notice], None],
    ) -> None:
        self._plugins = plugins
        self._outbox = outbox
        self._announcer = announcer
        self._clock = clock
        self._hold = hold
        self._tell = tell
        self._began = False

    def step(self) -> None:
        """Take up what somebody changed of the plugins; the first step takes up what changed while nothing ran."""
        if self._plugins.refresh() or not self._began:
            self._began = True
            self._resume()
        for plugin, missed in list(self._plugins.missed()):
            try:
                self._tell_again(plugin, missed)
            except DmpError as error:
                log.warning("repair.postponed", plugin=plugin, item=missed.item, code=error.code)

    def _resume(self) -> None:
        """Every item that waits for a plugin is tried again, now."""
        now = self._clock.now()
        for item in self._outbox.in_states(frozenset({State.WAITING})):
            if item.reason is WaitReason.PLUGIN:
                with suppress(ItemChanged):
                    resumed = self._outbox.change(item, item.resume or State.ACCEPTED, now=now, due_at=now)
                    self._tell(notices.OutboxChanged(resumed))

    def _tell_again(self, plugin: str, missed: Missed) -> None:
        try:
            item = self._outbox.get(missed.item)
        except NotFound:
            self._plugins.forget(plugin, missed)
            return
        self._do(item, self._announcer.again(plugin, missed, item))

    def _do(self, item: OutboxItem, wishes: Wishes) -> None:
        """What the plugin would have wanted, where it is not too late for it."""
        now = self._clock.now()
        with suppress(ItemChanged):
            if item.state is State.COMPOSED and wishes.window:
                item = self._outbox.change(item, State.AWAITING_CONFIRMATION, now=now)
                self._tell(notices.WindowWanted(item))
            elif item.state is State.COMPOSED and wishes.feed:
                hold = self._hold if wishes.hold is None else wishes.hold
                item = self._outbox.change(item, State.HELD, now=now, due_at=now + hold)
            elif item.state is State.HELD and wishes.hold is not None:
                item = self._outbox.change(item, State.HELD, now=now, due_at=now + wishes.hold)
            else:
                return
            self._tell(notices.OutboxChanged(item))
