"""The plugins as the services see them: typed questions, and answers that can be trusted to be of the api.

Everything is asked in the thread of the caller. Only plugins that are enabled are used, each where the rules of the
installation say, and each is imported before its first call, not earlier.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from dmp_core import log
from dmp_core.api.actions import Action
from dmp_core.api.bodies import Body
from dmp_core.api.context import Context
from dmp_core.api.events import DocumentWanted, Event, HostEvent, SavedDocument, UiWanted
from dmp_core.api.ui import Ui
from dmp_core.errors import PluginFailed
from dmp_core.model.document import FeedPolicy
from dmp_core.plughost.discovery import Found, discover
from dmp_core.plughost.guard import Guard, Status
from dmp_core.plughost.hooks import HOOK_OF
from dmp_core.plughost.lanes import Lanes
from dmp_core.plughost.ledger import Missed
from dmp_core.plughost.offers import Offers, ResolvedType
from dmp_core.plughost.report import PluginState, working
from dmp_core.plughost.roster import Roster
from dmp_core.plughost.trust import Trust
from dmp_core.ports import Clock

MOST_TRIES: Final = 3
"""Times that a plugin is told of one fact before it is given up."""


class PluginHost:
    """The enabled plugins, called in the order of `enabled`.

    `settings`: plugin -> its settings. `policies`: type -> policy, over the adapter's and the type's own.
    `choices`: type -> plugin, where two bring the same. `adapter`: the active one; None: the only one enabled.
    `path`: where distributions are looked for, None: sys.path. `trust`: the rules of the installation; None: what is
    found beside the core runs in this process, for tools and tests. `more`: plugins found elsewhere, used without being
    named, in the place of others of their names. Never raises: `report` says what is wrong.
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
        trust: Trust | None = None,
        more: Callable[[], Sequence[Found]] = tuple,
    ) -> None:
        self._clock = clock
        self._more = more
        self._added: Mapping[str, Found] = {}
        self._configured = tuple(enabled)
        self._settings = settings or {}
        self._policies = policies or {}
        self._choices = choices or {}
        self._chosen_adapter = adapter
        self._time_zone = time_zone
        self._path = None if path is None else tuple(path)
        self._lanes = Lanes(trust, clock, self._path) if trust else None
        self._roster = self._call_up()
        self._seen = self._signs()

    @property
    def adapter(self) -> str | None:
        """The active adapter; None where the one that was chosen is not there or does not work."""
        return self._roster.adapter

    def report(self) -> Sequence[PluginState]:
        """Every plugin found or configured, by id, with the reason where it does not work as configured."""
        roster, missed = self._roster, self._lanes.ledger.waiting() if self._lanes else ()
        active = [
            working(guard, roster.disputes(name), events_wait=name in missed) for name, guard in roster.guards.items()
        ]
        return sorted([*active, *roster.idle], key=lambda state: (state.id, state.distribution))

    def refresh(self) -> bool:
        """Take up what the command line changed: plugins installed, rolled back, removed, switched, repaired.

        True where something is new, so that what waited for a plugin can go on.
        """
        if self._lanes is None or self._signs() == self._seen:
            return False
        before, self._roster = self._roster, self._call_up()
        before.close()
        self._seen = self._signs()
        log.event("plughost.refreshed", count=len(self._roster.guards))
        return True

    def try_out(self, plugin: str) -> None:
        """Start one plugin now; `report` says what came of it."""
        guard = self._roster.guards.get(plugin)
        if guard is not None:
            guard.try_out()

    def close(self) -> None:
        """No plugin is called any more, no worker runs."""
        self._roster.close()

    def _call_up(self) -> Roster:
        """Find the plugins, and put a guard before each that may run."""
        lanes = self._lanes
        added = self._added = {plugin.id: plugin for plugin in self._more()}
        found = lanes.find() if lanes else discover(self._path)
        wanted = (*self._configured, *added)
        return Roster(
            (*added.values(), *(plugin for plugin in found if plugin.id not in added)),
            lanes.enabled(wanted) if lanes else wanted,
            self._guard,
            adapter=self._chosen_adapter,
            choices=self._choices,
        )

    def _guard(self, plugin: Found) -> Guard:
        settings = self._settings.get(plugin.id, {})
        if self._lanes is None:
            return Guard(plugin, settings, self._clock)
        return self._lanes.guard(plugin, settings, granted=plugin.id in self._added)

    def _signs(self) -> Mapping[str, object]:
        signs = self._lanes.signs(self._roster.quarantined()) if self._lanes else {}
        return {**signs, "more": {plugin.id: (plugin.digest, plugin.reason) for plugin in self._more()}}

    # ------------------------------------------------------------ types of document

    def types(self) -> Mapping[str, ResolvedType]:
        """Every type of document that one plugin brings; a type that two bring is left out (see `type_of`)."""
        return self._offers().types()

    def known_types(self) -> Mapping[str, ResolvedType]:
        """As `types`, as far as the plugins have said; asks nobody."""
        return self._roster.known_offers().types()

    def type_of(self, type_id: str) -> ResolvedType:
        """The type asked for. Raises PluginAbsent, or PluginAmbiguous with the names where two plugins bring it."""
        return self._offers().type_of(type_id)

    def policy(self, type_id: str) -> FeedPolicy:
        """How documents of this type leave: as configured, else as the adapter says, else as the type says.

        Raises as `type_of`.
        """
        known = self.known_types().get(type_id) or self.type_of(type_id)
        own, roster = known.type.policy, self._roster
        shipped = roster.guards[roster.adapter].manifest.policies if roster.adapter else {}
        return self._policies.get(type_id, shipped.get(type_id, own))

    def _offers(self) -> Offers:
        return self._roster.offers(self._context)

    # ------------------------------------------------------------ questions and facts

    def resolve(self, type_id: str, event: DocumentWanted) -> tuple[Body, str]:
        """The body of a document, and the name and version of the plugin that made it.

        Raises ContentInvalid (a DocumentInvalid) where the plugin refuses the content, PluginFailed, PluginRefused,
        PluginAbsent, PluginAmbiguous.
        """
        owner = self.type_of(type_id)
        name = f"{owner.plugin} {owner.version}"
        body: Body | None = self._roster.switchboard.ask(owner.plugin, "resolve_document", event, self._context())
        if body is None:
            raise PluginFailed(f"{name} gave no document of type {type_id}")
        return body, name

    def translate(self, event: HostEvent) -> Sequence[Event] | None:
        """What a raw message of the LGO means; None where the active adapter does not know it, or there is none.

        Raises MessageInvalid where the adapter refuses its payload, PluginFailed, PluginRefused.
        """
        events: Sequence[Event] | None = self._ask_adapter("resolve_host_event", event)
        return None if events is None else self._once(events)

    def _once(self, events: Sequence[Event]) -> tuple[Event, ...]:
        """One key of the host and one type give one document: what says the same again is recorded and left out."""
        once: list[Event] = []
        for event in events:
            if isinstance(event, SavedDocument) and event in once:
                self.repeats(self._roster.adapter or "", event.type_id)
            else:
                once.append(event)
        return tuple(once)

    def repeats(self, plugin: str, type_id: str, first: str = "") -> None:
        """`plugin` asked again for a document that it, or `first`, asked for: recorded and named, nothing else."""
        guard = self._roster.guards.get(plugin)
        if guard is not None:
            other = f", which {first} asked for" if first and first != plugin else ""
            guard.repeats(f"it asked again for one document of type {type_id[:60]}{other}")

    def announce(self, event: Event) -> tuple[tuple[str, Action], ...]:
        """Tell the plugins of a fact: their actions, each with its plugin. What no hook tells of gives none."""
        hook = HOOK_OF.get(type(event))
        if hook is None:
            return ()
        answers = self._roster.switchboard.call(hook, event, self._context())
        return tuple([(plugin, action) for plugin, actions in answers for action in actions])

    def ui(self) -> Ui | None:
        """The host's menus and words, as the active adapter gives them."""
        ui: Ui | None = self._ask_adapter("provide_ui", UiWanted())
        return ui

    def _ask_adapter(self, hook: str, event: Event) -> Any:
        roster = self._roster
        return roster.switchboard.ask(roster.adapter, hook, event, self._context()) if roster.adapter else None

    def _context(self) -> Context:
        return Context(now=self._clock.now(), time_zone=self._time_zone)

    # ------------------------------------------------------------ what a plugin missed

    def missed(self) -> Iterator[tuple[str, Missed]]:
        """What plugins that work again were not told of, each with its plugin, oldest first."""
        if self._lanes is None:
            return
        for plugin in self._lanes.ledger.waiting():
            guard = self._roster.guards.get(plugin)
            if guard is not None and guard.status is Status.ENABLED and not guard.strikes:
                yield from ((plugin, missed) for missed in self._lanes.ledger.missed(plugin))

    def tell_again(self, plugin: str, missed: Missed, event: Event) -> tuple[Action, ...]:
        """Tell one plugin of what it missed: its actions. Where it fails again, it waits again, three times at most."""
        guard = self._roster.guards.get(plugin)
        if guard is None or self._lanes is None:
            return ()
        ledger, failures = self._lanes.ledger, guard.tally.failures
        ledger.told(plugin, missed)
        actions = self._roster.switchboard.ask(plugin, missed.hook, event, self._context())
        if guard.tally.failures == failures:
            return tuple(actions or ())
        again = replace(missed, tries=missed.tries + 1)
        ledger.told(plugin, replace(missed, tries=0))  # the guard kept it anew
        if again.tries < MOST_TRIES:
            ledger.miss(plugin, again)
        else:
            log.warning("plughost.given_up", plugin=plugin, hook=missed.hook, item=missed.item)
        return ()

    def forget(self, plugin: str, missed: Missed) -> None:
        """There is nothing to tell any more."""
        if self._lanes is not None:
            self._lanes.ledger.told(plugin, missed)
