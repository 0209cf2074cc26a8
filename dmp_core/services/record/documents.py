"""TD3.2: listed documents, several in one question, each checked against its row and never fetched twice."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha1
from typing import Final

from dmp_core.dmp import td32_retrieve
from dmp_core.dmp.td32_retrieve import Retrieval, Retrieved
from dmp_core.errors import DmpAccessDenied, DmpDocumentUnknown, DmpError, DmpRefusal, DocumentAltered, NotFound
from dmp_core.model.document import RecordEntry
from dmp_core.model.identity import Patient
from dmp_core.model.limits import DMP_ANSWER
from dmp_core.model.practitioner import Right, Who
from dmp_core.model.row import Row
from dmp_core.ports import Audit
from dmp_core.services.announcement import Announcer
from dmp_core.services.people import rights
from dmp_core.services.people.rights import InsPolicy
from dmp_core.services.record.access import RecordAccess
from dmp_core.services.record.open_records import OpenRecord
from dmp_core.services.wire.exchange import Exchange

_BATCH: Final = 20  # documents of one question
_BATCH_BYTES: Final = DMP_ANSWER // 2


@dataclass(frozen=True, slots=True)
class Fetched:
    """The documents, in the order in which they were asked for, and why others did not come."""

    documents: tuple[Retrieved, ...]
    refused: dict[str, DmpError] = field(default_factory=dict)


@dataclass(slots=True)
class _Fetching:
    """One call: whose record, and what could not be had of it."""

    patient: Patient
    who: Who
    record: OpenRecord
    refused: dict[str, DmpError] = field(default_factory=dict)


class Documents:
    """Fetches what was listed. Its calls wait for the network."""

    def __init__(
        self, exchange: Exchange, access: RecordAccess, announcer: Announcer, ins_policy: InsPolicy, audit: Audit
    ) -> None:
        self._exchange = exchange
        self._access = access
        self._announcer = announcer
        self._ins_policy = ins_policy
        self._audit = audit

    def fetch(self, patient: Patient, who: Who | None, unique_ids: Sequence[str]) -> Fetched:
        """These documents; what was fetched since the patient was opened is not asked for again.

        Raises NotFound where one was not listed, RightMissing, ProfessionalMissing, InsNotQualified, PatientRefuses,
        EmergencyOver, SecretConnectionUnanswered, DmpAccessDenied, and what the exchange raises.
        """
        who = rights.require(who, Right.READ)
        ins = self._ins_policy.usable(patient)
        record = self._access.entered(patient, ins, who)
        if any(one not in record.rows for one in unique_ids):
            raise NotFound("this document was not listed for this patient: dmp/list comes first")
        fetching = _Fetching(patient, who, record)
        with record.fetching:
            missing = [one for one in dict.fromkeys(unique_ids) if one not in record.documents]
            for batch in _batches([record.rows[one] for one in missing]):
                self._ask(batch, fetching)
            found = tuple(record.documents[one] for one in dict.fromkeys(unique_ids) if one in record.documents)
        return Fetched(found, fetching.refused)

    def _ask(self, batch: Sequence[Row], fetching: _Fetching) -> None:
        """One TD3.2; a document that is altered or does not come is refused, the others are kept."""
        asked = [row.unique_id for row in batch]
        try:
            retrieval = self._retrieved(asked, fetching)
        except DmpAccessDenied:
            raise
        except DmpRefusal as error:
            fetching.refused.update(dict.fromkeys(asked, error))
            return
        come = {document.unique_id: document for document in retrieval.documents}
        for row in batch:
            document = come.get(row.unique_id)
            reason = self._wrong(document, row, retrieval)
            if document is None or reason is not None:
                fetching.refused[row.unique_id] = reason or DmpDocumentUnknown()
            else:
                self._take(document, row, fetching)

    def _retrieved(self, asked: Sequence[str], fetching: _Fetching) -> Retrieval:
        record, who = fetching.record, fetching.who
        message = td32_retrieve.build(asked)
        try:
            answer = self._exchange.ask(message, who, record.ins, record.access, patient=fetching.patient.host_id)
        except DmpAccessDenied:
            if not self._access.renewed(fetching.patient, record.ins, who, record):
                raise
            answer = self._exchange.ask(message, who, record.ins, record.access, patient=fetching.patient.host_id)
        return td32_retrieve.read(answer, asked=asked)

    def _wrong(self, document: Retrieved | None, row: RecordEntry, retrieval: Retrieval) -> DmpError | None:
        if document is None:
            return next(iter(retrieval.refusals), None)
        size, content = row.size, document.content
        if size is not None and size != len(content):
            return DocumentAltered(f"{len(content)} bytes, {size} announced")
        if row.hash and row.hash.lower() != sha1(content, usedforsecurity=False).hexdigest():
            return DocumentAltered("SHA-1 differs from the metadata")
        return None

    def _take(self, document: Retrieved, row: Row, fetching: _Fetching) -> None:
        patient, who, record = fetching.patient, fetching.who, fetching.record
        self._audit.record(
            "record.document_read",
            patient=patient.host_id,
            structure=who.structure.national_id,
            operator=who.operator.id,
            author=who.author.national_id,
            purpose=str(record.access.purpose),
            unique_id=row.unique_id,
        )
        record.documents[row.unique_id] = document
        self._announcer.document_read(patient.host_id, row, document.content)


def _batches(rows: Sequence[Row]) -> Iterator[Sequence[Row]]:
    """As few questions as one answer can hold; a row without size counts as nothing."""
    batch: list[Row] = []
    size = 0
    for row in rows:
        if batch and (len(batch) == _BATCH or size + (row.size or 0) > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(row)
        size += row.size or 0
    if batch:
        yield batch
