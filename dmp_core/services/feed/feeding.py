"""TD2.1 for one item: prepare, send, and look up by uniqueId where the answer was lost."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, Self

from dmp_core.dmp import td21_feed, td31_search
from dmp_core.dmp.soap import Answer, Message
from dmp_core.errors import (
    AuthorLeft,
    CardError,
    DmpAbsent,
    DmpBusy,
    DmpCertificateRefused,
    DmpDuplicate,
    DmpError,
    DmpRefusal,
    DocumentAltered,
    EarlierOnItsWay,
    InsNotQualified,
    ModeForbids,
    PluginAbsent,
    PluginFailed,
    PluginRefused,
    ProfessionalMissing,
    TraitsDiverge,
    TransportError,
)
from dmp_core.model.access import Mode
from dmp_core.model.document import Submission
from dmp_core.model.identity import Ins
from dmp_core.model.item import Fault, OutboxItem, State, WaitReason
from dmp_core.ports import Clock, Ids, OutboxStore
from dmp_core.services.feed.composition import Prepared, oid_of
from dmp_core.services.feed.manners import FeedPace
from dmp_core.services.people.rights import InsPolicy
from dmp_core.services.wire.exchange import Exchange

_WAITS: Final[tuple[tuple[type[DmpError], WaitReason, bool], ...]] = (
    (InsNotQualified, WaitReason.IDENTITY, False),
    (TraitsDiverge, WaitReason.IDENTITY, False),
    (AuthorLeft, WaitReason.AUTHOR, False),
    (ProfessionalMissing, WaitReason.CARD, True),
    (CardError, WaitReason.CARD, True),
    (DmpCertificateRefused, WaitReason.CARD, True),
    (TransportError, WaitReason.NETWORK, True),
    (DmpBusy, WaitReason.NETWORK, True),
    (PluginAbsent, WaitReason.PLUGIN, False),
    (PluginFailed, WaitReason.PLUGIN, True),
    (PluginRefused, WaitReason.PLUGIN, False),
    (EarlierOnItsWay, WaitReason.CONFLICT, False),
)
"""What an item can wait for: the error, the reason shown, and whether time alone may mend it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a try made of an item. `again`: worth another look after a while."""

    state: State
    fault: Fault | None = None
    reason: WaitReason | None = None
    again: bool = False

    @classmethod
    def of(cls, error: DmpError, *, sending: bool) -> Self:
        """What `error` means for an item; `sending`: the DMP may have received it."""
        fault = fault_of(error)
        if sending and _may_have_arrived(error):
            return cls(State.UNCERTAIN, fault, again=True)
        for kind, reason, again in _WAITS:
            if isinstance(error, kind):
                return cls(State.WAITING, fault, reason, again)
        return cls(State.REFUSED, fault)


def fault_of(error: DmpError) -> Fault:
    """The error as an item keeps it."""
    return Fault(
        code=error.code,
        sentence=error.sentence,
        remedy=error.remedy,
        mender=str(error.mender),
        detail=error.detail,
        origin=error.origin,
        dmp_text=error.dmp_text if isinstance(error, DmpRefusal) else "",
    )


def _may_have_arrived(error: DmpError) -> bool:
    """True unless the DMP said no, or nothing left this machine."""
    if isinstance(error, TransportError):
        return error.after_send
    if isinstance(error, DmpRefusal):
        return isinstance(error, DmpDuplicate)
    return not isinstance(error, CardError | ProfessionalMissing | ModeForbids)


class Feeder:
    """Feeds the DMP over one link, never faster than it allows."""

    def __init__(
        self,
        exchange: Exchange,
        outbox: OutboxStore,
        ins_policy: InsPolicy,
        settings: td21_feed.FeedSettings,
        *,
        source_id: str,
        clock: Clock,
        ids: Ids,
        pace: FeedPace,
    ) -> None:
        self._exchange = exchange
        self._outbox = outbox
        self._ins_policy = ins_policy
        self._settings = settings
        self._source_id = source_id
        self._clock = clock
        self._ids = ids
        self._pace = pace

    def pause(self) -> timedelta | None:
        """How long to wait before the next feed, so that no second ever holds more than four; None: now."""
        return self._pace.pause()

    def prepare(self, item: OutboxItem) -> Submission:
        """The submission of a ready item, from its frozen bytes.

        Raises InsNotQualified; where it replaces another document, what the look-up of that one raises.
        """
        ins = self._ins_policy.usable(item.patient)
        prepared = Prepared.model_validate_json(self._outbox.metadata(item.id))
        submission = prepared.submission(self._outbox.document(item.id), source_id=self._source_id, who=item.who)
        if prepared.replaces is None:
            return submission
        replaced = self._entry_uuid(item, ins, prepared.replaces)
        if replaced is None:
            raise DmpAbsent("the document to replace is not in the DMP any more")
        document = submission.document.model_copy(update={"replaces": replaced})
        return submission.model_copy(update={"document": document})

    def send(self, item: OutboxItem, submission: Submission) -> Outcome:
        """Submit once and say what became of it."""
        self._pace.feeding()
        try:
            ins = self._ins_policy.usable(item.patient)
            message = self._message(submission)
            td21_feed.read(self._ask(message, item, ins))
        except DmpError as error:
            return Outcome.of(error, sending=True)
        return Outcome(State.SENT)

    def look_up(self, item: OutboxItem) -> Outcome:
        """Is the document in the DMP? Only this answer says whether it may be sent again."""
        assert item.frozen is not None
        try:
            ins = self._ins_policy.usable(item.patient)
            found = self._find(item, ins, item.frozen.unique_id)
        except DmpError as error:
            return Outcome(State.UNCERTAIN, fault_of(error), again=True)
        if found is None:
            return Outcome(State.READY)
        if found not in ("", item.frozen.hash):
            return Outcome(State.REFUSED, fault_of(DocumentAltered("another document has this uniqueId")))
        return Outcome(State.SENT)

    def _message(self, submission: Submission) -> Message:
        now = self._clock.now()
        return td21_feed.build(
            submission,
            signature=td21_feed.sign(submission, self._exchange.link.signer, at=now, settings=self._settings),
            signature_id=oid_of(self._ids.uuid()),
            submitted_at=now,
            document_part=self._ids.uuid(),
            signature_part=self._ids.uuid(),
            settings=self._settings,
        )

    def _find(self, item: OutboxItem, ins: Ins, unique_id: str) -> str | None:
        """SHA-1 of the document of that uniqueId in the DMP; '' where the mode allows no more than a reference."""
        only_reference = self._exchange.mode is Mode.INDIRECT
        message = td31_search.get_documents([unique_id], references_only=only_reference)
        answer = self._ask(message, item, ins)
        if only_reference:
            return "" if td31_search.read_references(answer) else None
        return next((entry.hash or "" for entry in td31_search.read(answer)), None)

    def _entry_uuid(self, item: OutboxItem, ins: Ins, unique_id: str) -> str | None:
        message = td31_search.get_documents([unique_id], references_only=True)
        return next(iter(td31_search.read_references(self._ask(message, item, ins))), None)

    def _ask(self, message: Message, item: OutboxItem, ins: Ins) -> Answer:
        return self._exchange.ask(message, item.who, ins, patient=item.host_id)
