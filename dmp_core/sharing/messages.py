"""What seats say to each other: strict, closed, sized. No message has a place for a code of a card or a signature."""

from datetime import datetime
from typing import Annotated, Final, Literal, Self, TypeVar

from pydantic import ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from dmp_core.errors import DmpError, MessageInvalid
from dmp_core.model.document import Visibility
from dmp_core.model.health import HealthModel
from dmp_core.model.identity import Patient
from dmp_core.model.item import Fault, Frozen, Made, NewItem, OutboxItem, State, WaitReason
from dmp_core.model.listing import Since
from dmp_core.model.practitioner import Operator, Who
from dmp_core.model.row import Row
from dmp_core.services.feed.feeding import fault_of

Key = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9:._-]+$")]
Name = Annotated[str, StringConstraints(pattern=r"^[\w .’'-]+$", max_length=40)]
Bytes = Annotated[bytes, Field(repr=False)]
MOST_KEYS: Final = 500
T = TypeVar("T")


class SeatMessage(HealthModel):
    """Bytes travel as base64."""

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")


# ---------------------------------------------------------------- pairing


class Hello(SeatMessage):
    """First word of a seat that nobody knows: its certificate (DER), and the commitment to its nonce."""

    say: Literal["hello"] = "hello"
    certificate: Bytes
    name: Name
    commitment: Bytes


class Here(SeatMessage):
    """The seat that was called: its certificate and its nonce."""

    say: Literal["here"] = "here"
    certificate: Bytes
    name: Name
    nonce: Bytes


class Reveal(SeatMessage):
    """The caller's nonce."""

    say: Literal["reveal"] = "reveal"
    nonce: Bytes


# ---------------------------------------------------------------- tasks


class Feed(SeatMessage):
    """A confirmed document that waits for a card: the whole item. `key` names this handing over for ever."""

    task: Literal["feed"] = "feed"
    key: Key
    record: str = Field(min_length=1, max_length=200)
    type_id: str = Field(min_length=1, max_length=100)
    who: Who
    patient: Patient = Field(repr=False)
    content: Bytes
    document: Bytes
    metadata: Bytes
    frozen: Frozen
    title: str = Field(repr=False)
    visibility: Visibility
    plugin: str | None

    def new(self, key: str) -> NewItem:
        return NewItem(
            key=key, record=self.record, type_id=self.type_id, who=self.who, patient=self.patient, content=self.content
        )

    def made(self) -> Made:
        return Made.model_validate({name: getattr(self, name) for name in Made.model_fields})


class TakeBack(SeatMessage):
    """The same document, wanted back: it must never leave from the other seat, had it arrived or not."""

    task: Literal["take_back"] = "take_back"
    feed: Feed


class Status(SeatMessage):
    """Whose card is shared, and what became of what was handed over."""

    task: Literal["status"] = "status"
    keys: tuple[Key, ...] = Field(default=(), max_length=MOST_KEYS)


class Consult(SeatMessage):
    """`show`: the patient is shown at the seat with the card; `list`, `fetch`: read there, answered here."""

    task: Literal["consult"] = "consult"
    what: Literal["show", "list", "fetch"]
    patient: Patient = Field(repr=False)
    operator: Operator
    since: Since = "default"
    unique_id: str | None = Field(default=None, max_length=128)


Task = Annotated[Feed | TakeBack | Status | Consult, Field(discriminator="task")]


# ---------------------------------------------------------------- answers


class There(SeatMessage):
    """An item as the other seat has it."""

    key: Key
    state: State
    reason: WaitReason | None
    fault: Fault | None
    frozen: Frozen | None
    title: str = Field(repr=False)
    visibility: Visibility

    @classmethod
    def of(cls, key: str, item: OutboxItem) -> Self:
        same = ("state", "reason", "fault", "frozen", "title", "visibility")
        return cls(key=key, **{name: getattr(item, name) for name in same})


class Taken(SeatMessage):
    """Answer to `feed` and `take_back`: it is on disk here."""

    answer: Literal["taken"] = "taken"
    item: There


class Standing(SeatMessage):
    """Answer to `status`. `holder`: PS_IdNat of who shares; `called`: as the counter names them. Unknown keys miss."""

    answer: Literal["standing"] = "standing"
    name: Name
    holder: str
    called: str = Field(repr=False, max_length=250)
    until: datetime
    items: tuple[There, ...] = ()


class Shown(SeatMessage):
    """Answer to `consult` `show`: the host there was told."""

    answer: Literal["shown"] = "shown"


class Listed(SeatMessage):
    """Answer to `consult` `list`."""

    answer: Literal["listed"] = "listed"
    rows: tuple[Row, ...] = Field(repr=False)


class Fetched(SeatMessage):
    """Answer to `consult` `fetch`."""

    answer: Literal["fetched"] = "fetched"
    unique_id: str
    mime_type: str
    content: Bytes


class No(SeatMessage):
    """Nothing was done, and why."""

    answer: Literal["no"] = "no"
    fault: Fault

    @classmethod
    def because(cls, error: DmpError) -> Self:
        return cls(fault=fault_of(error))


Answer = Annotated[Taken | Standing | Shown | Listed | Fetched | No, Field(discriminator="answer")]
HELLO: TypeAdapter[Hello] = TypeAdapter(Hello)
HERE: TypeAdapter[Here] = TypeAdapter(Here)
REVEAL: TypeAdapter[Reveal] = TypeAdapter(Reveal)
TASK: TypeAdapter[Feed | TakeBack | Status | Consult] = TypeAdapter(Task)
ANSWER: TypeAdapter[Taken | Standing | Shown | Listed | Fetched | No] = TypeAdapter(Answer)


def read(kind: TypeAdapter[T], body: bytes) -> T:
    """One message of that kind. Raises MessageInvalid with the places that are wrong, without their values."""
    try:
        return kind.validate_json(body, strict=True)
    except ValidationError as error:
        places = ", ".join(".".join(map(str, one["loc"])) for one in error.errors()[:5])
        raise MessageInvalid(f"seat message: {places}") from None
