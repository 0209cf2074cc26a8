"""Cards that lie, by name: what a counter meets when a card is worn, forged, or not what its ATR says."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from dmp_core.simulator.cards.apdu import Card
from dmp_core.simulator.cards.cps3 import Cps3
from dmp_core.simulator.cards.holder import Holder
from dmp_core.simulator.cards.vitale import Vitale2


class Altered:
    """A card whose answers something was done to."""

    def __init__(self, card: Card) -> None:
        self.card = card

    @property
    def atr(self) -> bytes:
        return self.card.atr

    @property
    def delay(self) -> float:
        return self.card.delay

    def reset(self) -> None:
        self.card.reset()

    def apdu(self, command: bytes) -> bytes | None:
        return self.card.apdu(command)


class Mute(Altered):
    """Gives its ATR, then answers nothing at all."""

    def apdu(self, _command: bytes) -> bytes | None:
        return None


class Slow(Altered):
    """Takes `seconds` for each answer."""

    def __init__(self, card: Card, seconds: float = 2.0) -> None:
        super().__init__(card)
        self.seconds = seconds

    @property
    def delay(self) -> float:
        return self.seconds


class WrongLengths(Altered):
    """Says in the first length of each file that more follows than there is."""

    def apdu(self, command: bytes) -> bytes | None:
        answer = self.card.apdu(command)
        if answer is None or len(answer) < 5 or command[1] != 0xB0:
            return answer
        return answer[:1] + b"\x7f" + answer[2:]


class Garbage(Altered):
    """Reads as noise, always the same."""

    def apdu(self, command: bytes) -> bytes | None:
        answer = self.card.apdu(command)
        if answer is None or len(answer) < 3 or command[1] != 0xB0:
            return answer
        return bytes((byte * 167 + at * 59 + 13) & 0xFF for at, byte in enumerate(answer[:-2])) + answer[-2:]


class Refusing(Altered):
    """Answers every command with 6F00: no precise diagnosis."""

    def apdu(self, _command: bytes) -> bytes | None:
        return b"\x6f\x00"


def with_wrong_certificates(holder: Holder, *, stranger: Holder | None = None) -> Cps3:
    """A CPS3 whose certificates belong to other keys: each other's, or those of `stranger`."""
    source = stranger or holder
    return Cps3(
        replace(
            holder,
            authentication=replace(holder.authentication, certificate=source.signature.certificate),
            signature=replace(holder.signature, certificate=source.authentication.certificate),
        )
    )


def empty_vitale() -> Vitale2:
    """A Vitale 2 that names nobody."""
    return Vitale2(())


LIARS: Final[Mapping[str, Callable[[Card], Altered]]] = {
    "mute": Mute, "slow": Slow, "wrong-lengths": WrongLengths, "garbage": Garbage, "refusing": Refusing,
}  # fmt: skip
