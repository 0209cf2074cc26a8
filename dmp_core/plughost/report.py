"""What the host tells of its plugins: where each one is, why, and what its calls cost."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dmp_core.plughost.discovery import Found
from dmp_core.plughost.guard import Guard, Status
from dmp_core.plughost.manifest import Kind


@dataclass(frozen=True, slots=True)
class PluginState:
    """One plugin. `reason` is empty where all is well; times in milliseconds.

    `lane`: `process` where it runs in the core's own, `worker` where it has one, of which `isolation` says what holds
    and `starts` how often it was started. `repeats`: documents that it asked for once more. `events_wait`: it was not
    told of something yet.
    """

    id: str
    status: Status
    reason: str = ""
    distribution: str = ""
    version: str = ""
    kind: Kind | None = None
    calls: int = 0
    failures: int = 0
    ms: float = 0.0
    slowest_ms: float = 0.0
    lane: str = ""
    starts: int = 0
    isolation: Mapping[str, str] = field(default_factory=dict)
    repeats: int = 0
    events_wait: bool = False


def idle(plugin: Found, status: Status | None = None, reason: str = "") -> PluginState:
    """A plugin that is not called: found only, or refused."""
    return PluginState(
        id=plugin.id,
        status=status or (Status.REFUSED if plugin.reason else Status.FOUND),
        reason=reason or plugin.reason,
        distribution=plugin.distribution,
        version=plugin.manifest.version if plugin.manifest else "",
        kind=plugin.manifest.kind if plugin.manifest else None,
    )


def working(guard: Guard, reason: str = "", *, events_wait: bool = False) -> PluginState:
    """A plugin that is called, or was until it misbehaved."""
    tally, worker = guard.tally, guard.lane.worker if guard.lane else None
    return PluginState(
        id=guard.manifest.id,
        status=guard.status,
        reason=guard.reason or reason,
        distribution=guard.distribution,
        version=guard.manifest.version,
        kind=guard.manifest.kind,
        calls=tally.calls,
        failures=tally.failures,
        ms=tally.seconds * 1000,
        slowest_ms=tally.slowest * 1000,
        lane="worker" if worker else "process",
        starts=worker.starts if worker else 0,
        isolation=dict(worker.isolation) if worker else {},
        repeats=tally.repeats,
        events_wait=events_wait,
    )
