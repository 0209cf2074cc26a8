"""After sending: withdraw a document (TD3.3c), change who sees it (TD3.3a, b), archive it (TD3.3d), replace it.

What was asked is on disk before the DMP hears of it. Each try begins by a look at the document as the DMP has it, so
that a try that was interrupted anywhere is simply made again. Calls wait for the network: never on the host's thread.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Final

from dmp_core import log
from dmp_core.api.events import SavedDocument
from dmp_core.errors import (
    AnswerError,
    DmpBusy,
    DmpError,
    DmpRefusal,
    InputError,
    NotFound,
    PatientMismatch,
    TransportError,
    WrongState,
)
from dmp_core.model.document import Visibility
from dmp_core.model.identity import Patient
from dmp_core.model.item import Correction, CorrectionKind, CorrectionState, OutboxItem, State, WithdrawReason
from dmp_core.model.practitioner import Right, Who
from dmp_core.outbox import corrections
from dmp_core.ports import Audit, Clock, OutboxStore
from dmp_core.services import notices
from dmp_core.services.feed.correcting import Corrector
from dmp_core.services.feed.feeding import fault_of
from dmp_core.services.feed.intake import Intake
from dmp_core.services.people import rights
from dmp_core.services.people.rights import InsPolicy

_FIRST_RETRY: Final = timedelta(seconds=2)
_LAST_RETRY: Final = timedelta(minutes=5)
_UNDER_WAY: Final = timedelta(minutes=10)  # longer than any try: who asked looks at it, then delivery does
_SENT: Final = frozenset({State.SENT})
_AGAIN: Final = (TransportError, DmpBusy, AnswerError)
_ENDS: Final = (DmpRefusal, InputError)  # of a try after one whose answer was lost: the others say nothing of it


@dataclass(frozen=True, slots=True)
class Possible:
    """One thing that may be done to a sent document. `effect`: what the DMP will do. `fault`: why it may not."""

    kind: str
    label: str
    effect: str
    fault: DmpError | None = None


class Corrections:
    """Corrects what was sent, and keeps what became of it with the receipt."""

    def __init__(
        self,
        corrector: Corrector,
        outbox: OutboxStore,
        intake: Intake,
        ins_policy: InsPolicy,
        audit: Audit,
        *,
        clock: Clock,
        tell: Callable[[notices.Notice], None],
        ended: Callable[[OutboxItem], None],
    ) -> None:
        """`ended` lets go on what waited for the end of a correction."""
        self._corrector = corrector
        self._outbox = outbox
        self._intake = intake
        self._ins_policy = ins_policy
        self._audit = audit
        self._clock = clock
        self._tell = tell
        self._ended = ended
        self._at_work: set[str] = set()
        self._guard = Lock()

    # ------------------------------------------------------------ what the host asks

    def explain(self, item_id: str, who: Who | None, visibility: Visibility | None = None) -> tuple[Possible, ...]:
        """What may be done to this document, and what the DMP would make of it. Raises RightMissing, NotFound."""
        item = self._own(item_id, rights.require(who, Right.FEED))
        archive = CorrectionKind.UNARCHIVE if item.archived else CorrectionKind.ARCHIVE
        kinds = (CorrectionKind.WITHDRAW, CorrectionKind.VISIBILITY, archive)
        fault = self._forbidden(item)
        possible = [
            Possible(
                kind,
                corrections.LABELS[kind],
                corrections.effect(kind, visibility),
                fault,
            )
            for kind in kinds
        ]
        return (*possible, Possible("replace", corrections.REPLACE, corrections.REPLACES, fault))

    def withdraw(self, item_id: str, patient: Patient, reason: WithdrawReason, who: Who | None) -> OutboxItem:
        """*Retirer du DMP*. The item with what became of it: done, refused with its reason, or pending (tried again).

        Raises RightMissing, NotFound, PatientMismatch, WrongState, InsNotQualified, AuditUnavailable.
        """
        return self._begin(item_id, patient, who, CorrectionKind.WITHDRAW, reason=reason)

    def set_visibility(self, item_id: str, patient: Patient, visibility: Visibility, who: Who | None) -> OutboxItem:
        """Who may see it from now on. As `withdraw`."""
        return self._begin(item_id, patient, who, CorrectionKind.VISIBILITY, visibility=visibility)

    def archive(self, item_id: str, patient: Patient, who: Who | None, *, archived: bool = True) -> OutboxItem:
        """Into the archive of the DMP, or out of it. As `withdraw`."""
        kind = CorrectionKind.ARCHIVE if archived else CorrectionKind.UNARCHIVE
        return self._begin(item_id, patient, who, kind)

    def replace(
        self, item_id: str, patient: Patient, key: str, content: Mapping[str, Any], who: Who | None
    ) -> OutboxItem:
        """*Remplacer*: a new save of the same record, whose document takes the place of this one.

        Raises as `withdraw`, and as `Intake.save`.
        """
        who = rights.require(who, Right.FEED)
        item = self._correctable(item_id, patient, who)
        saved = SavedDocument(key=key, record=item.record, type_id=item.type_id, patient=patient, content=dict(content))
        return self._intake.save(saved, who)

    # ------------------------------------------------------------ what goes by itself

    def go_on(self, item: OutboxItem) -> None:
        """Another try of a pending correction: after a stop, or an answer that was lost. Never raises DmpError."""
        if item.correcting is None:
            self._outbox.change(item, State.SENT, now=self._clock.now(), due_at=None)
        elif not self._claim(item.id):
            self._outbox.change(item, State.SENT, now=self._clock.now(), due_at=self._clock.now() + _UNDER_WAY)
        else:
            self._try(item, item.correcting, again=True)

    # ------------------------------------------------------------ parts

    def _begin(
        self,
        item_id: str,
        patient: Patient,
        who: Who | None,
        kind: CorrectionKind,
        *,
        reason: WithdrawReason | None = None,
        visibility: Visibility | None = None,
    ) -> OutboxItem:
        who = rights.require(who, Right.FEED)
        item = self._correctable(item_id, patient, who)
        self._ins_policy.usable(patient)
        now = self._clock.now()
        asked = Correction(
            kind=kind, reason=reason, visibility=visibility, who=who, patient=patient, asked_at=now, changed_at=now
        )
        self._note(item, asked, "asked")
        if not self._claim(item_id):
            raise WrongState("a correction of this document is under way")
        try:
            item = self._keep(item, asked, due_at=now + _UNDER_WAY)
        except BaseException:
            self._release(item_id)
            raise
        return self._try(item, asked)

    def _try(self, item: OutboxItem, asked: Correction, *, again: bool = False) -> OutboxItem:
        """One try; the item with what became of it. It was claimed, and is free again when this returns.

        `again`: an earlier try may have changed the document.
        """
        try:
            try:
                self._corrector.perform(item, asked)
            except _AGAIN as error:
                return self._later(item, asked, error)
            except DmpError as error:
                if again and not isinstance(error, _ENDS):
                    return self._later(item, asked, error)
                return self._end(item, asked, CorrectionState.REFUSED, error)
            return self._end(item, asked, CorrectionState.DONE)
        finally:
            self._release(item.id)

    def _later(self, item: OutboxItem, asked: Correction, error: DmpError) -> OutboxItem:
        """Its end is not known, or it did not begin: looked at again after a while."""
        delay = min(_FIRST_RETRY * 2 ** min(asked.attempts, 10), _LAST_RETRY)
        return self._keep(
            item, asked, due_at=self._clock.now() + delay, fault=fault_of(error), attempts=asked.attempts + 1
        )

    def _end(
        self, item: OutboxItem, asked: Correction, state: CorrectionState, error: DmpError | None = None
    ) -> OutboxItem:
        self._note(item, asked, error.code if error else "ok")
        fault = fault_of(error) if error else None
        item = self._keep(item, asked, due_at=None, state=state, patient=None, fault=fault)
        self._ended(item)
        return item

    def _keep(self, item: OutboxItem, asked: Correction, *, due_at: datetime | None, **changes: Any) -> OutboxItem:
        """The correction, new or changed, with its receipt."""
        now = self._clock.now()
        before = item.corrections[:-1] if item.correcting else item.corrections
        changed = asked.model_copy(update={"changed_at": now, **changes})
        fields: dict[str, Any] = {"corrections": (*before, changed), "due_at": due_at}
        if changed.state is CorrectionState.DONE and changed.visibility is not None:
            fields["visibility"] = changed.visibility
        item = self._outbox.change(item, State.SENT, now=now, **fields)
        log.event("outbox.corrected", item=item.id, action=changed.kind, state=changed.state)
        self._tell(notices.OutboxChanged(item))
        return item

    def _own(self, item_id: str, who: Who) -> OutboxItem:
        item = self._outbox.get(item_id)
        if item.who.structure.national_id != who.structure.national_id:
            raise NotFound("this item is another pharmacy's")
        return item

    def _correctable(self, item_id: str, patient: Patient, who: Who) -> OutboxItem:
        """The sent item, where it is this patient's and nothing of it is under way."""
        item = self._own(item_id, who)
        if fault := self._forbidden(item):
            raise fault
        if item_id not in {
            one.id for one in self._outbox.of_patient(who.structure.national_id, patient.host_id, _SENT)
        }:
            raise PatientMismatch("the document is another patient's")
        return item

    def _forbidden(self, item: OutboxItem) -> DmpError | None:
        """Why nothing may be done to this item now."""
        if item.state is not State.SENT:
            return WrongState(f"state {item.state}")
        if item.withdrawn:
            return WrongState("the document was withdrawn")
        if item.correcting:
            return WrongState("a correction of this document is under way")
        if self._is_replaced(item):
            return WrongState("a later version took its place: that one may be corrected")
        return None

    def _is_replaced(self, item: OutboxItem) -> bool:
        assert item.frozen is not None
        series, version = item.frozen.set_id, item.frozen.version
        saves = self._outbox.of_record(item.who.structure.national_id, item.record)
        sent = [one.frozen for one in saves if one.state is State.SENT and one.frozen]
        return any(one.set_id == series and one.version > version for one in sent)

    def _claim(self, item_id: str) -> bool:
        with self._guard:
            free = item_id not in self._at_work
            self._at_work.add(item_id)
            return free

    def _release(self, item_id: str) -> None:
        with self._guard:
            self._at_work.discard(item_id)

    def _note(self, item: OutboxItem, asked: Correction, result: str) -> None:
        self._audit.record(
            "feed.corrected",
            item=item.id,
            unique_id=item.frozen.unique_id if item.frozen else None,
            structure=asked.who.structure.national_id,
            operator=asked.who.operator.id,
            author=asked.who.author.national_id,
            state=str(asked.kind),
            reason=str(asked.reason) if asked.reason else None,
            result=result,
        )
