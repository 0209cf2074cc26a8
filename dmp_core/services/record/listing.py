"""The rows of an opened record: two years the first time, later what changed, all of it on demand.

Rows are provisional until the answer is whole. Versions of one document are one row. The visit is kept where the whole
list was asked for; a filter, an emergency and a day that was named leave it as it was, and so does a list that is cut
because more documents answer than one list holds.
"""

from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, TypeVar

from dmp_core.dmp.td31_news import News, version_number
from dmp_core.errors import DmpAccessDenied, DmpError, WrongState
from dmp_core.model.access import Purpose
from dmp_core.model.document import RecordEntry
from dmp_core.model.identity import Ins, Patient
from dmp_core.model.listing import Cut, Gone, Listing, NewOfType, RecordFilter, Scope, Since
from dmp_core.model.names import comparable
from dmp_core.model.oids import Status
from dmp_core.model.practitioner import Right, Who
from dmp_core.model.row import Row
from dmp_core.ports import Audit, Clock
from dmp_core.services.announcement import Announcer
from dmp_core.services.people import rights
from dmp_core.services.people.rights import InsPolicy
from dmp_core.services.record.access import RecordAccess
from dmp_core.services.record.belonging import Belonging, is_own
from dmp_core.services.record.counting import counted, new_by_type
from dmp_core.services.record.open_records import OpenRecord
from dmp_core.services.record.search import Asker, Changes, Search
from dmp_core.services.record.seen import Seen, Visits
from dmp_core.services.record.statuses import Statuses

T = TypeVar("T")
_NO_MORE: Final = frozenset({Status.ARCHIVED, Status.DELETED, Status.DEPRECATED})


class Rows:
    """Rows as they arrive: provisional until the iteration is over. An error withdraws those given before it."""

    def __init__(self, rows: Generator[Row, None, Listing]) -> None:
        self._rows = rows
        self._listing: Listing | None = None

    def __iter__(self) -> Iterator[Row]:
        self._listing = yield from self._rows

    @property
    def listing(self) -> Listing:
        """The whole answer. Raises WrongState before the end."""
        if self._listing is None:
            raise WrongState("the list is not whole yet")
        return self._listing

    def close(self) -> None:
        """Nobody wants the rest: the visit stays as it was, and the next list need not wait."""
        self._rows.close()

    def whole(self) -> Listing:
        """The whole answer, waited for. Raises what the iteration raises."""
        for _ in self:
            pass
        return self.listing


@dataclass(frozen=True, slots=True)
class _Visit:
    """One list that is being made."""

    patient: Patient
    who: Who
    record: OpenRecord
    asker: Asker
    belonging: Belonging
    at: datetime
    wanted: RecordFilter

    def fits(self, row: RecordEntry, section: str) -> bool:
        """What the DMP is not asked to compare: the section, and the text of an author."""
        if self.wanted.section not in (None, section):
            return False
        text = comparable(self.wanted.author or "")
        return not text or any(text in comparable(name) for name in _names(row))


