"""An emulated CPS as the session of a card uses it: code, tries, both keys, in Python, without PKCS#11 and PC/SC.

What a card is (whose, which dates, which pairs) is judged by the same code as for a real one: only the library is
another. TLS is opened by the emulated authentication key, as by a real one; no file key stands in for it.
"""

from collections.abc import Mapping, Sequence
from typing import Final, cast

from dmp_core.cards.cps import LABELS, CpsReaders
from dmp_core.cards.igc_sante import CardKey
from dmp_core.cards.pin import Pin
from dmp_core.cards.pkcs11 import Certificate, Module, OpenToken, SeenToken
from dmp_core.errors import CardBlocked, CardMissing, CardRemoved, PinWrong
from dmp_core.model.access import Environment
from dmp_core.ports import CardCalls
from dmp_core.simulator.cards.apdu import OK
from dmp_core.simulator.cards.cps3 import Cps3, Cps3Contactless, padded
from dmp_core.testing.readers import EmulatedReaders

_VERIFY: Final = bytes.fromhex("00200001")


class EmulatedCps(CpsReaders):
    """The CPS in readers in memory."""

    def __init__(self, readers: EmulatedReaders, calls: CardCalls, environment: Environment) -> None:
        super().__init__(calls, environment)
        self._module = _Module(readers)

    def module(self, key: CardKey) -> Module:  # noqa: ARG002 - one card has both keys
        return cast(Module, self._module)


class _Module:
    """What `cards.pkcs11.Module` is for a library."""

    def __init__(self, readers: EmulatedReaders) -> None:
        self._readers = readers

    def tokens(self) -> Sequence[SeenToken]:
        found = [(slot, cps) for slot, (card, _) in enumerate(self._readers.cards()) if (cps := _cps(card))]
        if not found:
            raise CardMissing
        return tuple(_seen(slot, card) for slot, card in found)

    def present(self, seen: SeenToken) -> bool:
        cards = self._readers.cards()
        return seen.slot < len(cards) and cards[seen.slot][0] is not None

    def tries_left(self, seen: SeenToken) -> int:
        return self._there(seen)[0].pin.tries

    def login(self, seen: SeenToken, pin: Pin) -> OpenToken:
        """Raises PinWrong, CardBlocked, CardRemoved."""
        card, turn = self._there(seen)
        with pin.lent():
            digits = bytes(pin.encode())
            answer = card.apdu(_VERIFY + bytes([len(digits)]) + digits) or b""
        if int.from_bytes(answer[-2:], "big") == OK:
            return cast(OpenToken, _Token(self._readers, seen.slot, turn, card))
        left = card.pin.tries
        raise PinWrong(tries_left=left) if left else CardBlocked(tries_left=0)

    def _there(self, seen: SeenToken) -> tuple[Cps3, int]:
        cards = self._readers.cards()
        found, turn = cards[seen.slot] if seen.slot < len(cards) else (None, 0)
        card = _cps(found)
        if card is None or card.serial.encode() != seen.serial:
            raise CardRemoved("no card, or another one, in that reader")
        return card, turn


class _Token:
    """What `cards.pkcs11.OpenToken` is for a card that accepted its code."""

    def __init__(self, readers: EmulatedReaders, slot: int, turn: int, card: Cps3) -> None:
        self._readers = readers
        self._slot = slot
        self._turn = turn
        self._card = card
        self.key_ids: Mapping[str, bytes] = {
            LABELS[CardKey.AUTHENTICATION]: bytes([card.layout.authentication.id]),
            LABELS[CardKey.SIGNATURE]: bytes([card.layout.signature.id]),
        }
        self.certificates = _certificates(card)
        self.data: Sequence[tuple[str, bytes]] = ()

    def sign(self, label: str, digest_info: bytes) -> bytes:
        """PKCS#1 v1.5 over a DigestInfo. Raises CardRemoved where the card left or was reset."""
        if not self.alive():
            raise CardRemoved
        authenticates = label == LABELS[CardKey.AUTHENTICATION]
        self._card.done["authenticate" if authenticates else "sign"] += 1
        key = self._card.holder.authentication if authenticates else self._card.holder.signature
        return key.raw(padded(digest_info))

    def alive(self) -> bool:
        cards = self._readers.cards()
        same = self._slot < len(cards) and cards[self._slot] == (self._card, self._turn)
        return same and self._card.pin.verified

    def close(self) -> None:
        """Log out."""
        if self.alive():
            self._card.pin.verified = False


def _cps(card: object) -> Cps3 | None:
    """The card, where it is a CPS that is put in, not laid on."""
    return card if isinstance(card, Cps3) and not isinstance(card, Cps3Contactless) else None


def _seen(slot: int, card: Cps3) -> SeenToken:
    return SeenToken(
        slot=slot,
        label=card.layout.token,
        model="IAS ECC",
        serial=card.serial.encode(),
        tries_left=card.pin.tries,
        certificates=_certificates(card),
    )


def _certificates(card: Cps3) -> tuple[Certificate, ...]:
    signature, authentication = card.layout.signature.id, card.layout.authentication.id
    return (
        Certificate("Certificat de Signature CPS", bytes([signature]), card.holder.signature.certificate),
        Certificate(
            "Certificat d'Authentification CPS", bytes([authentication]), card.holder.authentication.certificate
        ),
    )
