"""What the registry holds, as values: entries in their versions, submission sets, associations."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from dmp_core.model.oids import Xds
from dmp_core.simulator.markup import RIM, Maker
from dmp_core.simulator.submission import Author, Entry, SubmissionSet
from dmp_core.xml import Element, parse

DOCUMENT_COLUMNS: Final = (
    "unique_id", "entry_uuid", "lid", "version", "status", "patient", "cx", "submission_set", "mime_type", "sha1",
    "size", "facets", "metadata",
)  # fmt: skip
SET_COLUMNS: Final = ("unique_id", "entry_uuid", "patient", "facets", "metadata")
LINK_COLUMNS: Final = ("id", "type", "source", "target", "slots")

_DIGITAL_SIGNATURE: Final = "urn:oid:1.3.6.1.4.1.19376.1.2.1.1.1"
_DEPOSITED_BY_PATIENT: Final = "90"  # class; EX_3.1-1040 adds the types DOCPAT*
_RIM: Final = Maker(RIM)


class RegistryObject(Protocol):
    """Whatever an answer to a stored query lists."""

    @property
    def entry_uuid(self) -> str: ...

    def element(self) -> Element: ...


@dataclass(frozen=True, slots=True)
class Facets:
    """What queries look at. `codes` as `code^^scheme` by classification scheme; times `yyyyMMddHHmmss`, UTC."""

    codes: Mapping[str, tuple[str, ...]]
    times: Mapping[str, str]
    persons: tuple[str, ...] = field(repr=False)
    institutions: tuple[str, ...] = field(repr=False)
    source_id: str = ""  # of a submission set

    @property
    def is_signature(self) -> bool:
        """A submission's signature, not a document of the patient."""
        return _DIGITAL_SIGNATURE in self.plain(Xds.CLASS_CODE)

    @property
    def is_of_patient(self) -> bool:
        """Deposited by the patient (EX_3.1-1040)."""
        types = self.plain(Xds.TYPE_CODE)
        return _DEPOSITED_BY_PATIENT in self.plain(Xds.CLASS_CODE) or any(code.startswith("DOCPAT") for code in types)

    def has_confidentiality(self, code: str) -> bool:
        return code in self.plain(Xds.CONFIDENTIALITY_CODE)

    def plain(self, scheme: str) -> frozenset[str]:
        """The codes of one scheme, without their nomenclature."""
        return frozenset(found.partition("^^")[0] for found in self.codes.get(scheme, ()))


@dataclass(frozen=True, slots=True)
class Document:
    """One version of one entry as registered; its bytes are read apart."""

    unique_id: str
    entry_uuid: str
    lid: str
    version: int
    status: str
    patient: int
    cx: str = field(repr=False)
    submission_set: str
    mime_type: str
    sha1: str
    size: int
    facets: Facets
    metadata: bytes = field(repr=False)  # the ExtrinsicObject as stored, XML

    def element(self) -> Element:
        """The ExtrinsicObject with its present status."""
        root = parse(self.metadata)
        root.set("status", self.status)
        return root


@dataclass(frozen=True, slots=True)
class StoredSet:
    """A submission set; all are approved."""

    unique_id: str
    entry_uuid: str
    patient: int
    facets: Facets
    metadata: bytes = field(repr=False)  # the RegistryPackage as stored, XML

    def element(self) -> Element:
        return parse(self.metadata)


@dataclass(frozen=True, slots=True)
class Link:
    """An association between registered objects."""

    entry_uuid: str
    type: str
    source: str
    target: str
    slots: Mapping[str, tuple[str, ...]]

    def element(self) -> Element:
        attributes = {
            "id": self.entry_uuid,
            "associationType": self.type,
            "sourceObject": self.source,
            "targetObject": self.target,
        }
        slots = [
            _RIM("Slot", {"name": name}, _RIM("ValueList", None, *[_RIM("Value", None, value) for value in values]))
            for name, values in self.slots.items()
        ]
        return _RIM("Association", attributes, *slots)


@dataclass(frozen=True, slots=True)
class Deposit:
    """One line of `Registry.documents`, for whoever counts what arrived."""

    unique_id: str
    status: str
    sha1: str
    patient: str = field(repr=False)  # CX, as submitted
    submission_set: str


def facets_of_entry(entry: Entry) -> str:
    """The facets as the registry's file keeps them, JSON."""
    times = ("creationTime", "serviceStartTime", "serviceStopTime")
    codes = {str(key): [f"{code.code}^^{code.scheme}" for code in codes] for key, codes in entry.codes.items()}
    kept = {name: entry.slots[name][0] for name in times if entry.slots.get(name)}
    return _facets(codes, kept, entry.authors, "")


def facets_of_set(submission_set: SubmissionSet) -> str:
    """The facets as the registry's file keeps them, JSON."""
    content = submission_set.content_type
    codes = {str(Xds.SUBMISSION_SET_CONTENT_TYPE): [f"{content.code}^^{content.scheme}"] if content else []}
    times = {"submissionTime": submission_set.submission_time}
    return _facets(codes, times, submission_set.authors, submission_set.source_id)


def _facets(
    codes: Mapping[str, list[str]], times: Mapping[str, str], authors: tuple[Author, ...], source_id: str
) -> str:
    return json.dumps(
        {
            "codes": codes,
            "times": times,
            "persons": [author.person for author in authors if author.person],
            "institutions": [institution for author in authors for institution in author.institutions],
            "source_id": source_id,
        }
    )


def document(row: tuple[Any, ...]) -> Document:
    """Of a row of DOCUMENT_COLUMNS."""
    values = dict(zip(DOCUMENT_COLUMNS, row, strict=True))
    return Document(**values | {"facets": _read_facets(values["facets"]), "metadata": bytes(values["metadata"])})


def submission_set(row: tuple[Any, ...]) -> StoredSet:
    """Of a row of SET_COLUMNS."""
    values = dict(zip(SET_COLUMNS, row, strict=True))
    return StoredSet(**values | {"facets": _read_facets(values["facets"]), "metadata": bytes(values["metadata"])})


def link(row: tuple[Any, ...]) -> Link:
    """Of a row of LINK_COLUMNS."""
    identifier, kind, source, target, slots = row
    return Link(identifier, kind, source, target, {name: tuple(values) for name, values in json.loads(slots).items()})


def _read_facets(text: str) -> Facets:
    data = json.loads(text)
    codes = {key: tuple(found) for key, found in data["codes"].items()}
    return Facets(codes, data["times"], tuple(data["persons"]), tuple(data["institutions"]), data["source_id"])
