"""What changed in a record since it was last read, from submission sets, associations and documents (TD3.1).

Rules of the DMP's guide (`dmp_protocol.md` section 6): the deprecated is ignored, RPLC replaces, the same logicalId
is a change of metadata, and a uniqueId counts once; the signature of a set is no document. Nothing here asks the DMP.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from dmp_core.dmp import ebxml
from dmp_core.dmp.submission_sets import Association, SubmissionSet
from dmp_core.model.document import RecordEntry
from dmp_core.model.oids import SIGNATURE_CLASS, Status

_GONE: Final = frozenset({Status.DEPRECATED, Status.DELETED})
_VERSION: Final = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})*")


@dataclass(frozen=True, slots=True)
class Replacement:
    """A document that takes the place of another, which `replaces` names by its entryUUID."""

    entry: RecordEntry
    replaces: str


@dataclass(frozen=True, slots=True)
class StatusChange:
    """A document that was archived, brought back or deleted; `status` is a URN, see `Status`.

    `entry_uuid` is that of its last version: one that the caller does not hold may be a newer version of a row that
    they hold, then only the whole list tells which.
    """

    entry_uuid: str
    status: str


@dataclass(frozen=True, slots=True)
class News:
    """What changed, each document once; `changed`: metadata only (visibility, title)."""

    new: tuple[RecordEntry, ...] = ()
    replaced: tuple[Replacement, ...] = ()
    changed: tuple[RecordEntry, ...] = ()
    statuses: tuple[StatusChange, ...] = ()


def members(sets: Iterable[SubmissionSet], associations: Iterable[Association]) -> tuple[str, ...]:
    """The entryUUIDs of what those sets hold, each once: what to ask the documents of."""
    ours = {each.entry_uuid for each in sets}
    held = (each.target for each in associations if each.kind == ebxml.HAS_MEMBER and each.source in ours)
    return tuple(dict.fromkeys(held))


def news(
    sets: Sequence[SubmissionSet],
    associations: Sequence[Association],
    documents: Iterable[RecordEntry],
    *,
    known: Iterable[RecordEntry] = (),
) -> News:
    """What `sets` brought. `associations`: of the sets (HasMember) and of the documents (RPLC), in any order.

    `known`: the rows held already; one that did not change since is no news.
    """
    held = frozenset(members(sets, associations))
    past = _Past(associations, tuple(known))
    new, replaced, changed = [], [], []
    for entry, versions in _living(entry for entry in documents if entry.entry_uuid in held):
        if entry.entry_uuid in past.known_entries:
            continue
        if past.knows(entry) or not any(past.is_first(each) for each in versions):
            changed.append(entry)
        elif old := past.replaced_by(versions):
            replaced.append(Replacement(entry, old))
        else:
            new.append(entry)
    return News(tuple(new), tuple(replaced), tuple(changed), _statuses(sets, associations))


def _living(documents: Iterable[RecordEntry]) -> Iterator[tuple[RecordEntry, Sequence[RecordEntry]]]:
    """The newest living version of each document, once for each uniqueId, and all its versions that came."""
    groups: dict[str, list[RecordEntry]] = defaultdict(list)
    for entry in documents:
        if entry.class_code is None or entry.class_code.code != SIGNATURE_CLASS:
            groups[entry.logical_id or entry.entry_uuid].append(entry)
    seen = set()
    for versions in groups.values():
        living = [entry for entry in versions if entry.status not in _GONE]
        newest = max(living, key=version_number, default=None)
        if newest is not None and newest.unique_id not in seen:
            seen.add(newest.unique_id)
            yield newest, versions


class _Past:
    """What was there before, as associations and known rows tell it."""

    def __init__(self, associations: Sequence[Association], known: Sequence[RecordEntry]) -> None:
        self.known_entries = frozenset(each.entry_uuid for each in known)
        self._known_documents = frozenset(each.logical_id or each.entry_uuid for each in known)
        self._known_ids = frozenset(each.unique_id for each in known)
        self._updates = {each.target for each in associations if _updates_metadata(each)}
        self._replacements = {each.source: each.target for each in associations if each.kind == ebxml.REPLACES}

    def knows(self, entry: RecordEntry) -> bool:
        return (entry.logical_id or entry.entry_uuid) in self._known_documents or entry.unique_id in self._known_ids

    def is_first(self, entry: RecordEntry) -> bool:
        """The version in which the document came, and not one that changed its metadata."""
        return entry.entry_uuid not in self._updates

    def replaced_by(self, versions: Sequence[RecordEntry]) -> str | None:
        """What a document replaces; RPLC names the version in which it came."""
        found = (self._replacements.get(each.entry_uuid) for each in versions)
        return next(filter(None, found), None)


def _updates_metadata(association: Association) -> bool:
    """HasMember of a new version of an entry (IHE Metadata Update: slot PreviousVersion)."""
    return association.kind == ebxml.HAS_MEMBER and association.slot("PreviousVersion") is not None


def version_number(entry: RecordEntry) -> tuple[int, ...]:
    """`1.2` as (1, 2), to compare; () where the version is missing or no number."""
    written = entry.version or ""
    return tuple(map(int, written.split("."))) if _VERSION.fullmatch(written) else ()


def _statuses(sets: Iterable[SubmissionSet], associations: Iterable[Association]) -> tuple[StatusChange, ...]:
    """The last status that these sets gave each document."""
    order = {each.entry_uuid: each.submission_time or "" for each in sets}
    told = [each for each in associations if each.kind == ebxml.UPDATES_STATUS and each.source in order]
    last = {
        each.target: status
        for each in sorted(told, key=lambda each: order[each.source])
        if (status := each.slot("NewStatus"))
    }
    return tuple(StatusChange(target, status) for target, status in last.items())
