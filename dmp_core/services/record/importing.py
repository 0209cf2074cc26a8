"""*Enregistrer au dossier*: documents of the DMP that the host keeps in its own file, never twice; newer versions told.

The host is told what is wanted, fetches the bytes (`dmp/fetch`), and says when it has them: only then it is kept here.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from threading import Lock
from typing import Final, Self

from pydantic import AwareDatetime, ValidationError

from dmp_core import log
from dmp_core.documents.reading import Header, read_header
from dmp_core.documents.viewer import Notice
from dmp_core.errors import DocumentAltered, OutboxError, OutboxUnreadable, PatientMismatch
from dmp_core.model.document import UniqueId
from dmp_core.model.health import HealthModel
from dmp_core.model.identity import Patient
from dmp_core.model.practitioner import Right, Who
from dmp_core.model.row import Row
from dmp_core.ports import Audit, Clock, PatientFile
from dmp_core.services import notices
from dmp_core.services.people import rights
from dmp_core.services.record.open_records import OpenRecords
from dmp_core.services.record.reading import Reading

KIND: Final = "imported"
ORIGIN: Final = "DMP"
_ANSWERS_WITHIN: Final = timedelta(seconds=30)  # a host that did not say that it has the document may be asked again


class Kept(StrEnum):
    """Where a document of the DMP stands before the host's file."""

    NO = "no"
    ASKED = "asked"  # the host was told, and did not say yet that it has it
    YES = "yes"
    OLDER = "older"  # an earlier version: this one may replace it


class ImportedDocument(HealthModel):
    """A document that the host has, with what names its versions: setId and version of the CDA, logicalId of the DMP.

    `replaced_by`: a newer version that the DMP was seen to hold.
    """

    unique_id: UniqueId
    logical_id: str | None = None
    set_id: str = ""
    version: int = 1
    at: AwareDatetime
    by: str
    replaced_by: UniqueId | None = None

    def is_earlier_than(self, row: Row) -> bool:
        """As far as the list tells; the document itself tells more."""
        if row.replaces is not None and row.replaces in (self.unique_id, self.replaced_by):
            return True
        return self.replaced_by == row.unique_id or (row.logical_id is not None and row.logical_id == self.logical_id)


class ImportedDocuments(HealthModel):
    """All of one patient."""

    documents: tuple[ImportedDocument, ...] = ()

    def find(self, unique_id: str) -> ImportedDocument | None:
        return next((one for one in self.documents if one.unique_id == unique_id), None)

    def earlier(self, row: Row) -> ImportedDocument | None:
        """The last version of the document of `row` that the host took before."""
        return next((one for one in reversed(self.documents) if one.is_earlier_than(row)), None)

    def of_set(self, header: Header) -> ImportedDocument | None:
        """The newest version of the same document that the host has, by what the document itself says."""
        same = [
            one
            for one in self.documents
            if (header.set_id and one.set_id == header.set_id) or one.unique_id in header.replaces
        ]
        return max(same, key=lambda one: one.version, default=None)

    def replaced(self, unique_id: str, by: str) -> Self:
        """With the knowledge that a newer version of that document is there."""
        update = {"replaced_by": by}
        told = (one.model_copy(update=update) if one.unique_id == unique_id else one for one in self.documents)
        return self.model_copy(update={"documents": tuple(told)})


