"""The record of an opened patient: its badge (TD0.2), its documents (TD3.1), some of them (TD3.2)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dmp_core.dmp.td02_existence import Existence
from dmp_core.dmp.td32_retrieve import Retrieved
from dmp_core.model.document import RecordStatus
from dmp_core.model.identity import Ins, Patient
from dmp_core.model.listing import NewOfType, RecordFilter, Since
from dmp_core.model.practitioner import Right, Who
from dmp_core.model.row import Row
from dmp_core.services.announcement import Announcer
from dmp_core.services.people import rights
from dmp_core.services.people.rights import InsPolicy
from dmp_core.services.people.session import Session
from dmp_core.services.record.access import RecordAccess
from dmp_core.services.record.counting import new_by_type
from dmp_core.services.record.documents import Documents, Fetched
from dmp_core.services.record.listing import Lister, Rows
from dmp_core.services.record.open_records import OpenRecords
from dmp_core.services.record.statuses import Statuses

__all__ = ["Badge", "Consult", "Since"]


@dataclass(frozen=True, slots=True)
class Badge:
    """What stands beside the patient's name. `new`: what the last list showed; None before the first one."""

    status: RecordStatus
    new: tuple[NewOfType, ...] | None = None


class Consult:
    """Reads the DMP over one link. Its calls wait for the network: never on the host's thread."""

    def __init__(
        self,
        session: Session,
        ins_policy: InsPolicy,
        announcer: Announcer,
        statuses: Statuses,
        records: OpenRecords,
        access: RecordAccess,
        lister: Lister,
        documents: Documents,
    ) -> None:
        self._session = session
        self._ins_policy = ins_policy
        self._announcer = announcer
        self._statuses = statuses
        self._records = records
        self._access = access
        self._lister = lister
        self._documents = documents

    def opened(self, patient: Patient, who: Who | None) -> RecordStatus | None:
        """The host opened a patient, and the plugins hear of it. Gives as `tell_opened`."""
        self._session.opened(patient)
        return self.tell_opened(patient, who)

    def tell_opened(self, patient: Patient, who: Who | None) -> RecordStatus | None:
        """Tell the plugins of a patient whom the host opened; the status of the record where one of them asks for it.

        Done behind the host it may come late: the host may have left this patient, or know more of them.
        """
        wishes = self._announcer.opened(patient)
        if not wishes.consult or who is None or Right.READ not in who.operator.rights or patient.qualified_ins is None:
            return None
        return self.status(patient, who)

    def closed(self, host_id: str) -> None:
        """The host left the patient: what was read of the record is forgotten, every access to it ends."""
        self._session.closed(host_id)
        self._access.closed(host_id)
        self._announcer.closed(host_id)

    def status(self, patient: Patient, who: Who | None) -> RecordStatus:
        """TD0.2, at most once a day for one patient and professional.

        Raises RightMissing, InsNotQualified, InsWrongEnvironment, and what the exchange raises.
        """
        who = rights.require(who, Right.READ)
        return self._statuses.of(patient, self._ins_policy.usable(patient), who).status

    def badge(self, patient: Patient, who: Who | None) -> Badge:
        """The status, and what the last list showed as new: counted here, not asked. Raises as `status`."""
        status = self.status(patient, who)
        record = self._records.find(patient.host_id)
        if record is None or not record.listed or record.ins != patient.ins:
            return Badge(status)
        return Badge(status, new_by_type(record.held.values()))

    def existence(self, ins: Ins, who: Who | None) -> Existence:
        """TD0.2 now: the status, and the traits as the DMP holds them. Raises as `status`."""
        return self._statuses.ask(ins, rights.require(who, Right.READ))

    def listing(
        self, patient: Patient, who: Who | None, since: Since = "default", wanted: RecordFilter | None = None
    ) -> Rows:
        """The rows as they arrive, then the whole answer; see `Lister.rows` for what it raises and when."""
        return self._lister.rows(patient, who, since, wanted or RecordFilter())

    def entries(self, patient: Patient, who: Who | None, since: Since = "default") -> Iterator[Row]:
        """The rows of a whole answer: where one of them cannot be given, none is. Raises as `listing`."""
        return iter(self.listing(patient, who, since).whole().rows)

    def fetch(self, patient: Patient, who: Who | None, unique_id: str) -> Retrieved:
        """One listed document, checked against the hash and size of its row.

        Raises DocumentAltered, the DmpRefusal of the DMP, and as `Documents.fetch`.
        """
        fetched = self._documents.fetch(patient, who, [unique_id])
        for error in fetched.refused.values():
            raise error
        return fetched.documents[0]

    def fetch_all(self, patient: Patient, who: Who | None, unique_ids: Sequence[str]) -> Fetched:
        """Several listed documents, in as few questions as possible; see `Documents.fetch`."""
        return self._documents.fetch(patient, who, unique_ids)
