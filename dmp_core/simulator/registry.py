"""The registry and repository on disk: entries, bytes, submission sets, associations, and how they are found.

An entry that is updated gets a version of its own: another entryUUID, the same lid and uniqueId; the former one is
deprecated and the bytes go with the newest.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from dmp_core.model.oids import Status
from dmp_core.simulator import stored, stored_entry
from dmp_core.simulator.checks import Former
from dmp_core.simulator.storage import Storage
from dmp_core.simulator.stored import Deposit, Document, Facets, Link, StoredSet
from dmp_core.simulator.submission import Entry, Submission, read_entry
from dmp_core.xml import serialize

__all__ = ["REPLACES", "Deposit", "Document", "Facets", "KnownOfPatient", "Link", "Registry", "StoredSet"]

REPLACES: Final = "urn:ihe:iti:2007:AssociationType:RPLC"
_NEWEST: Final = "version = (SELECT max(version) FROM document AS other WHERE other.unique_id = document.unique_id)"
_INSERT: Final = f"INSERT INTO document ({', '.join(stored.DOCUMENT_COLUMNS)}, content) VALUES ({'?, ' * 13}?)"  # noqa: S608 - constants of ours


class Registry:
    """All documents of all patients. Every change is one transaction."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def documents(self) -> Iterator[Deposit]:
        """What was deposited, in order, signatures of submissions left out. Sees what other processes committed."""
        for document in self._select(_NEWEST):
            if not document.facets.is_signature:
                yield Deposit(document.unique_id, document.status, document.sha1, document.cx, document.submission_set)

    def of_patient(self, patient: int) -> list[Document]:
        """The newest version of each entry of a patient, whatever its status, in the order in which they came."""
        return self._select(f"patient = ? AND {_NEWEST}", patient)

    def versions_of_patient(self, patient: int) -> list[Document]:
        """All versions of all entries of a patient."""
        return self._select("patient = ?", patient)

    def find(self, unique_id: str) -> Document | None:
        return self._first(f"unique_id = ? AND {_NEWEST}", unique_id)

    def entry(self, entry_uuid: str, patient: int) -> Document | None:
        """One version of an entry of this patient."""
        return self._first("entry_uuid = ? AND patient = ?", entry_uuid, patient)

    def newest(self, entry_uuid: str) -> Document | None:
        """An entry that is the newest version of its document."""
        return self._first(f"entry_uuid = ? AND {_NEWEST}", entry_uuid)

    def by_lid(self, lid: str) -> Document | None:
        """The newest version of an entry."""
        return self._first(f"lid = ? AND {_NEWEST}", lid)

    def content(self, unique_id: str) -> bytes:
        """The bytes of a document that is there."""
        statement = f"SELECT content FROM document WHERE unique_id = ? AND {_NEWEST}"  # noqa: S608 - a constant of ours
        return bytes(self._storage.rows(statement, unique_id)[0][0])

    def has_submission_set(self, unique_id: str) -> bool:
        return bool(self._storage.rows("SELECT 1 FROM submission_set WHERE unique_id = ?", unique_id))

    def sets_of_patient(self, patient: int) -> list[StoredSet]:
        columns = ", ".join(stored.SET_COLUMNS)
        statement = f"SELECT {columns} FROM submission_set WHERE patient = ? ORDER BY rowid"  # noqa: S608 - constants of ours
        return [stored.submission_set(row) for row in self._storage.rows(statement, patient)]

    def links_of_patient(self, patient: int) -> list[Link]:
        columns = ", ".join(f"association.{name}" for name in stored.LINK_COLUMNS)
        statement = (
            f"SELECT {columns} FROM association JOIN submission_set ON submission_set = unique_id"  # noqa: S608 - constants of ours
            " WHERE patient = ? ORDER BY association.rowid"
        )
        return [stored.link(row) for row in self._storage.rows(statement, patient)]

    def last_changes(self, patient: int) -> tuple[datetime | None, datetime | None]:
        """When a document was last added to a record, and when anything of it last changed."""
        changes = "SELECT registered_at, unique_id FROM submission_set WHERE patient = ? ORDER BY registered_at"
        times = self._storage.rows(changes, patient)
        first = self._storage.rows("SELECT submission_set FROM document WHERE patient = ? AND version = 1", patient)
        adding = {row[0] for row in first}
        added = [at for at, submission_set in times if submission_set in adding]
        return _last(added), _last([at for at, _ in times])

    def register(self, submission: Submission, *, patient: int, uuid: Callable[[], UUID], at: datetime) -> None:
        """Keep a submission that passed every check: entries and bytes, associations, replaced entries deprecated."""
        with self._storage.transaction() as connection:
            names = self._keep_set(submission, patient, uuid, at)
            for entry in submission.entries:
                lid, content = _urn(uuid), submission.documents[entry.id]
                row = _row(entry, content, patient, _set_id(submission), names[entry.id], lid, 1, Status.APPROVED, uuid)
                connection.execute(_INSERT, (*row, content))
            self._keep_links(submission, names, uuid)
            for link in submission.associations:
                if link.type == REPLACES:
                    self.set_status(names.get(link.target, link.target), Status.DEPRECATED)

    def update(
        self,
        submission: Submission,
        *,
        revised: Mapping[str, Document],
        statuses: Mapping[str, str],
        patient: int,
        uuid: Callable[[], UUID],
        at: datetime,
    ) -> None:
        """Keep an update that passed every check.

        `revised`: what each entry of the submission, by its id, is the next version of; `statuses` by entryUUID.
        """
        with self._storage.transaction() as connection:
            names = self._keep_set(submission, patient, uuid, at)
            for entry in submission.entries:
                former = revised[entry.id]
                content = self.content(former.unique_id)
                row = _row(
                    entry, content, patient, _set_id(submission), names[entry.id], former.lid, former.version + 1,
                    former.status, uuid,
                )  # fmt: skip
                connection.execute(_INSERT, (*row, content))
                connection.execute("UPDATE document SET content = x'' WHERE entry_uuid = ?", (former.entry_uuid,))
                self.set_status(former.entry_uuid, Status.DEPRECATED)
            self._keep_links(submission, names, uuid)
            for entry_uuid, status in statuses.items():
                self.set_status(entry_uuid, status)

    def set_status(self, entry_uuid: str, status: str) -> None:
        with self._storage.transaction() as connection:
            connection.execute("UPDATE document SET status = ? WHERE entry_uuid = ?", (status, entry_uuid))

    def _keep_set(
        self, submission: Submission, patient: int, uuid: Callable[[], UUID], at: datetime
    ) -> Mapping[str, str]:
        """The entryUUIDs that the objects of the submission get, by their ids in the message."""
        if submission.set is None:
            raise ValueError("a submission without its set")
        names = {submission.set.id: _urn(uuid)} | {entry.id: _urn(uuid) for entry in submission.entries}
        entry_uuid = names[submission.set.id]
        package = stored_entry.make_set(submission.set, entry_uuid=entry_uuid, uuid=uuid)
        row = (
            submission.set.unique_id, entry_uuid, patient, at.isoformat(), stored.facets_of_set(submission.set),
            serialize(package),
        )  # fmt: skip
        with self._storage.transaction() as connection:
            connection.execute("INSERT INTO submission_set VALUES (?, ?, ?, ?, ?, ?)", row)
        return names

    def _keep_links(self, submission: Submission, names: Mapping[str, str], uuid: Callable[[], UUID]) -> None:
        rows = [
            (
                _urn(uuid), link.type, names.get(link.source, link.source), names.get(link.target, link.target),
                _set_id(submission), json.dumps(dict(link.slots)),
            )
            for link in submission.associations
        ]  # fmt: skip
        with self._storage.transaction() as connection:
            connection.executemany("INSERT INTO association VALUES (?, ?, ?, ?, ?, ?)", rows)

    def _first(self, condition: str, *values: Any) -> Document | None:
        found = self._select(condition, *values)
        return found[0] if found else None

    def _select(self, condition: str, *values: Any) -> list[Document]:
        columns = ", ".join(stored.DOCUMENT_COLUMNS)
        statement = f"SELECT {columns} FROM document WHERE {condition} ORDER BY rowid"  # noqa: S608 - constants of ours
        return [stored.document(row) for row in self._storage.rows(statement, *values)]


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

    def former(self, entry_uuid: str) -> Former | None:
        document = self._registry.entry(entry_uuid, self._patient)
        if document is None:
            return None
        entry = read_entry(document.element())
        signers = entry.slots.get("legalAuthenticator", ())
        return Former(
            document.status,
            document.unique_id,
            frozenset(text.partition("^")[0] for text in (*(one.person for one in entry.authors), *signers) if text),
            frozenset(text.rpartition("^")[2] for one in entry.authors for text in one.institutions),
        )


def _last(times: Sequence[str]) -> datetime | None:
    return datetime.fromisoformat(times[-1]) if times else None


def _urn(uuid: Callable[[], UUID]) -> str:
    return f"urn:uuid:{uuid()}"


def _set_id(submission: Submission) -> str:
    return submission.set.unique_id if submission.set else ""


def _row(
    entry: Entry,
    content: bytes,
    patient: int,
    submission_set: str,
    entry_uuid: str,
    lid: str,
    version: int,
    status: str,
    uuid: Callable[[], UUID],
) -> tuple[str | int | bytes, ...]:
    sha1 = hashlib.sha1(content, usedforsecurity=False).hexdigest()
    size = len(content)
    xml = stored_entry.make(entry.xml, entry_uuid=entry_uuid, lid=lid, version=version, sha1=sha1, size=size, uuid=uuid)
    return (
        entry.unique_id, entry_uuid, lid, version, str(status), patient, entry.patient_id, submission_set,
        entry.mime_type, sha1, size, stored.facets_of_entry(entry), serialize(xml),
    )  # fmt: skip
