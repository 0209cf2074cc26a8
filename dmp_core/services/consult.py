"""The record of an opened patient: its status (TD0.2), its documents (TD3.1), one of them (TD3.2)."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha1
from typing import Literal

from dmp_core.dmp import td02_existence, td31_search, td32_retrieve
from dmp_core.errors import AnswerForeign, DocumentAltered, NotFound
from dmp_core.model.document import RecordEntry, RecordStatus
from dmp_core.model.identity import Ins, Patient
from dmp_core.model.practitioner import Right, Who
from dmp_core.model.software import Software
from dmp_core.ports import Clock, Ids
from dmp_core.services import notices, rights
from dmp_core.services.announcement import Announcer
from dmp_core.services.exchange import Exchange
from dmp_core.services.rights import InsPolicy
from dmp_core.services.session import Session

Since = date | Literal["default", "all"]


class Consult:
    """Reads the DMP over one link. Its calls wait for the network: never on the host's thread."""

    def __init__(
        self,
        exchange: Exchange,
        session: Session,
        ins_policy: InsPolicy,
        software: Software,
        announcer: Announcer,
        *,
        clock: Clock,
        ids: Ids,
        first_years: int,
        status_cache: timedelta,
        tell: Callable[[notices.Notice], None],
    ) -> None:
        self._exchange = exchange
        self._session = session
        self._ins_policy = ins_policy
        self._software = software
        self._announcer = announcer
        self._clock = clock
        self._ids = ids
        self._first_years = first_years
        self._status_cache = status_cache
        self._tell = tell
        self._statuses: dict[tuple[str, str], tuple[datetime, RecordStatus]] = {}
        self._rows: dict[str, dict[str, RecordEntry]] = {}

    def opened(self, patient: Patient, who: Who | None) -> RecordStatus | None:
        """Tell the plugins that the host opened a patient; the status of the record where one of them asks for it."""
        self._session.opened(patient)
        wishes = self._announcer.opened(patient)
        if not wishes.consult or who is None or Right.READ not in who.operator.rights or patient.qualified_ins is None:
            return None
        return self.status(patient, who)

    def closed(self, host_id: str) -> None:
        """The host left the patient: what was read of the record is forgotten."""
        self._session.closed(host_id)
        self._rows.pop(host_id, None)
        self._announcer.closed(host_id)

    def status(self, patient: Patient, who: Who | None) -> RecordStatus:
        """TD0.2, at most once a day for one patient and professional.

        Raises RightMissing, InsNotQualified, InsWrongEnvironment, and what the exchange raises.
        """
        who = rights.require(who, Right.READ)
        ins = self._ins_policy.usable(patient)
        known = self._statuses.get((ins.value, who.author.national_id))
        if known and self._clock.now() - known[0] < self._status_cache:
            return known[1]
        status = self.existence(ins, who).status
        self._statuses[(ins.value, who.author.national_id)] = (self._clock.now(), status)
        self._tell(notices.StatusChanged(patient.host_id, status))
        return status

    def existence(self, ins: Ins, who: Who | None) -> td02_existence.Existence:
        """TD0.2 now: the status, and the traits as the DMP holds them. Raises as `status`."""
        who = rights.require(who, Right.READ)
        query_id = self._ids.uuid()
        message = td02_existence.build(
            ins, self._software, message_id=self._ids.uuid(), query_id=query_id, at=self._clock.now()
        )
        return td02_existence.read(self._exchange.ask(message, who, ins), ins=ins, query_id=query_id)

    def entries(self, patient: Patient, who: Who | None, since: Since = "default") -> Iterator[RecordEntry]:
        """The active documents, in the order of the DMP. `default`: the last two years; `all`: no date.

        Raises as `status`, and AnswerForeign where the answer holds another patient's document: then none is given.
        """
        who = rights.require(who, Right.READ)
        ins = self._ins_policy.usable(patient)
        chosen = td31_search.Filter(service_start_from=self._from(since))
        answer = self._exchange.ask(td31_search.find_documents(chosen, ins=ins), who, ins)
        rows = list(td31_search.read(answer))
        for row in rows:
            _refuse_foreign(row, ins, patient)
        self._rows[patient.host_id] = {row.unique_id: row for row in rows}
        return iter(rows)

    def fetch(self, patient: Patient, who: Who | None, unique_id: str) -> td32_retrieve.Retrieved:
        """One listed document, checked against the hash and size of its row.

        Raises NotFound where it was not listed, DocumentAltered, and as `status`.
        """
        who = rights.require(who, Right.READ)
        ins = self._ins_policy.usable(patient)
        row = self._rows.get(patient.host_id, {}).get(unique_id)
        if row is None:
            raise NotFound("this document was not listed for this patient: dmp/list comes first")
        answer = self._exchange.ask(td32_retrieve.build([unique_id]), who, ins)
        document = td32_retrieve.read(answer, asked=[unique_id]).documents[0]
        _refuse_altered(document.content, row)
        return document

    def _from(self, since: Since) -> datetime | None:
        if since == "all":
            return None
        first_day = self._clock.now().date() - timedelta(days=365 * self._first_years)
        start = since if isinstance(since, date) else first_day
        return datetime.combine(start, time(), tzinfo=UTC)


def _refuse_altered(content: bytes, row: RecordEntry) -> None:
    if row.size is not None and row.size != len(content):
        raise DocumentAltered(f"{len(content)} bytes, {row.size} announced")
    if row.hash and row.hash.lower() != sha1(content, usedforsecurity=False).hexdigest():
        raise DocumentAltered("SHA-1 differs from the metadata")


def _refuse_foreign(row: RecordEntry, ins: Ins, patient: Patient) -> None:
    """An entry under another INS is shown only where its traits are the patient's: an INS may change in a life."""
    if row.patient_id is None or row.patient_id.startswith(f"{ins.value}^^^&{ins.oid}&"):
        return
    traits = dict(field.partition("|")[::2] for field in row.source_patient_info)
    same_date = traits.get("PID-7", "")[:8] == patient.traits.birth_date.strftime("%Y%m%d")
    name = traits.get("PID-5", "").partition("^")[0].casefold()
    known = {patient.traits.birth_name.casefold(), (patient.traits.used_name or "").casefold()} - {""}
    if not (same_date and name in known):
        raise AnswerForeign("a document of another patient: the whole answer is withdrawn")
