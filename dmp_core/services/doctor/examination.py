"""Runs the checks side by side, each for its time at most: a library that hangs keeps no other finding back."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from threading import Event
from typing import Final

from dmp_core import log
from dmp_core.errors import DmpError
from dmp_core.services.doctor.finding import Finding, Severity, error, of_error

_UNFORESEEN: Final = "Ce contrôle n’a pas pu être fait"


@dataclass(frozen=True, slots=True)
class Check:
    """`run` gives findings while it looks; `seconds` is the time that it may take."""

    id: str
    title: str
    run: Callable[[], Iterable[Finding]]
    seconds: float = 10.0


@dataclass(slots=True)
class _Running:
    check: Check
    found: list[Finding] = field(default_factory=list)
    done: Event = field(default_factory=Event)

    def work(self) -> None:
        try:
            for finding in self.check.run():
                self.found.append(finding)
        except DmpError as met:
            self.found.append(of_error(self.check.id, met))
        except Exception as met:  # noqa: BLE001 - a check that fails is a finding, never the end of the examination
            log.warning("doctor.failed", what=self.check.id, error=type(met).__name__)
            self.found.append(_failed(self.check, f"{_UNFORESEEN} ({type(met).__name__})."))
        finally:
            self.done.set()


@dataclass(frozen=True, slots=True)
class Group:
    """What one check found."""

    id: str
    title: str
    findings: tuple[Finding, ...]

    @property
    def worst(self) -> Severity:
        order = [*Severity]
        return max((one.severity for one in self.findings), key=order.index, default=Severity.OK)


def examine(
    checks: Sequence[Check], start: Callable[[Callable[[], None]], None], now: Callable[[], float]
) -> tuple[Group, ...]:
    """What each check found, in their order. `start` runs work in a thread of its own; `now`: monotonic seconds."""
    begun = now()
    running = [_Running(check) for check in checks]
    for one in running:
        start(one.work)
    return tuple(_awaited(one, begun, now) for one in running)


def _awaited(one: _Running, begun: float, now: Callable[[], float]) -> Group:
    in_time = one.done.wait(max(0.0, begun + one.check.seconds - now()))
    found = list(one.found)
    if not in_time:
        found.append(_failed(one.check, f"Pas de réponse en {one.check.seconds:g} secondes."))
    return Group(one.check.id, one.check.title, tuple(found))


def _failed(check: Check, text: str) -> Finding:
    return error(check.id, text, "Recommencez ; si cela dure, transmettez ce diagnostic à l’éditeur du LGO.")
