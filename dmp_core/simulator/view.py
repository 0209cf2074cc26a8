"""What of a record a caller gets to see (`dmp_protocol.md` 1.2): nothing deleted, nothing masked but to its author.

INVISIBLE_PATIENT and INVISIBLE_REPRESENTANTS_LEGAUX hide from the patient and from the legal representatives, never
from professionals.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from dmp_core.model.access import Mode, Purpose
from dmp_core.model.oids import Status
from dmp_core.simulator.claims import Vihf
from dmp_core.simulator.registry import Registry
from dmp_core.simulator.stored import Document, Link, StoredSet
from dmp_core.simulator.value_sets import MASKED

_DOCTOR: Final = "10"


@dataclass(frozen=True, slots=True)
class Seer:
    """A caller before one record. `medecin_traitant`: the patient's attending doctor."""

    vihf: Vihf
    medecin_traitant: bool = False
    masked_in_emergency: bool = False  # the patient lets masked documents show then

    @property
    def is_attending_doctor(self) -> bool:
        return self.medecin_traitant and self.vihf.profession == _DOCTOR and self.vihf.purpose is Purpose.NORMAL

    @property
    def sees_masked(self) -> bool:
        """Whether masked documents of others show: to the attending doctor, in an emergency if the patient agreed."""
        return self.is_attending_doctor or (self.vihf.purpose is not Purpose.NORMAL and self.masked_in_emergency)

    def wrote(self, document: Document) -> bool:
        """Whether it is a document of the caller's own; in indirect mode, of the structure's."""
        if self.vihf.mode is Mode.INDIRECT:
            numbers = [institution.rpartition("^")[2] for institution in document.facets.institutions]
            return self.vihf.structure_id in numbers
        return self.vihf.practitioner_id in [person.partition("^")[0] for person in document.facets.persons]

    def sees(self, document: Document) -> bool:
        """Whether the newest version of an entry shows, deleted or not."""
        return not document.facets.has_confidentiality(MASKED) or self.sees_masked or self.wrote(document)


@dataclass(frozen=True, slots=True)
class View:
    """All that is left of one record: every version of the entries, the sets and associations that speak of them."""

    documents: tuple[Document, ...]
    sets: tuple[StoredSet, ...] = ()
    links: tuple[Link, ...] = ()

    @classmethod
    def of(cls, registry: Registry, patient: int, seer: Seer, *, entries_only: bool = False) -> "View":
        """An association that tells of a deletion is seen by whoever saw the document."""
        versions = registry.versions_of_patient(patient)
        if entries_only:
            return cls(tuple(visible(versions, seer)))
        seen = {document.entry_uuid for document in _shown(versions, seer)}
        sets = {one.entry_uuid: one for one in registry.sets_of_patient(patient)}
        links = [
            link
            for link in registry.links_of_patient(patient)
            if all(end in seen or end in sets for end in (link.source, link.target))
        ]
        spoken_of = {end for link in links for end in (link.source, link.target)}
        documents = tuple(visible(versions, seer))
        return cls(documents, tuple(one for name, one in sets.items() if name in spoken_of), tuple(links))


def visible(versions: Sequence[Document], seer: Seer) -> list[Document]:
    """What is left for the caller of the versions of some entries: their newest version decides for all."""
    return [one for one in _shown(versions, seer) if _newest(versions)[one.lid].status != Status.DELETED]


def _shown(versions: Sequence[Document], seer: Seer) -> list[Document]:
    newest = _newest(versions)
    return [one for one in versions if seer.sees(newest[one.lid])]


def _newest(versions: Sequence[Document]) -> dict[str, Document]:
    newest: dict[str, Document] = {}
    for one in versions:
        if one.lid not in newest or newest[one.lid].version < one.version:
            newest[one.lid] = one
    return newest
