"""Messages about the items of the outbox: what the host asks of them, and what it is told."""

from datetime import datetime
from typing import Annotated, Final, Literal, Self

from pydantic import Field, StringConstraints

from dmp_core.model.document import Visibility
from dmp_core.model.item import (
    Correction,
    CorrectionKind,
    CorrectionState,
    Fault,
    OutboxItem,
    State,
    WaitReason,
    WithdrawReason,
)
from dmp_core.model.limits import TITLE
from dmp_core.outbox import corrections
from dmp_core.outbox.states import loss
from dmp_core.ports import DamagedItem
from hostbridge.protocol.messages import ItemId, Key, Message


class ItemReference(Message):
    """`feed/describe`, `outbox/show`, `outbox/retry`: one item of the outbox."""

    item: ItemId


class ConfirmFeed(ItemReference):
    """`feed/confirm`: send it, with another title or visibility where they are given."""

    title: Annotated[str, StringConstraints(min_length=1, max_length=TITLE)] | None = Field(default=None, repr=False)
    visibility: Visibility | None = None


class ListOutbox(Message):
    """`outbox/list`: the items in these states, oldest first; absent: all.

    `since`: of what is at its end (sent, cancelled, translated) only what was accepted from then on; the newest first.
    """

    states: frozenset[State] = frozenset(State)
    limit: int = Field(default=200, ge=1, le=1000)
    since: datetime | None = None


class StatusOfKeys(Message):
    """`outbox/status`: what became of what the host saved under these keys, after a fall of its own for instance."""

    keys: tuple[Key, ...] = Field(min_length=1, max_length=500)


class CorrectionView(Message):
    """What was done to a document after it was sent: withdrawn, shown otherwise, archived. `by`: operator.id."""

    kind: CorrectionKind
    state: CorrectionState
    label: str = Field(description="in French")
    reason: WithdrawReason | None
    visibility: Visibility | None
    by: str
    asked_at: datetime
    changed_at: datetime
    fault: Fault | None

    @classmethod
    def of(cls, correction: Correction) -> Self:
        same = ("kind", "state", "reason", "visibility", "asked_at", "changed_at", "fault")
        return cls(
            label=corrections.label(correction),
            by=correction.who.operator.id,
            **{name: getattr(correction, name) for name in same},
        )


_SAME: Final = (
    "key", "record", "type_id", "state", "reason", "fault", "title", "visibility", "accepted_at", "changed_at",
    "due_at", "attempts",
)  # fmt: skip


class ItemView(Message):
    """One item of the outbox for the host. `hash` is the SHA-1 of the document, as the DMP keeps it."""

    item: str
    key: str
    record: str
    type_id: str
    host_id: str | None = Field(repr=False)
    state: State
    label: str = Field(description="the state in French")
    reason: WaitReason | None
    fault: Fault | None
    title: str = Field(repr=False)
    visibility: Visibility
    unique_id: str | None
    hash: str | None
    size: int | None
    version: int | None
    accepted_at: datetime
    changed_at: datetime
    due_at: datetime | None
    attempts: int
    corrections: tuple[CorrectionView, ...] = Field(default=(), description="after it was sent, oldest first")
    patient_name: str | None = Field(default=None, repr=False, description="where it was asked for, until it is sent")

    @classmethod
    def of(cls, item: OutboxItem) -> Self:
        """The item without its operator and without its patient's identity."""
        frozen = item.frozen
        return cls(
            item=item.id,
            host_id=item.host_id,
            corrections=tuple(CorrectionView.of(one) for one in item.corrections),
            label=corrections.label_of(item),
            unique_id=frozen.unique_id if frozen else None,
            hash=frozen.hash if frozen else None,
            size=frozen.size if frozen else None,
            version=frozen.version if frozen else None,
            **{name: getattr(item, name) for name in _SAME},
        )


class DamagedView(Message):
    """An item that no longer reads on this disk; None: neither does that. `accepted_at`: when it was saved."""

    item: str
    type_id: str | None
    state: State | None
    label: str = Field(description="in French: what becomes of it, and what to do")
    accepted_at: datetime | None

    @classmethod
    def of(cls, item: DamagedItem) -> Self:
        about = {name: getattr(item, name) for name in ("type_id", "state", "accepted_at")}
        return cls(item=item.id, label=loss(item.state), **about)


class OutboxListed(Message):
    """Result of `outbox/list`; `counts` of all items, whatever was asked; `damaged`: those that no longer read."""

    items: tuple[ItemView, ...]
    counts: dict[State, int]
    damaged: tuple[DamagedView, ...] = ()


class KeysKnown(Message):
    """Result of `outbox/status`, in the order asked; `unknown`: was never saved, or is forgotten since."""

    items: tuple[ItemView, ...]
    unknown: tuple[str, ...]


class ItemNotice(Message):
    """`outbox/changed`, `feed/finished`: the item as it is now."""

    item: ItemView


class WindowShow(Message):
    """`window/show`: the feed window should open for this item, without taking the focus; `feed/describe` fills it."""

    window: Literal["feed"] = "feed"
    item: ItemView
    address: str | None = Field(default=None, repr=False, description="opens the window once, within thirty seconds")
