"""The cards of the seat: what is in the readers, what came or went, whom a scanned code names."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints

from dmp_core.api.events import CardPerson
from dmp_core.cards.atr import CardKind
from dmp_core.errors import DmpError
from dmp_core.model.item import Fault
from dmp_core.services.authentication.cards import CardSeen
from dmp_core.services.feed.feeding import fault_of
from hostbridge.protocol.messages import Message


class CardView(Message):
    """One reader. `card` None: empty. `busy`: another program has it to itself; `reading`: wait a moment."""

    reader: str
    card: CardKind | None
    busy: bool
    reading: bool
    fault: Fault | None

    @classmethod
    def of(cls, seen: CardSeen) -> Self:
        return cls(
            reader=seen.reader, card=seen.kind, busy=seen.busy, reading=seen.reading, fault=optional_fault(seen.problem)
        )


class CardsListed(Message):
    """Result of `card/list`: every reader; none, and why, where readers cannot be used."""

    readers: tuple[CardView, ...]
    fault: Fault | None = None


class CardNotice(Message):
    """`card/changed`: a card came or went; or, still in, cannot be read for the reason in `fault`."""

    reader: str
    card: CardKind
    present: bool
    fault: Fault | None = None


class ScanCode(Message):
    """`card/scan`: what a scanner read on the phone that shows an Appli carte Vitale."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=4000)] = Field(repr=False)


class PeopleFound(Message):
    """Result of `card/scan`. `fault`: the open patient is none of them. A NIR is no INS: INSi qualifies it."""

    people: tuple[CardPerson, ...] = Field(repr=False)
    fault: Fault | None


def optional_fault(problem: DmpError | None) -> Fault | None:
    return fault_of(problem) if problem else None
