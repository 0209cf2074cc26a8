"""The commands that an emulated CPS gets from whoever uses it, one by one: each may be the last before it is pulled.

A session is some thirty of them: the application and its files, the tries, the code, and two for each use of a key.
"""

from collections.abc import Iterator
from typing import Final

from dmp_core.cards.igc_sante import CardKey
from dmp_core.errors import CardBlocked, CardRemoved, CardUnreadable, PinWrong
from dmp_core.ports import CardLine
from dmp_core.simulator.cards.apdu import FILE_NOT_FOUND, OK, PIN_BLOCKED, WRONG_PIN
from dmp_core.simulator.cards.cps3 import padded
from dmp_core.simulator.cards.cps3_files import (
    AID,
    APPLICATION,
    FILES_OF_ACTIVITIES,
    FREE,
    ISSUER,
    Layout,
    activity_label,
)

_SELECT_APPLICATION: Final = bytes((0x00, 0xA4, 0x04, 0x0C, len(AID))) + AID
_SELECT_FILE: Final = bytes.fromhex("00A4090C06") + bytes.fromhex("3F00" + APPLICATION)
_SELECT_CARD_FILE: Final = bytes.fromhex("00A4090C043F00")
_VERIFY: Final = bytes.fromhex("00200001")
_LOG_OUT: Final = bytes.fromhex("0020FF01")
_SERIAL, _SIGNATURE, _AUTHENTICATION = "d003", "d001", "d002"
_CHUNK: Final = 256
_MOST: Final = 32  # chunks of one file
_DIGEST: Final = 32


class CpsCommands:
    """One line to a card, and what a library does over it. Raises CardError."""

    def __init__(self, line: CardLine, layout: Layout, *, raw: bool) -> None:
        """`raw`: the authentication key pads nothing, as a CPS4's."""
        self._line = line
        self._layout = layout
        self._raw = raw

    def start(self) -> str:
        """Choose the application; the serial number of the card."""
        self._done(_SELECT_APPLICATION)
        return self._file(_SELECT_CARD_FILE, _SERIAL)[2:].hex().removeprefix(ISSUER)

    def certificate(self, key: CardKey) -> bytes:
        """DER."""
        return self._file(_SELECT_FILE, _AUTHENTICATION if key is CardKey.AUTHENTICATION else _SIGNATURE)

    def free_data(self) -> Iterator[tuple[str, bytes]]:
        """Label and value of the objects that anybody may read."""
        for label, name in FREE:
            yield label, self._file(_SELECT_FILE, name)

    def private_data(self) -> Iterator[tuple[str, bytes]]:
        """Those that want the code: where the holder works."""
        for number, name in enumerate(FILES_OF_ACTIVITIES, 1):
            status, _ = self._ask(_SELECT_FILE + bytes.fromhex(name))
            if status == FILE_NOT_FOUND:
                return
            yield activity_label(number), self._content()

    def tries_left(self) -> int:
        """Of the code; 0: blocked. An empty VERIFY spends none."""
        status, _ = self._ask(_VERIFY)
        if status & 0xFFF0 == WRONG_PIN:
            return status & 0xF
        return 0 if status == PIN_BLOCKED else 3

    def verify(self, digits: bytes) -> None:
        """One try. Raises PinWrong, CardBlocked."""
        status, _ = self._ask(_VERIFY + bytes([len(digits)]) + digits)
        if status == PIN_BLOCKED:
            raise CardBlocked(tries_left=0)
        if status & 0xFFF0 == WRONG_PIN:
            raise PinWrong(tries_left=status & 0xF)
        if status != OK:
            raise CardUnreadable("the code was neither taken nor refused", origin=f"{status:04X}")

    def log_out(self) -> None:
        """What was verified is forgotten."""
        self._done(_LOG_OUT)

    def authenticate(self, digest_info: bytes) -> bytes:
        """PKCS#1 v1.5 by the authentication key: padded by a CPS3, raw by a CPS4."""
        self._choose(0xA4, bytes((0x83, 1, self._layout.authentication.reference)))
        if self._raw:
            block = padded(digest_info)
            self._done(bytes((0x10, 0x2A, 0x80, 0x86, 0x80)) + block[:128])
            return self._done(bytes((0x00, 0x2A, 0x80, 0x86, 0x80)) + block[128:] + b"\0")
        return self._done(bytes((0x00, 0x88, 0x00, 0x00, len(digest_info))) + digest_info + b"\0")

    def sign(self, digest_info: bytes) -> bytes:
        """PKCS#1 v1.5 by the signature key."""
        self._choose(0xB6, bytes((0x91, 2, 0x00, self._layout.signature.reference)))
        digest = digest_info[-_DIGEST:]
        return self._done(bytes((0x00, 0x2A, 0x9E, 0x9A, len(digest))) + digest + b"\0")

    # ------------------------------------------------------------

    def _choose(self, template: int, value: bytes) -> None:
        self._done(bytes((0x00, 0x22, 0x41, template, len(value))) + value)

    def _file(self, select: bytes, name: str) -> bytes:
        self._done(select + bytes.fromhex(name))
        return self._content()

    def _content(self) -> bytes:
        parts: list[bytes] = []
        while len(parts) < _MOST:
            part = self._done(bytes((0x00, 0xB0)) + (len(parts) * _CHUNK).to_bytes(2, "big") + b"\0")
            parts.append(part)
            if len(part) < _CHUNK:
                return b"".join(parts)
        raise CardUnreadable("a file without end")

    def _done(self, command: bytes) -> bytes:
        status, data = self._ask(command)
        if status != OK:
            raise CardRemoved("the card forgot its code", origin=f"{status:04X}")
        return data

    def _ask(self, command: bytes) -> tuple[int, bytes]:
        answer = self._line.transmit(command)
        return int.from_bytes(answer[-2:], "big"), answer[:-2]
