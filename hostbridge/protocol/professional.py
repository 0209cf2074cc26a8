"""Messages about the professional's card: its session, its code."""

from typing import Self

from pydantic import Field

from dmp_core.cards.cps import Holder
from dmp_core.cards.pin import PinRequest
from dmp_core.services.authentication.card_view import CardSessionView, CardState, Ended
from hostbridge.protocol.messages import Message, Text

_LONGEST = 64


class OpenCardSession(Message):
    """`session/open`: look at the card and ask for its code. `structure` (Struct_IdNat): which of the card's."""

    structure: Text | None = None


class HolderShown(Message):
    """Whom the card names. `profession`: TRE_G15; `section`: TRE_G05, or a doctor's speciality."""

    family: str = Field(repr=False)
    given: str = Field(repr=False)
    title: str
    profession: str | None
    section: str | None

    @classmethod
    def of(cls, holder: Holder) -> Self:
        return cls(
            family=holder.family,
            given=holder.given,
            title=holder.title,
            profession=holder.profession,
            section=holder.section,
        )


class PinAskedFor(Message):
    """What the dialog shows. `request` comes back with the code; `tries_left` null: the card does not say."""

    request: int
    tries_left: int | None
    last_try: bool = Field(description="a wrong code would block the card: ask for an explicit confirmation")

    @classmethod
    def of(cls, request: PinRequest) -> Self:
        return cls(request=request.number, tries_left=request.tries_left, last_try=request.last_try)


class StructureOnCard(Message):
    """A structure where the holder practises, as the card says."""

    national_id: str
    name: str
    sector: str | None


class CardAwaited(Message):
    """A professional whose card is missing, and how many documents wait for it."""

    family: str = Field(repr=False)
    given: str = Field(repr=False)
    documents: int


class CardSessionShown(Message):
    """Result of `session/open`, `session/show`, `session/close`, `pin/enter`; `session/changed`: where it stands."""

    state: CardState
    holder: HolderShown | None = None
    structures: tuple[StructureOnCard, ...] = Field(default=(), description="of exercise, on the card")
    structure: str | None = Field(default=None, description="the one in use (Struct_IdNat)")
    pin: PinAskedFor | None = Field(default=None, description="what is asked now")
    awaited: tuple[CardAwaited, ...] = Field(default=(), description="whose cards documents wait for")
    ended: Ended | None = Field(default=None, description="why the last session is no more")

    @classmethod
    def of(cls, view: CardSessionView) -> Self:
        return cls(
            state=view.state,
            holder=HolderShown.of(view.holder) if view.holder else None,
            structures=tuple(
                StructureOnCard(national_id=one.national_id, name=one.name, sector=one.sector)
                for one in view.structures
            ),
            structure=view.structure,
            pin=PinAskedFor.of(view.request) if view.request else None,
            awaited=tuple(
                CardAwaited(family=one.family, given=one.given, documents=one.documents) for one in view.awaited
            ),
            ended=view.ended,
        )


class EnterPin(Message):
    """`pin/enter`: what one human typed, once. It is wiped, never kept, never logged, never tried twice.

    Characters and Enter within 100 ms are a barcode scanner: dropped whole, no try is used.
    """

    request: int = Field(ge=0)
    pin: str = Field(repr=False, max_length=_LONGEST)
    typed_ms: int = Field(
        ge=0, le=3_600_000, description="from the first character to Enter, as the dialog measured it"
    )
    last_try: bool = Field(default=False, description="the human confirmed to use the last try")


class PinNeededNotice(Message):
    """`pin/needed`: one dialog should ask for the code of this card. `pin` null: it is blocked, say so."""

    holder: HolderShown
    pin: PinAskedFor | None
    address: str | None = Field(default=None, repr=False, description="opens our dialog once, within thirty seconds")