class Lister:
    """Lists open records. Its calls wait for the network."""

    def __init__(
        self,
        search: Search,
        access: RecordAccess,
        statuses: Statuses,
        visits: Visits,
        announcer: Announcer,
        ins_policy: InsPolicy,
        audit: Audit,
        *,
        clock: Clock,
        first_years: int,
        overlap: timedelta,
        most_rows: int,
        told: Callable[[str, Sequence[NewOfType]], None],
    ) -> None:
        """`overlap`: sets may be registered later than they say; `told` hears how many documents are new.

        `most_rows`: of one list; the rest of a longer answer is not read, and the list says so.
        """
        self._search = search
        self._access = access
        self._statuses = statuses
        self._visits = visits
        self._announcer = announcer
        self._ins_policy = ins_policy
        self._audit = audit
        self._clock = clock
        self._first_years = first_years
        self._overlap = overlap
        self._most_rows = most_rows
        self._told = told

    def rows(self, patient: Patient, who: Who | None, since: Since, wanted: RecordFilter) -> Rows:
        """The rows that `since` and `wanted` select.

        Raises RightMissing, ProfessionalMissing, InsNotQualified, InsWrongEnvironment, MessageInvalid, PatientRefuses,
        EmergencyOver, SecretConnectionUnanswered; while iterating AnswerForeign (another patient's document),
        AnswerUnreadable, and what the exchange raises.
        """
        who = rights.require(who, Right.READ)
        ins = self._ins_policy.usable(patient)
        record = self._access.entered(patient, ins, who)
        self._search.filter_of(wanted, None)
        return Rows(self._listed(patient, ins, who, record, since, wanted))

    def _listed(
        self, patient: Patient, ins: Ins, who: Who, record: OpenRecord, since: Since, wanted: RecordFilter
    ) -> Generator[Row, None, Listing]:
        with record.listing:
            known = self._statuses.known(ins, who)
            visit = _Visit(
                patient=patient,
                who=who,
                record=record,
                asker=Asker(ins, who, record.access, patient.host_id),
                belonging=Belonging(patient, known.ins if known else ()),
                at=self._clock.now(),
                wanted=wanted,
            )
            self._recall(visit)
            if since == "default" and record.latest is not None and not wanted.narrows:
                listing = yield from self._changed(visit, record.latest)
            else:
                listing = yield from self._found(visit, since)
            self._note(visit, listing)
        return listing

    # ------------------------------------------------------------ what the DMP has

    def _found(self, visit: _Visit, since: Since) -> Generator[Row, None, Listing]:
        """FindDocuments."""
        day = self._first_day(since)
        question = self._search.filter_of(visit.wanted, day)
        rows: list[Row] = []
        cut = None
        with closing(self._renewing(visit, lambda: self._search.documents(question, visit.asker))) as entries:
            for entry in entries:
                row = self._row(entry, visit)
                if not visit.fits(row, row.section):
                    continue
                if len(rows) == self._most_rows:
                    cut = Cut.after(self._most_rows)
                    break
                rows.append(row)
                yield row
        merged = _merged(rows)
        if visit.wanted.narrows:
            scope = Scope.FILTERED
        else:
            scope = {"default": Scope.FIRST, "all": Scope.ALL}.get(str(since), Scope.FROM)
            visit.record.held = {_document(row): row for row in merged}
        visit.record.rows.update({row.unique_id: row for row in merged})
        if scope in (Scope.FIRST, Scope.ALL) and cut is None:
            self._keep(visit, self._seen_after(visit, merged, day))
        start = self._search.start_of(day) if day and not visit.wanted.service_from else None
        return self._listing(visit, merged, scope, start, cut=cut)

    def _changed(self, visit: _Visit, latest: Seen) -> Generator[Row, None, Listing]:
        """What changed since the last list, beside what was listed since the patient was opened."""
        record, start = visit.record, latest.asked_at - self._overlap
        changes = self._after_renewal(visit, lambda: self._search.changes(start, latest, visit.asker))
        rows = []
        for row in self._news(changes, visit, latest):
            rows.append(row)
            yield row
        gone = tuple(_gone(changes.news, latest))
        for one in gone:
            record.rows.pop(one.unique_id, None)
        left = {one.unique_id for one in gone}
        held = {key: row for key, row in record.held.items() if row.unique_id not in left}
        for row in rows:
            before = held.get(_document(row))
            still_new = before is not None and before.new
            held[_document(row)] = row.model_copy(update={"new": True, "changed": False}) if still_new else row
        record.held = held
        record.rows.update({row.unique_id: row for row in held.values()})
        gone_entries = [one.entry_uuid for one in latest.documents if one.unique_id in left]
        self._keep(visit, latest.after(visit.at, rows, since=latest.since, gone=gone_entries))
        baseline = record.baseline or latest
        return self._listing(visit, list(held.values()), Scope.CHANGES, baseline.asked_at, gone)

    def _news(self, changes: Changes, visit: _Visit, latest: Seen) -> Iterator[Row]:
        """Rows of what changed; what is not active, or is no patient's document of theirs, is left out or refused."""
        news = changes.news
        for entry in _active(news.new):
            yield self._row(entry, visit, new=True)
        for one in news.replaced:
            old = latest.by_entry.get(one.replaces)
            if one.entry.status == Status.APPROVED:
                yield self._row(one.entry, visit, new=True, replaces=old.unique_id if old else None)
        for entry in _active((*news.changed, *changes.restored)):
            yield self._row(entry, visit, changed=True)

    def _row(
        self,
        entry: RecordEntry,
        visit: _Visit,
        *,
        new: bool | None = None,
        changed: bool | None = None,
        replaces: str | None = None,
    ) -> Row:
        """The row of an entry; where the DMP does not tell, what was seen at the last visit tells if it is new."""
        unknown_ins = visit.belonging.is_unknown_ins(entry)
        baseline = visit.record.baseline
        if new is None and changed is None and baseline is not None:
            seen = baseline.knows(entry)
            new = not seen and baseline.covers(entry.service_start_time or entry.creation_time)
            changed = seen and not baseline.has_version(entry)
        is_new = bool(new) and not is_own(entry, visit.who)
        return Row.of(entry, new=is_new, changed=bool(changed), replaces=replaces, unknown_ins=unknown_ins)

    # ------------------------------------------------------------ what was seen

    def _recall(self, visit: _Visit) -> None:
        """What the last visit left, read once; in an emergency the pharmacist sees the whole."""
        record = visit.record
        if not record.listed and record.access.purpose is Purpose.NORMAL:
            structure = visit.who.structure.national_id
            record.baseline = record.latest = self._visits.last(structure, visit.patient.host_id, record.ins)
        record.listed = True

    def _seen_after(self, visit: _Visit, rows: Iterable[Row], day: date | None) -> Seen:
        latest = visit.record.latest
        if latest is None:
            return Seen.first(visit.record.ins, visit.at, rows, since=day)
        return latest.after(visit.at, rows, since=day)

    def _keep(self, visit: _Visit, seen: Seen) -> None:
        if visit.record.access.purpose is Purpose.NORMAL:
            visit.record.latest = seen
            self._visits.keep(visit.who.structure.national_id, visit.patient.host_id, seen)

    # ------------------------------------------------------------ a denied access

    def _renewing(self, visit: _Visit, ask: Callable[[], Iterator[RecordEntry]]) -> Generator[RecordEntry, None, None]:
        """As `ask`; a denial comes before the first row."""

        def first() -> tuple[RecordEntry | None, Iterator[RecordEntry]]:
            rows = ask()
            return next(rows, None), rows

        row, others = self._after_renewal(visit, first)
        if row is not None:
            yield row
            yield from others

    def _after_renewal(self, visit: _Visit, ask: Callable[[], T]) -> T:
        """What `ask` gives; asked again where the authorisation had expired and could be renewed."""
        try:
            return ask()
        except DmpAccessDenied:
            if not self._access.renewed(visit.patient, visit.record.ins, visit.who, visit.record):
                raise
            return ask()

    # ------------------------------------------------------------ the answer

    def _listing(
        self,
        visit: _Visit,
        rows: Sequence[Row],
        scope: Scope,
        since: datetime | None,
        gone: tuple[Gone, ...] = (),
        cut: Cut | None = None,
    ) -> Listing:
        contacts = visit.record.contacts
        people = None if contacts is None or isinstance(contacts, DmpError) else len(contacts.people)
        denied = isinstance(contacts, DmpAccessDenied)
        return Listing(
            rows=tuple(rows),
            scope=scope,
            since=since,
            asked_at=visit.at,
            gone=gone,
            new=new_by_type(rows),
            sections=counted(
                rows, scope, visit.wanted.section, people=people, people_denied=denied, cut=cut is not None
            ),
            cut=cut,
        )

    def _note(self, visit: _Visit, listing: Listing) -> None:
        """The audit, the plugins and the badge hear of a whole list."""
        who = visit.who
        self._audit.record(
            "record.listed",
            patient=visit.patient.host_id,
            structure=who.structure.national_id,
            operator=who.operator.id,
            author=who.author.national_id,
            purpose=str(visit.record.access.purpose),
            count=len(listing.rows),
        )
        self._announcer.record_listed(visit.patient.host_id, listing.rows)
        self._told(visit.patient.host_id, new_by_type(visit.record.held.values()))

    def _first_day(self, since: Since) -> date | None:
        if since == "all":
            return None
        if since != "default":
            return since
        return self._search.today(self._clock.now()) - timedelta(days=365 * self._first_years)


