"""What a host shows of a professional's card: where its session stands, whose it is, for whom documents wait."""

from dataclasses import dataclass
from enum import StrEnum

from dmp_core.cards.cps import Holder
from dmp_core.cards.cps_data import Exercise
from dmp_core.cards.pin import PinRequest


class CardState(StrEnum):
    """Where the session stands."""

    CLOSED = "closed"
    PIN = "pin"
    OPEN = "open"
    BLOCKED = "blocked"


class Ended(StrEnum):
    """Why the last session is no more."""

    REMOVED = "removed"
    RESET = "reset"
    IDLE = "idle"
    PROFESSIONAL = "professional"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Awaited:
    """A professional whose card is missing, and how many documents wait for it."""

    family: str
    given: str
    documents: int


@dataclass(frozen=True, slots=True)
class CardSessionView:
    """What a host shows. `structures`: where the holder practises; `structure`: the one in use here."""

    state: CardState
    holder: Holder | None = None
    structures: tuple[Exercise, ...] = ()
    structure: str | None = None
    request: PinRequest | None = None
    awaited: tuple[Awaited, ...] = ()
    ended: Ended | None = None
