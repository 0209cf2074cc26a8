"""The session of a professional's card: card in, code asked when it is first needed, open, ended.

It ends with the card (pulled out, reset by another program), after a time without use, when another professional takes
the counter, and on demand. Then the connection is dropped with its TLS session, and the card logs out. Documents that
waited for a card go on at once when the right one is open.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from threading import Lock
from typing import Final, Protocol

from dmp_core import log
from dmp_core.cards.cps import Holder, OpenCps, SeenCps
from dmp_core.cards.pin import Pin, PinContract, PinState
from dmp_core.errors import (
    CardBlocked,
    CardError,
    CardOfAnother,
    CardRemoved,
    DmpError,
    ItemChanged,
    PinNeeded,
    PinRefused,
    StructureNotOnCard,
    WrongState,
)
from dmp_core.model.item import OutboxItem, State, WaitReason
from dmp_core.model.practitioner import Right, Structure, Who
from dmp_core.ports import Audit, Clock, OutboxStore
from dmp_core.services import notices
from dmp_core.services.authentication.card_view import Awaited, CardSessionView, CardState, Ended
from dmp_core.services.people import rights
from dmp_core.services.people.session import Session

_POLL: Final = timedelta(seconds=1)
_LOOK_AGAIN: Final = 2.0  # seconds; what a card just said is not asked for each of a hundred documents


class CpsReader(Protocol):
    """What reads and opens a CPS."""

    def look(self, wanted: str | None, at: datetime) -> SeenCps: ...
    def present(self, seen: SeenCps) -> bool: ...
    def forget(self) -> None: ...
    def open(self, seen: SeenCps, pin: Pin, at: datetime) -> OpenCps: ...


class Helper(Protocol):
    """A program that needs the code as well (stunnel); it holds it for as long as it runs."""

    def start(self, card: OpenCps, pin: Pin) -> None: ...
    def stop(self) -> None: ...


class CardSession:
    """One seat, one card at a time. Safe to call from several threads."""

    def __init__(
        self,
        reader: CpsReader,
        structure: Structure,
        session: Session,
        outbox: OutboxStore,
        *,
        clock: Clock,
        audit: Audit,
        tell: Callable[[notices.Notice], None],
        drop: Callable[[], None],
        deliver: Callable[[], None],
        wake: Callable[[], None],
        idle: timedelta,
        structure_on_card: bool = True,
        helper: Helper | None = None,
    ) -> None:
        """`drop` closes every connection of the card; `deliver` calls for the outbox, `wake` for `step`."""
        self._reader = reader
        self._structure = structure
        self._session = session
        self._outbox = outbox
        self._clock = clock
        self._audit = audit
        self._tell = tell
        self._drop = drop
        self._deliver = deliver
        self._wake = wake
        self._idle = idle
        self._structure_on_card = structure_on_card
        self._helper = helper
        self._contract = PinContract()
        self._busy = Lock()  # whoever looks at a card, or opens it
        self._lock = Lock()  # what follows
        self._seen: SeenCps | None = None
        self._card: OpenCps | None = None
        self._left: list[OpenCps] = []
        self._ended: Ended | None = None
        self._used_at = 0.0
        self._looked: tuple[float, CardError | None] | None = None
        self._dismissed = False

    # ------------------------------------------------------------ asked by the host

    def open(self, who: Who | None, structure: str | None = None) -> CardSessionView:
        """Look at the card and ask for its code, unless it is open. `structure`: which of the card's is meant.

        Raises ProfessionalMissing (nobody works), CardOfAnother, CardError, StructureNotOnCard.
        """
        who = rights.require_any(who, *Right)
        if structure not in (None, self._structure.national_id):
            raise StructureNotOnCard("another structure than the one of this seat: initialize names it")
        self._dismissed = False
        self._looked = None
        self.step()
        if self._card is None:
            self._ask(who)
        return self.view()

    def enter(self, number: int, pin: Pin, seconds: float, *, last_try: bool, who: Who | None) -> CardSessionView:
        """Show `pin` to the card, once, and wipe it. `seconds`: from the first character to Enter.

        Raises PinRefused with what is left (and asks anew, by itself), WrongState where no code is asked, CardError.
        """
        with pin, self._busy:
            rights.require_any(who, *Right)
            with self._lock:
                seen = self._seen
                self._contract.take(number, pin, seconds, last_try=last_try)
            if seen is None:
                raise WrongState("there is no card any more")
            card = self._opened(seen, pin)
        self._begin(card)
        return self.view()

    def close(self) -> CardSessionView:
        """The professional leaves, or types no code now: nothing more is asked until `open`, or another card."""
        self._dismissed = True
        with self._lock:
            self._contract.done()
        self._end(Ended.CLOSED)
        self._settle()
        return self.view()

    def view(self) -> CardSessionView:
        with self._lock:
            card, seen, request = self._card, self._seen, self._contract.request
            blocked = self._contract.state is PinState.BLOCKED
        state = CardState.PIN if request else CardState.BLOCKED if blocked else CardState.CLOSED
        return CardSessionView(
            state=CardState.OPEN if card else state,
            holder=card.holder if card else seen.holder if seen and (request or blocked) else None,
            structures=card.exercises if card else (),
            structure=self._structure.national_id if card else None,
            request=request,
            awaited=self.awaited(),
            ended=self._ended,
        )

    def awaited(self) -> tuple[Awaited, ...]:
        """Whose cards documents wait for, most documents first."""
        people = Counter(
            (item.who.acting.national_id, item.who.acting.family, item.who.acting.given) for item in self._waiting()
        )
        return tuple(Awaited(family, given, count) for (_, family, given), count in people.most_common())

    # ------------------------------------------------------------ used by the links

    def card(self) -> OpenCps:
        """The open card. Raises PinNeeded, once its code is asked, or the error for which it cannot be.

        Called while a link is being opened: what is over is settled by `step`, which closes links.
        """
        self._end(self._over())
        if self._card is None:
            self._ask(self._session.who)
        card = self._card
        if card is None:
            raise PinNeeded
        card.check_dates(self._clock.now())
        return card

    def guard(self, card: OpenCps) -> None:
        """Before each use of a connection of `card`: still its session, still its holder. Raises CardError."""
        self._end(self._over())
        if self._card is None:
            self._ask(self._session.who)
            raise PinNeeded
        if self._card is not card:
            raise CardRemoved("this connection is of an earlier session")
        card.check_dates(self._clock.now())
        self._used_at = self._clock.monotonic()

    # ------------------------------------------------------------ step by step

    def step(self) -> datetime | None:
        """End the session where it is over; when to look again, None where nothing is open."""
        card, seen = self._card, self._seen
        over = self._over()
        if card is not None and over is None and not card.alive():
            over = Ended.RESET if seen is not None and self._is_there(seen) else Ended.REMOVED
        self._end(over)
        self._settle()
        return self._clock.now() + _POLL if self._card is not None else None

    def card_changed(self, *, present: bool) -> None:
        """A CPS came or went, as the readers tell: looked at once, and its code asked where documents wait for it."""
        self._looked = None
        if not present:
            self._reader.forget()
            with self._lock:
                self._contract.done()
            self._end(Ended.REMOVED)
            return
        self._dismissed = False
        if self._card is None and self._waiting():
            with suppress(DmpError):
                self._ask(self._session.who)

    # ------------------------------------------------------------ the code

    def _ask(self, who: Who | None) -> None:
        """Look at the card and ask for its code, by one notice for each new question; nothing where it is open.

        Raises CardError, CardBlocked, CardOfAnother where the card is not of who works now.
        """
        with self._busy:
            if self._card is not None:
                return
            seen = self._look(who)
            if who is not None and who.acting.national_id != seen.holder.national_id:
                raise CardOfAnother("the card is another professional's")
            if self._dismissed:
                return
            with self._lock:
                before, blocked_before = self._contract.request, self._contract.state is PinState.BLOCKED
                try:
                    request = self._contract.need(seen.tries_left)
                except CardBlocked:
                    if not blocked_before:
                        self._tell(notices.PinAsked(seen.holder, None))
                    raise
        if request != before:
            self._tell(notices.PinAsked(seen.holder, request))

    def _look(self, who: Who | None) -> SeenCps:
        """The card as it is now, or as it was less than two seconds ago. Raises CardError."""
        now = self._clock.monotonic()
        if self._looked is not None and now - self._looked[0] < _LOOK_AGAIN:
            if self._looked[1] is not None:
                raise self._looked[1]
            if self._seen is not None:
                return self._seen
        try:
            seen = self._reader.look(who.acting.national_id if who else None, self._clock.now())
        except CardError as error:
            self._looked = (now, error)
            with self._lock:
                self._seen = None
                self._contract.done()
            raise
        self._looked = (now, None)
        with self._lock:
            self._seen = seen
        return seen

    def _opened(self, seen: SeenCps, pin: Pin) -> OpenCps:
        """One try at the card. Whatever fails, the question that was answered is spent."""
        self._looked = None
        try:
            card = self._reader.open(seen, pin, self._clock.now())
        except PinRefused as refused:
            self._refused(seen, refused)
            raise
        except CardError:
            with self._lock:
                self._contract.done()
            raise
        with self._lock:
            self._contract.done()
        try:
            self._check_structure(card)
            if self._helper is not None:
                self._helper.start(card, pin)
        except DmpError:
            card.close()
            raise
        return card

    def _refused(self, seen: SeenCps, refused: PinRefused) -> None:
        """Ask anew, with what is left: a human types again, or nobody does."""
        log.event("card.pin_refused", code=refused.code, count=refused.tries_left)
        self._audit.record("card.pin_refused", author=seen.holder.national_id, code=refused.code)
        request = None
        with self._lock, suppress(CardBlocked):
            request = self._contract.need(refused.tries_left)
        self._tell(notices.PinAsked(seen.holder, request))

    def _check_structure(self, card: OpenCps) -> None:
        known = {exercise.national_id for exercise in card.exercises}
        if self._structure_on_card and known and self._structure.national_id not in known:
            raise StructureNotOnCard(f"{len(known)} structures on the card, not the configured one")

    # ------------------------------------------------------------ begin and end

    def _begin(self, card: OpenCps) -> None:
        self._settle()
        with self._lock:
            self._card, self._ended = card, None
            self._used_at = self._clock.monotonic()
        log.event("card.opened", count=len(card.exercises))
        self._audit.record("card.session_opened", author=card.holder.national_id, structure=self._structure.national_id)
        self._release(card.holder)
        self._tell(notices.CardSessionChanged(self.view()))
        self._deliver()
        self._wake()

    def _end(self, reason: Ended | None) -> None:
        """From now on the card serves nobody, where there is a reason; `_settle` closes what it opened."""
        with self._lock:
            card = self._card
            if card is None or reason is None:
                return
            self._card, self._ended, self._looked = None, reason, None
            self._left.append(card)
        self._wake()

    def _settle(self) -> None:
        """Close what an ended session left: connections first, so that none outlives its card."""
        with self._lock:
            left, self._left = self._left, []
        for card in left:
            self._drop()
            if self._helper is not None:
                self._helper.stop()
            card.close()
            log.event("card.ended", reason=self._ended, count=card.operations)
            self._audit.record("card.session_ended", author=card.holder.national_id, code=str(self._ended))
            self._tell(notices.CardSessionChanged(self.view()))

    def _over(self) -> Ended | None:
        """Why the open session may be used no more; None where it may."""
        with self._lock:
            card = self._card
        if card is None:
            return None
        if card.lost:
            return Ended.RESET if self._seen is not None and self._is_there(self._seen) else Ended.REMOVED
        if self._clock.monotonic() - self._used_at >= self._idle.total_seconds():
            return Ended.IDLE
        who = self._session.who
        if who is not None and who.acting.national_id != card.holder.national_id:
            return Ended.PROFESSIONAL
        return None

    def _is_there(self, seen: SeenCps) -> bool:
        try:
            return self._reader.present(seen)
        except CardError:
            return False

    # ------------------------------------------------------------ documents that wait

    def _waiting(self) -> Sequence[OutboxItem]:
        items = self._outbox.in_states(frozenset({State.WAITING}))
        return [item for item in items if item.reason is WaitReason.CARD]

    def _release(self, holder: Holder) -> None:
        """What waited for this card goes on now."""
        now = self._clock.now()
        for item in self._waiting():
            if item.who.acting.national_id == holder.national_id:
                with suppress(ItemChanged):
                    moved = self._outbox.change(item, item.resume or State.ACCEPTED, now=now, due_at=now)
                    self._tell(notices.OutboxChanged(moved))
