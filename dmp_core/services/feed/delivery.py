"""Moves the items of the outbox: composed, confirmed or held, sent, and looked up after an answer that was lost.

A step is synchronous and says when the next one is worth taking. Each move is on disk before the next begins, so that
a process killed anywhere finds every item in a state that tells what to do.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

from dmp_core import log
from dmp_core.errors import (
    DmpError,
    HandedOver,
    ItemChanged,
    NothingChanged,
    NotWanted,
    OutboxError,
    PatientOpposed,
    WrongState,
)
from dmp_core.model.document import FeedPolicy, Visibility
from dmp_core.model.identity import Patient
from dmp_core.model.item import CancelReason, Fault, OutboxItem, State, WaitReason
from dmp_core.model.practitioner import Right, Who
from dmp_core.ports import Clock, OutboxStore
from dmp_core.services import notices
from dmp_core.services.announcement import Announcer
from dmp_core.services.feed.composition import Composed, Composer
from dmp_core.services.feed.correct import Corrections
from dmp_core.services.feed.feeding import Feeder, Outcome, fault_of
from dmp_core.services.feed.form import FeedForm
from dmp_core.services.feed.intake import RAW_EVENT
from dmp_core.services.feed.takeover import Takeover
from dmp_core.services.feed.translation import Translator
from dmp_core.services.people import rights
from dmp_core.services.people.consent import Consents

_FIRST_RETRY: Final = timedelta(seconds=2)
_LAST_RETRY: Final = timedelta(seconds=30)
_STORE_REFUSES: Final = timedelta(seconds=5)  # until what could not be written down is tried again
_CHANGEABLE: Final = frozenset({State.COMPOSED, State.AWAITING_CONFIRMATION, State.HELD})
_STOPPABLE: Final = frozenset(State) - {
    State.SENDING, State.UNCERTAIN, State.HANDED, State.SENT, State.CANCELLED, State.TRANSLATED,
}  # fmt: skip
_ENDS: Final = frozenset({State.SENT, State.REFUSED, State.CANCELLED})


def _is_elsewhere(item: OutboxItem) -> bool:
    """At another seat, or offered to one: it is taken back first."""
    return item.state is State.HANDED or item.reason is WaitReason.SEAT


class Delivery:
    """The one that moves items. One thread calls `step`; what the host asks may come from another."""

    def __init__(
        self,
        outbox: OutboxStore,
        *,
        composer: Composer,
        feeder: Feeder,
        translator: Translator,
        announcer: Announcer,
        consents: Consents,
        known: Callable[[Patient], Patient],
        corrections: Corrections,
        takeover: Takeover,
        clock: Clock,
        hold: timedelta,
        tell: Callable[[notices.Notice], None],
        wake: Callable[[], None],
        overtaken: Callable[[], bool] = lambda: False,
    ) -> None:
        """`overtaken`: the host spoke while a step was under way, and comes first: the rest of the step waits."""
        self._outbox = outbox
        self._composer = composer
        self._feeder = feeder
        self._translator = translator
        self._announcer = announcer
        self._consents = consents
        self._known = known
        self._corrections = corrections
        self._takeover = takeover
        self._clock = clock
        self._hold = hold
        self._tell = tell
        self._wake = wake
        self._overtaken = overtaken

    # ------------------------------------------------------------ what goes by itself

    def step(self) -> datetime | None:
        """Move every item that is due by one step. Gives when something falls due next; None: only an event will."""
        marked = True
        for item in self._outbox.due(self._clock.now()):
            if item.state is State.READY and (pause := self._feeder.pause()):
                return self._clock.now() + pause
            marked = self._move(item) and marked
            if self._overtaken():
                return self._clock.now()
        if not marked:
            return self._clock.now() + _STORE_REFUSES
        due = self._outbox.next_due()
        if due is None or due > self._clock.now():
            self._tidy()
        return due

    def _tidy(self) -> None:
        """Nothing waits for it, and a disk that is full keeps nothing from being sent."""
        try:
            self._outbox.checkpoint()
        except OutboxError as error:
            log.warning("outbox.not_tidied", code=error.code)

    def _move(self, item: OutboxItem) -> bool:
        """One step of one item. Whatever fails concerns this item alone; False where that could not even be marked."""
        try:
            self._advance(item)
        except ItemChanged:
            log.event("delivery.overtaken", item=item.id)
        except DmpError as error:
            return self._wait_or_refuse(item.id, error)
        except Exception as error:  # noqa: BLE001 - a mistake of ours must not stop the other items
            log.warning("delivery.broken", item=item.id, error=type(error).__name__)
            return self._wait_or_refuse(item.id, DmpError(type(error).__name__))
        return True

    def _advance(self, item: OutboxItem) -> None:
        if item.state is not State.UNCERTAIN:
            self._consents.require_unopposed(item)
        match item.state:
            case State.ACCEPTED if item.type_id == RAW_EVENT:
                self._translator.translate(item)
            case State.ACCEPTED:
                self._compose(item)
            case State.COMPOSED:
                self._apply_policy(item)
            case State.HELD:
                self._release(item)
            case State.READY:
                self._takeover.require_present(item)
                self._send(item)
            case State.SENT:
                self._corrections.go_on(item)
            case State.UNCERTAIN:
                self._finish(item, self._feeder.look_up(item))
            case State.WAITING:
                self._set(item, item.resume or State.ACCEPTED, due_at=self._clock.now())
            case _:
                log.warning("delivery.nothing_to_do", item=item.id, state=item.state)

    def _compose(self, item: OutboxItem) -> None:
        for earlier in self._composer.superseded(item):
            self._set(earlier, State.CANCELLED)
        if self._composer.is_unchanged(item):
            self._set(item, State.CANCELLED, fault=fault_of(NothingChanged()))
            return
        item = self._with_known_identity(item)
        composed = self._composer.compose(item)
        item = self._set(
            item,
            State.COMPOSED,
            document=composed.document,
            metadata=composed.metadata,
            title=composed.prepared.document.title,
            visibility=composed.visibility,
            plugin=composed.plugin,
        )
        self._apply_policy(item)

    def _apply_policy(self, item: OutboxItem) -> None:
        """The plugins may ask for a window, a hold, or that a manual document leaves; the policy decides else."""
        wishes = self._announcer.saved(item)
        policy = FeedPolicy.WINDOW if wishes.window else self._composer.policy(item)
        if policy is FeedPolicy.WINDOW:
            item = self._set(item, State.AWAITING_CONFIRMATION)
            self._tell(notices.WindowWanted(item))
        elif policy is FeedPolicy.AUTOMATIC or wishes.feed:
            hold = self._hold if wishes.hold is None else wishes.hold
            self._set(item, State.HELD, due_at=self._clock.now() + hold)
        else:
            self._set(item, State.COMPOSED, due_at=None)

    def _release(self, item: OutboxItem) -> OutboxItem:
        """From here on, nothing of the document may change. What a minor asked for during the hold is done first."""
        wanted = self._composer.hiding(item, item.visibility)
        if wanted != item.visibility:
            return self._ready(item, self._composer.compose(item, visibility=wanted))
        return self._set(item, State.READY, frozen=self._composer.frozen(item), due_at=self._clock.now())

    def _ready(self, item: OutboxItem, composed: Composed) -> OutboxItem:
        """The item with what was composed now, frozen."""
        return self._set(
            item,
            State.READY,
            document=composed.document,
            metadata=composed.metadata,
            title=composed.prepared.document.title,
            visibility=composed.visibility,
            frozen=composed.prepared.frozen,
            due_at=self._clock.now(),
        )

    def _send(self, item: OutboxItem) -> None:
        submission = self._feeder.prepare(item)
        item = self._set(item, State.SENDING, attempts=item.attempts + 1, due_at=None)
        self._finish(item, self._feeder.send(item, submission))

    def _finish(self, item: OutboxItem, outcome: Outcome) -> None:
        delay = min(_FIRST_RETRY * 2 ** min(item.attempts, 10), _LAST_RETRY)
        due = self._clock.now() + delay if outcome.again else None
        if outcome.state is State.READY:
            due = self._clock.now()
        self._set(item, outcome.state, fault=outcome.fault, reason=outcome.reason, due_at=due)

    # ------------------------------------------------------------ what the host asks

    def describe(self, item_id: str, who: Who | None) -> FeedForm:
        """What the feed window shows of this item. Raises RightMissing, NotFound, WrongState."""
        rights.require(who, Right.FEED)
        item = self._outbox.get(item_id)
        if item.state not in _CHANGEABLE:
            raise WrongState(f"state {item.state}")
        return self._composer.form(item)

    def confirm(
        self,
        item_id: str,
        who: Who | None,
        *,
        title: str | None = None,
        visibility: Visibility | None = None,
    ) -> OutboxItem:
        """*Envoyer*: the item leaves, with the title and visibility that the operator chose.

        Raises RightMissing, NotFound, WrongState, DocumentInvalid.
        """
        rights.require(who, Right.FEED)
        item = self._outbox.get(item_id)
        if item.state not in _CHANGEABLE:
            raise WrongState(f"state {item.state}")
        self._consents.require_unopposed(item)
        item = self._with_known_identity(item)
        wanted = visibility or self._composer.hiding(item, item.visibility)
        item = self._ready(item, self._composer.compose(item, title=title, visibility=wanted))
        self._wake()
        return item

    def cancel(self, item_id: str, who: Who | None, reason: CancelReason | None = None) -> OutboxItem:
        """*Ne pas envoyer*. Raises RightMissing, NotFound, WrongState once it is on its way."""
        rights.require(who, Right.FEED)
        fault = fault_of(NotWanted(str(reason))) if reason else None
        return self._set(self._here(item_id), State.CANCELLED, fault=fault, due_at=None)

    def retry(self, item_id: str, who: Who | None) -> OutboxItem:
        """A refused item starts again, a waiting one goes on now, an uncertain one is looked up now.

        Raises RightMissing, NotFound, WrongState.
        """
        rights.require(who, Right.FEED)
        item = self._here(item_id)
        if item.state is State.UNCERTAIN:
            item = self._set(item, State.UNCERTAIN, due_at=self._clock.now())
        elif item.state is State.WAITING:
            item = self._set(item, item.resume or State.ACCEPTED, due_at=self._clock.now())
        else:
            item = self._set(item, State.ACCEPTED, due_at=self._clock.now(), fault=None)
        self._wake()
        return item

    def cancel_opposed(self, structure: str, host_id: str, since: datetime) -> Sequence[OutboxItem]:
        """What is not on its way of a patient who opposes feeding, cancelled with that reason.

        Gives all that was cancelled so from `since` on: a step that was under way may have come first.
        """
        opposed = fault_of(PatientOpposed())
        while stoppable := [
            one for one in self._outbox.of_patient(structure, host_id, _STOPPABLE) if not _is_elsewhere(one)
        ]:
            for item in stoppable:
                with suppress(ItemChanged):  # it moved meanwhile: seen again in the next round
                    self._set(item, State.CANCELLED, fault=opposed, due_at=None)
        cancelled = self._outbox.of_patient(structure, host_id, frozenset({State.CANCELLED}))
        return [one for one in cancelled if one.fault and one.fault.code == opposed.code and one.changed_at >= since]

    # ------------------------------------------------------------ what both do

    def _here(self, item_id: str) -> OutboxItem:
        """The item, where no other seat may have it. Raises NotFound, HandedOver."""
        item = self._outbox.get(item_id)
        if _is_elsewhere(item):
            raise HandedOver
        return item

    def _with_known_identity(self, item: OutboxItem) -> OutboxItem:
        """The item with what is known of its patient beyond what the host said when it saved."""
        known = self._known(item.patient) if item.patient else None
        if known == item.patient:
            return item
        return self._outbox.change(item, item.state, now=self._clock.now(), patient=known)

    def _wait_or_refuse(self, item_id: str, error: DmpError) -> bool:
        """False where the store does not take it: the item is still due, and would be so for ever."""
        try:
            item = self._outbox.get(item_id)
            if item.state is State.SENT:
                self._outbox.change(item, State.SENT, now=self._clock.now(), due_at=self._clock.now() + _LAST_RETRY)
                return True
            if isinstance(error, PatientOpposed):
                outcome = Outcome(State.CANCELLED, fault_of(error))
            elif item.state is State.UNCERTAIN:
                outcome = Outcome(State.UNCERTAIN, fault_of(error), again=True)
            else:
                outcome = Outcome.of(error, sending=item.state is State.SENDING)
            self._finish(item, outcome)
        except ItemChanged:
            log.event("delivery.overtaken", item=item_id)
        except DmpError as another:
            log.warning("delivery.not_marked", item=item_id, code=another.code)
            return False
        return True

    def _set(
        self,
        item: OutboxItem,
        state: State,
        *,
        fault: Fault | None = None,
        reason: WaitReason | None = None,
        **fields: Any,
    ) -> OutboxItem:
        """Move the item, tell the host, and let those that wait for it go on."""
        item = self._outbox.change(item, state, now=self._clock.now(), fault=fault, reason=reason, **fields)
        log.event("outbox.marked", item=item.id, state=state, reason=reason, code=fault.code if fault else None)
        self._tell(notices.OutboxChanged(item))
        if state in _ENDS:
            self._tell(notices.FeedFinished(item))
            self._announcer.finished(item)
        if state in (State.SENT, State.CANCELLED, State.REFUSED):
            self.resume_record(item)
        return item

    def resume_record(self, done: OutboxItem) -> None:
        """A later save of the same record waited for this one, or for the end of its correction."""
        now = self._clock.now()
        for item in self._outbox.of_record(done.who.structure.national_id, done.record):
            if item.state is State.WAITING and item.reason is WaitReason.CONFLICT:
                self._set(item, item.resume or State.ACCEPTED, due_at=now)
