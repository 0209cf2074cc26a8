"""The cartes Vitale that are being read: each on a thread of its own, within four seconds or it counts as mute."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from dmp_core import log
from dmp_core.errors import CardMute, CardPulled, DmpError, ReaderBusy, VitaleUnreadable
from dmp_core.model.beneficiary import Beneficiary
from dmp_core.ports import BeneficiaryProvider, Clock, ReaderState

READING_TIME: Final = 4.0  # seconds; a counter is told within five
_TRIES: Final = 3

Ended = Callable[[str, Sequence[Beneficiary], DmpError | None], None]
"""`ended(reader, people, problem)`: once a card, unless it left before."""
Held = Callable[[str, DmpError], None]
"""`held(reader, problem)`: another program has the card; the reading waits for it."""


@dataclass(slots=True)
class _Reading:
    """`deadline`: by the monotonic clock; it moves on as long as another program has the card."""

    deadline: float
    under_way: bool = False
    tries: int = 0


class Readings:
    """Which readers hold a Vitale not read yet. `apart` runs the reading itself, which may never come back."""

    def __init__(
        self,
        provider: Callable[[], BeneficiaryProvider],
        *,
        clock: Clock,
        apart: Callable[[Callable[[], None]], None],
        ended: Ended,
        held: Held,
    ) -> None:
        self._provider = provider
        self._clock = clock
        self._apart = apart
        self._ended = ended
        self._held = held
        self._lock = threading.Lock()
        self._readings: dict[str, _Reading] = {}
        self._occupied: set[str] = set()  # readers whose thread is still out

    @property
    def any(self) -> bool:
        """Whether something is still to be looked after."""
        return bool(self._readings)

    def begin(self, reader: str) -> None:
        """A Vitale came: it is read from the next `look_after` on."""
        with self._lock:
            self._readings[reader] = _Reading(self._clock.monotonic() + READING_TIME)

    def drop(self, reader: str) -> bool:
        """The card is out. True where it was not read yet."""
        with self._lock:
            return self._readings.pop(reader, None) is not None

    def look_after(self, states: Sequence[ReaderState]) -> None:
        """Start the readings that may start, end those that take too long."""
        now = self._clock.monotonic()
        with self._lock:
            readings = [(state, self._readings[state.reader]) for state in states if state.reader in self._readings]
        for state, reading in readings:
            if not reading.under_way and state.busy:
                reading.deadline = now + READING_TIME
                self._held(state.reader, ReaderBusy())
            elif reading.deadline <= now:
                self._end(state.reader, reading, (), CardMute(f"no answer in {READING_TIME} s"))
            elif not reading.under_way and state.reader not in self._occupied:
                self._start(state.reader, reading)

    def _start(self, reader: str, reading: _Reading) -> None:
        """On a reader whose earlier thread got no answer yet none is started: one thread a reader is lost at most."""
        with self._lock:
            reading.under_way = True
            reading.tries += 1
            self._occupied.add(reader)
        self._apart(partial(self._read, reader, reading))

    def _read(self, reader: str, reading: _Reading) -> None:
        """On a thread of its own. A provider may be another's code: whatever it raises is a fault of the card."""
        people: Sequence[Beneficiary] = ()
        problem: DmpError | None = None
        try:
            people = self._provider().on_card(reader)
        except DmpError as error:
            problem = error
        except Exception as error:  # noqa: BLE001 - see above
            log.warning("cards.provider_failed", error=type(error).__name__)
            problem = VitaleUnreadable("the provider failed", origin=type(error).__name__)
        if not people and problem is None:
            problem = VitaleUnreadable("it names nobody")
        with self._lock:
            self._occupied.discard(reader)
        if isinstance(problem, ReaderBusy) or (isinstance(problem, CardPulled) and reading.tries < _TRIES):
            self._again(reader, reading, problem)
        else:
            self._end(reader, reading, people, problem)

    def _again(self, reader: str, reading: _Reading, problem: DmpError) -> None:
        """Another program has the card, or reset it: a later look tries once more, if it is still in."""
        with self._lock:
            reading.under_way = False
        if isinstance(problem, ReaderBusy):
            self._held(reader, problem)

    def _end(self, reader: str, reading: _Reading, people: Sequence[Beneficiary], problem: DmpError | None) -> None:
        with self._lock:
            if self._readings.get(reader) is not reading:  # the card is out, or its time was over
                return
            del self._readings[reader]
        self._ended(reader, people, problem)
