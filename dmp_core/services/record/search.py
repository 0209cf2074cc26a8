"""TD3.1 as the services ask it: a filter, what changed since a time, the entryUUID of a uniqueId."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from dmp_core.dmp import td31_news, td31_search, td31_stream
from dmp_core.dmp.soap import Answer, Message
from dmp_core.dmp.submission_sets import Association
from dmp_core.dmp.td31_news import News
from dmp_core.dmp.td31_search import Filter, SearchSettings
from dmp_core.errors import MessageInvalid
from dmp_core.model.codes import value_set
from dmp_core.model.document import Code, RecordEntry, Visibility
from dmp_core.model.identity import Ins
from dmp_core.model.listing import RecordFilter
from dmp_core.model.oids import Status
from dmp_core.model.practitioner import Who
from dmp_core.services.record.seen import Seen
from dmp_core.services.wire.exchange import NORMAL, Access, Exchange

_VALUE_SETS: Final = {
    "types": "J07", "classes": "J57", "formats": "J60", "practice_settings": "J04", "facilities": "J02",
}  # fmt: skip
_RESTRICTIONS: Final[Mapping[str, Code]] = {
    code.code: code
    for code in Visibility(
        masked_to_professionals=True, hidden_from_patient=True, hidden_from_representatives=True
    ).codes
}
_DAY: Final = timedelta(days=1)
_FIRST_DAY: Final = date(1900, 1, 1)  # no document is older; the first days of the calendar have no hour in UTC


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks about whom, and how the record was entered."""

    ins: Ins
    who: Who
    access: Access = NORMAL
    patient: str | None = None  # the host's reference


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed, and the documents that were brought back among the active ones."""

    news: News
    restored: tuple[RecordEntry, ...] = ()


class Search:
    """Questions about one record. Each raises what the exchange raises."""

    def __init__(self, exchange: Exchange, settings: SearchSettings, zone: ZoneInfo) -> None:
        self._exchange = exchange
        self._settings = settings
        self._zone = zone

    def documents(self, wanted: Filter, asker: Asker) -> Iterator[RecordEntry]:
        """FindDocuments: each row as it comes, provisional until the last one came."""
        message = td31_search.find_documents(wanted, ins=asker.ins)
        return self._exchange.stream(
            message, asker.who, asker.ins, td31_stream.rows, asker.access, patient=asker.patient
        )

    def changes(self, since: datetime, seen: Seen, asker: Asker) -> Changes:
        """FindSubmissionSets, GetAssociations, GetDocumentsAndAssociations: what was not seen in this form."""
        found = td31_search.find_submission_sets(submitted_from=since, ins=asker.ins)
        sets = td31_search.read_submission_sets(self._ask(found, asker))
        if not sets:
            return Changes(News())
        associations: list[Association] = []
        documents: list[RecordEntry] = []
        for message in td31_search.get_associations([one.entry_uuid for one in sets], self._settings):
            associations += td31_search.read_associations(self._ask(message, asker))
        wanted = [uuid for uuid in td31_news.members(sets, associations) if uuid not in seen.by_entry]
        for message in td31_search.get_documents_and_associations(wanted, self._settings):
            answer = self._ask(message, asker)
            documents += td31_search.read(answer)
            associations += td31_search.read_associations(answer)
        news = td31_news.news(sets, associations, documents, known=[one.entry() for one in seen.documents])
        return Changes(news, self._restored(news, seen, asker))

    def entry_uuids(self, unique_ids: Sequence[str], asker: Asker) -> tuple[str, ...]:
        """DMP_3.1b: what names these documents where they are changed."""
        message = td31_search.get_documents(unique_ids, references_only=True, ins=asker.ins)
        return td31_search.read_references(self._ask(message, asker))

    def filter_of(self, wanted: RecordFilter, service_from: date | None) -> Filter:
        """The question for the DMP; the text of an author and the section are compared here. Raises MessageInvalid."""
        codes = {name: self._codes(name, getattr(wanted, name)) for name in _VALUE_SETS}
        statuses = [Status.APPROVED]
        statuses += [Status.ARCHIVED] if wanted.archived else []
        statuses += [Status.DEPRECATED] if wanted.replaced else []
        return Filter(
            statuses=tuple(statuses),
            service_start_from=self._start(wanted.service_from or service_from),
            service_start_to=self._end(wanted.service_to),
            creation_from=self._start(wanted.created_from),
            creation_to=self._end(wanted.created_to),
            type_codes=codes["types"],
            class_codes=codes["classes"],
            format_codes=codes["formats"],
            practice_settings=codes["practice_settings"],
            healthcare_facilities=codes["facilities"],
            event_codes=self._codes("events", wanted.events),
            confidentiality_codes=self._codes("confidentiality", wanted.confidentiality),
            author_person=f"{wanted.author_id}^%" if wanted.author_id else None,
        )

    def today(self, now: datetime) -> date:
        """The pharmacy's day."""
        return now.astimezone(self._zone).date()

    def start_of(self, day: date) -> datetime:
        """The first instant of a day of the pharmacy."""
        return datetime.combine(max(day, _FIRST_DAY), time(), tzinfo=self._zone)

    def _restored(self, news: News, seen: Seen, asker: Asker) -> tuple[RecordEntry, ...]:
        come = {one.entry_uuid for one in (*news.new, *news.changed, *(each.entry for each in news.replaced))}
        back = [
            one.entry_uuid
            for one in news.statuses
            if one.status == Status.APPROVED and not seen.shows(one.entry_uuid) and one.entry_uuid not in come
        ]
        found: list[RecordEntry] = []
        for message in td31_search.get_documents_by_uuid(back, self._settings):
            found += td31_search.read(self._ask(message, asker))
        return tuple(one for one in found if one.status == Status.APPROVED)

    def _ask(self, message: Message, asker: Asker) -> Answer:
        return self._exchange.ask(message, asker.who, asker.ins, asker.access, patient=asker.patient)

    def _start(self, day: date | None) -> datetime | None:
        return self.start_of(day) if day else None

    def _end(self, day: date | None) -> datetime | None:
        """The DMP leaves the end of a period out: the next midnight (ITI TF-2 3.18.4.1.2.3.7.1)."""
        return self.start_of(day + _DAY) if day else None

    def _codes(self, name: str, wanted: Sequence[str]) -> tuple[Code, ...]:
        return tuple(_code(name, one) for one in wanted)


def _code(name: str, wanted: str) -> Code:
    code, separator, system = wanted.partition("^^")
    if separator and code and system:
        return Code(code=code, system=system)
    known = _RESTRICTIONS.get(code) if name == "confidentiality" else None
    if name in _VALUE_SETS:
        known = value_set(_VALUE_SETS[name]).find(code)
    if known is None:
        raise MessageInvalid(f"filter.{name}: a code outside the value set; write code^^system")
    return known
