"""The raw exchanges behind an error or an empty result, kept on demand: for one patient or one hour, then purged.

They hold what the DMP knows of a patient: encrypted on disk, read by who administers alone, each reading in the audit.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Self

from pydantic import ConfigDict, Field, ValidationError

from dmp_core import log
from dmp_core.errors import DmpError, NotFound
from dmp_core.model.health import HealthModel
from dmp_core.model.identity import Ins
from dmp_core.model.practitioner import Right, Who
from dmp_core.ports import Audit, Clock, HttpRequest, Ids, SealedFiles
from dmp_core.services.people import rights

HOUR: Final = timedelta(hours=1)
MOST: Final = 500  # exchanges; beyond them the oldest goes
_LIMIT: Final = 20_000_000  # bytes of one answer that are kept
_EMPTY: Final = (b'totalResultCount="0"', b'queryResponseCode code="NF"')
_ORDER: Final = "order"
_EXCHANGE: Final = "exchange"


class Order(HealthModel):
    """What is recorded, until when. `ins`: the patient's exchanges alone; None: all."""

    until: datetime
    ins: str | None = Field(default=None, repr=False)


class Exchanged(HealthModel):
    """One exchange as it was on the wire. `result`: `ok`, or the code of the error."""

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    at: datetime
    service: str
    request_type: str
    request: bytes = Field(repr=False)
    status: int | None = None
    answer_type: str = ""
    answer: bytes = Field(default=b"", repr=False)
    transaction: str = ""
    result: str = ""

    @classmethod
    def of(cls, request: HttpRequest, *, at: datetime) -> Self:
        """The beginning: what is about to be sent."""
        return cls(at=at, service=request.service, request_type=request.content_type, request=request.body)

    def answered(self, status: int, content_type: str) -> Self:
        """With the head of the answer."""
        return self.model_copy(update={"status": status, "answer_type": content_type})

    def ended(self, transaction: str, result: str, answer: bytes) -> Self:
        """With the answer, or as much of it as came, and what became of it."""
        return self.model_copy(update={"transaction": transaction, "result": result, "answer": answer[:_LIMIT]})

    @property
    def is_empty(self) -> bool:
        """Whether the DMP said yes, and that there is nothing."""
        return self.result == "ok" and any(mark in self.answer for mark in _EMPTY)


class Kept(HealthModel):
    """One kept exchange for a list: nothing of a patient."""

    name: str
    at: datetime
    transaction: str
    result: str
    empty: bool
    request_size: int
    answer_size: int


