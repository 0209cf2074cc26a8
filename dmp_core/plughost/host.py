"""The plugins as the services see them: typed questions, and answers that can be trusted to be of the api.

Everything runs in this process, in the thread of the caller; only plugins that the configuration names are used,
and each is imported before its first call.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from dmp_core.api.actions import Action
from dmp_core.api.bodies import Body
from dmp_core.api.context import Context
from dmp_core.api.events import DocumentWanted, Event, HostEvent, TypesWanted, UiWanted
from dmp_core.api.ui import Ui
from dmp_core.errors import PluginFailed, PluginRefused
from dmp_core.model.document import FeedPolicy
from dmp_core.plughost.discovery import Found, discover
from dmp_core.plughost.guard import Guard, Status
from dmp_core.plughost.hooks import HOOK_OF
from dmp_core.plughost.manifest import Kind
from dmp_core.plughost.offers import Offers, ResolvedType
from dmp_core.plughost.report import PluginState, idle, working
from dmp_core.plughost.switchboard import Switchboard
from dmp_core.ports import Clock


class PluginHost:
    """The enabled plugins, called in the order of `enabled`.

    `settings`: plugin -> its settings. `policies`: type -> policy, over the adapter's and the type's own.
    `choices`: type -> plugin, where two bring the same. `adapter`: the active one; None: the only one enabled.
    `path`: where distributions are looked for, None: sys.path. Never raises: `report` says what is wrong.
    """

    def __init__(
        self,
        enabled: Sequence[str],
        *,
        clock: Clock,
        settings: Mapping[str, Mapping[str, Any]] | None = None,
        policies: Mapping[str, FeedPolicy] | None = None,
        choices: Mapping[str, str] | None = None,
        adapter: str | None = None,
        time_zone: str = "Europe/Paris",
        path: Sequence[str] | None = None,
    ) -> None:
        self._clock = clock
        self._policies = policies or {}
        self._choices = choices or {}
        self._time_zone = time_zone
        self._offers: Offers | None = None
        self._switchboard = Switchboard()
        self._guards: dict[str, Guard] = {}
        self._idle: list[PluginState] = []
        found = discover(None if path is None else tuple(path))
        self._idle += [idle(plugin) for plugin in found if plugin.id not in enabled]
        ready = [plugin for name in dict.fromkeys(enabled) for plugin in self._usable(name, found)]
        for plugin in self._without_other_adapters(ready, adapter):
            self._enable(plugin, (settings or {}).get(plugin.id, {}))
        adapters = (guard.manifest.id for guard in self._guards.values() if guard.manifest.kind is Kind.ADAPTER)
        self._adapter = next(adapters, None)

    def report(self) -> Sequence[PluginState]:
        """Every plugin found or configured, by id, with the reason where it does not work as configured."""
        disputes = self._offers.disputes if self._offers else lambda _plugin: ""
        active = [working(guard, disputes(guard.manifest.id)) for guard in self._guards.values()]
        return sorted([*active, *self._idle], key=lambda state: (state.id, state.distribution))

    def close(self) -> None:
        """No plugin is called any more."""
        self._switchboard.close()
        self._offers = Offers((), {})

    # ------------------------------------------------------------ types of document

    def types(self) -> Mapping[str, ResolvedType]:
        """Every type of document that one plugin brings; a type that two bring is left out (see `type_of`)."""
        return self._all_offers().types()

    def type_of(self, type_id: str) -> ResolvedType:
        """The type asked for. Raises PluginAbsent, or PluginAmbiguous with the names where two plugins bring it."""
        return self._all_offers().type_of(type_id)

    def policy(self, type_id: str) -> FeedPolicy:
        """How documents of this type leave: as configured, else as the adapter says, else as the type says.

        Raises as `type_of`.
        """
        own = self.type_of(type_id).type.policy
        shipped = self._guards[self._adapter].manifest.policies if self._adapter else {}
        return self._policies.get(type_id, shipped.get(type_id, own))

    def _all_offers(self) -> Offers:
        """Who brings what; asked once."""
        if self._offers is None:
            answers = self._switchboard.call("provide_document_types", TypesWanted(), self._context())
            self._offers = Offers(
                (
                    ResolvedType(type_, plugin, self._guards[plugin].manifest.version)
                    for plugin, types in answers
                    for type_ in types
                ),
                self._choices,
            )
        return self._offers

    # ------------------------------------------------------------ questions and facts

    def resolve(self, type_id: str, event: DocumentWanted) -> tuple[Body, str]:
        """The body of a document, and the name and version of the plugin that made it.

        Raises ContentInvalid (a DocumentInvalid) where the plugin refuses the content, PluginFailed, PluginRefused,
        PluginAbsent, PluginAmbiguous.
        """
        owner = self.type_of(type_id)
        name = f"{owner.plugin} {owner.version}"
        body: Body | None = self._switchboard.ask(owner.plugin, "resolve_document", event, self._context())
        if body is None:
            raise PluginFailed(f"{name} gave no document of type {type_id}")
        return body, name

    def translate(self, event: HostEvent) -> Sequence[Event] | None:
        """What a raw message of the LGO means; None where the active adapter does not know it, or there is none.

        Raises MessageInvalid where the adapter refuses its payload, PluginFailed, PluginRefused.
        """
        events: Sequence[Event] | None = self._ask_adapter("resolve_host_event", event)
        return events

    def announce(self, event: Event) -> tuple[tuple[str, Action], ...]:
        """Tell the plugins of a fact: their actions, each with its plugin. What no hook tells of gives none."""
        hook = HOOK_OF.get(type(event))
        if hook is None:
            return ()
        answers = self._switchboard.call(hook, event, self._context())
        return tuple((plugin, action) for plugin, actions in answers for action in actions)

    def ui(self) -> Ui | None:
        """The host's menus and words, as the active adapter gives them."""
        ui: Ui | None = self._ask_adapter("provide_ui", UiWanted())
        return ui

    def _ask_adapter(self, hook: str, event: Event) -> Any:
        return self._switchboard.ask(self._adapter, hook, event, self._context()) if self._adapter else None

    def _context(self) -> Context:
        return Context(now=self._clock.now(), time_zone=self._time_zone)

    # ------------------------------------------------------------ which plugins start

    def _usable(self, name: str, found: Sequence[Found]) -> Sequence[Found]:
        """The plugin that the configuration names, if it may start."""
        named = [plugin for plugin in found if plugin.id == name]
        if not named:
            reason = "enabled in the configuration and not installed"
            self._idle.append(PluginState(name, Status.REFUSED, reason))
        self._idle += [idle(plugin) for plugin in named if plugin.reason]
        return [plugin for plugin in named if not plugin.reason]

    def _without_other_adapters(self, ready: Sequence[Found], chosen: str | None) -> Sequence[Found]:
        """One adapter speaks for the host. The others stand aside; all do where nothing chooses between them."""
        adapters = [plugin for plugin in ready if plugin.manifest and plugin.manifest.kind is Kind.ADAPTER]
        if chosen is None and len(adapters) <= 1:
            return ready
        names = ", ".join(plugin.id for plugin in adapters)
        for plugin in adapters:
            if chosen is None:
                self._idle.append(idle(plugin, Status.REFUSED, f"several adapters and none is chosen: {names}"))
            elif plugin.id != chosen:
                self._idle.append(idle(plugin, Status.FOUND, f"another adapter is active: {chosen}"))
        return [plugin for plugin in ready if plugin not in adapters or plugin.id == chosen]

    def _enable(self, plugin: Found, settings: Mapping[str, Any]) -> None:
        try:
            guard = Guard(plugin, settings, self._clock)
        except PluginRefused as error:
            self._idle.append(idle(plugin, Status.REFUSED, error.detail))
            return
        self._guards[plugin.id] = guard
        self._switchboard.register(guard)
