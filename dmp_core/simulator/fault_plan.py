"""Faults on demand: `TD2.1:drop-after`, `TD3.1:busy:0.3`, `TD3.2@279035121518989:slow:1.5`, `*:throttle`.

A SPEC is TARGET:KIND[:VALUE][:PROBABILITY]. TARGET is a transaction, with `@` and an INS for one patient, or `*`.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random
from threading import Lock
from typing import Any, Final

from dmp_core.simulator.answers import Reply
from dmp_core.simulator.fault_kinds import KINDS, ExpiredCertificate, Kind, as_number
from dmp_core.simulator.insi import TRANSACTION as INSI
from dmp_core.simulator.rights import Transaction

_EVERY: Final = "*"
_FAMILIES: Final = ("TD3.3",)  # its four letters at once
_UNKNOWN: Final = frozenset({Transaction.TD05, Transaction.TD09})  # no web service of this simulator
TARGETS: Final = (_EVERY, *(str(one) for one in Transaction if one not in _UNKNOWN), *_FAMILIES, INSI)


class SpecRefused(ValueError):
    """A SPEC that means nothing; the text says why and what exists."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One SPEC. `patient`: an INS of 15 characters, '' for everybody."""

    target: str
    patient: str
    kind: Kind
    probability: float

    def meets(self, transaction: str, cx: str) -> bool:
        """TD3.1 means its reference too, TD3.3 its four letters; '' is a request that was not recognised."""
        meant = self.target == _EVERY or transaction == self.target
        meant = meant or (self.target in ("TD3.1", *_FAMILIES) and transaction.startswith(self.target))
        return meant and self.patient in ("", cx.partition("^")[0])


class FaultPlan:
    """A `Fault` made of rules. The same seed and the same requests make the same faults."""

    def __init__(
        self,
        specs: Sequence[str],
        *,
        seed: int = 0,
        wait: Callable[[float], None] = time.sleep,  # noqa: TID251 - a late answer waits
        clock: Callable[[], float] = time.monotonic,  # noqa: TID251 - counts what comes in a second
    ) -> None:
        """Raises SpecRefused."""
        self._rules = [read(spec, wait=wait, clock=clock) for spec in specs]
        self._random = Random(seed)  # noqa: S311 - repeatable on purpose
        self._lock = Lock()

    @property
    def shows_expired_certificate(self) -> bool:
        return any(isinstance(rule.kind, ExpiredCertificate) for rule in self._rules)

    def of(self, patient: str) -> "_Exchange":
        return _Exchange(self, patient)

    def before(self, transaction: str) -> Reply | None:
        return self.of("").before(transaction)

    def after(self, transaction: str, reply: Reply) -> Reply | None:
        return self.of("").after(transaction, reply)

    def drawn(self, transaction: str, patient: str) -> list[Kind]:
        """What goes wrong with one request."""
        with self._lock:
            meeting = [rule for rule in self._rules if rule.meets(transaction, patient)]
            return [rule.kind for rule in meeting if rule.probability >= 1 or self._random.random() < rule.probability]


class _Exchange:
    """The faults of one request, drawn once."""

    def __init__(self, plan: FaultPlan, patient: str) -> None:
        self._plan = plan
        self._patient = patient
        self._kinds: list[Kind] | None = None

    def before(self, transaction: str) -> Reply | None:
        for kind in self._drawn(transaction):
            if broken := kind.before(transaction):
                return broken
        return None

    def after(self, transaction: str, reply: Reply) -> Reply | None:
        for kind in self._drawn(transaction):
            reply = kind.after(reply) or reply
        return reply

    def _drawn(self, transaction: str) -> list[Kind]:
        if self._kinds is None:
            self._kinds = self._plan.drawn(transaction, self._patient)
        return self._kinds


def read(spec: str, *, wait: Callable[[float], None], clock: Callable[[], float]) -> Rule:
    """One SPEC. Raises SpecRefused."""
    target_text, _, rest = spec.partition(":")
    name, *values = rest.split(":")
    target, at, patient = target_text.partition("@")
    if target not in TARGETS or (at and not _is_ins(patient)):
        raise SpecRefused(_explained(spec, "unknown target"))
    if name not in KINDS:
        raise SpecRefused(_explained(spec, "unknown kind"))
    kind = KINDS[name]
    if kind is ExpiredCertificate and (target_text != _EVERY or values):
        raise SpecRefused(_explained(spec, "expired-certificate goes with * alone, and always"))
    try:
        value, probability = _values(kind, values)
    except ValueError as error:
        raise SpecRefused(_explained(spec, str(error))) from None
    return Rule(target, patient, kind(value, wait=wait, clock=clock), probability)


def _values(kind: type[Kind], values: list[str]) -> tuple[Any, float]:
    """What a kind takes, then the probability. A kind whose value has a default takes a fraction for a probability."""
    value = kind.default
    if kind.value and values and not (kind.default is not None and len(values) == 1 and _is_fraction(values[0])):
        value = kind.read(values.pop(0))
    if kind.value and value is None:
        raise ValueError(f"needs {kind.value}")
    if len(values) > 1:
        raise ValueError("too many parts")
    probability = as_number(values[0]) if values else 1.0
    if probability is None or not 0 < probability <= 1:
        raise ValueError("a probability is a number above 0, at most 1")
    return value, probability


def _is_fraction(text: str) -> bool:
    return text.startswith(("0.", "."))


def _is_ins(text: str) -> bool:
    return len(text) == 15 and text.isascii() and text.isalnum()


def _explained(spec: str, why: str) -> str:
    return f"{spec!r}: {why}\n\n{usage()}"


def usage() -> str:
    """How a SPEC is written, and all that exists."""
    names = {name: f"{name}{_argument(kind)}" for name, kind in KINDS.items()}
    width = max(map(len, names.values()))
    kinds = "\n".join(f"  {names[name]:{width}}  {kind.help}" for name, kind in KINDS.items())
    return (
        "SPEC is TARGET:KIND[:VALUE][:PROBABILITY], as in TD2.1:drop-after, TD3.1:busy:0.3, *:slow:1.5\n"
        f"TARGET: {' '.join(TARGETS)}; TARGET@INS for one patient\nKIND:\n{kinds}"
    )


def _argument(kind: type[Kind]) -> str:
    if not kind.value:
        return ""
    return f":{kind.value}" if kind.default is None else f"[:{kind.value}]"
