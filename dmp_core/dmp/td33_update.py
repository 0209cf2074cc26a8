"""TD3.3, changing what was fed: the mask (a), what patient and representatives see (b), deletion (c), the archive (d).

`lcm:SubmitObjectsRequest` without any signature, as in the examples. Source: official message examples and sample code
(`dmp_protocol.md` section 6.1); IHE Metadata Update (ITI-57). Who may do which is the server's to check.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from lxml import etree

from dmp_core import xml
from dmp_core.dmp import answers, ebxml, entries, submission_sets, td31_news, td31_search
from dmp_core.dmp.soap import Answer, Message
from dmp_core.dmp.submission_sets import SET_ID, NewSet
from dmp_core.errors import AnswerUnreadable, MessageInvalid, NotFound, NothingChanged, WrongState
from dmp_core.model.codes import value_set
from dmp_core.model.document import Code, Oid, RecordEntry, Visibility
from dmp_core.model.hl7v2 import xds_author
from dmp_core.model.identity import Ins
from dmp_core.model.oids import Status, Xds
from dmp_core.model.practitioner import Who
from dmp_core.xml import Element

ACTION: Final = "urn:ihe:iti:2010:UpdateDocumentSet"
REPLY_ACTION: Final = f"{ACTION}-Response"
_DOCUMENT: Final = "Document01"
_SECTORS: Final = "J02"

# From, to: the transaction that does it.
_STATUS_CHANGES: Final[Mapping[tuple[str, str], str]] = {
    (Status.APPROVED, Status.DELETED): "TD3.3c",
    (Status.ARCHIVED, Status.DELETED): "TD3.3c",
    (Status.APPROVED, Status.ARCHIVED): "TD3.3d",
    (Status.ARCHIVED, Status.APPROVED): "TD3.3d",
}
_RESTRICTIONS: Final = frozenset({"MASQUE_PS", "INVISIBLE_PATIENT", "INVISIBLE_REPRESENTANTS_LEGAUX"})
_VERSIONS: Final = (ebxml.rim("VersionInfo"), ebxml.rim("ContentVersionInfo"))
_OWNERS: Final = {ebxml.rim("Classification"): "classifiedObject", ebxml.rim("ExternalIdentifier"): "registryObject"}


@dataclass(frozen=True, slots=True)
class Target:
    """A document to change, as the registry holds it now: its row, and the element that the row was read from."""

    entry: RecordEntry
    element: bytes = field(repr=False)


def pharmacy_set(who: Who, ins: Ins, *, submission_set_id: Oid, source_id: Oid, title: str = "") -> NewSet:
    """The submission set in which a pharmacy changes something in the record of `ins`."""
    return NewSet(
        unique_id=submission_set_id,
        source_id=source_id,
        content_type=value_set(_SECTORS).code(who.structure.sector),
        author=xds_author(who.acting, who.structure),
        patient_id=ins.cx,
        title=title,
    )


def target(answer: Answer, unique_id: str) -> Target:
    """The living version of a document, out of an answer of TD3.1 (GetDocuments, whole rows).

    Raises NotFound where it is deleted, replaced or not there, AnswerUnreadable, and as `td31_search.read` does.
    """
    rows = td31_search.read(answer)
    objects = answer.body.iter(entries.EXTRINSIC_OBJECT)
    living = [
        (row, element)
        for row, element in zip(rows, objects, strict=True)
        if row.unique_id == unique_id and row.status in (Status.APPROVED, Status.ARCHIVED)
    ]
    if not living:
        raise NotFound("this document does not live in the record")
    row, element = max(living, key=lambda each: td31_news.version_number(each[0]))
    return Target(row, etree.tostring(element, with_tail=False))


def visibility_of(entry: RecordEntry) -> Visibility:
    """Who may not see a document, by its confidentiality codes."""
    codes = {code.code for code in entry.confidentiality}
    return Visibility(
        masked_to_professionals="MASQUE_PS" in codes,
        hidden_from_patient="INVISIBLE_PATIENT" in codes,
        hidden_from_representatives="INVISIBLE_REPRESENTANTS_LEGAUX" in codes,
    )


def change_status(entry: RecordEntry, status: Status, new_set: NewSet, *, submitted_at: datetime) -> Message:
    """The message that archives a document, brings it back from the archive, or deletes it (for good).

    Raises WrongState where its status does not allow it, MessageInvalid.
    """
    transaction = _STATUS_CHANGES.get((entry.status, status))
    if transaction is None:
        raise WrongState("the status of the document does not lead there")
    request, objects = _request(new_set, submitted_at)
    made = ebxml.association(objects, ebxml.UPDATES_STATUS, SET_ID, entry.entry_uuid)
    ebxml.slot(made, "OriginalStatus", entry.status)
    ebxml.slot(made, "NewStatus", status)
    return Message(transaction, "registry", ACTION, REPLY_ACTION, request)


def change_visibility(of: Target, wanted: Visibility, new_set: NewSet, *, submitted_at: datetime) -> Message:
    """The message that masks or unmasks a document (TD3.3a), or changes what patient and representatives see (TD3.3b).

    TD3.3b is there to make visible: whether anything can be hidden so is for the DMP to say. Everything else of the
    entry goes back as it came. Raises NothingChanged; MessageInvalid where both transactions would be needed (one after
    the other: each makes a new version); AnswerUnreadable where the entry lacks what is needed.
    """
    transaction = _visibility_transaction(visibility_of(of.entry), wanted)
    if not of.entry.logical_id or not of.entry.version:
        raise AnswerUnreadable("lid or versionName is missing: this entry cannot be updated")
    request, objects = _request(new_set, submitted_at)
    member = ebxml.member(objects, SET_ID, _DOCUMENT)
    ebxml.slot(member, "PreviousVersion", of.entry.version)
    objects.append(_updated(xml.parse(of.element), of.entry, wanted))
    return Message(transaction, "registry", ACTION, REPLY_ACTION, request)


def read(answer: Answer) -> tuple[answers.Warned, ...]:
    """The DMP's warnings about a change that it made. Raises the DmpRefusal that its answer calls for."""
    return answers.registry_response(answer.body)