def _names(row: RecordEntry) -> Iterator[str]:
    """What stands as names in XCN and XON: `8...^NOM^PRENOM`, `NOM^^^^^&...`."""
    for author in row.authors:
        family, given, *_ = (*(author.person or "").split("^")[1:3], "", "")
        yield f"{given} {family}"
        yield f"{family} {given}"
        yield from (one.partition("^")[0] for one in author.institution)


def _document(row: RecordEntry) -> str:
    """What all versions of a document share."""
    return row.logical_id or row.entry_uuid


def _merged(rows: Iterable[Row]) -> list[Row]:
    """One row for each document, its newest version, where the first one stood; a uniqueId counts once."""
    newest: dict[str, Row] = {}
    for row in rows:
        known = newest.get(_document(row))
        if known is None or version_number(known) < version_number(row):
            newest[_document(row)] = row
    once: dict[str, Row] = {}
    for row in newest.values():
        once.setdefault(row.unique_id, row)
    return list(once.values())


def _active(entries: Iterable[RecordEntry]) -> Iterator[RecordEntry]:
    return (entry for entry in entries if entry.status == Status.APPROVED)


def _gone(news: News, latest: Seen) -> Iterator[Gone]:
    """What was seen and is no more: replaced, archived, deleted."""
    told: Counter[str] = Counter()
    ends = [(one.replaces, Status.DEPRECATED.value) for one in news.replaced]
    ends += [(one.entry_uuid, one.status) for one in news.statuses if one.status in _NO_MORE]
    for entry_uuid, status in ends:
        seen = latest.by_entry.get(entry_uuid)
        if seen is not None and not seen.gone and not told[seen.unique_id]:
            told[seen.unique_id] += 1
            yield Gone(unique_id=seen.unique_id, status=status)
