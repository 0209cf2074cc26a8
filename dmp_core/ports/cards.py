"""Readers, and the cards in them."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol, TypeVar

from dmp_core.model.beneficiary import Beneficiary

T = TypeVar("T")


class CardCalls(Protocol):
    """Lets one caller at a time use the cards, and nobody wait for a card that does not answer."""

    def __call__(self, work: Callable[[], T], seconds: float, undo: Callable[[T], object] | None) -> T:
        """What `work` gives or raises. Raises CardSilent after `seconds`; a result that comes later goes to `undo`."""
        ...


@dataclass(frozen=True, slots=True)
class ReaderState:
    """One reader now. `atr` is empty where no card is in, or where the card in it gives none (`mute`).

    `busy`: another program holds the card for itself alone. `turn` changes with each card that comes or goes.
    """

    reader: str
    atr: bytes = b""
    mute: bool = False
    busy: bool = False
    turn: int = 0


class CardLine(Protocol):
    """A shared connection to the card in a reader, nobody else speaking to it meanwhile."""

    def transmit(self, command: bytes) -> bytes:
        """The card's answer, status word included. Raises CardError."""
        ...


class Readers(Protocol):
    """The card readers of this seat: any number, in any order, those of two slots as two."""

    def wait(self, seconds: float) -> Sequence[ReaderState]:
        """All readers, as soon as something changed since the last call, at the latest after `seconds`.

        Raises ReadersUnavailable; the next call tries anew.
        """
        ...

    def interrupt(self) -> None:
        """Make the `wait` under way on another thread come back now."""
        ...

    def open(self, reader: str) -> AbstractContextManager[CardLine]:
        """A line to the card in `reader`; at its end the card is left as it is, never reset. From any thread.

        Raises ReaderBusy, ReaderUnplugged, CardPulled, CardMute, ReadersUnavailable.
        """
        ...

    def close(self) -> None: ...


class BeneficiaryProvider(Protocol):
    """Says whom a carte Vitale, or an Appli carte Vitale, names: the card's free zone, the GIE's API, its services.

    Calls wait for the card or the network. A NIR found there is no INS.
    """

    def on_card(self, reader: str) -> Sequence[Beneficiary]:
        """The persons on the Vitale in that reader, in the card's order. Raises CardError."""
        ...

    def behind_code(self, code: str) -> Sequence[Beneficiary]:
        """The persons behind a code scanned on a phone. Raises ScannedCodeRefused, ScannedCodeUnsupported."""
        ...
