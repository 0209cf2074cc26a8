"""The seat with the card: what it does for the others, for as long as the holder shares it."""

import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from dmp_core import log
from dmp_core.dmp.td32_retrieve import Retrieved
from dmp_core.errors import (
    DmpError,
    ItemChanged,
    MessageInvalid,
    ProfessionalMissing,
    ReadingElsewhere,
    RightMissing,
    SharingOff,
)
from dmp_core.model.identity import Patient
from dmp_core.model.item import OutboxItem, State
from dmp_core.model.listing import Since
from dmp_core.model.practitioner import Operator, Practitioner, Right, Structure, Who
from dmp_core.model.row import Row
from dmp_core.model.sharing import called
from dmp_core.ports import Audit, Clock, Ids, OutboxStore
from dmp_core.services import notices
from dmp_core.services.people import rights
from dmp_core.sharing import messages
from dmp_core.sharing.messages import Consult, Feed, Status, TakeBack
from dmp_core.sharing.seats import KnownSeat

_LETS_GO: Final = frozenset({State.READY, State.WAITING, State.REFUSED})


class ReadRecords(Protocol):
    """Reads a record under the card of this seat. Both wait for the network and raise as the services do."""

    def rows(self, patient: Patient, who: Who, since: Since) -> Sequence[Row]: ...
    def document(self, patient: Patient, who: Who, unique_id: str) -> Retrieved: ...


@dataclass(frozen=True, slots=True)
class Lent:
    """Who shares their card, until when."""

    holder: Practitioner
    until: datetime


