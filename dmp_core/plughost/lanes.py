"""From an admitted plugin to its guard: what it was granted, where it runs, what an earlier run left of it."""

import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from dmp_core import log
from dmp_core.api.events import DocumentSaved, Event, FeedFinished
from dmp_core.errors import PluginRefused
from dmp_core.plughost.discovery import Found, discover
from dmp_core.plughost.guard import Guard
from dmp_core.plughost.ledger import Grant, Ledger, Missed, Quarantine
from dmp_core.plughost.prints import Prints
from dmp_core.plughost.store import Store
from dmp_core.plughost.trust import Trust
from dmp_core.plughost.worker.kept import KeptAnswers
from dmp_core.plughost.worker.lane import WorkerLane
from dmp_core.plughost.worker.places import Place
from dmp_core.plughost.worker.process import WorkerProcess
from dmp_core.ports import Clock

PRINTS: Final = "prints"
LEDGER: Final = "known"
PROVIDED: Final = "provided"


class Lanes:
    """The plugins of one installation under its rules. `path`: as of `discover`."""

    def __init__(self, trust: Trust, clock: Clock, path: Sequence[str] | None = None) -> None:
        self.ledger = Ledger(trust.state / LEDGER)
        self.prints = Prints(trust.state / PRINTS, text=trust.keep_prints)
        self.store = Store(trust)
        self._trust = trust
        self._clock = clock
        self._path = None if path is None else tuple(path)

    def find(self) -> tuple[Found, ...]:
        """Every plugin: those of the plugins' folder, then those beside the core; each with what speaks against it."""
        stored = self.store.find()
        taken = {plugin.id: plugin for plugin in stored}
        return (*stored, *(self._beside(plugin, taken.get(plugin.id)) for plugin in discover(self._path)))

    def _beside(self, plugin: Found, stored: Found | None) -> Found:
        """A plugin that pip installed beside the core: nobody signed it."""
        if plugin.reason:
            return plugin
        if stored is not None:
            return replace(plugin, reason="its name belongs to the plugin in the plugins' folder")
        try:
            self._trust.admit(plugin.id, None, "")
        except PluginRefused as error:
            return replace(plugin, reason=error.detail)
        return replace(plugin, publisher=plugin.distribution)

    def enabled(self, configured: Sequence[str]) -> list[str]:
        """The plugins of the configuration and those switched on by hand, without those switched off."""
        names = dict.fromkeys((*configured, *self.ledger.switched_on()))
        return [name for name in names if self.ledger.switched(name) is not False]

    def signs(self, quarantined: Collection[str]) -> Mapping[str, object]:
        """What is another once somebody changed the plugins; a quarantine that began by itself is no change."""
        return {
            "versions": {plugin: self.store.current(plugin) for plugin in self.store.ids()},
            "switched": self.ledger.switches(),
            "granted": self.ledger.grants(),
            "repaired": frozenset(plugin for plugin in quarantined if self.ledger.quarantine(plugin) is None),
        }

    def guard(self, plugin: Found, settings: Mapping[str, Any], *, granted: bool = False) -> Guard:
        """The guard of a plugin that is to run; `granted`: whatever its manifest asks for. Raises PluginRefused."""
        assert plugin.manifest is not None and plugin.folder is not None, "it was found whole"
        if not granted:
            self._must_be_granted(plugin)
        guard = Guard(
            plugin,
            settings,
            self._clock,
            lane=self._lane(plugin, settings),
            missed=lambda hook, event: self._miss(plugin.id, hook, event),
            quarantined=lambda reason: self._quarantine(plugin, reason),
        )
        if (left := self.ledger.quarantine(plugin.id)) is not None:
            if left.version == _version(plugin):
                guard.rest(left.reason)
            else:
                self.ledger.lift(plugin.id)
        return guard

    def _lane(self, plugin: Found, settings: Mapping[str, Any]) -> WorkerLane | None:
        assert plugin.manifest is not None and plugin.folder is not None, "it was found whole"
        if plugin.id in self._trust.in_process:
            sys.dont_write_bytecode |= bool(plugin.roots)  # a file more, and the version is not the one installed
            return None
        worker = WorkerProcess(
            Place(plugin.folder, plugin.roots, plugin.manifest.paths(settings)),
            plugin.manifest.model_dump(mode="json"),
            self._trust.limits,
            self._clock.monotonic,
            self.prints.of(plugin.id),
        )
        kept = KeptAnswers(self._trust.state / PROVIDED / plugin.id, plugin.digest) if plugin.digest else None
        return WorkerLane(plugin.manifest, worker, confined=self._trust.confined_only, kept=kept)

    def _must_be_granted(self, plugin: Found) -> None:
        """What the manifest asks for was granted to this publisher; the configuration's first word is a grant."""
        assert plugin.manifest is not None, "it was found whole"
        asked = Grant.asked_by(plugin.manifest, plugin.publisher)
        granted = self.ledger.grant(plugin.id)
        if granted is None:
            self.ledger.keep_grant(plugin.id, asked)
            return
        if granted.publisher != asked.publisher:
            raise PluginRefused(
                f"its name was given to {granted.publisher}, now {asked.publisher} uses it: "
                f"`dmp plugins enable {plugin.id}` if that is meant"
            )
        if more := asked.beyond(granted):
            raise PluginRefused(f"it asks for more than was granted: {', '.join(more)}; see `dmp plugins enable`")

    def _miss(self, plugin: str, hook: str, event: Event) -> None:
        match event:
            case DocumentSaved():
                missed = Missed(hook, event.item, event.type_id)
            case FeedFinished():
                missed = Missed(hook, event.item, event.type_id, event.state)
            case _:
                return
        try:
            if not self.ledger.miss(plugin, missed):
                log.warning("plughost.not_kept", plugin=plugin, hook=hook, item=event.item)
        except OSError as error:
            log.warning("plughost.not_kept", plugin=plugin, hook=hook, item=event.item, error=type(error).__name__)

    def _quarantine(self, plugin: Found, reason: str) -> None:
        try:
            self.ledger.keep_quarantine(plugin.id, Quarantine(_version(plugin), reason))
        except OSError as error:
            log.warning("plughost.quarantine_not_kept", plugin=plugin.id, error=type(error).__name__)


def _version(plugin: Found) -> str:
    assert plugin.manifest is not None, "it was found whole"
    return f"{plugin.manifest.version} {plugin.digest[:12]}".strip()
