"""Which documents of a patient a caller gets to see, and which of them a stored query (ITI-18) finds, in order."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from dmp_core.model.access import Mode
from dmp_core.model.oids import Status, Xds
from dmp_core.simulator.claims import Vihf
from dmp_core.simulator.query import Query
from dmp_core.simulator.reasons import Reason, Refused
from dmp_core.simulator.registry import Document

PATIENT: Final = "$XDSDocumentEntryPatientId"
_STATUS: Final = "$XDSDocumentEntryStatus"
_AUTHOR: Final = "$XDSDocumentEntryAuthorPerson"
_UNIQUE_ID: Final = "$XDSDocumentEntryUniqueId"
_ENTRY_UUID: Final = "$XDSDocumentEntryEntryUUID"
_CODES: Final = {
    "$XDSDocumentEntryClassCode": Xds.CLASS_CODE,
    "$XDSDocumentEntryTypeCode": Xds.TYPE_CODE,
    "$XDSDocumentEntryFormatCode": Xds.FORMAT_CODE,
    "$XDSDocumentEntryPracticeSettingCode": Xds.PRACTICE_SETTING,
    "$XDSDocumentEntryHealthcareFacilityTypeCode": Xds.HEALTHCARE_FACILITY,
    "$XDSDocumentEntryConfidentialityCode": Xds.CONFIDENTIALITY_CODE,
    "$XDSDocumentEntryEventCodeList": Xds.EVENT_CODE,
}
_TIMES: Final = {
    "$XDSDocumentEntryCreationTime": "creationTime",
    "$XDSDocumentEntryServiceStartTime": "serviceStartTime",
    "$XDSDocumentEntryServiceStopTime": "serviceStopTime",
}


def visible(documents: Sequence[Document], caller: Vihf) -> list[Document]:
    """What is left for the caller: nothing deleted, and what is masked to professionals for its author alone."""
    return [
        document
        for document in documents
        if document.status != Status.DELETED
        and (not document.facets.has_confidentiality("MASQUE_PS") or _is_author(document, caller))
    ]


def run(query: Query, documents: Sequence[Document]) -> list[Document]:
    """Those among `documents` that the query asks for, in the order of their registration. Raises Refused."""
    if query.id == Xds.FIND_DOCUMENTS:
        return [document for document in documents if _is_found(document, query.slots)]
    if query.id == Xds.GET_DOCUMENTS:
        names = query.slots.get(_UNIQUE_ID, ()), query.slots.get(_ENTRY_UUID, ())
        return [document for document in documents if document.unique_id in names[0] or document.entry_uuid in names[1]]
    raise Refused(Reason("XDSUnknownStoredQuery", "Requête non prise en charge par le simulateur", query.id))


def _is_author(document: Document, caller: Vihf) -> bool:
    """In indirect mode the structure stands for the author."""
    if caller.mode is Mode.INDIRECT:
        numbers = [institution.rpartition("^")[2] for institution in document.facets.institutions]
        return caller.structure_id in numbers
    return caller.practitioner_id in [person.partition("^")[0] for person in document.facets.persons]


def _is_found(document: Document, slots: Mapping[str, tuple[str, ...]]) -> bool:
    """Every parameter given is met by one of its values; signatures of submissions are never listed."""
    facets = document.facets
    if facets.is_signature or document.status not in slots.get(_STATUS, ()):
        return False
    for name, scheme in _CODES.items():
        if name in slots and not set(slots[name]) & set(facets.codes.get(scheme, ())):
            return False
    for name, slot in _TIMES.items():
        if not _is_between(facets.times.get(slot, ""), slots.get(f"{name}From", ()), slots.get(f"{name}To", ())):
            return False
    return _AUTHOR not in slots or any(like(person, p) for p in slots[_AUTHOR] for person in facets.persons)


def _is_between(time: str, start: tuple[str, ...], end: tuple[str, ...]) -> bool:
    """`start <= time < end` (ITI TF-2 3.18.4.1.2.3.7.1); a document without that time is found only without limits."""
    padded = time.ljust(14, "0")
    return (not start or (bool(time) and padded >= start[0].ljust(14, "0"))) and (
        not end or (bool(time) and padded < end[0].ljust(14, "0"))
    )


def like(text: str, pattern: str) -> bool:
    """SQL's LIKE: `%` is any run, `_` any one character."""
    wild = {"%": ".*", "_": "."}
    return bool(re.fullmatch("".join(wild.get(sign) or re.escape(sign) for sign in pattern), text, re.DOTALL))
