"""An emulated CPS as the session of a card uses it: code, tries, both keys, in Python, without PKCS#11 and PC/SC.

What a card is (whose, which dates, which pairs) is judged by the same code as for a real one: only the library is
another. All that it knows of a card it asks it for, command by command; TLS is opened by the emulated authentication
key, as by a real one; no file key stands in for it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Final, TypeVar, cast

from dmp_core.cards.atr import CardKind, kind_of
from dmp_core.cards.cps import LABELS, CpsReaders
from dmp_core.cards.igc_sante import CardKey
from dmp_core.cards.pin import Pin
from dmp_core.cards.pkcs11 import CALL, Certificate, Module, OpenToken, SeenToken
from dmp_core.errors import (
    CardError,
    CardMissing,
    CardMute,
    CardPulled,
    CardRemoved,
    CardSilent,
    ReaderBusy,
    ReadersUnavailable,
    ReaderUnplugged,
)
from dmp_core.model.access import Environment
from dmp_core.ports import CardCalls
from dmp_core.simulator.cards.cps3 import Cps3
from dmp_core.simulator.cards.cps4 import Cps4
from dmp_core.testing.cps_commands import CpsCommands
from dmp_core.testing.readers import EmulatedReaders

T = TypeVar("T")
_LAYOUTS: Final = {CardKind.CPS3: Cps3.layout, CardKind.CPS4: Cps4.layout}
"""What is put in, not laid on."""


class EmulatedCps(CpsReaders):
    """The CPS in readers in memory."""

    def __init__(self, readers: EmulatedReaders, calls: CardCalls, environment: Environment) -> None:
        super().__init__(calls, environment)
        self._module = _Module(readers, calls)

    def module(self, key: CardKey) -> Module:  # noqa: ARG002 - one card has both keys
        return cast(Module, self._module)


class _Slots:
    """The readers in memory, each call in the time that a card may take."""

    def __init__(self, readers: EmulatedReaders, calls: CardCalls) -> None:
        self.readers = readers
        self._calls = calls

    def kind(self, slot: int) -> CardKind | None:
        """The CPS in that slot; None: no card, or another."""
        cards = self.readers.cards()
        card = cards[slot][0] if slot < len(cards) else None
        kind = kind_of(card.atr) if card else None
        return kind if kind in _LAYOUTS else None

    def turn(self, slot: int) -> int | None:
        """Changes with each card; None: no card."""
        cards = self.readers.cards()
        return cards[slot][1] if slot < len(cards) and cards[slot][0] is not None else None

    def call(self, work: Callable[[], T], undo: Callable[[T], object] | None = None) -> T:
        return self._calls(work, CALL, undo)

    @contextmanager
    def card(self, slot: int) -> Iterator[CpsCommands]:
        """The CPS in that slot. Raises CardRemoved, CardSilent, as a PKCS#11 library would."""
        kind, names = self.kind(slot), self.readers.names
        if kind is None or slot >= len(names):
            raise CardRemoved("no card in that reader")
        try:
            with self.readers.open(names[slot]) as line:
                yield CpsCommands(line, _LAYOUTS[kind], raw=kind is CardKind.CPS4)
        except (CardPulled, ReaderUnplugged) as error:
            raise CardRemoved(origin=error.code) from error
        except (ReaderBusy, CardMute, ReadersUnavailable) as error:
            raise CardSilent(origin=error.code) from error


class _Module:
    """What `cards.pkcs11.Module` is for a library."""

    def __init__(self, readers: EmulatedReaders, calls: CardCalls) -> None:
        self._slots = _Slots(readers, calls)

    def tokens(self) -> Sequence[SeenToken]:
        """Raises CardMissing, CardSilent."""
        return self._slots.call(self._seen)

    def present(self, seen: SeenToken) -> bool:
        return self._slots.turn(seen.slot) is not None

    def tries_left(self, seen: SeenToken) -> int:
        def work() -> int:
            with self._same(seen) as card:
                return card.tries_left()

        return self._slots.call(work)

    def login(self, seen: SeenToken, pin: Pin) -> OpenToken:
        """Raises PinWrong, CardBlocked, CardRemoved, CardSilent."""

        def work() -> _Token:
            turn = self._slots.turn(seen.slot)
            with pin.lent(), self._same(seen) as card:
                card.verify(bytes(pin.encode()))
                return _Token(self._slots, seen, turn, tuple(card.private_data()))

        return cast(OpenToken, self._slots.call(work, _Token.close))

    def _seen(self) -> Sequence[SeenToken]:
        found: list[SeenToken] = []
        for slot in range(len(self._slots.readers.names)):
            if (kind := self._slots.kind(slot)) is not None:
                with suppress(CardRemoved), self._slots.card(slot) as card:
                    found.append(_read(slot, kind, card))
        if not found:
            raise CardMissing
        return tuple(found)

    @contextmanager
    def _same(self, seen: SeenToken) -> Iterator[CpsCommands]:
        with self._slots.card(seen.slot) as card:
            if card.start().encode() != seen.serial:
                raise CardRemoved("another card in that reader")
            yield card


class _Token:
    """What `cards.pkcs11.OpenToken` is for a card that accepted its code."""

    def __init__(self, slots: _Slots, seen: SeenToken, turn: int | None, private: Sequence[tuple[str, bytes]]) -> None:
        self._slots = slots
        self._slot = seen.slot
        self._turn = turn
        self.certificates = seen.certificates
        self.key_ids: Mapping[str, bytes] = {
            label: one.id for label, one in zip(reversed(LABELS.values()), seen.certificates, strict=True)
        }
        self.data: Sequence[tuple[str, bytes]] = (*seen.data, *private)

    def sign(self, label: str, digest_info: bytes) -> bytes:
        """PKCS#1 v1.5 over a DigestInfo. Raises CardRemoved where the card left or was reset, CardSilent."""

        def work() -> bytes:
            if not self.alive():
                raise CardRemoved
            with self._slots.card(self._slot) as card:
                use = card.authenticate if label == LABELS[CardKey.AUTHENTICATION] else card.sign
                return use(digest_info)

        return self._slots.call(work)

    def alive(self) -> bool:
        """False once the card left, even if it came back; no command is sent to know it."""
        return self._turn is not None and self._slots.turn(self._slot) == self._turn

    def close(self) -> None:
        """Log out. Never raises."""

        def work() -> None:
            if self.alive():
                with self._slots.card(self._slot) as card:
                    card.log_out()

        with suppress(CardError):
            self._slots.call(work)


def _read(slot: int, kind: CardKind, card: CpsCommands) -> SeenToken:
    """The card as anybody may read it."""
    layout, serial = _LAYOUTS[kind], card.start()
    return SeenToken(
        slot=slot,
        label=layout.token,
        model="IAS ECC",
        serial=serial.encode(),
        tries_left=card.tries_left(),
        certificates=(
            Certificate(
                "Certificat de Signature CPS", bytes([layout.signature.id]), card.certificate(CardKey.SIGNATURE)
            ),
            Certificate(
                "Certificat d'Authentification CPS",
                bytes([layout.authentication.id]),
                card.certificate(CardKey.AUTHENTICATION),
            ),
        ),
        data=tuple(card.free_data()),
    )
