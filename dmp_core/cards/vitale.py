"""Whom a carte Vitale 2 names: its free zone, read without any other card or library.

Two public readers agree on it (cardpeek's `vitale_2.lua`, « Rufus »): SELECT 3F00 and READ of the short file 2 give the
identities, SELECT of the application VITALE and READ of its short file 2 the NIR; in both one template 65 a person.
Not tried with a card of the field: test data only. Rights and insurers are protected (CPS and the GIE's library).
"""

from collections.abc import Sequence
from typing import Final

from pydantic import ValidationError

from dmp_core.cards import ber
from dmp_core.errors import CardUnreadable, ScannedCodeUnsupported, VitaleUnreadable
from dmp_core.model.beneficiary import MOST, Beneficiary, well_formed_nir
from dmp_core.ports import CardLine, Readers

_SELECT_MASTER_FILE: Final = bytes.fromhex("00A40000023F00")
_SELECT_VITALE: Final = bytes.fromhex("00A404000BD250000002564954414C45")
_READ_FILE_2: Final = bytes.fromhex("00B0820000")
_PERSON, _FAMILY, _GIVEN, _BORN, _NIR = 0x65, 0x80, 0x81, 0x82, 0x93
_CHUNK: Final = 256
_LARGEST: Final = 16 * _CHUNK
_DONE: Final = 0x9000
_ENDS: Final = frozenset({0x6B00, 0x6A82, 0x6282})  # no more bytes there
_ROUNDS: Final = 20  # GET RESPONSE after one command: a card that goes on for ever is no card


class FreeZone:
    """`ports.BeneficiaryProvider` on the card alone; it knows no Appli carte Vitale."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers

    def on_card(self, reader: str) -> Sequence[Beneficiary]:
        """Raises VitaleUnreadable, and what `Readers.open` raises."""
        with self._readers.open(reader) as line:
            return read(line)

    def behind_code(self, code: str) -> Sequence[Beneficiary]:  # noqa: ARG002 - of the port
        raise ScannedCodeUnsupported("the free zone is that of a card")


def read(line: CardLine) -> Sequence[Beneficiary]:
    """The persons on the card, in its order. Raises VitaleUnreadable, CardError."""
    identities = _file_2(line, _SELECT_MASTER_FILE)
    numbers = _file_2(line, _SELECT_VITALE)
    return beneficiaries(identities, numbers)


def beneficiaries(identities: bytes, numbers: bytes) -> Sequence[Beneficiary]:
    """The persons of both files; a NIR that is none, or whose key is wrong, is left out. Raises VitaleUnreadable."""
    people, nirs = _people(identities), _people(numbers)
    if not people or len(people) > MOST:
        raise VitaleUnreadable(f"{len(people)} persons")
    if len(nirs) > len(people):
        raise VitaleUnreadable("more numbers than persons")
    nirs += [{}] * (len(people) - len(nirs))
    try:
        return tuple(_beneficiary(person, nir) for person, nir in zip(people, nirs, strict=True))
    except ValidationError as error:
        raise VitaleUnreadable(", ".join(str(each["loc"][0]) for each in error.errors())) from None


def _beneficiary(person: dict[int, bytes], nir: dict[int, bytes]) -> Beneficiary:
    born = _text(person.get(_BORN, b""))
    return Beneficiary(
        family=_text(person.get(_FAMILY, b"")),
        given=_text(person.get(_GIVEN, b"")),
        birth_date=born or None,
        nir=well_formed_nir(_text(nir.get(_NIR, b""))),
    )


def _people(file: bytes) -> list[dict[int, bytes]]:
    """The fields of each template 65. What is none (a certificate, a signature) is left aside."""
    try:
        return [
            {field.tag: field.value for field in ber.read(element.value)}
            for element in ber.read(file)
            if element.tag == _PERSON
        ]
    except CardUnreadable as error:
        raise VitaleUnreadable(error.detail) from None


def _text(value: bytes) -> str:
    """Latin-1 with blanks or zeros behind. Raises VitaleUnreadable for what no name or number holds."""
    text = value.decode("latin-1").strip(" \0")
    if not text.isprintable():
        raise VitaleUnreadable("a field that is no text")
    return text


# ---------------------------------------------------------------- commands


def _file_2(line: CardLine, select: bytes) -> bytes:
    status, _ = _ask(line, select)
    if status != _DONE:
        raise VitaleUnreadable("its application is not there", origin=f"{status:04X}")
    status, content = _ask(line, _READ_FILE_2)
    if status != _DONE:
        raise VitaleUnreadable("its free zone cannot be read", origin=f"{status:04X}")
    while len(content) % _CHUNK == 0 and 0 < len(content) < _LARGEST:
        status, more = _ask(line, bytes((0x00, 0xB0)) + len(content).to_bytes(2, "big") + b"\0")
        if status not in (_DONE, *_ENDS):
            raise VitaleUnreadable("its free zone breaks off", origin=f"{status:04X}")
        if not more:
            break
        content += more
    return content


def _ask(line: CardLine, command: bytes) -> tuple[int, bytes]:
    """Status and data of one command under T=0: 6Cxx names the right length, 61xx says how much is to be fetched."""
    answer = line.transmit(command)
    status, data = _status(answer), answer[:-2]
    if status >> 8 == 0x6C:
        answer = line.transmit(command[:-1] + bytes([status & 0xFF]))
        status, data = _status(answer), answer[:-2]
    for _ in range(_ROUNDS):
        if status >> 8 != 0x61:
            return status, data
        answer = line.transmit(bytes((0x00, 0xC0, 0x00, 0x00, status & 0xFF)))
        status, data = _status(answer), data + answer[:-2]
    raise VitaleUnreadable("an answer without end")


def _status(answer: bytes) -> int:
    if len(answer) < 2:
        raise VitaleUnreadable("an answer without a status word")
    return int.from_bytes(answer[-2:], "big")
