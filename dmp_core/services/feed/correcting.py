"""TD3.3 for one sent document: look at it as the DMP has it, and change what is not yet as asked."""

from typing import Final

from dmp_core import log
from dmp_core.dmp import td31_search, td33_update
from dmp_core.dmp.soap import Answer, Message
from dmp_core.dmp.submission_sets import NewSet
from dmp_core.errors import DmpAccessDenied, NotFound, NothingChanged, WrongState
from dmp_core.model.access import Mode
from dmp_core.model.document import RecordEntry, Visibility
from dmp_core.model.identity import Ins
from dmp_core.model.item import Correction, CorrectionKind, OutboxItem
from dmp_core.model.oids import Status
from dmp_core.ports import Clock, Ids
from dmp_core.services.feed.composition import oid_of
from dmp_core.services.people.rights import InsPolicy
from dmp_core.services.wire.exchange import Exchange

_STEPS: Final = 4  # a visibility takes two changes at most
_STATUS: Final = {CorrectionKind.ARCHIVE: Status.ARCHIVED, CorrectionKind.UNARCHIVE: Status.APPROVED}


class Corrector:
    """Makes corrections. `feed` withdraws, as it fed; `read` does the rest where `feed` may not (indirect)."""

    def __init__(
        self, feed: Exchange, read: Exchange, ins_policy: InsPolicy, *, source_id: str, clock: Clock, ids: Ids
    ) -> None:
        self._feed = feed
        self._read = read
        self._ins_policy = ins_policy
        self._source_id = source_id
        self._clock = clock
        self._ids = ids

    def _exchange(self, kind: CorrectionKind) -> Exchange:
        """In indirect mode a pharmacy deletes its own documents, and nothing else (PDT-INF-526)."""
        withdraws = kind is CorrectionKind.WITHDRAW
        return self._feed if withdraws or self._feed.mode is not Mode.INDIRECT else self._read

    def perform(self, item: OutboxItem, asked: Correction) -> None:
        """Change the document step by step until the DMP has it as asked; nothing where it is so already.

        Raises NotFound where it does not live in the record (and is not to be withdrawn), WrongState, InsNotQualified,
        and what the exchange raises.
        """
        assert item.frozen is not None and asked.patient is not None
        ins, exchange = self._ins_policy.usable(asked.patient), self._exchange(asked.kind)
        for _ in range(_STEPS):
            message = self._next(item, asked, exchange, ins)
            if message is None:
                return
            td33_update.read(_ask(exchange, message, asked, ins))
            if asked.kind is not CorrectionKind.VISIBILITY:
                return
        raise WrongState("the visibility does not become what was asked")

    def _next(self, item: OutboxItem, asked: Correction, exchange: Exchange, ins: Ins) -> Message | None:
        """The change that is still to be made; None where the DMP has the document as asked."""
        now = self._clock.now()
        if asked.kind is CorrectionKind.WITHDRAW:
            entry = self._withdrawable(item, asked, exchange, ins)
            if entry is None:
                return None
            return td33_update.change_status(entry, Status.DELETED, self._set(asked, ins), submitted_at=now)
        target = self._target(item, asked, exchange, ins)
        if asked.visibility is not None:
            wanted = _next_visibility(td33_update.visibility_of(target.entry), asked.visibility)
            try:
                return td33_update.change_visibility(target, wanted, self._set(asked, ins), submitted_at=now)
            except NothingChanged:
                return None
        status = _STATUS[asked.kind]
        if target.entry.status == status:
            return None
        return td33_update.change_status(target.entry, status, self._set(asked, ins), submitted_at=now)

    def _withdrawable(self, item: OutboxItem, asked: Correction, exchange: Exchange, ins: Ins) -> RecordEntry | None:
        """The entry to delete; None where it is gone. Without the right to read the record, by its reference alone.

        A reference tells no status: that which we left the document in is taken.
        """
        if exchange.mode.reads:
            try:
                return self._target(item, asked, exchange, ins).entry
            except NotFound:
                return None
            except DmpAccessDenied:
                log.event("correct.by_reference", item=item.id)
        assert item.frozen is not None
        message = td31_search.get_documents([item.frozen.unique_id], references_only=True)
        found = td31_search.read_references(_ask(exchange, message, asked, ins))
        if not found:
            return None
        status = Status.ARCHIVED if item.archived else Status.APPROVED
        return RecordEntry(unique_id=item.frozen.unique_id, entry_uuid=found[-1], status=status)

    def _target(self, item: OutboxItem, asked: Correction, exchange: Exchange, ins: Ins) -> td33_update.Target:
        assert item.frozen is not None
        message = td31_search.get_documents([item.frozen.unique_id], references_only=False)
        return td33_update.target(_ask(exchange, message, asked, ins), item.frozen.unique_id)

    def _set(self, asked: Correction, ins: Ins) -> NewSet:
        identifier = oid_of(self._ids.uuid())
        return td33_update.pharmacy_set(asked.who, ins, submission_set_id=identifier, source_id=self._source_id)


def _next_visibility(present: Visibility, wanted: Visibility) -> Visibility:
    """TD3.3b before TD3.3a: what the patient sees and the mask change one after the other."""
    rest = wanted.model_copy(update={"masked_to_professionals": present.masked_to_professionals})
    return wanted if rest == present else rest


def _ask(exchange: Exchange, message: Message, asked: Correction, ins: Ins) -> Answer:
    assert asked.patient is not None, "pending"
    return exchange.ask(message, asked.who, ins, patient=asked.patient.host_id)
