"""TD3.1, searching a record: IHE ITI-18 stored queries FindDocuments (DMP_3.1a) and GetDocuments (DMP_3.1b).

Quoting (IHE ITI TF-2 3.18.4.1.2.3.5): `'single value'`, `('list','of values')`, quotes doubled, times bare.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from lxml import etree

from dmp_core import xml
from dmp_core.dmp import answers, entries
from dmp_core.dmp.soap import Answer, Message
from dmp_core.errors import AnswerForeign, AnswerUnreadable
from dmp_core.model.document import Code, RecordEntry
from dmp_core.model.identity import Ins
from dmp_core.model.oids import Status, Xds
from dmp_core.xml import Element

TRANSACTION: Final = "TD3.1"
ACTION: Final = "urn:ihe:iti:2007:RegistryStoredQuery"
_VALUE_LENGTH: Final = 256  # characters of one Value (LongName of ebRIM 3.0); a longer list takes several


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


def read(answer: Answer) -> Iterator[RecordEntry]:
    """The rows of an answer, one by one; the status is checked before this returns.

    Raises the DmpRefusal that the answer means, AnswerForeign; while iterating, AnswerUnreadable with the entry's rank.
    """
    return entries.read(_objects(answer).iter(entries.EXTRINSIC_OBJECT))


def read_references(answer: Answer) -> tuple[str, ...]:
    """The entryUUIDs of an answer, of its references or of its whole rows. Raises as `read` does."""
    response = _objects(answer)
    whole = tuple(each.get("id", "") for each in response.iter(entries.EXTRINSIC_OBJECT))
    found = whole or tuple(each.get("id", "") for each in response.iter(entries.OBJECT_REF))
    if not all(found):
        raise AnswerUnreadable("a reference without id")
    return found


def _objects(answer: Answer) -> Element:
    answers.registry_response(answer.body)
    if xml.local_name(answer.body) != "AdhocQueryResponse":
        raise AnswerForeign("no answer to a stored query")
    return answer.body


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
