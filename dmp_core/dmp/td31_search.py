"""TD3.1, searching a record: IHE ITI-18 stored queries FindDocuments (DMP_3.1a) and GetDocuments (DMP_3.1b).

What changed since the last time: FindSubmissionSets, GetAssociations, GetDocumentsAndAssociations, then `td31_news`.
Quoting (IHE ITI TF-2 3.18.4.1.2.3.5): `'single value'`, `('list','of values')`, quotes doubled, times bare.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from lxml import etree
from pydantic import Field

from dmp_core import xml
from dmp_core.dmp import answers, entries, submission_sets
from dmp_core.dmp.soap import Answer, Message
from dmp_core.dmp.submission_sets import Association, SubmissionSet
from dmp_core.errors import AnswerForeign, AnswerUnreadable
from dmp_core.model.document import Code, RecordEntry
from dmp_core.model.health import HealthModel
from dmp_core.model.identity import Ins
from dmp_core.model.oids import Status, Xds
from dmp_core.xml import Element

TRANSACTION: Final = "TD3.1"
ACTION: Final = "urn:ihe:iti:2007:RegistryStoredQuery"
_COUNT: Final = re.compile(r"[0-9]{1,9}")
_VALUE_LENGTH: Final = 256  # characters of one Value (LongName of ebRIM 3.0); a longer list takes several


class SearchSettings(HealthModel):
    """How what changed in a record is asked for."""

    batch: int = Field(default=20, ge=1, le=1000, description="objects of one question (PDSm4DMP: 20, configurable)")


@dataclass(frozen=True, slots=True)
class Filter:
    """Which documents of a record. Nothing set: all that are active. Several codes of one kind: any of them."""

    statuses: tuple[Status, ...] = (Status.APPROVED,)
    service_start_from: datetime | None = None
    service_start_to: datetime | None = None
    creation_from: datetime | None = None
    creation_to: datetime | None = None
    type_codes: tuple[Code, ...] = ()
    class_codes: tuple[Code, ...] = ()
    format_codes: tuple[Code, ...] = ()
    practice_settings: tuple[Code, ...] = ()
    healthcare_facilities: tuple[Code, ...] = ()
    event_codes: tuple[Code, ...] = ()
    confidentiality_codes: tuple[Code, ...] = ()
    author_person: str | None = field(default=None, repr=False)  # `%` and `_` stand for any characters, as in SQL
    references_only: bool = False


def find_documents(wanted: Filter, *, ins: Ins | None) -> Message:
    """The question for the documents that `wanted` selects; without `ins` those of the VIHF's patient (RG_3010)."""
    query = _Query(Xds.FIND_DOCUMENTS)
    if ins:
        query.add("$XDSDocumentEntryPatientId", [_quoted(ins.cx)])
    query.add_list("$XDSDocumentEntryStatus", wanted.statuses)
    query.add_time("$XDSDocumentEntryServiceStartTimeFrom", wanted.service_start_from)
    query.add_time("$XDSDocumentEntryServiceStartTimeTo", wanted.service_start_to)
    query.add_time("$XDSDocumentEntryCreationTimeFrom", wanted.creation_from)
    query.add_time("$XDSDocumentEntryCreationTimeTo", wanted.creation_to)
    query.add_codes("$XDSDocumentEntryTypeCode", wanted.type_codes)
    query.add_codes("$XDSDocumentEntryClassCode", wanted.class_codes)
    query.add_codes("$XDSDocumentEntryFormatCode", wanted.format_codes)
    query.add_codes("$XDSDocumentEntryPracticeSettingCode", wanted.practice_settings)
    query.add_codes("$XDSDocumentEntryHealthcareFacilityTypeCode", wanted.healthcare_facilities)
    query.add_codes("$XDSDocumentEntryEventCodeList", wanted.event_codes)
    query.add_codes("$XDSDocumentEntryConfidentialityCode", wanted.confidentiality_codes)
    query.add_list("$XDSDocumentEntryAuthorPerson", [wanted.author_person] if wanted.author_person else [])
    return query.message(references_only=wanted.references_only)


def get_documents(unique_ids: Sequence[str], *, references_only: bool, ins: Ins | None = None) -> Message:
    """The question for documents by uniqueId: whole rows, or (DMP_3.1b) their entryUUID only."""
    query = _Query(Xds.GET_DOCUMENTS)
    if ins:
        query.add("$XDSDocumentEntryPatientId", [_quoted(ins.cx)])
    query.add_list("$XDSDocumentEntryUniqueId", unique_ids)
    return query.message(references_only=references_only)


def find_submission_sets(
    *,
    submitted_from: datetime,
    submitted_to: datetime | None = None,
    ins: Ins | None = None,
    statuses: Sequence[Status] = (Status.APPROVED,),
) -> Message:
    """The question for what was submitted since a time; without `ins` to the record of the VIHF's patient (RG_3010)."""
    query = _Query(Xds.FIND_SUBMISSION_SETS)
    if ins:
        query.add("$XDSSubmissionSetPatientId", [_quoted(ins.cx)])
    query.add_time("$XDSSubmissionSetSubmissionTimeFrom", submitted_from)
    query.add_time("$XDSSubmissionSetSubmissionTimeTo", submitted_to)
    query.add_list("$XDSSubmissionSetStatus", statuses)
    return query.message(references_only=False)


def get_associations(entry_uuids: Sequence[str], settings: SearchSettings) -> tuple[Message, ...]:
    """The questions for the associations of sets or documents, a batch in each."""
    return _batches(Xds.GET_ASSOCIATIONS, "$uuid", entry_uuids, settings)


