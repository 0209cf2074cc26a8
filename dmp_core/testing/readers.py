"""Card readers in memory, behind the same port as PC/SC: for tests, and for the demo, which needs no root."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Protocol

from dmp_core.errors import CardMute, CardPulled, ReaderBusy, ReadersUnavailable, ReaderUnplugged
from dmp_core.ports import CardLine, ReaderState


class EmulatedCard(Protocol):
    """As `dmp_core.simulator.cards` has them."""

    @property
    def atr(self) -> bytes: ...

    def reset(self) -> None: ...

    def apdu(self, command: bytes, /) -> bytes | None: ...


class EmulatedReaders:
    """`ports.Readers` with readers of these names. Cards are put in and pulled out from any thread.

    A mute card keeps its line waiting until it is pulled, as PC/SC does.
    """

    def __init__(self, *names: str) -> None:
        self._changed = threading.Condition()
        self._cards: dict[str, EmulatedCard | None] = dict.fromkeys(names)
        self._turns = dict.fromkeys(names, 0)
        self._held: set[str] = set()
        self._running = True
        self._version = 1
        self._told = 0

    # ------------------------------------------------------------ the hand at the reader

    def insert(self, reader: str, card: EmulatedCard) -> None:
        card.reset()
        self._change(reader, card)

    def remove(self, reader: str) -> None:
        self._change(reader, None)

    def plug(self, reader: str) -> None:
        """A reader more."""
        with self._changed:
            self._cards[reader], self._turns[reader] = None, 0
            self._tell()

    def unplug(self, reader: str) -> None:
        """A reader less, with the card in it."""
        with self._changed:
            del self._cards[reader], self._turns[reader]
            self._tell()

    @property
    def names(self) -> Sequence[str]:
        """The readers, in order."""
        with self._changed:
            return tuple(self._cards)

    def cards(self) -> Sequence[tuple[EmulatedCard | None, int]]:
        """What is in each reader now, and the turn that changes with each card."""
        with self._changed:
            return [(card, self._turns[name]) for name, card in self._cards.items()]

    def hold(self, reader: str, held: bool = True) -> None:
        """Another program takes the card for itself alone, or gives it back."""
        with self._changed:
            (self._held.add if held else self._held.discard)(reader)
            self._tell()

    def serve(self, running: bool) -> None:
        """The service stops, or is there again: every card was without power meanwhile."""
        with self._changed:
            self._running = running
            for name, card in self._cards.items():
                self._turns[name] += 1
                if card is not None:
                    card.reset()
            self._tell()

    def _change(self, reader: str, card: EmulatedCard | None) -> None:
        with self._changed:
            self._cards[reader] = card
            self._turns[reader] += 1
            self._tell()

    def _tell(self) -> None:
        self._version += 1
        self._changed.notify_all()

    # ------------------------------------------------------------ the port

    def wait(self, seconds: float) -> Sequence[ReaderState]:
        with self._changed:
            self._changed.wait_for(lambda: self._version != self._told, seconds)
            self._told = self._version
            if not self._running:
                raise ReadersUnavailable("stopped")
            return [self._state(name) for name in self._cards]

    def interrupt(self) -> None:
        with self._changed:
            self._tell()

    @contextmanager
    def open(self, reader: str) -> Iterator[CardLine]:
        if not self._running:
            raise ReadersUnavailable("stopped")
        if reader not in self._cards:
            raise ReaderUnplugged()
        if reader in self._held:
            raise ReaderBusy()
        if self._cards[reader] is None:
            raise CardPulled()
        yield _Line(self, reader, self._turns[reader])

    def close(self) -> None:
        self.interrupt()

    def transmit(self, reader: str, turn: int, command: bytes) -> bytes:
        """The answer of the card that was in at `turn`. Raises CardPulled where it is out, CardMute for no answer."""
        card = self._cards.get(reader)
        if card is None or self._turns[reader] != turn:
            raise CardPulled()
        answer = card.apdu(command)
        if answer is None:
            with self._changed:
                self._changed.wait_for(lambda: self._turns.get(reader) != turn)
            raise CardPulled()
        if len(answer) < 2:
            raise CardMute("an answer without a status word")
        return answer

    def _state(self, name: str) -> ReaderState:
        card, state = self._cards[name], ReaderState(name, turn=self._turns[name], busy=name in self._held)
        return replace(state, atr=card.atr, mute=not card.atr) if card else state


class _Line:
    def __init__(self, readers: EmulatedReaders, reader: str, turn: int) -> None:
        self._readers = readers
        self._reader = reader
        self._turn = turn

    def transmit(self, command: bytes) -> bytes:
        return self._readers.transmit(self._reader, self._turn, command)
