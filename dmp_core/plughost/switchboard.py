"""One pluggy PluginManager: it holds the hooks of the api and, behind their guards, the plugins that answer them.

Everything is asked in the thread of the caller, and only plugins that are enabled are registered.
"""

from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import pluggy

from dmp_core.api import hookspecs
from dmp_core.api.context import Context
from dmp_core.api.events import Event
from dmp_core.plughost.guard import Guard

Seat = tuple[str, Callable[[Any, Any], Any], tuple[str, ...]]
"""A plugin, its guarded function, the fields of the event that it may not read."""


class Switchboard:
    """Calls plugins in the order in which they were registered."""

    def __init__(self) -> None:
        self._manager = pluggy.PluginManager("dmp")
        self._manager.add_hookspecs(hookspecs)
        self._guards: dict[str, Guard] = {}
        self._seats: dict[str, tuple[Seat, ...]] = {}

    def register(self, guard: Guard) -> None:
        """Add a plugin: one guarded function for each hook of its manifest, which pluggy holds against the api."""
        proxies = ModuleType(guard.manifest.id, f"What {guard.name} answers.")
        for hook in guard.manifest.hooks:
            setattr(proxies, hook, guard.proxy(hook))
        self._manager.register(proxies, guard.manifest.id)
        self._guards[guard.manifest.id] = guard
        self._seats.clear()

    def call(self, hook: str, event: Event, ctx: Context) -> Sequence[tuple[str, Any]]:
        """What each plugin answers, with its id; plugins that answer nothing are left out.

        pluggy's own loop also serves wrappers and first results, which admission forbids and the host decides.
        The event without the fields that a plugin may not read is made once for all who may not read them.
        """
        seats = self._seats.get(hook)
        if seats is None:
            seats = self._seats[hook] = tuple(
                (found.plugin_name, found.function, self._guards[found.plugin_name].blind(hook))
                for found in getattr(self._manager.hook, hook).get_hookimpls()
            )
        answers = []
        before: tuple[str, ...] = ()
        seen = event
        for plugin, function, hidden in seats:
            if hidden is not before:
                before, seen = hidden, _blind(event, hidden)
            answer = function(seen, ctx)
            if answer is not None:
                answers.append((plugin, answer))
        return answers

    def ask(self, plugin: str, hook: str, event: Event, ctx: Context) -> Any:
        """What one plugin answers; None where it has no such hook or nothing to say."""
        function = getattr(self._manager.get_plugin(plugin), hook, None)
        return None if function is None else function(_blind(event, self._guards[plugin].blind(hook)), ctx)

    def close(self) -> None:
        """No plugin is called any more."""
        for plugin in tuple(self._manager.get_plugins()):
            self._manager.unregister(plugin)
        self._seats.clear()


def _blind(event: Event, hidden: tuple[str, ...]) -> Event:
    """The event without these fields."""
    if all(getattr(event, name) is None for name in hidden):
        return event
    return event.model_copy(update=dict.fromkeys(hidden))
