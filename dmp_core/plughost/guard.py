"""What stands between the core and one plugin: nothing that the plugin does changes anything for the others.

The guard stops exceptions, wrong answers and repeated failures. Code that never returns, kills its process or reaches
into other modules is stopped by the worker that it runs in; a plugin that the configuration names `in_process` is
trusted as the core's own dependencies are.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from types import MappingProxyType
from typing import Any, Final

from dmp_core import log
from dmp_core.api.context import Context
from dmp_core.api.events import Event
from dmp_core.api.hookspecs import hookimpl
from dmp_core.errors import ContentInvalid, InputError, MessageInvalid, PluginError, PluginFailed, PluginRefused
from dmp_core.model.finding import Finding
from dmp_core.plughost.admission import Hook, load
from dmp_core.plughost.answers import checker
from dmp_core.plughost.discovery import Found
from dmp_core.plughost.failure import told
from dmp_core.plughost.hooks import REPLAYED, hidden_fields
from dmp_core.plughost.worker.lane import Unfit, WorkerLane
from dmp_core.plughost.worker.process import WorkerFailed
from dmp_core.ports import Clock

STRIKES: Final = 3
"""Failures without a success between them that put a plugin in quarantine."""
_MAX_DETAIL: Final = 1000


class Status(StrEnum):
    """Where a plugin is."""

    FOUND = "found"  # installed, not used
    ENABLED = "enabled"
    REFUSED = "refused"
    QUARANTINED = "quarantined"


@dataclass(slots=True)
class Tally:
    """What the calls of one plugin cost. Times in seconds. `repeats`: documents that it asked for once more."""

    calls: int = 0
    failures: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    repeats: int = 0

    def took(self, seconds: float) -> None:
        """One more call."""
        self.calls += 1
        self.seconds += seconds
        self.slowest = max(self.slowest, seconds)


def _nobody(*_what: object) -> None:
    """Nobody wants to know."""


class Guard:
    """One enabled plugin. Its package is imported before its first call; `status` and `reason` say where it is.

    `lane`: the worker that it runs in; None: in this process. `missed` hears of each fact that the plugin was not
    told of, `quarantined` of the end of its service. Raises PluginRefused where `settings` are not those that the
    manifest declares.
    """

    def __init__(
        self,
        plugin: Found,
        settings: Mapping[str, Any],
        clock: Clock,
        *,
        lane: WorkerLane | None = None,
        missed: Callable[[str, Event], None] = _nobody,
        quarantined: Callable[[str], None] = _nobody,
    ) -> None:
        if plugin.manifest is None or plugin.folder is None:
            raise PluginRefused(plugin.reason)
        self.manifest = plugin.manifest
        self.distribution = plugin.distribution
        self.status = Status.ENABLED
        self.reason = ""
        self.tally = Tally()
        self.strikes = 0
        self.lane = lane
        self._missed = missed
        self._quarantined = quarantined
        self._folder = plugin.folder
        self._settings = MappingProxyType(plugin.manifest.settings_from(settings))
        self._monotonic = clock.monotonic
        self._load = lane.hooks if lane else partial(load, plugin.manifest, plugin.folder)
        self._hooks: dict[str, Hook] = {}
        self._loaded = False
        self._ended = False
        self._loading = threading.Lock()

    @property
    def name(self) -> str:
        """Id and version, as an item of the outbox records who composed it."""
        return f"{self.manifest.id} {self.manifest.version}"

    def blind(self, hook: str) -> tuple[str, ...]:
        """Fields of the hook's event that this plugin may not read."""
        return hidden_fields(hook, self.manifest.reads)

    def proxy(self, hook: str) -> Hook:
        """A function `(event, ctx)` that stands for the plugin's own.

        Its event must be `blind` already. `on_` and `provide_` hooks: None for whatever goes wrong. `resolve_` hooks:
        PluginFailed, PluginRefused, or ContentInvalid or MessageInvalid where the plugin refuses the content.
        """
        settings, known, monotonic, tally = self._settings, self._hooks.get, self._monotonic, self.tally
        check = checker(hook)

        def guarded(event: Event, ctx: Context) -> Any:
            function = known(hook) or self._started(hook)
            if function is None:
                return self._absent(hook, event)
            if settings:
                ctx = replace(ctx, settings=settings)
            start = monotonic()
            try:
                answer = function(event, ctx)
                if answer is not None:
                    answer = check(answer)
            except KeyboardInterrupt:
                raise
            except BaseException as error:  # noqa: BLE001 - a plugin may raise anything, SystemExit too
                tally.took(monotonic() - start)
                return self._failed(hook, event, error)
            tally.calls += 1  # not `took`: a call costs as much as all the rest
            tally.seconds += (seconds := monotonic() - start)
            if seconds > tally.slowest:
                tally.slowest = seconds
            if self.strikes:
                self.strikes = 0
            return answer

        guarded.__name__ = guarded.__qualname__ = hook
        marked: Hook = hookimpl(guarded)
        return marked

    def prepare(self, hook: str) -> None:
        """Let the worker that `hook` needs start while others do; what goes wrong is told when it is asked."""
        if self.lane is not None and self.status is Status.ENABLED and self.lane.must_start(hook, self._settings):
            try:
                self.lane.worker.prepare()
            except WorkerFailed as error:
                log.warning("plughost.not_started", plugin=self.manifest.id, reason=str(error))

    def try_out(self) -> None:
        """Import it now; `status` and `reason` say what came of it."""
        if self.status is not Status.ENABLED:
            return
        if self.lane is None:
            self._started("")
            return
        try:
            self.lane.start()
        except Unfit as error:
            self._out(Status.REFUSED, str(error))
        except WorkerFailed as error:
            self._strike(str(error), "load")

    def rest(self, reason: str) -> None:
        """Begin in quarantine, as an earlier run left it."""
        self._loaded = True
        self.status, self.reason = Status.QUARANTINED, reason

    def repeats(self, what: str) -> None:
        """It asked for a document that was asked for already: recorded, nothing else."""
        self.tally.repeats += 1
        self.reason = what
        log.warning("plughost.repeats", plugin=self.manifest.id, reason=what)

    def close(self) -> None:
        """End its service: a call that is going on is cut short, which is no fault of the plugin."""
        self._ended = True
        self._end_worker()

    def _end_worker(self) -> None:
        if self.lane is not None:
            self.lane.worker.close()

    def _started(self, hook: str) -> Hook | None:
        """The plugin's own function, after its package was imported. None where it is out."""
        with self._loading:
            if not self._loaded:
                self._loaded = True
                self._import()
        return self._hooks.get(hook)

    def _import(self) -> None:
        try:
            self._hooks.update(self._load())
        except KeyboardInterrupt:
            raise
        except PluginRefused as error:
            self._out(Status.REFUSED, error.detail)
        except BaseException as error:  # noqa: BLE001 - importing runs the plugin's code
            self._out(Status.REFUSED, f"its package cannot be imported: {told(error, self._folder)}")

    def _failed(self, hook: str, event: Event, error: BaseException) -> None:
        """Record it; `resolve_` hooks hear of it by an exception."""
        if type(error) is ContentInvalid and hook.startswith("resolve_"):
            raise _refusal(hook, error) from None
        if isinstance(error, Unfit) and self.lane is not None:
            self._out(Status.REFUSED, str(error))
            return self._absent(hook, event)
        what = str(error) if isinstance(error, WorkerFailed) else told(error, self._folder)
        self._strike(f"{hook}: {what}", hook)
        if hook in REPLAYED:
            self._missed(hook, event)
        if hook.startswith("resolve_"):
            raise PluginFailed(f"{self.name}: {hook}: {what}") from None
        return None

    def _strike(self, what: str, hook: str) -> None:
        if self._ended:
            return
        self.tally.failures += 1
        self.strikes += 1
        log.warning("plughost.failed", plugin=self.manifest.id, hook=hook, reason=what)
        if self.strikes >= STRIKES:
            self._out(Status.QUARANTINED, f"{STRIKES} failures in a row, the last in {what}")
            self._quarantined(self.reason)
        else:
            self.reason = what

    def _absent(self, hook: str, event: Event) -> None:
        if hook in REPLAYED:
            self._missed(hook, event)
        if hook.startswith("resolve_"):
            refused: type[PluginError] = PluginRefused if self.status is Status.REFUSED else PluginFailed
            raise refused(f"{self.name}: {self.reason}")

    def _out(self, status: Status, reason: str) -> None:
        self._hooks.clear()
        self._loaded = True  # never again: the next call would start a worker for nothing
        self.status, self.reason = status, reason
        self._end_worker()
        log.warning("plughost.out", plugin=self.manifest.id, status=status, reason=reason)


def _refusal(hook: str, error: ContentInvalid) -> InputError:
    """The plugin's refusal in the core's own words: of a document, or of a raw message."""
    detail = error.detail[:_MAX_DETAIL] if type(error.detail) is str else ""
    if hook == "resolve_host_event":
        return MessageInvalid(detail)
    findings = error.findings if type(error.findings) is tuple else ()
    return ContentInvalid(detail, findings=tuple(finding for finding in findings if type(finding) is Finding))
