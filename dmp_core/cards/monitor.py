"""What changed in the readers, as events: a step that waits once, for whoever owns the thread."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dmp_core.cards.atr import CardKind, kind_of
from dmp_core.ports import Readers, ReaderState


@dataclass(frozen=True, slots=True)
class CardChanged:
    """A card came or went. `mute`: it came and gives no ATR, as one that is the wrong way round."""

    reader: str
    kind: CardKind
    present: bool
    mute: bool = False


class CardMonitor:
    """The state of all readers, kept from step to step. Readers whose name holds a text of `ignored` are left alone."""

    def __init__(self, readers: Readers, ignored: Sequence[str] = ()) -> None:
        self._readers = readers
        self._ignored = tuple(ignored)
        self._states: dict[str, ReaderState] = {}

    @property
    def states(self) -> Sequence[ReaderState]:
        """The readers as the last step found them."""
        return tuple(self._states.values())

    def step(self, seconds: float) -> Sequence[CardChanged]:
        """What changed since the last step, waiting `seconds` at most: first what went, then what came.

        Where the service is gone, so are the cards: `lost` tells of them. Raises ReadersUnavailable.
        """
        found = self._readers.wait(seconds)
        now = {state.reader: state for state in found if not any(text in state.reader for text in self._ignored)}
        before, self._states = self._states, now
        return (*_went(before, now), *_came(before, now))

    def lost(self) -> Sequence[CardChanged]:
        """Every card that was in, as gone; the next step finds anew what is there."""
        before, self._states = self._states, {}
        return tuple(_went(before, {}))


def _went(before: dict[str, ReaderState], now: dict[str, ReaderState]) -> Iterator[CardChanged]:
    for name, old in before.items():
        if _holds(old) and not _same(old, now.get(name)):
            yield CardChanged(name, kind_of(old.atr), present=False)


def _came(before: dict[str, ReaderState], now: dict[str, ReaderState]) -> Iterator[CardChanged]:
    for name, new in now.items():
        if _holds(new) and not _same(new, before.get(name)):
            yield CardChanged(name, kind_of(new.atr), present=True, mute=new.mute)


def _holds(state: ReaderState) -> bool:
    return bool(state.atr) or state.mute


def _same(one: ReaderState, other: ReaderState | None) -> bool:
    """Whether the same card is in: pulled and put back between two looks is another turn."""
    return other is not None and (one.atr, one.mute, one.turn) == (other.atr, other.mute, other.turn)
