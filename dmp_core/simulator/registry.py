"""The registry and repository on disk: entries, bytes, submission sets, associations, and how they are found."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from dmp_core.model.oids import Status, Xds
from dmp_core.simulator import stored_entry
from dmp_core.simulator.storage import Storage
from dmp_core.simulator.submission import Entry, Submission
from dmp_core.xml import Element, parse, serialize

REPLACES: Final = "urn:ihe:iti:2007:AssociationType:RPLC"
_DIGITAL_SIGNATURE: Final = "urn:oid:1.3.6.1.4.1.19376.1.2.1.1.1"
_COLUMNS: Final = (
    "unique_id", "entry_uuid", "lid", "version", "status", "patient", "cx", "submission_set", "mime_type", "sha1",
    "size", "facets", "metadata",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Facets:
    """What queries look at. `codes` as `code^^scheme` by classification scheme; times `yyyyMMddHHmmss`, UTC."""

    codes: Mapping[str, tuple[str, ...]]
    times: Mapping[str, str]
    persons: tuple[str, ...] = field(repr=False)
    institutions: tuple[str, ...] = field(repr=False)

    @property
    def is_signature(self) -> bool:
        """A submission's signature, not a document of the patient."""
        return any(code.startswith(f"{_DIGITAL_SIGNATURE}^^") for code in self.codes.get(Xds.CLASS_CODE, ()))

    def has_confidentiality(self, code: str) -> bool:
        return any(found.partition("^^")[0] == code for found in self.codes.get(Xds.CONFIDENTIALITY_CODE, ()))


@dataclass(frozen=True, slots=True)
class Document:
    """One entry as registered; its bytes are read apart."""

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

    def extrinsic_object(self) -> Element:
        """The ExtrinsicObject with its present status."""
        root = parse(self.metadata)
        root.set("status", self.status)
        return root


@dataclass(frozen=True, slots=True)
class Deposit:
    """One line of `Registry.documents`, for whoever counts what arrived."""

    unique_id: str
    status: str
    sha1: str
    patient: str = field(repr=False)  # CX, as submitted
    submission_set: str


class Registry:
    """All documents of all patients. Every change is one transaction."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def documents(self) -> Iterator[Deposit]:
        """What was deposited, in order, signatures of submissions left out. Sees what other processes committed."""
        for document in self._select("1"):
            if not document.facets.is_signature:
                yield Deposit(document.unique_id, document.status, document.sha1, document.cx, document.submission_set)

    def of_patient(self, patient: int) -> list[Document]:
        """All entries of a patient, whatever their status, in the order in which they came."""
        return self._select("patient = ?", patient)

    def find(self, unique_id: str) -> Document | None:
        found = self._select("unique_id = ?", unique_id)
        return found[0] if found else None

    def status(self, entry_uuid: str, patient: int) -> str | None:
        """The status of an entry of this patient; None where there is none."""
        found = self._storage.rows(
            "SELECT status FROM document WHERE entry_uuid = ? AND patient = ?", entry_uuid, patient
        )
        return str(found[0][0]) if found else None

    def content(self, unique_id: str) -> bytes:
        """The bytes of a document that is there."""
        return bytes(self._storage.rows("SELECT content FROM document WHERE unique_id = ?", unique_id)[0][0])

    def has_submission_set(self, unique_id: str) -> bool:
        return bool(self._storage.rows("SELECT 1 FROM submission_set WHERE unique_id = ?", unique_id))

    def register(self, submission: Submission, *, patient: int, uuid: Callable[[], UUID], at: datetime) -> None:
        """Keep a submission that passed every check: entries and bytes, associations, replaced entries deprecated."""
        if submission.set is None:
            raise ValueError("a submission without its set")
        submission_set = submission.set
        names = {submission_set.id: _urn(uuid)} | {entry.id: _urn(uuid) for entry in submission.entries}
        with self._storage.transaction() as connection:
            connection.execute(
                "INSERT INTO submission_set VALUES (?, ?, ?, ?)",
                (submission_set.unique_id, names[submission_set.id], patient, at.isoformat()),
            )
            for entry in submission.entries:
                content = submission.documents[entry.id]
                row = _row(entry, content, patient, submission_set.unique_id, names[entry.id], uuid)
                connection.execute(f"INSERT INTO document VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608
            for link in submission.associations:
                source, target = names.get(link.source, link.source), names.get(link.target, link.target)
                connection.execute(
                    "INSERT INTO association VALUES (?, ?, ?, ?, ?)",
                    (_urn(uuid), link.type, source, target, submission_set.unique_id),
                )
                if link.type == REPLACES:
                    self.set_status(target, Status.DEPRECATED)

    def set_status(self, entry_uuid: str, status: str) -> None:
        with self._storage.transaction() as connection:
            connection.execute("UPDATE document SET status = ? WHERE entry_uuid = ?", (status, entry_uuid))

    def _select(self, condition: str, *values: Any) -> list[Document]:
        statement = f"SELECT {', '.join(_COLUMNS)} FROM document WHERE {condition} ORDER BY rowid"  # noqa: S608 - constants of ours
        return [_document(row) for row in self._storage.rows(statement, *values)]


class KnownOfPatient:
    """What the checks of a submission ask: entries of this patient alone, uniqueIds of everybody."""

    def __init__(self, registry: Registry, patient: int) -> None:
        self._registry = registry
        self._patient = patient

    def has_submission_set(self, unique_id: str) -> bool:
        return self._registry.has_submission_set(unique_id)

    def entry_hash(self, unique_id: str) -> str | None:
        document = self._registry.find(unique_id)
        return document.sha1 if document else None

    def entry_uuid_status(self, entry_uuid: str) -> str | None:
        return self._registry.status(entry_uuid, self._patient)


def _urn(uuid: Callable[[], UUID]) -> str:
    return f"urn:uuid:{uuid()}"


def _row(
    entry: Entry, content: bytes, patient: int, submission_set: str, entry_uuid: str, uuid: Callable[[], UUID]
) -> tuple[str | int | bytes, ...]:
    sha1 = hashlib.sha1(content, usedforsecurity=False).hexdigest()
    lid = _urn(uuid)
    xml = stored_entry.make(entry.xml, entry_uuid=entry_uuid, lid=lid, sha1=sha1, size=len(content), uuid=uuid)
    return (
        entry.unique_id, entry_uuid, lid, 1, str(Status.APPROVED), patient, entry.patient_id, submission_set,
        entry.mime_type, sha1, len(content), json.dumps(_facets(entry)), serialize(xml), content,
    )  # fmt: skip


def _facets(entry: Entry) -> dict[str, Any]:
    times = ("creationTime", "serviceStartTime", "serviceStopTime")
    return {
        "codes": {str(key): [f"{code.code}^^{code.scheme}" for code in codes] for key, codes in entry.codes.items()},
        "times": {name: entry.slots[name][0] for name in times if entry.slots.get(name)},
        "persons": [author.person for author in entry.authors if author.person],
        "institutions": [institution for author in entry.authors for institution in author.institutions],
    }


def _document(row: tuple[Any, ...]) -> Document:
    values = dict(zip(_COLUMNS, row, strict=True))
    data = json.loads(values["facets"])
    codes = {key: tuple(found) for key, found in data["codes"].items()}
    facets = Facets(codes, data["times"], tuple(data["persons"]), tuple(data["institutions"]))
    return Document(**values | {"facets": facets, "metadata": bytes(values["metadata"])})
