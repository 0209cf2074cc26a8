"""Documents of a professional who has left: they say so, and the titulaire takes them over."""

from collections.abc import Callable, Sequence
from typing import Final

from dmp_core.errors import AuthorLeft, NotFound, WrongState
from dmp_core.model.access import Mode
from dmp_core.model.item import OutboxItem, State, WaitReason
from dmp_core.model.practitioner import Right, Who
from dmp_core.ports import Audit, Clock, OutboxStore, PatientFile
from dmp_core.services import notices
from dmp_core.services.feed.feeding import fault_of
from dmp_core.services.people import rights

KIND: Final = "departure"
_WAITS_FOR_SOMEBODY: Final = frozenset({WaitReason.CARD, WaitReason.AUTHOR})
_PAST: Final = frozenset({State.SENDING, State.HANDED, State.SENT, State.CANCELLED, State.TRANSLATED})


class Takeover:
    """Knows who has left the pharmacy. Only whoever administers says so, and takes over."""

    def __init__(
        self,
        outbox: OutboxStore,
        patients: PatientFile,
        audit: Audit,
        *,
        mode: Mode,
        clock: Clock,
        tell: Callable[[notices.Notice], None],
        wake: Callable[[], None],
    ) -> None:
        """`mode`: how the pharmacy feeds; only a card (direct) leaves with its professional. `patients` keeps it."""
        self._outbox = outbox
        self._kept = patients
        self._audit = audit
        self._mode = mode
        self._clock = clock
        self._tell = tell
        self._wake = wake

    def departed(self, national_id: str, who: Who | None, *, left: bool = True) -> Sequence[OutboxItem]:
        """A professional (PS_IdNat) left the pharmacy, or came back; the items that wait for them.

        Raises RightMissing, ProfessionalMissing, AuditUnavailable.
        """
        who = rights.require(who, Right.ADMINISTER)
        structure, now = who.structure.national_id, self._clock.now()
        self._note("professional.left" if left else "professional.returned", who, author=national_id)
        if not left:
            self._kept.forget(structure, national_id)
        else:
            self._kept.write(structure, national_id, KIND, b"left", now=now)
        waiting = [
            item
            for item in self._outbox.in_states(frozenset({State.WAITING}))
            if self._is_theirs(item, structure, national_id) and item.reason in _WAITS_FOR_SOMEBODY
        ]
        return [self._marked(item, left=left) for item in waiting]

    def require_present(self, item: OutboxItem) -> None:
        """Raises AuthorLeft where only the card of a professional who has left could send this item."""
        if self._mode is not Mode.DIRECT or not item.who.author_listed:
            return
        if self._kept.read(item.who.structure.national_id, item.who.author.national_id, KIND) is not None:
            raise AuthorLeft("the author of the document")

    def take_over(self, item_id: str, who: Who | None) -> OutboxItem:
        """The operator answers for it from now on; its author stays the author, beside the pharmacy (RG_2230).

        Nothing that may be in the DMP is made anew: an uncertain item is looked up by the operator's card.
        Raises RightMissing, ProfessionalMissing, NotFound, WrongState where it has left or is the operator's own.
        """
        who = rights.require(who, Right.ADMINISTER)
        item = self._outbox.get(item_id)
        if item.who.structure.national_id != who.structure.national_id:
            raise NotFound("this item is another pharmacy's")
        if item.state in _PAST or item.reason is WaitReason.SEAT:
            raise WrongState(f"state {item.state}")
        if item.who.acting.national_id == who.author.national_id:
            raise WrongState("the operator answers for this document already")
        self._note("feed.taken_over", who, item=item.id, author=item.who.author.national_id)
        item = self._begun_anew(item, item.who.model_copy(update={"operator": who.operator, "author_listed": False}))
        self._tell(notices.OutboxChanged(item))
        self._wake()
        return item

    def _begun_anew(self, item: OutboxItem, by: Who) -> OutboxItem:
        """Back to where the document is composed: its authors stand in it."""
        now = self._clock.now()
        if item.state is State.UNCERTAIN:
            return self._outbox.change(item, State.UNCERTAIN, now=now, who=by, due_at=now)
        resumes_elsewhere = item.state is State.WAITING and item.resume is not State.ACCEPTED
        if resumes_elsewhere or item.state not in (State.ACCEPTED, State.WAITING, State.REFUSED):
            item = self._outbox.change(item, State.REFUSED, now=now, fault=fault_of(AuthorLeft("taken over")))
        return self._outbox.change(item, State.ACCEPTED, now=now, who=by)

    def _marked(self, item: OutboxItem, *, left: bool) -> OutboxItem:
        now = self._clock.now()
        reason = WaitReason.AUTHOR if left else WaitReason.CARD
        fault = fault_of(AuthorLeft("the author of the document")) if left else None
        due = None if left else now
        item = self._outbox.change(item, State.WAITING, now=now, reason=reason, fault=fault, due_at=due)
        self._tell(notices.OutboxChanged(item))
        return item

    def _is_theirs(self, item: OutboxItem, structure: str, national_id: str) -> bool:
        return item.who.structure.national_id == structure and item.who.acting.national_id == national_id

    def _note(self, action: str, who: Who, *, author: str, item: str | None = None) -> None:
        self._audit.record(
            action, structure=who.structure.national_id, operator=who.operator.id, author=author, item=item
        )
