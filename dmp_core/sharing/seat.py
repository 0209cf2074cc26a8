"""This seat among the others of the pharmacy: what its people ask of a shared reader. Rights are checked here."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Literal

from dmp_core import log
from dmp_core.errors import DmpError, MessageInvalid, NotFound, ProfessionalMissing, SharingOff, WrongState
from dmp_core.model.identity import Patient
from dmp_core.model.item import OutboxItem, State, WaitReason
from dmp_core.model.listing import Since
from dmp_core.model.practitioner import Right, Structure, Who
from dmp_core.model.sharing import PairingView, SharingView, called
from dmp_core.ports import Audit, Clock, Ids, OutboxStore
from dmp_core.services import notices
from dmp_core.services.people import rights
from dmp_core.sharing import identity, messages
from dmp_core.sharing.borrowing import Borrowing
from dmp_core.sharing.calling import calling
from dmp_core.sharing.identity import SeatIdentity
from dmp_core.sharing.lending import Lending, Lent, ReadRecords
from dmp_core.sharing.listener import Listener, call_to_pair
from dmp_core.sharing.pairing import Pairings
from dmp_core.sharing.seats import KnownSeat, KnownSeats

What = Literal["show", "list", "fetch"]


class Sharing:
    """Built where `[sharing]` enables it. `lend_step` and `borrow_step` have a thread each, which `app` owns."""

    def __init__(
        self,
        folder: Path,
        address: tuple[str, int],
        name: str,
        structure: Structure,
        outbox: OutboxStore,
        records: ReadRecords,
        *,
        reads: bool,
        longest: timedelta,
        holder: Callable[[], str | None],
        unopposed: Callable[[OutboxItem], None],
        ended: Callable[[OutboxItem], None],
        clock: Clock,
        ids: Ids,
        audit: Audit,
        tell: Callable[[notices.Notice], None],
        deliver: Callable[[], None],
        apart: Callable[[Callable[[], None]], None],
        wake: Callable[[], None],
    ) -> None:
        """`holder`: PS_IdNat of the open card of this seat; raises why there is none. `wake` for the steps."""
        self._folder = folder
        self._name = name
        self._structure = structure
        self._outbox = outbox
        self._longest = longest
        self._holder = holder
        self._clock = clock
        self._ids = ids
        self._audit = audit
        self._tell = tell
        self._wake = wake
        self._making = Lock()
        self._own: SeatIdentity | None = None
        self._seats = KnownSeats(folder)
        self._pairings = Pairings()
        self._lending = Lending(
            name,
            structure,
            outbox,
            records,
            reads=reads,
            clock=clock,
            ids=ids,
            audit=audit,
            tell=tell,
            deliver=deliver,
        )
        self._listener = Listener(
            address,
            name,
            self._identity,
            self._seats,
            self._pairings,
            self._lending,
            clock=clock,
            ids=ids,
            apart=apart,
            paired=self._told,
        )
        self._borrowing = Borrowing(
            self._identity,
            self._seats,
            outbox,
            clock=clock,
            audit=audit,
            tell=tell,
            ended=ended,
            unopposed=unopposed,
            deliver=deliver,
        )

    # ------------------------------------------------------------ the holder

    def enable(self, until: datetime, who: Who | None) -> SharingView:
        """The holder of the card that is open here shares it until then; it may wait for the card.

        Raises RightMissing, ProfessionalMissing (not the holder), MessageInvalid (the time), PinNeeded and other
        CardErrors, ConfigInvalid (the port).
        """
        who = rights.require_any(who, *Right)
        now = self._clock.now()
        if until.tzinfo is None or not now < until <= now + self._longest:
            raise MessageInvalid("until: with its time zone, later than now, within sharing.longest")
        if self._holder() != who.author.national_id:
            raise ProfessionalMissing("only the holder of the card shares it")
        self._note("sharing.enabled", who, result=until.isoformat())
        self._listener.open()
        self._lending.lend(Lent(who.author, until))
        self._wake()
        return self._changed()

    def disable(self, who: Who | None) -> SharingView:
        """Nobody uses this reader from another seat any more. Whoever works here may. Raises RightMissing."""
        who = rights.require_any(who, *Right)
        self._lending.lend(None)
        self._pairings.end()
        self._listener.close()
        self._note("sharing.disabled", who)
        return self._changed()

    def show(self, who: Who | None) -> SharingView:
        rights.require_any(who, *Right)
        return self._view()

    # ------------------------------------------------------------ pairing

    def pair(self, address: str | None, who: Who | None) -> SharingView:
        """Begin a pairing: with `address` (host:port) this seat calls, without it waits to be called, two minutes.

        Raises RightMissing, SharingOff where it is to be called and does not listen; SeatSilent, PairingRefused.
        """
        rights.require(who, Right.ADMINISTER)
        if address is None and self._lending.lent is None:
            raise SharingOff("a seat is called while its holder shares")
        self._pairings.begin(self._clock.monotonic())
        if address is not None:
            offer = call_to_pair(address, self._name, self._identity(), clock=self._clock, ids=self._ids)
            self._pairings.offer(offer, self._clock.monotonic())
        return self._changed()

    def confirm(self, code: str, who: Who | None) -> SharingView:
        """`code`: what the *other* screen shows. One try. Raises RightMissing, PairingRefused, OutboxFull."""
        who = rights.require(who, Right.ADMINISTER)
        try:
            seat = self._pairings.confirm(code, self._clock.monotonic())
        except DmpError as error:
            self._note("sharing.pairing_refused", who, code=error.code)
            self._changed()
            raise
        self._note("sharing.paired", who, seat=seat.fingerprint)
        self._seats.add(seat)
        self._wake()
        return self._changed()

    def forget(self, fingerprint: str, who: Who | None) -> SharingView:
        """That seat is paired no more; what it had of ours is looked up in the DMP. Raises RightMissing."""
        who = rights.require(who, Right.ADMINISTER)
        self._note("sharing.forgotten", who, seat=fingerprint)
        self._borrowing.forget(fingerprint)
        return self._changed()

    # ------------------------------------------------------------ what is handed over

    def take_back(self, item_id: str, who: Who | None) -> OutboxItem:
        """The document waits here again, where it has not left there. Raises RightMissing, NotFound, WrongState,
        SeatSilent, SeatRefuses.
        """
        who = rights.require(who, Right.FEED)
        item = self._outbox.get(item_id)
        if item.who.structure.national_id != who.structure.national_id:
            raise NotFound("this item is another pharmacy's")
        if item.state is not State.HANDED and item.reason is not WaitReason.SEAT:
            raise WrongState(f"state {item.state}")
        self._note("sharing.taking_back", who, item=item.id, seat=item.seat)
        return self._borrowing.take_back(item)

    def consult(
        self,
        what: What,
        patient: Patient,
        who: Who | None,
        *,
        seat: str | None = None,
        since: Since = "default",
        unique_id: str | None = None,
    ) -> messages.Shown | messages.Listed | messages.Fetched:
        """Shown at the seat with the card, or read there and given here where that seat is configured so.

        `seat`: its fingerprint, where several are paired. Raises RightMissing, SeatSilent, SeatRefuses.
        """
        who = rights.require(who, Right.READ)
        chosen = self._chosen(seat)
        task = messages.Consult(what=what, patient=patient, operator=who.operator, since=since, unique_id=unique_id)
        self._note(f"sharing.asking_{what}", who, seat=chosen.fingerprint, patient=patient.host_id)
        with calling(chosen, self._identity(), self._clock.monotonic) as asked:
            return asked.consult(task)

    def _chosen(self, wanted: str | None) -> KnownSeat:
        callable_ = [one for one in self._seats.all() if one.address is not None and wanted in (None, one.fingerprint)]
        if len(callable_) != 1:
            raise NotFound("no such seat is paired" if not callable_ else "several seats are paired: name one")
        return callable_[0]

    # ------------------------------------------------------------ step by step

    def lend_step(self) -> datetime | None:
        """Answer who calls; when to come again, None: nothing is shared."""
        lent = self._lending.lent
        if self._listener.step():
            return self._clock.now()
        if lent is None and self._lending.over():
            self._audit.record("sharing.ended", structure=self._structure.national_id)
            self._changed()
        return None

    def borrow_step(self) -> datetime | None:
        return self._borrowing.step()

    def close(self) -> None:
        """Nobody is answered from now on."""
        self._lending.lend(None)
        self._listener.close()

    # ------------------------------------------------------------ parts

    def _identity(self) -> SeatIdentity:
        with self._making:
            if self._own is None:
                self._own = identity.of_folder(self._folder, self._clock, self._ids)
            return self._own

    def _told(self) -> None:
        self._changed()

    def _changed(self) -> SharingView:
        view = self._view()
        log.event("sharing.changed", state="on" if view.until else "off", count=len(view.seats))
        self._tell(notices.SharingChanged(view))
        return view

    def _view(self) -> SharingView:
        lent, now = self._lending.lent, self._clock.monotonic()
        left, offer = self._pairings.left(now), self._pairings.offered(now)
        pairing = None
        if left is not None:
            until = self._clock.now() + timedelta(seconds=left)
            pairing = PairingView(offer.code if offer else None, offer.seat.name if offer else None, until)
        return SharingView(
            name=self._name,
            port=self._listener.port if lent else None,
            until=lent.until if lent else None,
            holder=called(lent.holder) if lent else "",
            pairing=pairing,
            seats=self._borrowing.seats(),
        )

    def _note(self, action: str, who: Who, **facts: str | None) -> None:
        self._audit.record(action, structure=self._structure.national_id, operator=who.operator.id, **facts)