class Standing(HealthModel):
    """One document of the list before the host's file. `unique_id`: in the list; `has`: what the host has of it."""

    unique_id: UniqueId
    kept: Kept
    has: UniqueId | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the host was told of."""

    at: datetime
    row: Row
    header: Header


class Importing:
    """Whoever reads may import. Every call raises RightMissing, ProfessionalMissing, OutboxUnreadable."""

    def __init__(
        self,
        reading: Reading,
        records: OpenRecords,
        patients: PatientFile,
        audit: Audit,
        *,
        clock: Clock,
        tell: Callable[[notices.Notice], None],
    ) -> None:
        self._reading = reading
        self._records = records
        self._patients = patients
        self._audit = audit
        self._clock = clock
        self._tell = tell
        self._lock = Lock()
        self._asked: dict[tuple[str, str], _Asked] = {}
        self._told_newer: set[tuple[str, str]] = set()

    def ask(self, patient: Patient, who: Who | None, unique_id: str) -> Standing:
        """Tell the host that this document is wanted in its file; nothing is told where it has it already.

        Raises PatientMismatch, DocumentAltered: what the viewer folds is not imported; and as `Reading.view`.
        """
        who = rights.require(who, Right.READ)
        view = self._reading.view(patient, who, unique_id)
        if Notice.OTHER_PATIENT in view.notices:
            raise PatientMismatch("not imported")
        if view.blocked:
            raise DocumentAltered("not imported")
        row, header = self._reading.row(patient, who, unique_id), self._reading.header(patient, who, unique_id)
        with self._lock:
            before = self._compared(patient.host_id, who, row, header)
            if before.kept in (Kept.YES, Kept.ASKED):
                return before
            self._asked[patient.host_id, unique_id] = _Asked(self._clock.now(), row, header)
        self._tell(notices.ImportWanted(patient.host_id, row, before.has))
        return before.model_copy(update={"kept": Kept.ASKED})

    def done(self, host_id: str, who: Who | None, unique_id: str) -> Standing:
        """The host has it in its file; said twice, it is kept once. Raises AuditUnavailable, OutboxFull."""
        who = rights.require(who, Right.READ)
        with self._lock:
            before = self._of(who, host_id)
            known = before.find(unique_id) or self._new(host_id, who, unique_id)
            if before.find(unique_id) is None:
                self._record(host_id, who, unique_id)
                after = ImportedDocuments(documents=(*before.documents, known))
                self._write(host_id, who, after)
            self._asked.pop((host_id, unique_id), None)
        return Standing(unique_id=unique_id, kept=Kept.YES, has=unique_id, at=known.at)

    def standings(self, patient: Patient, who: Who | None) -> tuple[Standing, ...]:
        """The documents that were listed since the patient was opened, where something is to be said of them."""
        who = rights.require(who, Right.READ)
        record, kept = self._records.find(patient.host_id), self._of(who, patient.host_id)
        rows = tuple(record.rows.values()) if record else ()
        return tuple(one for one in self._all(patient.host_id, rows, kept) if one.kept is not Kept.NO)

    def listed(self, host_id: str, who: Who | None) -> None:
        """A list was made: tell the host, once, of each newer version of what it has. Raises nothing."""
        record = self._records.find(host_id)
        if who is None or record is None:
            return
        try:
            newer = list(self._newer(host_id, who, tuple(record.rows.values())))
        except OutboxError as error:
            log.warning("importing.unreadable", code=error.code)
            return
        for row, has in newer:
            self._tell(notices.NewerVersion(host_id, row, has))

    # ------------------------------------------------------------ parts

    def _newer(self, host_id: str, who: Who, rows: Sequence[Row]) -> Iterator[tuple[Row, str]]:
        """The rows that are newer versions of what the host has, and were not told; it is kept that they are there."""
        with self._lock:
            kept = before = self._of(who, host_id)
            for one in self._all(host_id, rows, before):
                if one.kept is Kept.OLDER and one.has and (host_id, one.unique_id) not in self._told_newer:
                    self._told_newer.add((host_id, one.unique_id))
                    kept = kept.replaced(one.has, by=one.unique_id)
                    yield next(row for row in rows if row.unique_id == one.unique_id), one.has
            if kept != before:
                self._write(host_id, who, kept)

    def _all(self, host_id: str, rows: Sequence[Row], kept: ImportedDocuments) -> Iterator[Standing]:
        return (self._standing(host_id, row, kept) for row in rows)

    def _standing(self, host_id: str, row: Row, kept: ImportedDocuments) -> Standing:
        """As far as the list tells."""
        unique_id = row.unique_id
        if same := kept.find(unique_id):
            return Standing(unique_id=unique_id, kept=Kept.YES, has=unique_id, at=same.at)
        earlier = kept.earlier(row)
        asked = self._asked.get((host_id, unique_id))
        waits = asked is not None and self._clock.now() - asked.at < _ANSWERS_WITHIN
        return Standing(
            unique_id=unique_id,
            kept=Kept.ASKED if waits else Kept.OLDER if earlier else Kept.NO,
            has=earlier.unique_id if earlier else None,
            at=earlier.at if earlier else None,
        )

    def _compared(self, host_id: str, who: Who, row: Row, header: Header) -> Standing:
        """As far as the document itself tells: another version of the same set, newer or not."""
        kept = self._of(who, host_id)
        standing, other = self._standing(host_id, row, kept), kept.of_set(header)
        if standing.kept is Kept.YES or other is None:
            return standing
        if other.version >= header.version and other.unique_id not in header.replaces:
            return Standing(unique_id=row.unique_id, kept=Kept.YES, has=other.unique_id, at=other.at)
        known = Kept.OLDER if standing.kept is Kept.NO else standing.kept
        return Standing(unique_id=row.unique_id, kept=known, has=other.unique_id, at=other.at)

    def _new(self, host_id: str, who: Who, unique_id: str) -> ImportedDocument:
        """As it was asked for, or fetched; the uniqueId alone where the host says so of itself, later."""
        asked, record = self._asked.get((host_id, unique_id)), self._records.find(host_id)
        row, header = (asked.row, asked.header) if asked else (record.rows.get(unique_id) if record else None, None)
        fetched = record.documents.get(unique_id) if record else None
        if header is None and fetched is not None:
            header = read_header(fetched.content)
        return ImportedDocument(
            unique_id=unique_id,
            logical_id=row.logical_id if row else None,
            set_id=header.set_id if header else "",
            version=header.version if header else 1,
            at=self._clock.now(),
            by=who.operator.id,
        )

    def _of(self, who: Who, host_id: str) -> ImportedDocuments:
        kept = self._patients.read(who.structure.national_id, host_id, KIND)
        try:
            return ImportedDocuments() if kept is None else ImportedDocuments.model_validate_json(kept)
        except ValidationError as error:
            raise OutboxUnreadable("imported documents that this program does not know") from error

    def _write(self, host_id: str, who: Who, kept: ImportedDocuments) -> None:
        value = kept.model_dump_json().encode()
        self._patients.write(who.structure.national_id, host_id, KIND, value, now=self._clock.now())

    def _record(self, host_id: str, who: Who, unique_id: str) -> None:
        self._audit.record(
            "record.document_imported",
            patient=host_id,
            structure=who.structure.national_id,
            operator=who.operator.id,
            author=who.author.national_id,
            unique_id=unique_id,
        )