class Recorder:
    """Records while an order stands. `keep` is how long what was recorded stays; nothing is recorded by itself."""

    def __init__(
        self, files: SealedFiles, audit: Audit, *, clock: Clock, ids: Ids, keep: timedelta, patient_for: timedelta
    ) -> None:
        self._files = files
        self._audit = audit
        self._clock = clock
        self._ids = ids
        self._keep = keep
        self._patient_for = patient_for
        self._order: Order | None = None
        self._looked = False

    # ------------------------------------------------------------ for who administers

    def record_hour(self, who: Who | None) -> Order:
        """Record every exchange from now on, for one hour. Raises RightMissing, ProfessionalMissing."""
        return self._begin(who, Order(until=self._clock.now() + HOUR), reason="hour")

    def record_patient(self, ins: Ins, who: Who | None) -> Order:
        """Record the exchanges about one patient, for a day unless it was set otherwise. Raises as `record_hour`."""
        order = Order(until=self._clock.now() + self._patient_for, ins=ins.value)
        return self._begin(who, order, reason="patient")

    def stop(self, who: Who | None) -> None:
        """Record no more; what was recorded stays until its time."""
        who = rights.require(who, Right.ADMINISTER)
        self._forget_order()
        self._noted("recorder.stopped", who)

    def order(self, who: Who | None) -> Order | None:
        """What is being recorded now."""
        rights.require(who, Right.ADMINISTER)
        return self._standing()

    def kept(self, who: Who | None) -> tuple[Kept, ...]:
        """What was recorded, oldest first."""
        rights.require(who, Right.ADMINISTER)
        self.purge()
        found = ((name, self._read(name)) for name in self._files.names(_EXCHANGE))
        return tuple(sorted((_kept(name, one) for name, one in found if one), key=lambda each: each.at))

    def read(self, name: str, who: Who | None) -> Exchanged:
        """One kept exchange; the reading enters the audit first. Raises NotFound, and as `record_hour`."""
        who = rights.require(who, Right.ADMINISTER)
        found = self._read(name) if name in self._files.names(_EXCHANGE) else None
        if found is None:
            raise NotFound("no such exchange is kept, or not any more")
        self._noted("recorder.read", who)
        return found

    def forget(self, who: Who | None) -> int:
        """Destroy all that was recorded, before its time; how many there were."""
        who = rights.require(who, Right.ADMINISTER)
        names = self._files.names(_EXCHANGE)
        for name in names:
            self._files.remove(name)
        self._noted("recorder.forgotten", who, count=len(names))
        return len(names)

    def purge(self) -> int:
        """Destroy what has had its time; how many there were. For an idle task: nobody needs to ask for it."""
        return self._files.purge(self._clock.now())

    # ------------------------------------------------------------ for the exchange

    def wants(self, ins: Ins | None) -> bool:
        """Whether an exchange about this patient (None: about nobody) is to be kept."""
        order = self._standing()
        return order is not None and (order.ins is None or (ins is not None and order.ins == ins.value))

    def keep(self, exchanged: Exchanged) -> None:
        """Keep one exchange. What goes wrong here is logged and disturbs nothing."""

        def write() -> None:
            self._files.write(_EXCHANGE, exchanged.model_dump_json().encode(), until=self._clock.now() + self._keep)
            for name in sorted(self._files.names(_EXCHANGE))[:-MOST]:
                self._files.remove(name)

        self._careful("recorder.lost", write)

    # ------------------------------------------------------------ inside

    def _begin(self, who: Who | None, order: Order, *, reason: str) -> Order:
        who = rights.require(who, Right.ADMINISTER)
        self.purge()
        self._noted("recorder.started", who, reason=reason)
        self._forget_order()
        self._files.write(_ORDER, order.model_dump_json().encode(), until=order.until)
        self._order = order
        return order

    def _standing(self) -> Order | None:
        """The order that stands, also one that an earlier run of the program was given."""
        if not self._looked:
            self._looked = True
            self._careful("recorder.order_unreadable", self._take_up)
        if self._order is not None and self._clock.now() >= self._order.until:
            self._forget_order()
        return self._order

    def _take_up(self) -> None:
        for name in self._files.names(_ORDER):
            self._order = Order.model_validate_json(self._files.read(name))

    def _forget_order(self) -> None:
        self._looked, self._order = True, None
        for name in self._files.names(_ORDER):
            self._files.remove(name)

    def _read(self, name: str) -> Exchanged | None:
        found: list[Exchanged] = []
        self._careful(
            "recorder.unreadable", lambda: found.append(Exchanged.model_validate_json(self._files.read(name)))
        )
        return found[0] if found else None

    def _careful(self, event: str, work: Callable[[], None]) -> None:
        try:
            work()
        except DmpError as error:
            log.warning(event, code=error.code, origin=error.origin)
        except ValidationError:
            log.warning(event, reason="another version wrote it")

    def _noted(self, action: str, who: Who, *, reason: str | None = None, count: int | None = None) -> None:
        self._audit.record(
            action, structure=who.structure.national_id, operator=who.operator.id, reason=reason, count=count
        )


def _kept(name: str, exchanged: Exchanged) -> Kept:
    return Kept(
        name=name,
        at=exchanged.at,
        transaction=exchanged.transaction,
        result=exchanged.result,
        empty=exchanged.is_empty,
        request_size=len(exchanged.request),
        answer_size=len(exchanged.answer),
    )
