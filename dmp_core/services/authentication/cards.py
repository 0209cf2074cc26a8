"""The cards of the seat: told to host and plugins as they come and go, and the patient whom a carte Vitale names.

A step waits for PC/SC once and never for a card: `card_readings` reads each Vitale apart. What goes wrong is told as a
fault; the next step goes on.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from dmp_core import log
from dmp_core.api.events import CardPerson
from dmp_core.cards.atr import CardKind
from dmp_core.cards.monitor import CardChanged, CardMonitor
from dmp_core.errors import (
    CardMute,
    CardUnknown,
    DmpError,
    OtherPatientsCard,
    ReadersUnavailable,
    ReaderUnplugged,
    VitaleMissing,
    VitaleUnreadable,
)
from dmp_core.model.beneficiary import Beneficiary
from dmp_core.model.identity import Patient
from dmp_core.model.practitioner import Right, Who
from dmp_core.ports import BeneficiaryProvider, Clock, Readers, ReaderState
from dmp_core.services import notices
from dmp_core.services.announcement import Announcer
from dmp_core.services.authentication.card_readings import Readings
from dmp_core.services.notices import Notice
from dmp_core.services.people import rights
from dmp_core.services.people.session import Session

_WAIT: Final = 1.0  # seconds
_WAIT_WHILE_READING: Final = 0.2


@dataclass(frozen=True, slots=True)
class CardSeen:
    """One reader as the host may list it. `kind` None: no card. `problem`: why the card cannot be used, or not yet."""

    reader: str
    kind: CardKind | None = None
    busy: bool = False
    reading: bool = False
    problem: DmpError | None = None
    people: Sequence[Beneficiary] = field(default=(), repr=False)


class Cards:
    """Watches the readers. `open_readers` raises ExtraMissing where this machine has none to offer.

    `on_change` hears of every card before host and plugins do, on the thread of the step.
    """

    def __init__(
        self,
        open_readers: Callable[[], Readers],
        provider: Callable[[Readers], BeneficiaryProvider],
        announcer: Announcer,
        session: Session,
        *,
        clock: Clock,
        tell: Callable[[Notice], None],
        apart: Callable[[Callable[[], None]], None],
        ignored: Sequence[str] = (),
        poll: timedelta = timedelta(seconds=1),
        on_change: Callable[[CardChanged], None] = lambda _change: None,
    ) -> None:
        self._open_readers = open_readers
        self._new_provider = provider
        self._announcer = announcer
        self._session = session
        self._clock = clock
        self._tell = tell
        self._ignored = ignored
        self._poll = poll
        self._on_change = on_change
        self._lock = threading.RLock()
        self._readers: Readers | None = None
        self._provider: BeneficiaryProvider | None = None
        self._monitor: CardMonitor | None = None
        self._seen: dict[str, CardSeen] = {}
        self._readings = Readings(
            self._the_provider, clock=clock, apart=apart, ended=self._read, held=self._tell_problem
        )
        self._problem: DmpError | None = None
        self._compared: Patient | None = None

    # ------------------------------------------------------------ asked by the host

    def listed(self) -> Sequence[CardSeen]:
        """The readers and what is in them. Raises the CardError or ExtraMissing for which there are none."""
        with self._lock:
            if self._problem is not None:
                raise self._problem
            return tuple(self._seen.values())

    def scanned(self, code: str, who: Who | None) -> tuple[Sequence[CardPerson], DmpError | None]:
        """The persons behind the code of an Appli carte Vitale, and OtherPatientsCard where the open one is not there.

        Raises ProfessionalMissing, RightMissing, ScannedCodeRefused, ScannedCodeUnsupported, ExtraMissing.
        """
        rights.require_any(who, *Right)
        people = self._the_provider().behind_code(code)
        return tuple(map(_person, people)), _mismatch(people, self._session.current)

    def require_vitale_of(self, patient: Patient, who: Who | None) -> None:
        """Raises VitaleMissing where no carte Vitale was read, OtherPatientsCard where none names this patient.

        Also ProfessionalMissing, RightMissing.
        """
        rights.require_any(who, Right.READ, Right.FEED)
        with self._lock:
            people = [person for seen in self._seen.values() for person in seen.people]
        if not people:
            raise VitaleMissing("no card that was read")
        if problem := _mismatch(people, patient):
            raise problem

    # ------------------------------------------------------------ step by step

    def step(self) -> datetime | None:
        """Wait for a change, a second at most, and tell of it; when to come again, None: there is nothing to watch.

        Never raises a DmpError.
        """
        try:
            changes = self._the_monitor().step(_WAIT_WHILE_READING if self._readings.any else _WAIT)
        except ReadersUnavailable as error:
            self._lose(error)
            return self._clock.now() + self._poll
        except DmpError as error:
            self._problem = error
            log.event("cards.off", code=error.code)
            return None
        self._problem = None
        for change in changes:
            self._changed(change)
        self._list(self._the_monitor().states)
        self._readings.look_after(self._the_monitor().states)
        self._compare_with_open()
        return self._clock.now()

    def interrupt(self) -> None:
        """Make the step under way come back now."""
        if self._readers is not None:
            self._readers.interrupt()

    def close(self) -> None:
        """Once no step is under way any more."""
        if self._readers is not None:
            self._readers.close()

    def _the_monitor(self) -> CardMonitor:
        if self._monitor is None:
            self._monitor = CardMonitor(self._the_readers(), self._ignored)
        return self._monitor

    def _the_readers(self) -> Readers:
        with self._lock:
            if self._readers is None:
                self._readers = self._open_readers()
            return self._readers

    def _the_provider(self) -> BeneficiaryProvider:
        with self._lock:
            if self._provider is None:
                self._provider = self._new_provider(self._the_readers())
            return self._provider

    # ------------------------------------------------------------ cards that come and go

    def _changed(self, change: CardChanged) -> None:
        log.event("cards.changed", what=change.kind, state="in" if change.present else "out")
        self._on_change(change)
        if change.present:
            self._came(change)
        else:
            self._went(change, self._gone_with(change.reader))

    def _came(self, change: CardChanged) -> None:
        problem = _known_problem(change)
        reads = change.kind is CardKind.VITALE2 and problem is None
        with self._lock:
            self._seen[change.reader] = CardSeen(change.reader, change.kind, reading=reads, problem=problem)
        self._tell(notices.CardTold(change.reader, change.kind, present=True, problem=problem))
        if reads:
            self._readings.begin(change.reader)
        else:
            self._announce(change.kind, present=True)

    def _went(self, change: CardChanged, problem: DmpError | None) -> None:
        with self._lock:
            self._seen[change.reader] = CardSeen(change.reader)
        unannounced = self._readings.drop(change.reader)
        self._tell(notices.CardTold(change.reader, change.kind, present=False, problem=problem))
        if not unannounced:
            self._announce(change.kind, present=False)

    def _announce(self, kind: CardKind, *, present: bool, people: Sequence[CardPerson] = ()) -> None:
        """To the plugins: a Vitale that came once it was read, and that it went only where they heard that it came."""
        if kind.is_cps or kind.is_vitale:
            self._announcer.card_changed("cps" if kind.is_cps else "vitale", present=present, people=people)

    def _gone_with(self, reader: str) -> DmpError | None:
        readers = {state.reader for state in self._the_monitor().states}
        return None if reader in readers else ReaderUnplugged()

    def _lose(self, error: ReadersUnavailable) -> None:
        """The service is gone, and with it every card; told once, and not where there never was one."""
        first = self._problem is None
        self._problem = error
        for change in self._monitor.lost() if self._monitor else ():
            self._on_change(change)
            self._went(change, error)
        with self._lock:
            self._seen.clear()
        if first:
            log.event("cards.unavailable", code=error.code, origin=error.origin)

    def _list(self, states: Sequence[ReaderState]) -> None:
        """Keep one entry a reader; those of readers that are gone end here."""
        with self._lock:
            self._seen = {
                state.reader: replace(self._seen.get(state.reader, CardSeen(state.reader)), busy=state.busy)
                for state in states
            }

    def _read(self, reader: str, people: Sequence[Beneficiary], problem: DmpError | None) -> None:
        """Tell what the reading of a Vitale came to."""
        with self._lock:
            seen = self._seen.get(reader)
            if seen is None or seen.kind is None:
                return
            self._seen[reader] = replace(seen, reading=False, problem=problem, people=tuple(people))
        log.event("cards.read", what=seen.kind, count=len(people), code=problem.code if problem else None)
        if problem is not None:
            self._tell(notices.CardTold(reader, seen.kind, present=True, problem=problem))
        else:
            self._suggest(people)
        self._announce(seen.kind, present=True, people=tuple(map(_person, people)))

    def _tell_problem(self, reader: str, problem: DmpError) -> None:
        """Tell of a problem that does not end the reading, once."""
        with self._lock:
            seen = self._seen.get(reader)
            if seen is None or seen.kind is None or isinstance(seen.problem, type(problem)):
                return
            self._seen[reader] = replace(seen, problem=problem)
        self._tell(notices.CardTold(reader, seen.kind, present=True, problem=problem))

    # ------------------------------------------------------------ the patient of the card

    def _suggest(self, people: Sequence[Beneficiary]) -> None:
        """Offer the persons of a card as the patient to look up, and say whether the open patient is none of them."""
        persons = tuple(map(_person, people))
        self._compared = self._session.current
        problem = _mismatch(people, self._compared)
        self._tell(notices.PatientSuggested(None, persons[0], people=persons, problem=problem))

    def _compare_with_open(self) -> None:
        """Another patient was opened with the card still in: say it where they are not on it."""
        current = self._session.current
        if current is None or current == self._compared:
            return
        self._compared = current
        with self._lock:
            cards = [seen.people for seen in self._seen.values() if seen.people]
        if cards and all(_mismatch(people, current) for people in cards):
            self._suggest(cards[0])


def _known_problem(change: CardChanged) -> DmpError | None:
    """What is wrong with a card before a word is spoken to it."""
    if change.mute:
        return CardMute("no ATR")
    if change.kind is CardKind.OTHER:
        return CardUnknown()
    if change.kind is CardKind.VITALE1:
        return VitaleUnreadable("Vitale 1: its files are not public")
    return None


def _mismatch(people: Sequence[Beneficiary], current: Patient | None) -> DmpError | None:
    if current is None or any(person.is_perhaps(current) for person in people):
        return None
    return OtherPatientsCard()


def _person(beneficiary: Beneficiary) -> CardPerson:
    return CardPerson(
        family=beneficiary.family, given=beneficiary.given, birth_date=beneficiary.birth_date, nir=beneficiary.nir
    )
