"""What an UpdateDocumentSet (TD3.3) asks: other statuses, or other confidentiality codes (`dmp_protocol.md` 6.1)."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Final

from dmp_core.model.oids import Status
from dmp_core.simulator.markup import LCM, RIM
from dmp_core.simulator.reasons import Reason, Refused
from dmp_core.simulator.submission import Association, Entry, Submission, read_submission
from dmp_core.xml import Element

HAS_MEMBER: Final = "urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember"
UPDATES_STATUS: Final = "urn:ihe:iti:2010:AssociationType:UpdateAvailabilityStatus"
METADATA: Final = "XDSRegistryMetadataError"
UPDATE: Final = "XDSMetadataUpdateError"

_POINTERS: Final = {"Classification": "classifiedObject", "ExternalIdentifier": "registryObject"}
_STATUSES: Final = frozenset(str(status) for status in Status)


@dataclass(frozen=True, slots=True)
class StatusChange:
    """One association UpdateAvailabilityStatus."""

    entry_uuid: str
    original: str
    new: str


@dataclass(frozen=True, slots=True)
class Revision:
    """One entry in its next version; `previous` is the number of the version that it follows."""

    entry: Entry
    previous: int


@dataclass(frozen=True, slots=True)
class Update:
    """One request. Either `statuses` or `revisions`, never both, never neither."""

    submission: Submission = field(repr=False)
    statuses: tuple[StatusChange, ...]
    revisions: tuple[Revision, ...]


def read_update(body: Element) -> Update:
    """The update in a `SubmitObjectsRequest`. Raises Refused with every reason."""
    if body.tag != f"{{{LCM}}}SubmitObjectsRequest":
        raise Refused(Reason("XDSRegistryError", "SubmitObjectsRequest attendu"))
    submission = read_submission(_pointing_inwards(body), {})
    reasons = [Reason(METADATA, fault.text, fault.location) for fault in submission.faults]
    reasons += _form(submission)
    if reasons:
        raise Refused(*reasons)
    statuses = tuple(_status(link) for link in submission.associations if link.type == UPDATES_STATUS)
    versions = {link.target: link for link in submission.associations if link.type == HAS_MEMBER}
    revisions = tuple(Revision(entry, _previous(versions[entry.id])) for entry in submission.entries)
    return Update(submission, statuses, revisions)


def _pointing_inwards(body: Element) -> Element:
    """A copy in which what stands inside an object points at it: an entry read from the registry keeps old pointers."""
    copy = deepcopy(body)
    for name, pointer in _POINTERS.items():
        for node in copy.iter(f"{{{RIM}}}{name}"):
            parent = node.getparent()
            if parent is not None and parent.get("id") and node.get(pointer):
                node.set(pointer, parent.get("id", ""))
    return copy


def _form(submission: Submission) -> Iterator[Reason]:
    own = submission.set.id if submission.set else ""
    kinds = {link.type for link in submission.associations}
    members = sorted(link.target for link in submission.associations if link.type == HAS_MEMBER)
    if kinds not in ({HAS_MEMBER}, {UPDATES_STATUS}) or members != sorted(entry.id for entry in submission.entries):
        yield Reason(METADATA, "UpdateAvailabilityStatus, ou HasMember avec une fiche pour chacune, attendu")
    if submission.folders:
        yield Reason(METADATA, "le DMP n’a pas de classeurs (Folder)")
    for link in submission.associations:
        if link.source != own:
            yield Reason(METADATA, "association : du lot vers la fiche attendue", link.id)
        yield from _slots(link)
    for entry in submission.entries:
        if not entry.lid.startswith("urn:uuid:"):
            yield Reason(UPDATE, "lid de la fiche attendu", entry.id)


def _slots(link: Association) -> Iterator[Reason]:
    if link.type == UPDATES_STATUS:
        for name in ("OriginalStatus", "NewStatus"):
            if len(link.slots.get(name, ())) != 1 or link.slots[name][0] not in _STATUSES:
                yield Reason(METADATA, f"association : {name} attendu, un statut du DMP", link.id)
    elif link.type == HAS_MEMBER:
        if link.slots.get("SubmissionSetStatus") != ("Original",):
            yield Reason(METADATA, "association HasMember : SubmissionSetStatus=Original attendu", link.id)
        previous = link.slots.get("PreviousVersion", ())
        if len(previous) != 1 or not (previous[0].isascii() and previous[0].isdigit() and len(previous[0]) < 10):
            yield Reason(METADATA, "association HasMember : PreviousVersion attendu, un numéro", link.id)


def _status(link: Association) -> StatusChange:
    return StatusChange(link.target, link.slots["OriginalStatus"][0], link.slots["NewStatus"][0])


def _previous(link: Association) -> int:
    return int(link.slots["PreviousVersion"][0])
