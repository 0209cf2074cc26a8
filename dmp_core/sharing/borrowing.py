"""The seat without the card: hands what waits for a card to the seat that has it, and follows what becomes of it.

The mark that an item was offered is on disk before its first byte leaves, and it is let go only after the other seat
said that it has it on disk. Whatever stops in between, the same offer is repeated under the same key, at the same seat.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

from dmp_core import log
from dmp_core.errors import (
    CardElsewhere,
    DmpError,
    ItemChanged,
    OutboxFull,
    PatientOpposed,
    ProfessionalMissing,
    RightMissing,
    SeatRefuses,
    SeatSilent,
    SharingError,
)
from dmp_core.model.item import OutboxItem, State, WaitReason
from dmp_core.model.sharing import PairedSeat, at, the
from dmp_core.ports import Audit, Clock, OutboxStore
from dmp_core.services import notices
from dmp_core.services.feed.feeding import fault_of
from dmp_core.sharing import messages
from dmp_core.sharing.calling import Called, calling
from dmp_core.sharing.identity import SeatIdentity
from dmp_core.sharing.messages import MOST_KEYS, Feed, TakeBack
from dmp_core.sharing.seats import KnownSeat, KnownSeats

_AGAIN: Final = timedelta(seconds=2)
_AGAIN_SILENT: Final = timedelta(seconds=10)
_NOT_KEPT: Final = frozenset({RightMissing.code, ProfessionalMissing.code, OutboxFull.code})
"""Refusals after which the other seat holds nothing, even where an earlier offer had no answer."""


class Borrowing:
    """One thread calls `step`; `take_back` may come from another. Waits for the network of the pharmacy."""

    def __init__(
        self,
        identity: Callable[[], SeatIdentity],
        seats: KnownSeats,
        outbox: OutboxStore,
        *,
        clock: Clock,
        audit: Audit,
        tell: Callable[[notices.Notice], None],
        ended: Callable[[OutboxItem], None],
        unopposed: Callable[[OutboxItem], None],
        deliver: Callable[[], None],
    ) -> None:
        """`ended` hears of an item at its end; `unopposed` raises PatientOpposed; `deliver` calls for the outbox."""
        self._identity = identity
        self._seats = seats
        self._outbox = outbox
        self._clock = clock
        self._audit = audit
        self._tell = tell
        self._ended = ended
        self._unopposed = unopposed
        self._deliver = deliver
        self._known: dict[str, PairedSeat] = {}

    def seats(self) -> tuple[PairedSeat, ...]:
        """The paired seats, with what each said last."""
        return tuple(
            self._known.get(seat.fingerprint, PairedSeat(seat.fingerprint, seat.name, seat.address))
            for seat in self._seats.all()
        )

    # ------------------------------------------------------------ step by step

    def step(self) -> datetime | None:
        """Ask every seat that has, or may take, something of this one; when to come again, None: there is none."""
        callable_ = [seat for seat in self._seats.all() if seat.address is not None]
        if not callable_:
            return None
        quiet = True
        for seat in callable_:
            mine = self._at(seat)
            if mine or self._waiting():
                quiet = self._visit(seat, mine) and quiet
        return self._clock.now() + (_AGAIN if quiet else _AGAIN_SILENT)

    def _visit(self, seat: KnownSeat, mine: Sequence[OutboxItem]) -> bool:
        """Follow what is at `seat` and hand over what waits for its card; False where it does not answer."""
        try:
            with calling(seat, self._identity(), self._clock.monotonic) as called:
                handed = {_key(item): item for item in mine if item.state is State.HANDED}
                standing = called.status(list(handed)[:MOST_KEYS])
                self._known[seat.fingerprint] = PairedSeat(
                    seat.fingerprint, standing.name, seat.address, standing.called, standing.until
                )
                self._follow(handed, standing, called)
                self._hand_over(mine, standing, called)
        except (SeatSilent, SeatRefuses) as error:
            self._silent(seat, mine, error)
            return False
        except DmpError as error:
            log.event("sharing.stopped", code=error.code)
            return False
        return True

    def _silent(self, seat: KnownSeat, mine: Sequence[OutboxItem], error: SharingError) -> None:
        """Each item that is there, or may be, says why nothing is heard of it."""
        self._known[seat.fingerprint] = PairedSeat(seat.fingerprint, seat.name, seat.address, silent=True)
        fault = fault_of(error)
        for item in mine:
            if item.fault != fault:
                with suppress(ItemChanged):
                    self._set(item, item.state, fault=fault, reason=item.reason)

    # ------------------------------------------------------------ handing over

    def _hand_over(self, mine: Sequence[OutboxItem], standing: messages.Standing, called: Called) -> None:
        offered = [item for item in mine if item.reason is WaitReason.SEAT]
        waiting = [item for item in self._waiting() if item.who.acting.national_id == standing.holder]
        for item in [*offered, *waiting]:
            with suppress(ItemChanged, PatientOpposed):
                self._unopposed(item)
                self._offer(item, standing, called)

    def _offer(self, item: OutboxItem, standing: messages.Standing, called: Called) -> None:
        """Mark, send, and let go once it is taken; after a refusal that means that nothing is kept, it waits here."""
        seat, first = called.seat, item.reason is not WaitReason.SEAT
        if first:
            attempts = item.attempts + 1
            item = self._set(item, State.WAITING, reason=WaitReason.SEAT, seat=seat.fingerprint, attempts=attempts)
        try:
            there = called.feed(self._task(item))
        except SeatRefuses as error:
            if error.origin in _NOT_KEPT or (first and error.origin != DmpError.code):
                self._set(item, State.WAITING, reason=WaitReason.CARD, seat=None, fault=fault_of(error))
            raise
        self._note("sharing.handed", item, standing.holder, seat)
        self._set(item, State.HANDED, fault=fault_of(where(standing)))
        log.event("sharing.handed", item=item.id, state=there.state)

    def _task(self, item: OutboxItem) -> Feed:
        assert item.patient is not None and item.frozen is not None, "only what is ready waits for a card"
        return Feed(
            key=_key(item),
            record=item.record,
            type_id=item.type_id,
            who=item.who,
            patient=item.patient,
            content=self._outbox.content(item.id),
            document=self._outbox.document(item.id),
            metadata=self._outbox.metadata(item.id),
            frozen=item.frozen,
            title=item.title,
            visibility=item.visibility,
            plugin=item.plugin,
        )

    # ------------------------------------------------------------ following

    def _follow(self, handed: dict[str, OutboxItem], standing: messages.Standing, called: Called) -> None:
        for there in standing.items:
            item = handed.get(there.key)
            if item is not None:
                with suppress(ItemChanged):
                    self._went_on(item, there, standing, called)
        known = {there.key for there in standing.items}
        for key in list(handed)[:MOST_KEYS]:
            if key not in known:
                self._unknown_there(handed[key], called.seat)

    def _went_on(self, item: OutboxItem, there: messages.There, standing: messages.Standing, called: Called) -> None:
        match there.state:
            case State.SENT:
                about = {"frozen": there.frozen or item.frozen, "title": there.title, "visibility": there.visibility}
                self._ended(self._set(item, State.SENT, **about))
            case State.CANCELLED:
                self._ended(self._set(item, State.CANCELLED, fault=there.fault))
            case _:
                try:
                    self._unopposed(item)
                except PatientOpposed:
                    self._back(item, called.feed(TakeBack(feed=self._task(item))))
                    return
                fault = there.fault if there.state is State.REFUSED else fault_of(where(standing))
                if item.fault != fault:
                    self._set(item, State.HANDED, fault=fault)

    def _unknown_there(self, item: OutboxItem, seat: KnownSeat) -> None:
        """The other seat lost its data: a person decides, what is taken back is looked up before it leaves."""
        fault = fault_of(
            SeatRefuses(sentence=f"{the(seat.name)} ne connaît plus ce document.", remedy="Reprenez-le à ce comptoir.")
        )
        if item.fault != fault:
            with suppress(ItemChanged):
                self._set(item, State.HANDED, fault=fault)

    # ------------------------------------------------------------ taking back

    def take_back(self, item: OutboxItem) -> OutboxItem:
        """The item is this seat's again, where it has not left from the other. Raises SeatSilent, SeatRefuses."""
        seat = self._seats.find(item.seat or "")
        if seat is None:
            return self.left_behind(item)
        with calling(seat, self._identity(), self._clock.monotonic) as called:
            return self._back(item, called.feed(TakeBack(feed=self._task(item))))

    def _back(self, item: OutboxItem, there: messages.There) -> OutboxItem:
        """Ours again where the other seat cancelled it; else it goes on there."""
        if there.state is not State.CANCELLED:
            return item if item.state is State.HANDED else self._set(item, State.HANDED)
        item = self._set(item, State.READY, seat=None, due_at=self._clock.now())
        self._deliver()
        return item

    def forget(self, fingerprint: str) -> None:
        """The seat is no longer paired. What it had is looked up in the DMP before it may leave from here."""
        mine = [item for item in self._elsewhere() if item.seat == fingerprint]
        self._seats.forget(fingerprint)
        self._known.pop(fingerprint, None)
        for item in mine:
            with suppress(ItemChanged):
                self.left_behind(item)
        self._deliver()

    def left_behind(self, item: OutboxItem) -> OutboxItem:
        """Uncertain: its uniqueId is the same at both seats, so that the DMP tells, and holds it once at most."""
        if item.state is not State.HANDED:
            item = self._set(item, State.HANDED)
        return self._set(item, State.UNCERTAIN, seat=None, due_at=self._clock.now())

    # ------------------------------------------------------------ items

    def _waiting(self) -> Sequence[OutboxItem]:
        """What waits for a card and was confirmed, oldest first."""
        items = self._outbox.in_states(frozenset({State.WAITING}))
        return [one for one in items if one.reason is WaitReason.CARD and one.resume is State.READY]

    def _elsewhere(self) -> Sequence[OutboxItem]:
        items = self._outbox.in_states(frozenset({State.WAITING, State.HANDED}))
        return [one for one in items if one.state is State.HANDED or one.reason is WaitReason.SEAT]

    def _at(self, seat: KnownSeat) -> Sequence[OutboxItem]:
        return [item for item in self._elsewhere() if item.seat == seat.fingerprint]

    def _set(self, item: OutboxItem, state: State, **fields: Any) -> OutboxItem:
        if state is State.WAITING:
            fields = {"due_at": None, **fields}
        item = self._outbox.change(item, state, now=self._clock.now(), **fields)
        log.event("outbox.marked", item=item.id, state=state, reason=item.reason)
        self._tell(notices.OutboxChanged(item))
        return item

    def _note(self, action: str, item: OutboxItem, holder: str, seat: KnownSeat) -> None:
        self._audit.record(
            action,
            structure=item.who.structure.national_id,
            operator=item.who.operator.id,
            holder=holder,
            seat=seat.fingerprint,
            item=item.id,
        )


def where(standing: messages.Standing) -> CardElsewhere:
    """`La carte de Mme Martin est au comptoir 2.`"""
    return CardElsewhere(sentence=f"La carte de {standing.called} est {at(standing.name)}.")


def _key(item: OutboxItem) -> str:
    """One handing over for ever: an item that was taken back and offered anew has another."""
    return f"{item.id}:{item.attempts}"