class Lending:
    """Answers the tasks of paired seats. Safe for threads."""

    def __init__(
        self,
        name: str,
        structure: Structure,
        outbox: OutboxStore,
        records: ReadRecords,
        *,
        reads: bool,
        clock: Clock,
        ids: Ids,
        audit: Audit,
        tell: Callable[[notices.Notice], None],
        deliver: Callable[[], None],
    ) -> None:
        """`reads`: `read_under_anothers_card`; `deliver` calls for the outbox."""
        self._name = name
        self._structure = structure
        self._outbox = outbox
        self._records = records
        self._reads = reads
        self._clock = clock
        self._ids = ids
        self._audit = audit
        self._tell = tell
        self._deliver = deliver
        self._lent: Lent | None = None

    @property
    def lent(self) -> Lent | None:
        """What is shared now; None: nothing, or its time is over."""
        lent = self._lent
        return lent if lent is not None and self._clock.now() < lent.until else None

    def lend(self, lent: Lent | None) -> None:
        self._lent = lent

    def over(self) -> bool:
        """True once, after the time of what was shared has passed."""
        lent = self._lent
        if lent is None or self._clock.now() < lent.until:
            return False
        self._lent = None
        return True

    # ------------------------------------------------------------ tasks

    def answer(self, body: bytes, seat: KnownSeat) -> messages.Answer:
        """What `seat` is answered: what it asked for, or why not."""
        try:
            task = messages.read(messages.TASK, body)
            lent = self.lent
            if lent is None:
                raise SharingOff
            return self._do(task, seat, lent)
        except DmpError as error:
            log.event("sharing.refused", code=error.code)
            return messages.No.because(error)
        except Exception as error:  # noqa: BLE001 - a mistake of ours answers one task, and ends no listener
            log.warning("sharing.broken", error=type(error).__name__)
            return messages.No.because(DmpError(type(error).__name__))

    def _do(self, task: Feed | TakeBack | Status | Consult, seat: KnownSeat, lent: Lent) -> messages.Answer:
        match task:
            case Feed():
                return self._feed(task, seat, lent)
            case TakeBack(feed=feed):
                return self._take_back(feed, seat, lent)
            case Status(keys=keys):
                return self._standing(keys, seat, lent)
            case Consult():
                return self._consult(task, seat, lent)

    def _feed(self, task: Feed, seat: KnownSeat, lent: Lent) -> messages.Taken:
        """The document is on disk here once this returns; the same key again gives the same item."""
        item, is_new = self._received(task, seat, lent)
        taken = messages.Taken(item=messages.There.of(task.key, item))
        if is_new:
            with suppress(Exception):  # it is taken, whoever may fail to hear of it
                self._tell(notices.OutboxChanged(item))
            self._deliver()
        return taken

    def _take_back(self, task: Feed, seat: KnownSeat, lent: Lent) -> messages.Taken:
        """Cancelled where it has not left. One that had not arrived is taken and cancelled: a late copy finds that."""
        item, _ = self._received(task, seat, lent)
        while item.state in _LETS_GO:
            try:
                item = self._outbox.change(item, State.CANCELLED, now=self._clock.now(), due_at=None)
                self._note("sharing.taken_back", seat, lent, task.who.operator, item=item.id)
                self._tell(notices.OutboxChanged(item))
            except ItemChanged:
                item = self._outbox.get(item.id)
        return messages.Taken(item=messages.There.of(task.key, item))

    def _received(self, task: Feed, seat: KnownSeat, lent: Lent) -> tuple[OutboxItem, bool]:
        self._require_ours(task.who.structure)
        known = self._outbox.by_key(self._structure.national_id, _key(seat, task.key))
        if known is not None:  # whatever may be refused now was taken before
            return known, False
        rights.require(task.who, Right.FEED)
        if task.who.acting.national_id != lent.holder.national_id:
            raise ProfessionalMissing("the card here is another professional's")
        self._note("sharing.feed", seat, lent, task.who.operator, unique_id=task.frozen.unique_id)
        new, now = task.new(_key(seat, task.key)), self._clock.now()
        return self._outbox.receive(new, task.made(), item_id=str(self._ids.uuid()), now=now)

    def _standing(self, keys: Sequence[str], seat: KnownSeat, lent: Lent) -> messages.Standing:
        found = ((key, self._outbox.by_key(self._structure.national_id, _key(seat, key))) for key in keys)
        return messages.Standing(
            name=self._name,
            holder=lent.holder.national_id,
            called=called(lent.holder),
            until=lent.until,
            items=tuple(messages.There.of(key, item) for key, item in found if item is not None),
        )

    # ------------------------------------------------------------ consulting

    def _consult(self, task: Consult, seat: KnownSeat, lent: Lent) -> messages.Answer:
        if Right.READ not in task.operator.rights:
            raise RightMissing(f"right {Right.READ}")
        if task.what != "show" and not self._reads:
            raise ReadingElsewhere("sharing.read_under_anothers_card")
        self._note(f"sharing.{task.what}", seat, lent, task.operator, patient=task.patient.host_id)
        if task.what == "show":
            self._tell(notices.ConsultationWanted(seat.name, task.patient.host_id, task.operator.id))
            return messages.Shown()
        who = Who(structure=self._structure, operator=task.operator, author=lent.holder)
        patient = task.patient.model_copy(update={"host_id": _apart(seat, task.patient.host_id)})
        if task.what == "list":
            return messages.Listed(rows=tuple(self._records.rows(patient, who, task.since)))
        if task.unique_id is None:
            raise MessageInvalid("unique_id")
        document = self._records.document(patient, who, task.unique_id)
        return messages.Fetched(unique_id=document.unique_id, mime_type=document.mime_type, content=document.content)

    def _require_ours(self, structure: Structure) -> None:
        if structure.national_id != self._structure.national_id:
            raise RightMissing("another pharmacy")

    def _note(
        self,
        action: str,
        seat: KnownSeat,
        lent: Lent,
        operator: Operator,
        *,
        item: str | None = None,
        patient: str | None = None,
        unique_id: str | None = None,
    ) -> None:
        """Each use of the card for another seat: who asked, whose card, which seat. Raises AuditUnavailable."""
        self._audit.record(
            action,
            structure=self._structure.national_id,
            operator=operator.id,
            holder=lent.holder.national_id,
            seat=seat.fingerprint,
            item=item,
            patient=patient,
            unique_id=unique_id,
        )


def _key(seat: KnownSeat, key: str) -> str:
    """The key of an item here: no seat can name another seat's, and no host names one like it."""
    return f"seat:{seat.fingerprint}:{key}"


def _apart(seat: KnownSeat, host_id: str) -> str:
    """A record read for another seat is no record that is open at this one."""
    return f"seat:{hashlib.sha256(f'{seat.fingerprint} {host_id}'.encode()).hexdigest()[:40]}"