def get_documents_and_associations(entry_uuids: Sequence[str], settings: SearchSettings) -> tuple[Message, ...]:
    """The questions for documents by entryUUID, and what ties them to others (RPLC), a batch in each."""
    name = "$XDSDocumentEntryEntryUUID"
    return _batches(Xds.GET_DOCUMENTS_AND_ASSOCIATIONS, name, entry_uuids, settings)


def get_documents_by_uuid(entry_uuids: Sequence[str], settings: SearchSettings) -> tuple[Message, ...]:
    """The questions for documents by entryUUID, a batch in each."""
    return _batches(Xds.GET_DOCUMENTS, "$XDSDocumentEntryEntryUUID", entry_uuids, settings)


def _batches(query_id: Xds, name: str, values: Sequence[str], settings: SearchSettings) -> tuple[Message, ...]:
    messages = []
    for start in range(0, len(values), settings.batch):
        query = _Query(query_id)
        query.add_list(name, values[start : start + settings.batch])
        messages.append(query.message(references_only=False))
    return tuple(messages)


def read(answer: Answer, *, require_all: bool = True) -> Iterator[RecordEntry]:
    """The rows of an answer, one by one; the status is checked before this returns.

    An answer that holds fewer objects than its totalResultCount is not whole and is refused, unless `require_all` says
    otherwise: a row that is missing unnoticed is worse than no list. Raises the DmpRefusal that the answer means,
    AnswerForeign, AnswerUnreadable; while iterating, AnswerUnreadable with the entry's rank.
    """
    return entries.read(_objects(answer, require_all=require_all).iter(entries.EXTRINSIC_OBJECT))


def read_submission_sets(answer: Answer, *, require_all: bool = True) -> tuple[SubmissionSet, ...]:
    """The submission sets of an answer. Raises as `read` does."""
    response = _objects(answer, require_all=require_all)
    return tuple(submission_sets.read(response.iter(submission_sets.REGISTRY_PACKAGE)))


def read_associations(answer: Answer, *, require_all: bool = True) -> tuple[Association, ...]:
    """The associations of an answer, to sets or to documents. Raises as `read` does."""
    response = _objects(answer, require_all=require_all)
    return tuple(submission_sets.read_associations(response.iter(submission_sets.ASSOCIATION)))


def read_references(answer: Answer, *, require_all: bool = True) -> tuple[str, ...]:
    """The entryUUIDs of an answer, of its references or of its whole rows. Raises as `read` does."""
    response = _objects(answer, require_all=require_all)
    whole = tuple(each.get("id", "") for each in response.iter(entries.EXTRINSIC_OBJECT))
    found = whole or tuple(each.get("id", "") for each in response.iter(entries.OBJECT_REF))
    if not all(found):
        raise AnswerUnreadable("a reference without id")
    return found


def _objects(answer: Answer, *, require_all: bool) -> Element:
    answers.registry_response(answer.body)
    if xml.local_name(answer.body) != "AdhocQueryResponse":
        raise AnswerForeign("no answer to a stored query")
    lists = list(xml.children(answer.body, f"{{{entries.RIM}}}RegistryObjectList"))
    if len(lists) != 1 and (lists or answer.body.get("totalResultCount", "").strip() != "0"):
        raise AnswerUnreadable(f"{len(lists)} lists of objects, 1 expected")
    if require_all:
        refuse_incomplete(answer.body, sum(1 for each in lists for _ in xml.children(each)))
    return answer.body


def refuse_incomplete(response: Element, came: int) -> None:
    """Compares all objects that came: registries differ on which of them totalResultCount counts. No count, no check.

    Raises AnswerUnreadable.
    """
    announced = response.get("totalResultCount", "").strip()
    if _COUNT.fullmatch(announced) and came < int(announced):
        raise AnswerUnreadable(f"{came} objects came, {announced} announced")


class _Query:
    """An AdhocQueryRequest under construction."""

    def __init__(self, query_id: Xds) -> None:
        self._query = etree.Element(f"{{{entries.RIM}}}AdhocQuery", {"id": str(query_id)}, {"rim": entries.RIM})

    def add(self, name: str, texts: Iterable[str]) -> None:
        slot = etree.SubElement(self._query, f"{{{entries.RIM}}}Slot", {"name": name})
        value_list = etree.SubElement(slot, f"{{{entries.RIM}}}ValueList")
        for text in texts:
            etree.SubElement(value_list, f"{{{entries.RIM}}}Value").text = text

    def add_list(self, name: str, values: Sequence[str]) -> None:
        if values:
            self.add(name, _lists([_quoted(value) for value in values]))

    def add_codes(self, name: str, codes: Sequence[Code]) -> None:
        self.add_list(name, [f"{code.code}^^{code.system}" for code in codes])

    def add_time(self, name: str, instant: datetime | None) -> None:
        if instant:
            self.add(name, [instant.astimezone(UTC).strftime("%Y%m%d%H%M%S")])

    def message(self, *, references_only: bool) -> Message:
        body = etree.Element(f"{{{answers.QUERY}}}AdhocQueryRequest", None, {"query": answers.QUERY})
        option = {"returnComposedObjects": "true", "returnType": "ObjectRef" if references_only else "LeafClass"}
        etree.SubElement(body, f"{{{answers.QUERY}}}ResponseOption", option)
        body.append(self._query)
        return Message(TRANSACTION, "registry", ACTION, f"{ACTION}Response", body)


def _quoted(value: str) -> str:
    doubled = value.replace("'", "''")
    return f"'{doubled}'"


def _lists(quoted: Sequence[str]) -> Iterator[str]:
    """`('a','b')`, as many as the length of a Value asks for; several Values of one slot add up."""
    line = ""
    for value in quoted:
        if line and len(line) + len(value) + 3 > _VALUE_LENGTH:
            yield f"({line})"
            line = ""
        line = f"{line},{value}" if line else value
    yield f"({line})"
