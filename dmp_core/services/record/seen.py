"""What the pharmacy saw of a patient's record, between visits: when, and which documents. Identifiers only."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import cached_property
from typing import Final, Self

from pydantic import AwareDatetime, Field, ValidationError

from dmp_core.model.document import RecordEntry, UniqueId
from dmp_core.model.health import HealthModel
from dmp_core.model.identity import Ins
from dmp_core.ports import PatientFile

KIND: Final = "visit"


class SeenDocument(HealthModel):
    """A document that was listed, in the version that was listed."""

    unique_id: UniqueId
    entry_uuid: str
    logical_id: str | None = None
    gone: bool = Field(default=False, description="archived, replaced or deleted since")

    @property
    def document(self) -> str:
        """What all versions of it share: the logicalId, or what stands for it."""
        return self.logical_id or self.entry_uuid

    def entry(self) -> RecordEntry:
        """As a row that tells its identifiers only."""
        return RecordEntry(
            unique_id=self.unique_id, entry_uuid=self.entry_uuid, logical_id=self.logical_id, status="seen"
        )


class Seen(HealthModel):
    """All that was seen until `asked_at`. `since`: the day from which all was listed; None: from the beginning."""

    cx: str = Field(repr=False, description="the INS: another one makes it another patient's")
    asked_at: AwareDatetime
    since: date | None
    documents: tuple[SeenDocument, ...] = ()

    @cached_property
    def by_document(self) -> dict[str, SeenDocument]:
        return {each.document: each for each in self.documents}

    @cached_property
    def by_entry(self) -> dict[str, SeenDocument]:
        return {each.entry_uuid: each for each in self.documents}

    @cached_property
    def _unique_ids(self) -> frozenset[str]:
        return frozenset(each.unique_id for each in self.documents)

    def knows(self, entry: RecordEntry) -> bool:
        """The document was listed before, in whatever version."""
        return (entry.logical_id or entry.entry_uuid) in self.by_document or entry.unique_id in self._unique_ids

    def has_version(self, entry: RecordEntry) -> bool:
        return entry.entry_uuid in self.by_entry

    def shows(self, entry_uuid: str) -> bool:
        """Whether it was active when it was seen last."""
        seen = self.by_entry.get(entry_uuid)
        return seen is not None and not seen.gone

    def covers(self, day: str | None) -> bool:
        """Whether a document of that day (XDS time) would have been listed, had it been there."""
        return self.since is None or (day is not None and day[:8] >= self.since.strftime("%Y%m%d"))

    def after(
        self, at: datetime, listed: Iterable[RecordEntry], *, since: date | None, gone: Iterable[str] = ()
    ) -> Self:
        """With what was listed at that time beside it; `gone`: entryUUIDs that are active no more."""
        left = frozenset(gone)
        documents = {
            key: one.model_copy(update={"gone": True}) if one.entry_uuid in left else one
            for key, one in self.by_document.items()
        }
        documents.update({one.document: one for one in map(_seen, listed)})
        earliest = None if self.since is None or since is None else min(self.since, since)
        return type(self)(cx=self.cx, asked_at=at, since=earliest, documents=tuple(documents.values()))

    @classmethod
    def first(cls, ins: Ins, at: datetime, listed: Iterable[RecordEntry], *, since: date | None) -> Self:
        return cls(cx=ins.cx, asked_at=at, since=since, documents=tuple(map(_seen, listed)))


class Visits:
    """Keeps what was seen in the patients' file."""

    def __init__(self, patients: PatientFile) -> None:
        self._patients = patients

    def last(self, structure: str, host_id: str, ins: Ins) -> Seen | None:
        """What was seen of this patient; None at the first visit, and where the record is another patient's.

        A file of another version of this program counts as none: then the first visit comes again.
        """
        kept = self._patients.read(structure, host_id, KIND)
        try:
            seen = None if kept is None else Seen.model_validate_json(kept)
        except ValidationError:
            return None
        return seen if seen is not None and seen.cx == ins.cx else None

    def keep(self, structure: str, host_id: str, seen: Seen) -> None:
        value = seen.model_dump_json().encode()
        self._patients.write(structure, host_id, KIND, value, now=seen.asked_at)


def _seen(entry: RecordEntry) -> SeenDocument:
    return SeenDocument(unique_id=entry.unique_id, entry_uuid=entry.entry_uuid, logical_id=entry.logical_id)
