"""Emulated cartes Vitale with test data: a Vitale 2 with its free zone, and the ATR of a Vitale 1.

Source of the free zone: cardpeek's `vitale_2.lua` and the reader « Rufus », which agree. T=0.
"""

from collections.abc import Sequence
from typing import Final

from dmp_core.model.identity import Patient
from dmp_core.simulator.cards import apdu
from dmp_core.simulator.cards.apdu import OK, Answer, Command, Waiting
from dmp_core.simulator.cards.tlv import tlv

AID_VITALE: Final = bytes.fromhex("D250000002564954414C45")
AID_MF: Final = bytes.fromhex("D2500000024D465F564954414C45")
_NAME: Final = 27
_FILE: Final = 2  # short identifier of both files
_PADDING: Final = bytes(20)
Person = tuple[str, str, str, str]
"""Name, given name, date of birth `yyyyMMdd`, NIR and key."""

DURAND: Final[Person] = ("DURAND", "MARIE", "19690713", "269054958815780")


def person_of(patient: Patient) -> Person:
    """A patient of the counter as a card names them; the number of their test INS stands for the NIR."""
    traits = patient.traits
    number = patient.ins.value if patient.ins else "0" * 15
    return (traits.birth_name, traits.first_birth_given_name, traits.birth_date.strftime("%Y%m%d"), number)


class Vitale2:
    """A Vitale 2 in a reader. Its files are lists of templates 65, one a beneficiary, then zeros."""

    atr = bytes.fromhex("3B751300004409EA9000")
    delay = 0.0

    def __init__(self, people: Sequence[Person] = (DURAND,)) -> None:
        self._files = {
            "MF": b"".join(map(_identity, people)) + _PADDING,
            "VITALE": b"".join(tlv(0x65, tlv(0x93, person[3].encode())) for person in people) + _PADDING,
        }
        self._waiting = Waiting()
        self.reset()

    def reset(self) -> None:
        self._application = "MF"
        self._open = False
        self._waiting.clear()

    def apdu(self, command: bytes) -> bytes | None:
        parsed = apdu.parse(command)
        return bytes(self._answer(parsed) if parsed else Answer(apdu.WRONG_LENGTH))

    def content(self) -> bytes:
        """The file that is read now."""
        return self._files[self._application]

    def _answer(self, command: Command) -> Answer:
        match command.ins:
            case 0xC0:
                return self._waiting.get_response(command.expected or 256)
            case 0xA4:
                return self._waiting.give(self._select(command.data), command)
            case 0xB0:
                return self._read(command)
        return Answer(apdu.UNKNOWN_COMMAND)

    def _select(self, name: bytes) -> Answer:
        known = {b"\x3f\x00": "MF", AID_MF: "MF", AID_VITALE: "VITALE"}
        if name not in known:
            return Answer(apdu.FILE_NOT_FOUND)
        self._application, self._open = known[name], False
        return Answer(OK, tlv(0x6F, tlv(0x84, name)))

    def _read(self, command: Command) -> Answer:
        """P1 8x: the file of that short identifier from its beginning; else the open one at an offset.

        More bytes wanted than there are: 6Cxx says how many.
        """
        offset = command.offset
        if command.p1 & 0x80:
            if command.p1 & 0x1F != _FILE:
                return Answer(apdu.FILE_NOT_FOUND)
            self._open, offset = True, command.p2
        if not self._open:
            return Answer(apdu.NO_FILE_CHOSEN)
        left, wanted = self.content()[offset:], command.expected or 256
        if not left:
            return Answer(apdu.WRONG_OFFSET)
        return Answer(OK, left[:wanted]) if len(left) >= wanted else Answer(0x6C00 | len(left))


class Vitale1(Vitale2):
    """The ATR of a Vitale 1; its files are not public."""

    atr = bytes.fromhex("3F6525002209699000")

    def apdu(self, _command: bytes) -> bytes | None:
        return bytes(Answer(apdu.FILE_NOT_FOUND))


def _identity(person: Person) -> bytes:
    name, given, born, _ = person
    return tlv(0x65, tlv(0x90, b"FR"), tlv(0x80, _text(name)), tlv(0x81, _text(given)), tlv(0x82, born.encode()))


def _text(value: str) -> bytes:
    return value.encode("latin-1", "replace").ljust(_NAME)[:_NAME]
