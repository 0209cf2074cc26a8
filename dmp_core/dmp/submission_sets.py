"""Submission sets and associations: the RegistryPackage that we write, and those that the DMP returns.

Source: IHE ITI TF-3 4.2.1, 4.2.2; `dmp_protocol.md` section 5.1.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from pydantic import Field

from dmp_core.dmp import ebxml, entries
from dmp_core.model.document import Code, Oid, UniqueId, XdsAuthor
from dmp_core.model.health import HealthModel
from dmp_core.model.oids import Xds
from dmp_core.xml import Element, children

SET_ID: Final = "SubmissionSet01"
REGISTRY_PACKAGE: Final = ebxml.rim("RegistryPackage")
ASSOCIATION: Final = ebxml.rim("Association")
_IDENTIFIERS: Final[dict[str, str]] = {
    Xds.SUBMISSION_SET_UNIQUE_ID: "unique_id",
    Xds.SUBMISSION_SET_PATIENT_ID: "patient_id",
    Xds.SUBMISSION_SET_SOURCE_ID: "source_id",
}


class NewSet(HealthModel):
    """A submission set to write: who sends what kind of thing, about whom."""

    unique_id: Oid
    source_id: Oid
    content_type: Code
    author: XdsAuthor
    patient_id: str = Field(repr=False, description="CX of the INS")
    title: str = Field(default="", repr=False)


class SubmissionSet(HealthModel):
    """A submission set as the DMP returns it. What it left out is None or empty."""

    unique_id: UniqueId
    entry_uuid: str
    status: str
    submission_time: str | None = Field(default=None, description="UTC, yyyyMMddHHmmss")
    authors: tuple[XdsAuthor, ...] = ()
    content_type: Code | None = None
    title: str = Field(default="", repr=False)
    comments: str = Field(default="", repr=False)
    patient_id: str | None = Field(default=None, repr=False)
    source_id: str | None = None


class Association(HealthModel):
    """What ties two objects, by their entryUUID; `kind` is the URN of its associationType."""

    kind: str = Field(min_length=1)
    source: str = Field(min_length=1)
    target: str = Field(min_length=1)
    entry_uuid: str | None = None
    status: str | None = None
    slots: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)

    def slot(self, name: str) -> str | None:
        """The first value of a slot: `SubmissionSetStatus`, `PreviousVersion`, `NewStatus`…"""
        return next(iter(self.slots.get(name, ())), None)


def add(objects: Element, new: NewSet, submitted_at: datetime) -> None:
    """Add the package of `new`. Raises ValueError where a value does not fit into XML."""
    package = ebxml.registry_package(objects, SET_ID)
    ebxml.slot(package, "submissionTime", utc(submitted_at))
    if new.title:
        ebxml.name(package, new.title)
    ebxml.author(package, Xds.SUBMISSION_SET_AUTHOR, new.author)
    ebxml.classification(package, Xds.SUBMISSION_SET_CONTENT_TYPE, new.content_type)
    ebxml.node(package, Xds.SUBMISSION_SET)
    ebxml.external_identifier(package, Xds.SUBMISSION_SET_PATIENT_ID, "XDSSubmissionSet.patientId", new.patient_id)
    ebxml.external_identifier(package, Xds.SUBMISSION_SET_SOURCE_ID, "XDSSubmissionSet.sourceId", new.source_id)
    ebxml.external_identifier(package, Xds.SUBMISSION_SET_UNIQUE_ID, "XDSSubmissionSet.uniqueId", new.unique_id)


def utc(at: datetime) -> str:
    """`yyyyMMddHHmmss` in UTC. Raises ValueError for a time without zone: a mistake of ours."""
    if at.tzinfo is None:
        raise ValueError("a time without zone")
    return at.astimezone(UTC).strftime("%Y%m%d%H%M%S")


def read(packages: Iterable[Element]) -> Iterator[SubmissionSet]:
    """One for each RegistryPackage. Raises AnswerUnreadable with the rank of the one that is unusable."""
    return entries.read_each(packages, _set, "submission set")


def read_associations(associations: Iterable[Element]) -> Iterator[Association]:
    """One for each Association. Raises AnswerUnreadable with the rank of the one that is unusable."""
    return entries.read_each(associations, _association, "association")


def _set(package: Element) -> SubmissionSet:
    fields: dict[str, Any] = {"authors": []}
    for child in children(package):
        if child.tag == ebxml.rim("Slot") and child.get("name") == "submissionTime":
            fields["submission_time"] = next(iter(entries.values(child)), None)
        elif child.tag == ebxml.rim("Name"):
            fields["title"] = entries.localized(child)
        elif child.tag == ebxml.rim("Description"):
            fields["comments"] = entries.localized(child)
        elif child.tag == ebxml.rim("ExternalIdentifier"):
            if name := _IDENTIFIERS.get(child.get("identificationScheme", "")):
                fields[name] = child.get("value", "").strip()
        elif child.get("classificationScheme") == Xds.SUBMISSION_SET_AUTHOR:
            fields["authors"].append(entries.author(child))
        elif child.get("classificationScheme") == Xds.SUBMISSION_SET_CONTENT_TYPE:
            fields["content_type"] = entries.code(child)
    return SubmissionSet(entry_uuid=package.get("id") or None, status=package.get("status") or None, **fields)


def _association(element: Element) -> Association:
    return Association(
        kind=element.get("associationType", "").strip(),
        source=element.get("sourceObject", "").strip(),
        target=element.get("targetObject", "").strip(),
        entry_uuid=element.get("id") or None,
        status=element.get("status") or None,
        slots={slot.get("name", ""): entries.values(slot) for slot in children(element, ebxml.rim("Slot"))},
    )