def _visibility_transaction(present: Visibility, wanted: Visibility) -> str:
    mask = present.masked_to_professionals != wanted.masked_to_professionals
    same = wanted.model_copy(update={"masked_to_professionals": present.masked_to_professionals})
    if same == present:
        if mask:
            return "TD3.3a"
        raise NothingChanged("the visibility of the document is that already")
    if mask:
        raise MessageInvalid("the mask (TD3.3a) and what the patient sees (TD3.3b) change one after the other")
    return "TD3.3b"


def _request(new_set: NewSet, submitted_at: datetime) -> tuple[Element, Element]:
    request, objects = ebxml.submit_objects_request()
    try:
        submission_sets.add(objects, new_set, submitted_at)
    except ValueError:
        raise MessageInvalid("a control character in the submission set") from None
    return request, objects


def _updated(element: Element, entry: RecordEntry, wanted: Visibility) -> Element:
    """The ExtrinsicObject of a new version: same lid, other confidentiality codes, nothing that the registry adds."""
    element.set("id", _DOCUMENT)
    _forget(element, "status", "home")
    etree.strip_tags(element, etree.Comment, etree.ProcessingInstruction)
    place = _remove_confidentiality(element)
    for code in _confidentiality(entry, wanted):
        ebxml.classification(element, Xds.CONFIDENTIALITY_CODE, code)
        element.insert(place, element[-1])
        place += 1
    _own_parts(element)
    etree.cleanup_namespaces(element)
    return element


def _remove_confidentiality(element: Element) -> int:
    """Where the new codes go: in place of the old ones, else after the classifications."""
    old = [each for each in element if each.get("classificationScheme") == Xds.CONFIDENTIALITY_CODE]
    before_identifiers = next((each for each in element if each.tag == ebxml.rim("ExternalIdentifier")), None)
    first = old[0] if old else before_identifiers
    place = len(element) if first is None else element.index(first)
    for each in old:
        element.remove(each)
    return place


def _confidentiality(entry: RecordEntry, wanted: Visibility) -> Iterator[Code]:
    """`N` and what restricts it as wanted, then the codes of the entry that are of another kind."""
    yield from wanted.codes
    known = {code.code for code in wanted.codes} | _RESTRICTIONS
    yield from (code for code in entry.confidentiality if code.code not in known)


def _own_parts(element: Element) -> None:
    """Names the parts anew as those of `Document01`: their ids in the registry belong to the version before."""
    for rank, part in enumerate((each for each in element if each.tag in _OWNERS), 1):
        part.set("id", f"{_DOCUMENT}-{rank}")
        part.set(_OWNERS[str(part.tag)], _DOCUMENT)
        _forget(part, "lid", "home", "status")


def _forget(element: Element, *attributes: str) -> None:
    """What the registry adds to an object, and would not take back: attributes and the number of the version."""
    for name in attributes:
        if name in element.attrib:
            del element.attrib[name]
    for child in list(element):
        if child.tag in _VERSIONS:
            element.remove(child)
