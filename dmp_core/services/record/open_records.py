"""The records that are open at this seat: how each was entered, and what was read of it. Gone with the patient."""

from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from dmp_core.dmp.td13_administrative import AdministrativeData
from dmp_core.dmp.td32_retrieve import Retrieved
from dmp_core.documents.pages import Drawing
from dmp_core.errors import DmpError
from dmp_core.model.identity import Ins, Patient
from dmp_core.model.listing import Listing, RecordFilter, Since
from dmp_core.model.practitioner import Who
from dmp_core.model.row import Row
from dmp_core.services.record.seen import Seen
from dmp_core.services.wire.exchange import NORMAL, Access


@dataclass(slots=True)
class GrowingList:
    """A list that was begun: its rows so far, then the whole of it or why it was withdrawn. `left`: nobody wants it."""

    since: Since
    wanted: RecordFilter
    rows: list[Row] = field(default_factory=list, repr=False)
    listing: Listing | None = None
    error: DmpError | None = None
    left: bool = False


@dataclass(slots=True)
class OpenRecord:
    """One patient's record before one professional."""

    ins: Ins
    who: tuple[str, str]
    access: Access = NORMAL
    until: datetime | None = None  # of an emergency
    secret: bool | None = None  # what a minor answered
    refused: bool = False
    entered: bool = False  # somebody opened it
    growing: GrowingList | None = None
    rows: dict[str, Row] = field(default_factory=dict)  # all that was listed, by uniqueId
    held: dict[str, Row] = field(default_factory=dict)  # the list without filters, by logicalId
    documents: dict[str, Retrieved] = field(default_factory=dict)
    drawings: dict[bytes, Drawing | None] = field(default_factory=dict)  # pages of PDFs, by SHA-256
    baseline: Seen | None = None  # as the last visit left it
    latest: Seen | None = None  # with what was listed since the patient was opened
    listed: bool = False
    contacts: AdministrativeData | DmpError | None = None
    listing: Lock = field(default_factory=Lock)  # one list at a time; a document does not wait for it
    fetching: Lock = field(default_factory=Lock)

    def enter(self, access: Access, until: datetime | None) -> None:
        """Begin anew with this access: what another one showed (masked documents, say) is forgotten."""
        if access != self.access:
            self.rows, self.held, self.documents, self.drawings, self.contacts = {}, {}, {}, {}, None
            self.baseline, self.latest, self.listed, self.growing = None, None, False, None
        self.access, self.until, self.refused, self.entered = access, until, False, True


class OpenRecords:
    """By the host's reference. Another INS or another professional under it is another record."""

    def __init__(self) -> None:
        self._records: dict[str, OpenRecord] = {}
        self._lock = Lock()

    def of(self, patient: Patient, ins: Ins, who: Who) -> OpenRecord:
        """The record of this patient before this professional, a new one where it was not open."""
        by = (who.operator.id, who.author.national_id)
        with self._lock:
            found = self._records.get(patient.host_id)
            if found is None or found.ins != ins:
                found = self._records[patient.host_id] = OpenRecord(ins, by)
            elif found.who != by:  # what the patient answered holds for whoever goes on at the counter
                answered = OpenRecord(ins, by, secret=found.secret, refused=found.refused)
                found = self._records[patient.host_id] = answered
            return found

    def find(self, host_id: str) -> OpenRecord | None:
        with self._lock:
            return self._records.get(host_id)

    def leave(self) -> None:
        """Who read is gone: no list and no document is shown again before the DMP was asked again."""
        with self._lock:
            for one in self._records.values():
                one.documents, one.drawings, one.contacts = {}, {}, None
                one.growing, one.entered = None, False

    def close(self, host_id: str) -> None:
        with self._lock:
            self._records.pop(host_id, None)
