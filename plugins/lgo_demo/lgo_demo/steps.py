"""The transcript: one line a step, with nothing in it that tells who the patient is."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from time import perf_counter
from typing import Any, TypeVar

from hostbridge.clients.python import BridgeError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Document:
    """One document that was read: `type` in French with its JDV_J07 code, `date` in UTC, `size` in bytes."""

    type: str
    type_code: str
    title: str = field(repr=False)
    date: str
    author: str = field(repr=False)
    unique_id: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Step:
    """`state`: of the item, or of the record. `transaction`: the one of the DMP that was needed. `ms`: of waiting."""

    step: str
    ok: bool
    ms: int
    state: str = ""
    transaction: str = ""
    detail: str = ""
    documents: tuple[Document, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """The step for a transcript; `documents` only where there are some."""
        data = asdict(self)
        if not self.documents:
            del data["documents"]
        return data


Tell = Callable[[Step], None]


def silent(step: Step) -> None:
    """Tells nobody."""


class Stopped(Exception):
    """A step failed, and stands in the transcript: the scenario ends there."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one step gave, for its line in the transcript and for the steps after it."""

    state: str = ""
    detail: str = ""
    ok: bool = True
    value: Any = field(default=None, repr=False)
    documents: tuple[Document, ...] = ()


class Transcript:
    """Takes the steps one after the other, and tells of each as soon as it is done."""

    def __init__(self, tell: Tell) -> None:
        self.steps: list[Step] = []
        self._tell = tell

    def take(self, name: str, work: Callable[[], Seen], *, transaction: str = "") -> Any:
        """Do one step and give its value. Raises Stopped where it fails."""
        started = perf_counter()
        try:
            seen = work()
        except BridgeError as error:
            code = error.data.get("code", error.code)
            seen = Seen(ok=False, detail=f"{code} {error.message} {error.data.get('detail', '')}".strip())
        ms = round((perf_counter() - started) * 1000)
        step = Step(name, seen.ok, ms, seen.state, transaction, seen.detail, seen.documents)
        self.steps.append(step)
        self._tell(step)
        if not seen.ok:
            raise Stopped(name)
        return seen.value
