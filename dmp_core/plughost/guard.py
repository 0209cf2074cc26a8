"""What stands between the core and one plugin: nothing that the plugin does changes anything for the others.

Everything here runs in this process, and only plugins that the configuration names come here. The guard stops
exceptions, wrong answers and repeated failures; it cannot stop code that never returns, kills the process or
reaches into other modules: an in-process plugin is trusted as the core's own dependencies are.
"""

import threading
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from dmp_core import log
from dmp_core.api.context import Context
from dmp_core.api.events import Event
from dmp_core.api.hookspecs import hookimpl
from dmp_core.errors import ContentInvalid, InputError, MessageInvalid, PluginError, PluginFailed, PluginRefused
from dmp_core.model.finding import Finding
from dmp_core.plughost.admission import Hook, load
from dmp_core.plughost.answers import AnswerRefused, checked
from dmp_core.plughost.discovery import Found
from dmp_core.plughost.hooks import hidden_fields
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
    """What the calls of one plugin cost. Times in seconds."""

    calls: int = 0
    failures: int = 0
    seconds: float = 0.0
    slowest: float = 0.0


class Guard:
    """One enabled plugin. Its package is imported before its first call; `status` and `reason` say where it is.

    Raises PluginRefused where `settings` are not those that the manifest declares.
    """

    def __init__(self, plugin: Found, settings: Mapping[str, Any], clock: Clock) -> None:
        if plugin.manifest is None or plugin.folder is None:
            raise PluginRefused(plugin.reason)
        self.manifest = plugin.manifest
        self.distribution = plugin.distribution
        self.status = Status.ENABLED
        self.reason = ""
        self.tally = Tally()
        self._folder = plugin.folder
        self._settings = MappingProxyType(plugin.manifest.settings_from(settings))
        self._monotonic = clock.monotonic
        self._hooks: dict[str, Hook] = {}
        self._strikes = 0
        self._loaded = False
        self._loading = threading.Lock()

    @property
    def name(self) -> str:
        """Id and version, as an item of the outbox records who composed it."""
        return f"{self.manifest.id} {self.manifest.version}"

    def proxy(self, hook: str) -> Hook:
        """A function `(event, ctx)` that stands for the plugin's own.

        `on_` and `provide_` hooks: None for whatever goes wrong. `resolve_` hooks: PluginFailed, PluginRefused,
        or ContentInvalid or MessageInvalid where the plugin refuses the content.
        """
        hidden = dict.fromkeys(hidden_fields(hook, self.manifest.reads))
        settings, hooks, monotonic, tally = self._settings, self._hooks, self._monotonic, self.tally

        def guarded(event: Event, ctx: Context) -> Any:
            function = hooks.get(hook) or self._started(hook)
            if function is None:
                return self._absent(hook)
            if hidden:
                event = event.model_copy(update=hidden)
            if settings:
                ctx = replace(ctx, settings=settings)
            start = monotonic()
            try:
                answer = function(event, ctx)
                if answer is not None:
                    answer = checked(hook, answer)
            except KeyboardInterrupt:
                raise
            except BaseException as error:  # noqa: BLE001 - a plugin may raise anything, SystemExit too
                return self._failed(hook, error)
            finally:
                took = monotonic() - start
                tally.calls += 1
                tally.seconds += took
                if took > tally.slowest:
                    tally.slowest = took
            self._strikes = 0
            return answer

        guarded.__name__ = guarded.__qualname__ = hook
        marked: Hook = hookimpl(guarded)
        return marked

    def _started(self, hook: str) -> Hook | None:
        """The plugin's own function, after its package was imported. None where it is out."""
        with self._loading:
            if not self._loaded:
                self._loaded = True
                self._load()
        return self._hooks.get(hook)

    def _load(self) -> None:
        try:
            self._hooks.update(load(self.manifest, self._folder))
        except KeyboardInterrupt:
            raise
        except PluginRefused as error:
            self._out(Status.REFUSED, error.detail)
        except BaseException as error:  # noqa: BLE001 - importing runs the plugin's code
            self._out(Status.REFUSED, f"its package cannot be imported: {_told(error, self._folder)}")

    def _failed(self, hook: str, error: BaseException) -> None:
        """Record it; `resolve_` hooks hear of it by an exception."""
        if type(error) is ContentInvalid and hook.startswith("resolve_"):
            raise _refusal(hook, error) from None
        told = f"{hook}: {_told(error, self._folder)}"
        self.tally.failures += 1
        self._strikes += 1
        log.warning("plughost.failed", plugin=self.manifest.id, hook=hook, reason=told)
        if self._strikes >= STRIKES:
            self._out(Status.QUARANTINED, f"{STRIKES} failures in a row, the last in {told}")
        else:
            self.reason = told
        if hook.startswith("resolve_"):
            raise PluginFailed(f"{self.name}: {told}") from None

    def _absent(self, hook: str) -> None:
        if hook.startswith("resolve_"):
            refused: type[PluginError] = PluginRefused if self.status is Status.REFUSED else PluginFailed
            raise refused(f"{self.name}: {self.reason}")

    def _out(self, status: Status, reason: str) -> None:
        self._hooks.clear()
        self.status, self.reason = status, reason
        log.warning("plughost.out", plugin=self.manifest.id, status=status, reason=reason)


def _refusal(hook: str, error: ContentInvalid) -> InputError:
    """The plugin's refusal in the core's own words: of a document, or of a raw message."""
    detail = error.detail[:_MAX_DETAIL] if type(error.detail) is str else ""
    if hook == "resolve_host_event":
        return MessageInvalid(detail)
    findings = error.findings if type(error.findings) is tuple else ()
    return ContentInvalid(detail, findings=tuple(finding for finding in findings if type(finding) is Finding))


def _told(error: BaseException, folder: Path) -> str:
    """Class and place of an error, never its text: that may hold what came from a patient."""
    if isinstance(error, AnswerRefused):
        return str(error)
    what = type(error).__name__[:60]
    if isinstance(error, ModuleNotFoundError) and isinstance(error.name, str):
        what += f" ({error.name[:60]})"
    places = [(Path(frame.f_code.co_filename), line) for frame, line in traceback.walk_tb(error.__traceback__)]
    own = [
        f"{file.relative_to(folder.parent).as_posix()}:{line}" for file, line in places if file.is_relative_to(folder)
    ]
    return f"{what} at {own[-1]}" if own else what
