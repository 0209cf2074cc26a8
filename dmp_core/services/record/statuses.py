"""TD0.2: has this patient a DMP, and may this professional read it. At most once a day for both together."""

from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Lock

from dmp_core.dmp import td02_existence
from dmp_core.dmp.td02_existence import Existence
from dmp_core.model.document import RecordStatus
from dmp_core.model.identity import Ins, Patient
from dmp_core.model.practitioner import Who
from dmp_core.model.software import Software
from dmp_core.ports import Clock, Ids
from dmp_core.services import notices
from dmp_core.services.wire.exchange import Exchange

_Key = tuple[str, str]


class Statuses:
    """What the DMP said, in memory. Two who ask together ask once."""

    def __init__(
        self,
        exchange: Exchange,
        software: Software,
        *,
        clock: Clock,
        ids: Ids,
        kept: timedelta,
        tell: Callable[[notices.Notice], None],
    ) -> None:
        self._exchange = exchange
        self._software = software
        self._clock = clock
        self._ids = ids
        self._kept = kept
        self._tell = tell
        self._known: dict[_Key, tuple[datetime, Existence]] = {}
        self._asking: dict[_Key, Lock] = {}
        self._lock = Lock()

    def of(self, patient: Patient, ins: Ins, who: Who) -> Existence:
        """What the DMP says, or said less than `kept` ago. Raises what the exchange raises."""
        key = _key(ins, who)
        with self._turn(key):
            known = self.known(ins, who)
            if known is not None:
                return known
            existence = self.ask(ins, who, patient.host_id)
        self._tell(notices.StatusChanged(patient.host_id, existence.status))
        return existence

    def ask(self, ins: Ins, who: Who, host_id: str | None = None) -> Existence:
        """TD0.2 now, whatever is known."""
        query_id, message_id = self._ids.uuid(), self._ids.uuid()
        message = td02_existence.build(
            ins, self._software, message_id=message_id, query_id=query_id, at=self._clock.now()
        )
        answer = self._exchange.ask(message, who, ins, patient=host_id)
        existence = td02_existence.read(answer, ins=ins, query_id=query_id, message_id=message_id)
        self._known[_key(ins, who)] = (self._clock.now(), existence)
        return existence

    def known(self, ins: Ins, who: Who) -> Existence | None:
        """What the DMP said less than `kept` ago. Never asks."""
        found = self._known.get(_key(ins, who))
        return found[1] if found and self._clock.now() - found[0] < self._kept else None

    def put(self, patient: Patient, ins: Ins, who: Who, status: RecordStatus) -> None:
        """TD0.3 changed it: no need to ask again."""
        known = self.known(ins, who) or Existence(status=status)
        changed = known.model_copy(update={"status": status, "authorisation": None})
        self._known[_key(ins, who)] = (self._clock.now(), changed)
        self._tell(notices.StatusChanged(patient.host_id, status))

    def forget(self, ins: Ins, who: Who) -> None:
        """The DMP contradicted it: the next one asks."""
        self._known.pop(_key(ins, who), None)

    def _turn(self, key: _Key) -> Lock:
        with self._lock:
            return self._asking.setdefault(key, Lock())


def _key(ins: Ins, who: Who) -> _Key:
    return (ins.cx, who.author.national_id)
