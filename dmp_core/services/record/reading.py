"""An opened record as a window sees it: how it is entered, its list while it grows, a document as a safe page."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from hashlib import sha256

from dmp_core.dmp.td31_news import version_number
from dmp_core.documents import pages, viewer
from dmp_core.documents.pages import Drawing
from dmp_core.documents.reading import Header, read_header
from dmp_core.documents.viewer import View, ViewContext
from dmp_core.errors import DmpError, NotFound
from dmp_core.model.access import Purpose
from dmp_core.model.identity import Patient
from dmp_core.model.listing import Listing, RecordFilter, Since
from dmp_core.model.practitioner import Right, Who
from dmp_core.model.row import Row
from dmp_core.ports import Clock
from dmp_core.services.people import rights
from dmp_core.services.people.rights import InsPolicy
from dmp_core.services.record.access import RecordAccess
from dmp_core.services.record.consult import Consult
from dmp_core.services.record.listing import Rows
from dmp_core.services.record.open_records import GrowingList, OpenRecord, OpenRecords

Behind = Callable[[Callable[[], None]], None]
"""Runs work that nobody waits for."""


@dataclass(frozen=True, slots=True)
class Entered:
    """How a record stands open before who works now. `over`: an emergency whose time is up."""

    open: bool = False
    purpose: Purpose = Purpose.NORMAL
    until: datetime | None = None
    secret_connection: bool = False
    refused: bool = False
    over: bool = False


@dataclass(frozen=True, slots=True)
class ListSoFar:
    """A list that goes on, is whole (`listing`), or was withdrawn (`error`, and then no row)."""

    since: Since
    wanted: RecordFilter
    rows: tuple[Row, ...] = field(default=(), repr=False)
    listing: Listing | None = None
    error: DmpError | None = None

    @property
    def goes_on(self) -> bool:
        return self.listing is None and self.error is None


class Reading:
    """Every call but `view` answers at once, and raises as `RecordAccess.entered` where the record may not be read."""

    def __init__(
        self,
        consult: Consult,
        access: RecordAccess,
        records: OpenRecords,
        ins_policy: InsPolicy,
        *,
        clock: Clock,
        behind: Behind,
        time_zone: str,
    ) -> None:
        self._consult = consult
        self._access = access
        self._records = records
        self._ins_policy = ins_policy
        self._clock = clock
        self._behind = behind
        self._time_zone = time_zone

    def entered(self, patient: Patient, who: Who | None) -> Entered:
        """Whether the record is open, and how. Raises RightMissing, ProfessionalMissing."""
        who, record = rights.require(who, Right.READ), self._records.find(patient.host_id)
        if record is None or record.ins != patient.ins or record.who != (who.operator.id, who.author.national_id):
            return Entered()
        over = record.until is not None and self._clock.now() >= record.until
        return Entered(
            open=record.entered and not record.refused and not over,
            purpose=record.access.purpose,
            until=record.until,
            secret_connection=record.access.secret_connection,
            refused=record.refused,
            over=over,
        )

    def leave(self, patient: Patient, who: Who | None) -> None:
        """The access ends now: what was read is forgotten. Raises RightMissing, ProfessionalMissing."""
        rights.require(who, Right.READ)
        self._access.closed(patient.host_id)

    # ------------------------------------------------------------ the list

    def begin(self, patient: Patient, who: Who | None, since: Since, wanted: RecordFilter) -> ListSoFar:
        """Ask for the list behind the host; one that goes on already is left. Raises as `Consult.listing`."""
        rows = self._consult.listing(patient, who, since, wanted)
        record = self._record(patient, who)
        growing = GrowingList(since, wanted)
        if record.growing is not None:
            record.growing.left = True
        record.growing = growing
        self._behind(lambda: _grow(rows, growing))
        return _so_far(growing)

    def so_far(self, patient: Patient, who: Who | None) -> ListSoFar:
        """The list that was begun last. Raises NotFound where none was."""
        growing = self._record(patient, who).growing
        if growing is None:
            raise NotFound("no list was begun: dmp/listBegin comes first")
        return _so_far(growing)

    # ------------------------------------------------------------ a document

    def row(self, patient: Patient, who: Who | None, unique_id: str) -> Row:
        """A document that was listed. Raises NotFound."""
        found = self._record(patient, who).rows.get(unique_id)
        if found is None:
            raise NotFound("this document was not listed for this patient")
        return found

    def view(self, patient: Patient, who: Who | None, unique_id: str) -> View:
        """The document as a safe page, compared with its row and the open patient; it waits for the network.

        Raises NotFound, XmlRefused, DocumentInvalid, and as `Consult.fetch`.
        """
        row = self.row(patient, who, unique_id)
        content = self._consult.fetch(patient, who, unique_id).content
        context = ViewContext(
            patient=patient,
            ins_history=tuple(past.ins for past in patient.ins_history),
            row=row,
            latest_version=self._latest(self._record(patient, who), row),
            time_zone=self._time_zone,
            draw=partial(_drawn, self._record(patient, who)),
        )
        return viewer.render(content, context=context)

    def header(self, patient: Patient, who: Who | None, unique_id: str) -> Header:
        """What the document says of itself. Raises as `view`."""
        self.row(patient, who, unique_id)
        return read_header(self._consult.fetch(patient, who, unique_id).content)

    def _latest(self, record: OpenRecord, row: Row) -> int | None:
        """The highest version of the document that was listed."""
        versions = [version_number(one) for one in record.rows.values() if one.logical_id == row.logical_id]
        highest = max(versions, default=())
        return highest[0] if row.logical_id and highest else None

    def _record(self, patient: Patient, who: Who | None) -> OpenRecord:
        who = rights.require(who, Right.READ)
        return self._access.entered(patient, self._ins_policy.usable(patient), who)


def _drawn(record: OpenRecord, pdf: bytes) -> Drawing | None:
    """The pages of a PDF of this record, drawn once while it is open."""
    name = sha256(pdf).digest()
    if name not in record.drawings:
        record.drawings[name] = pages.draw(pdf)
    return record.drawings[name]


def _grow(rows: Rows, growing: GrowingList) -> None:
    """Take the rows as they come; an error withdraws those that came before it."""
    try:
        for row in rows:
            growing.rows.append(row)
            if growing.left:
                rows.close()
                return
        growing.listing = rows.listing
    except DmpError as error:
        growing.error = error
    except Exception:  # the last guard: who looks at the list must not wait for ever
        growing.error = DmpError()
        raise


def _so_far(growing: GrowingList) -> ListSoFar:
    listing, error = growing.listing, growing.error
    rows = listing.rows if listing else () if error else tuple(growing.rows)
    return ListSoFar(growing.since, growing.wanted, rows, listing, error)
