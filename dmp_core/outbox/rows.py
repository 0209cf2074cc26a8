"""An item as columns: what is looked up stays plain, what tells of a person is sealed, each bound to the other."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple, Self

from pydantic import ValidationError

from dmp_core.errors import OutboxUnreadable
from dmp_core.model.document import Visibility
from dmp_core.model.health import HealthModel
from dmp_core.model.identity import Patient
from dmp_core.model.item import Correction, Fault, Frozen, OutboxItem, State, WaitReason
from dmp_core.model.practitioner import Who
from dmp_core.outbox.vault import Vault

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class Plain(NamedTuple):
    """The columns that are read without a key, in the order of the table."""

    seq: int
    id: str
    structure: str
    type_id: str
    state: str
    resume: str | None
    reason: str | None
    accepted_at: int
    changed_at: int
    due_at: int | None
    attempts: int
    revision: int
    key_mark: bytes
    record_mark: bytes
    patient_mark: bytes | None
    content_mark: bytes


COLUMNS: Final = ", ".join(Plain._fields)


class Receipt(HealthModel):
    """What is kept for years, sealed: enough to replace a document, to withdraw it, to say what became of it."""

    key: str
    record: str
    who: Who
    title: str
    visibility: Visibility
    fault: Fault | None
    frozen: Frozen | None
    plugin: str | None
    corrections: tuple[Correction, ...] = ()
    seat: str | None = None

    @classmethod
    def of(cls, item: OutboxItem) -> Self:
        return cls(**{name: getattr(item, name) for name in cls.model_fields})


@dataclass(frozen=True, slots=True)
class Marks:
    """The keyed digests by which an item is found."""

    key: bytes
    record: bytes
    patient: bytes | None
    content: bytes


def plain_of(item: OutboxItem, seq: int, marks: Marks) -> Plain:
    """The plain columns of `item`."""
    return Plain(
        seq=seq,
        id=item.id,
        structure=item.who.structure.national_id,
        type_id=item.type_id,
        state=str(item.state),
        resume=item.resume and str(item.resume),
        reason=item.reason and str(item.reason),
        accepted_at=instant(item.accepted_at),
        changed_at=instant(item.changed_at),
        due_at=None if item.due_at is None else instant(item.due_at),
        attempts=item.attempts,
        revision=item.revision,
        key_mark=marks.key,
        record_mark=marks.record,
        patient_mark=marks.patient,
        content_mark=marks.content,
    )


def seal_receipt(vault: Vault, plain: Plain, item: OutboxItem) -> bytes:
    """The receipt of `item`, bound to its plain columns: a changed column no longer opens it."""
    receipt = Receipt.of(item).model_dump_json().encode()
    return vault.seal(vault.receipt_key(plain.id), receipt, *plain)


def item_of(vault: Vault, plain: Plain, sealed: bytes, patient: Patient | None) -> OutboxItem:
    """The item that these columns hold. Raises OutboxUnreadable where any of them was altered."""
    try:
        opened = vault.open(vault.receipt_key(str(plain.id)), sealed, *plain)
        receipt = Receipt.model_validate_json(opened)
        return OutboxItem(
            **dict(receipt),
            id=plain.id,
            revision=plain.revision,
            type_id=plain.type_id,
            patient=patient,
            state=State(plain.state),
            resume=plain.resume and State(plain.resume),
            reason=plain.reason and WaitReason(plain.reason),
            accepted_at=moment(plain.accepted_at),
            changed_at=moment(plain.changed_at),
            due_at=None if plain.due_at is None else moment(plain.due_at),
            attempts=plain.attempts,
        )
    except ValidationError as error:
        raise OutboxUnreadable("a receipt that this program does not know") from error


def instant(moment: datetime) -> int:
    """Microseconds since 1970, UTC. Raises TypeError for a time without zone: a mistake of ours."""
    return (moment - _EPOCH) // _MICROSECOND


def moment(instant: int) -> datetime:
    return _EPOCH + instant * _MICROSECOND
