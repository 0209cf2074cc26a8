"""Which objects of a record a stored query finds (ITI-18), among those that the caller may see, in order."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from dmp_core.model.oids import Status, Xds
from dmp_core.simulator.query import Query
from dmp_core.simulator.reasons import Reason, Refused
from dmp_core.simulator.stored import Document, Facets, Link, RegistryObject, StoredSet
from dmp_core.simulator.view import View

PATIENTS: Final = ("$XDSDocumentEntryPatientId", "$XDSSubmissionSetPatientId")
_ENTRY: Final = "$XDSDocumentEntry"
_SET: Final = "$XDSSubmissionSet"
_UNIQUE_ID: Final = f"{_ENTRY}UniqueId"
_ENTRY_UUID: Final = f"{_ENTRY}EntryUUID"
_STABLE: Final = Xds.DOCUMENT_ENTRY
_CODES: Final = {
    f"{_ENTRY}ClassCode": Xds.CLASS_CODE,
    f"{_ENTRY}TypeCode": Xds.TYPE_CODE,
    f"{_ENTRY}FormatCode": Xds.FORMAT_CODE,
    f"{_ENTRY}PracticeSettingCode": Xds.PRACTICE_SETTING,
    f"{_ENTRY}HealthcareFacilityTypeCode": Xds.HEALTHCARE_FACILITY,
    f"{_ENTRY}ConfidentialityCode": Xds.CONFIDENTIALITY_CODE,
    f"{_ENTRY}EventCodeList": Xds.EVENT_CODE,
    f"{_SET}ContentType": Xds.SUBMISSION_SET_CONTENT_TYPE,
}
_TIMES: Final = {
    f"{_ENTRY}CreationTime": "creationTime",
    f"{_ENTRY}ServiceStartTime": "serviceStartTime",
    f"{_ENTRY}ServiceStopTime": "serviceStopTime",
    f"{_SET}SubmissionTime": "submissionTime",
}
_AUTHORS: Final = (f"{_ENTRY}AuthorPerson", f"{_SET}AuthorPerson")


def run(query: Query, view: View) -> Sequence[RegistryObject]:
    """What the query asks for, in the order of registration. Raises Refused."""
    if query.id == Xds.FIND_DOCUMENTS:
        return [document for document in view.documents if _is_found(document, query)]
    if query.id == Xds.FIND_SUBMISSION_SETS:
        return [one for one in view.sets if _set_is_found(one, query)]
    if query.id == Xds.GET_ASSOCIATIONS:
        return _touching(view.links, set(query.slots["$uuid"]))
    if query.id == Xds.GET_DOCUMENTS:
        return _named(query, view)
    if query.id == Xds.GET_DOCUMENTS_AND_ASSOCIATIONS:
        documents = _named(query, view)
        return [*documents, *_touching(view.links, {document.entry_uuid for document in documents})]
    raise Refused(Reason("XDSUnknownStoredQuery", "Requête non prise en charge par le simulateur", query.id))


def _named(query: Query, view: View) -> list[Document]:
    """Entries by entryUUID, any version; by uniqueId the newest of each."""
    names, uuids = query.slots.get(_UNIQUE_ID, ()), query.slots.get(_ENTRY_UUID, ())
    newest = {document.unique_id: document.entry_uuid for document in sorted(view.documents, key=lambda d: d.version)}
    wanted = {*uuids, *(newest[name] for name in names if name in newest)}
    return [document for document in view.documents if document.entry_uuid in wanted]


def _touching(links: Sequence[Link], names: set[str]) -> list[Link]:
    return [link for link in links if {link.source, link.target} & names]


def _is_found(document: Document, query: Query) -> bool:
    """Every parameter given is met by one of its values; signatures of submissions are never listed."""
    kinds = query.slots.get(f"{_ENTRY}Type", (_STABLE,))
    if document.facets.is_signature or _STABLE not in kinds:
        return False
    return document.status in query.slots.get(f"{_ENTRY}Status", ()) and _fits(document.facets, query)


def _set_is_found(one: StoredSet, query: Query) -> bool:
    sources = query.slots.get(f"{_SET}SourceId", (one.facets.source_id,))
    statuses = query.slots.get(f"{_SET}Status", ())
    return Status.APPROVED in statuses and one.facets.source_id in sources and _fits(one.facets, query)


def _fits(facets: Facets, query: Query) -> bool:
    slots: Mapping[str, tuple[str, ...]] = query.slots
    for name, scheme in _CODES.items():
        groups = (*((slots[name],) if name in slots else ()), *query.further.get(name, ()))
        if not all(set(group) & set(facets.codes.get(scheme, ())) for group in groups):
            return False
    for name, slot in _TIMES.items():
        if not _is_between(facets.times.get(slot, ""), slots.get(f"{name}From", ()), slots.get(f"{name}To", ())):
            return False
    patterns = [slots[name] for name in _AUTHORS if name in slots]
    return all(any(like(person, p) for p in group for person in facets.persons) for group in patterns)


def _is_between(time: str, start: tuple[str, ...], end: tuple[str, ...]) -> bool:
    """`start <= time < end` (ITI TF-2 3.18.4.1.2.3.7.1); an object without that time is found only without limits."""
    padded = time.ljust(14, "0")
    return (not start or (bool(time) and padded >= start[0].ljust(14, "0"))) and (
        not end or (bool(time) and padded < end[0].ljust(14, "0"))
    )


def like(text: str, pattern: str) -> bool:
    """SQL's LIKE: `%` is any run, `_` any one character."""
    wild = {"%": ".*", "_": "."}
    return bool(re.fullmatch("".join(wild.get(sign) or re.escape(sign) for sign in pattern), text, re.DOTALL))
