"""The hooks of a plugin that runs in a worker, as functions that look like its own."""

from collections.abc import Mapping
from typing import Any, Final

from dmp_core.api.context import Context
from dmp_core.api.events import Event
from dmp_core.errors import ContentInvalid
from dmp_core.model.finding import Finding, Severity
from dmp_core.plughost.admission import Hook
from dmp_core.plughost.hooks import ONE_ANSWER, hidden_fields
from dmp_core.plughost.manifest import Manifest
from dmp_core.plughost.worker.confinement import HELD
from dmp_core.plughost.worker.kept import Answer, KeptAnswers
from dmp_core.plughost.worker.process import MOST_ANSWERED, WorkerFailed, WorkerProcess, printable
from dmp_core.plughost.worker.values import ValueRefused, answer_of, describe

_MOST_FINDINGS: Final = 100


class Unfit(Exception):
    """The plugin will not run here, however often it is asked: what it holds, or what this system does not."""


class WorkerLane:
    """One plugin in its worker. `confined`: refuse to run where a measure of the confinement does not hold.

    `kept`: what it provided before, where its version is known by a digest.
    """

    def __init__(
        self, manifest: Manifest, worker: WorkerProcess, *, confined: bool = False, kept: KeptAnswers | None = None
    ) -> None:
        self._kept = kept
        self.worker = worker
        self._manifest = manifest
        self._confined = confined
        self._without = {hook: hidden_fields(hook, manifest.reads) for hook in manifest.hooks}

    def hooks(self) -> Mapping[str, Hook]:
        """Each hook of the manifest: it raises WorkerFailed, Unfit, ContentInvalid as the plugin did."""
        return {
            hook: self._provided(hook) if hook.startswith("provide_") and self._kept else self._hook(hook)
            for hook in self._manifest.hooks
        }

    def must_start(self, hook: str, settings: Mapping[str, Any]) -> bool:
        """Whether its process is needed to answer `hook`."""
        return self._kept is None or self._kept.read(hook, settings, MOST_ANSWERED) is None

    def _provided(self, hook: str) -> Hook:
        kept = self._kept
        assert kept is not None, "asked for where there is one"

        def asked(event: Event, ctx: Context) -> Any:
            known = kept.read(hook, ctx.settings, MOST_ANSWERED)
            if known is not None:
                return _answer(hook, *known)
            answer = self._asked(hook, event, ctx)
            given = _answer(hook, *answer)
            kept.write(hook, ctx.settings, answer)
            return given

        return asked

    def _hook(self, hook: str) -> Hook:
        def asked(event: Event, ctx: Context) -> Any:
            return _answer(hook, *self._asked(hook, event, ctx))

        return asked

    def _asked(self, hook: str, event: Event, ctx: Context) -> Answer:
        parts: list[bytes] = []
        without = self._without[hook]
        head = {
            "what": "call",
            "hook": hook,
            "event": describe(event, parts, without),
            "without": without,
            "ctx": _told(ctx),
        }
        with self.worker.turn:  # or another thread would find a process that runs and has not imported the plugin yet
            self.start()
            return self.worker.ask(head, parts, self.worker.limits.of(hook))

    def start(self) -> None:
        """Start the process and import the plugin there. Raises WorkerFailed, Unfit."""
        with self.worker.turn:
            if not self.worker.running:
                self._start()

    def _start(self) -> None:
        self.worker.start()
        missing = [f"{name} {state}" for name, state in self.worker.isolation.items() if state != HELD]
        if self._confined and missing:
            self.worker.close()
            raise Unfit(f"its process cannot be confined here: {', '.join(missing)}")
        answer, _ = self.worker.ask({"what": "load"}, (), self.worker.limits.load)
        if "refused" in answer or "failed" in answer:
            self.worker.close()
            if "refused" in answer:
                raise Unfit(printable(answer["refused"]))
            raise Unfit(f"its package cannot be imported: {printable(answer['failed'])}")


def _answer(hook: str, answer: Mapping[str, Any], parts: list[bytes]) -> Any:
    """What the plugin gave. Raises WorkerFailed, ContentInvalid."""
    if "content" in answer:
        raise _content(answer["content"])
    if "failed" in answer:
        raise WorkerFailed(printable(answer["failed"]))
    values = answer.get("values")
    if values is None:
        return None
    if type(values) is not list or not all(type(value) is dict for value in values):
        raise WorkerFailed("its answer is no list of values")
    try:
        given = [answer_of(hook, value, parts) for value in values]
    except ValueRefused as error:
        raise WorkerFailed(str(error)) from None
    if hook not in ONE_ANSWER:
        return given
    if len(given) != 1:
        raise WorkerFailed(f"{hook} gave {len(given)} values, not one")
    return given[0]


def _content(told: Any) -> ContentInvalid:
    """The plugin's refusal of a content, of which anything may be wrong."""
    try:
        findings = tuple(
            Finding(str(path)[:200], str(rule)[:100], str(remedy)[:500], Severity(severity), line, str(detail)[:200])
            for path, rule, remedy, severity, line, detail in told["findings"][:_MOST_FINDINGS]
            if line is None or type(line) is int
        )
        return ContentInvalid(str(told["detail"])[:1000], findings=findings)
    except (KeyError, TypeError, ValueError):
        return ContentInvalid("")


def _told(ctx: Context) -> dict[str, Any]:
    return {
        "now": ctx.now.isoformat(),
        "time_zone": ctx.time_zone,
        "settings": dict(ctx.settings),
        "api_version": ctx.api_version,
    }
