"""The plugins of one moment: who runs, who does not and why, who brings which type of document."""

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from dmp_core.api.context import Context
from dmp_core.api.documents import DocumentType
from dmp_core.api.events import TypesWanted
from dmp_core.errors import PluginRefused
from dmp_core.plughost.discovery import Found
from dmp_core.plughost.guard import Guard, Status
from dmp_core.plughost.manifest import Kind
from dmp_core.plughost.offers import Offers, ResolvedType
from dmp_core.plughost.report import PluginState, idle
from dmp_core.plughost.switchboard import Switchboard

_TYPES: Final = "provide_document_types"
MakeGuard = Callable[[Found], Guard]


class Roster:
    """Made whole, then used: `enabled` in the order in which they are called, `adapter` the one that was chosen.

    Raises nothing: `idle` says of each plugin that does not run why.
    """

    def __init__(
        self,
        found: Sequence[Found],
        enabled: Sequence[str],
        make_guard: MakeGuard,
        *,
        adapter: str | None,
        choices: Mapping[str, str],
    ) -> None:
        self.switchboard = Switchboard()
        self.guards: dict[str, Guard] = {}
        self.idle: list[PluginState] = [idle(plugin) for plugin in found if plugin.id not in enabled]
        self._choices = choices
        self._offered: dict[str, tuple[DocumentType, ...]] = {}
        self._offers: Offers | None = None
        self._asking = threading.Lock()
        ready = [plugin for name in dict.fromkeys(enabled) for plugin in self._usable(name, found)]
        for plugin in self._without_other_adapters(ready, adapter):
            self._enable(plugin, make_guard)
        adapters = (guard.manifest.id for guard in self.guards.values() if guard.manifest.kind is Kind.ADAPTER)
        self.adapter = next(adapters, None)

    def close(self) -> None:
        """No plugin is called any more, no worker runs."""
        self.switchboard.close()
        self._offers = Offers((), {})
        for guard in self.guards.values():
            guard.close()

    def quarantined(self) -> frozenset[str]:
        return frozenset(name for name, guard in self.guards.items() if guard.status is Status.QUARANTINED)

    # ------------------------------------------------------------ types of document

    def offers(self, context: Callable[[], Context]) -> Offers:
        """Who brings what: each plugin is asked once, again where it failed."""
        if self._offers is not None:
            return self._offers
        with self._asking:
            self._ask_types(context)
            offers = self.known_offers()
            if all(self._settled(guard) for guard in self.guards.values()):
                self._offers = offers
        return offers

    def known_offers(self) -> Offers:
        """Who brings what, as far as it was told; asks nobody."""
        offered = [
            ResolvedType(type_, plugin, self.guards[plugin].manifest.version)
            for plugin in self.guards
            for type_ in self._offered.get(plugin, ())
        ]
        return self._offers or Offers(offered, self._choices)

    def disputes(self, plugin: str) -> str:
        """As of `Offers`, once they were asked for."""
        return self._offers.disputes(plugin) if self._offers else ""

    def _ask_types(self, context: Callable[[], Context]) -> None:
        """Ask each plugin that did not answer yet; their workers start together."""
        waiting = [guard for guard in self.guards.values() if not self._settled(guard)]
        for guard in waiting:
            guard.prepare(_TYPES)
        for guard in waiting:
            types: Any = self.switchboard.ask(guard.manifest.id, _TYPES, TypesWanted(), context())
            if types is not None or not guard.strikes:
                self._offered[guard.manifest.id] = tuple(types or ())

    def _settled(self, guard: Guard) -> bool:
        """It answered, has nothing to answer, or is out until somebody repairs it."""
        name = guard.manifest.id
        return name in self._offered or _TYPES not in guard.manifest.hooks or guard.status is not Status.ENABLED

    # ------------------------------------------------------------ which plugins start

    def _usable(self, name: str, found: Sequence[Found]) -> Sequence[Found]:
        """The plugin that is named, if it may start."""
        named = [plugin for plugin in found if plugin.id == name]
        if not named:
            reason = "enabled in the configuration and not installed"
            self.idle.append(PluginState(name, Status.REFUSED, reason))
        self.idle += [idle(plugin) for plugin in named if plugin.reason]
        return [plugin for plugin in named if not plugin.reason]

    def _without_other_adapters(self, ready: Sequence[Found], chosen: str | None) -> Sequence[Found]:
        """One adapter speaks for the host. The others stand aside; all do where nothing chooses between them."""
        adapters = [plugin for plugin in ready if plugin.manifest and plugin.manifest.kind is Kind.ADAPTER]
        if chosen is None and len(adapters) <= 1:
            return ready
        names = ", ".join(plugin.id for plugin in adapters)
        for plugin in adapters:
            if chosen is None:
                self.idle.append(idle(plugin, Status.REFUSED, f"several adapters and none is chosen: {names}"))
            elif plugin.id != chosen:
                self.idle.append(idle(plugin, Status.FOUND, f"another adapter is active: {chosen}"))
        return [plugin for plugin in ready if plugin not in adapters or plugin.id == chosen]

    def _enable(self, plugin: Found, make_guard: MakeGuard) -> None:
        try:
            guard = make_guard(plugin)
        except PluginRefused as error:
            self.idle.append(idle(plugin, Status.REFUSED, error.detail))
            return
        self.guards[plugin.id] = guard
        self.switchboard.register(guard)
