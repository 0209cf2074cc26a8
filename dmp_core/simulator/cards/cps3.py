"""An emulated CPS3 (IAS-ECC): files, PIN, signature and authentication keys, as the ANS library and OpenSC drive it."""

import hashlib
from collections import Counter
from collections.abc import Callable
from typing import Final

from dmp_core.simulator.cards import apdu
from dmp_core.simulator.cards.apdu import OK, Answer, Command, Pin, Waiting
from dmp_core.simulator.cards.cps3_files import (
    AID,
    AID_CONTACTLESS,
    APPLICATION,
    KeyPlace,
    Layout,
    Place,
    files,
    private_files,
)
from dmp_core.simulator.cards.hashing import finish
from dmp_core.simulator.cards.holder import Holder
from dmp_core.simulator.cards.tlv import one_byte_pairs, tlv

ATR_CONTACT: Final = bytes.fromhex("3BAC00402A001225006480000310009000")
ATR_CONTACTLESS: Final = bytes.fromhex("3B8F80010031B86404B0ECC1739401808290000E")
MASTER_FILE: Final = "3f00"
DIGEST_INFO: Final = {
    20: bytes.fromhex("3021300906052b0e03021a05000414"),
    32: bytes.fromhex("3031300d060960864801650304020105000420"),
}


def padded(block: bytes) -> bytes:
    """PKCS#1 v1.5, block type 1, for 2048 bits."""
    return b"\0\1" + b"\xff" * (253 - len(block)) + b"\0" + block


class Cps3:
    """A CPS3 in a reader. `done` counts what its keys did: `sign`, `authenticate`, `decipher`.

    Tries of the PIN stay when the card is pulled; what was verified does not.
    """

    atr = ATR_CONTACT
    layout = Layout(KeyPlace(0x01, 0x81), KeyPlace(0x02, 0x82), "CPS3v3-TEST")

    def __init__(self, holder: Holder, *, serial: str = "2800123456", pin: bytes = b"1234", delay: float = 0.0) -> None:
        """`delay`: seconds that each use of a key takes; a real card needs 0.3 to 0.7."""
        self.holder = holder
        self.serial = serial
        self.pin = Pin(pin)
        self.done: Counter[str] = Counter()
        self._key_delay = delay
        self._files = files(holder, serial, self.layout)
        self._private = private_files(holder)
        self._waiting = Waiting()
        self.reset()

    @property
    def delay(self) -> float:
        """What the last command took."""
        return self._took

    def reset(self) -> None:
        self._took = 0.0
        self._directory = ""
        self._file: Place | None = None
        self._hash = b""
        self._environment: dict[int, dict[int, bytes]] = {}
        self.pin.verified = False
        self._waiting.clear()

    def apdu(self, command: bytes) -> bytes | None:
        self._took = 0.0
        parsed = apdu.parse(command)
        return bytes(self._answer(parsed) if parsed else Answer(apdu.WRONG_LENGTH))

    def _answer(self, command: Command) -> Answer:
        if command.ins == 0xC0:
            return self._waiting.get_response(command.expected or 256)
        data = self._waiting.gather(command)
        if data is None:
            return Answer(OK)
        return self._waiting.give(self._do(command, data), command)

    def _do(self, command: Command, data: bytes) -> Answer:
        """What a whole command does, by its instruction."""
        match command.ins, command.p1p2:
            case 0xA4, _:
                return self._select(command.p1, data, quiet=command.p2 == 0x0C)
            case 0xB0, _:
                return self._read(command.offset, command.expected or 256)
            case 0x20, (0xFF, _):
                self.pin.verified = False
                return Answer(OK)
            case 0x20, _:
                return self.pin.verify(data)
            case 0xCB, _:
                return self._security_data(data)
            case 0x22, (_, template):
                self._environment[template] = one_byte_pairs(data)
                return Answer(OK)
            case 0x2A, (0x90, 0xA0):
                return self._finish_hash(data)
            case 0x2A, (0x9E, 0x9A):
                return self._with_key("sign", data, self._sign)
            case 0x2A, (0x80, 0x86):
                return self._with_key("decipher", data, self._decipher)
            case 0x88, _:
                return self._with_key("authenticate", data, self._authenticate)
        return Answer(apdu.UNKNOWN_COMMAND)

    # ------------------------------------------------------------ files

    def _select(self, p1: int, data: bytes, *, quiet: bool) -> Answer:
        answer = self._by_name(data) if p1 == 4 else self._by_path(p1, data)
        return Answer(answer.status) if quiet else answer

    def _by_name(self, name: bytes) -> Answer:
        if not (AID.startswith(name) or name.startswith(AID)):
            return Answer(apdu.FILE_NOT_FOUND)
        return self._enter(APPLICATION)

    def _by_path(self, p1: int, path: bytes) -> Answer:
        """A path of file identifiers; alone, an identifier of the MF is found from everywhere (not with P1 09)."""
        names = [path[at : at + 2].hex() for at in range(0, len(path), 2)]
        directory = self._directory
        if names and names[0] == MASTER_FILE:
            directory, names = "", names[1:]
        if names and names[0] == APPLICATION:
            directory, names = APPLICATION, names[1:]
        if not names:
            return self._enter(directory)
        place = (directory, names[-1])
        if place not in self._files and p1 != 9:
            place = ("", names[-1])
        if place not in self._files:
            return Answer(apdu.FILE_NOT_FOUND)
        self._directory, self._file = place[0], place
        return Answer(OK, self._describe_file(place))

    def _enter(self, directory: str) -> Answer:
        self._directory, self._file = directory, None
        return Answer(OK, self._describe_directory())

    def _describe_file(self, place: Place) -> bytes:
        size = len(self._files[place]).to_bytes(2, "big")
        return self._template(
            tlv(0x80, size), tlv(0x82, b"\x01"), tlv(0x83, bytes.fromhex(place[1])), access=b"\x01\x00"
        )

    def _describe_directory(self) -> bytes:
        name = [tlv(0x84, AID)] if self._directory else []
        identifier = tlv(0x83, bytes.fromhex(self._directory or MASTER_FILE))
        return self._template(tlv(0x82, b"\x38"), identifier, *name, access=b"\x02\x00")

    def _template(self, *parts: bytes, access: bytes) -> bytes:
        return tlv(0x62, *parts, tlv(0x8A, b"\x05"), tlv(0xA1, tlv(0x8C, access)))

    def _read(self, offset: int, size: int) -> Answer:
        if self._file is None:
            return Answer(apdu.NO_FILE_CHOSEN)
        if self._file in self._private and not self.pin.verified:
            return Answer(apdu.NOT_VERIFIED)
        content = self._files[self._file]
        if offset > len(content):
            return Answer(apdu.WRONG_OFFSET)
        return Answer(OK, content[offset : offset + size])

    # ------------------------------------------------------------ keys

    def _with_key(self, operation: str, data: bytes, work: Callable[[bytes], Answer]) -> Answer:
        if not self.pin.verified:
            return Answer(apdu.NOT_VERIFIED)
        self._took = self._key_delay
        self.done[operation] += 1
        return work(data)

    def _finish_hash(self, data: bytes) -> Answer:
        """PSO HASH: 90 the state of the hash, 80 the last block."""
        parts = one_byte_pairs(data)
        state, last = parts.get(0x90, b""), parts.get(0x80, b"")
        if len(state) not in (0, 28, 40):
            return Answer(apdu.WRONG_DATA)
        self._hash = finish(state, last) if state else hashlib.sha256(last).digest()
        return Answer(OK)

    def _sign(self, data: bytes) -> Answer:
        """PSO COMPUTE DIGITAL SIGNATURE: the hash kept, or the one given, under the signature key."""
        if data:
            self._hash = data[2:] if data[:1] == b"\x90" and len(data) in (22, 34) else data
        if len(self._hash) not in DIGEST_INFO:
            return Answer(apdu.WRONG_DATA)
        return Answer(OK, self.holder.signature.raw(padded(DIGEST_INFO[len(self._hash)] + self._hash)))

    def _authenticate(self, data: bytes) -> Answer:
        """INTERNAL AUTHENTICATE: a DigestInfo that the card pads (PKCS#1 v1.5)."""
        if len(data) > 245:
            return Answer(apdu.WRONG_DATA)
        return Answer(OK, self.holder.authentication.raw(padded(data)))

    def _decipher(self, data: bytes) -> Answer:
        plain = self.holder.authentication.raw(data[-256:])
        _, separator, content = plain[2:].partition(b"\0")
        return Answer(OK, content) if separator else Answer(apdu.WRONG_DATA)

    def _security_data(self, asked: bytes) -> Answer:
        """GET DATA of a security object (IAS-ECC): tries of the PIN, sizes and access rules of the keys."""
        at = asked.find(b"\xbf")
        if at < 0 or at + 2 >= len(asked):
            return Answer(apdu.DATA_NOT_FOUND)
        kind, reference = asked[at + 1], asked[at + 2]
        match kind & 0x7F:
            case 0x01:
                body = self._pin_object()
            case 0x10:
                access = tlv(0xA1, tlv(0x8C, bytes.fromhex("7F111111FFFFFF00")))
                body = tlv(0xA0, access, tlv(0x80, b"\x01\x00"), tlv(0x9E, b"\x01"))
            case 0x7B:
                body = tlv(0x7B, tlv(0x80, bytes([reference])), tlv(0xA4, tlv(0x95, b"\x08"), tlv(0x83, b"\x01")))
            case _:
                return Answer(apdu.DATA_NOT_FOUND)
        return Answer(OK, tlv(0x70, tlv(0xBF0000 | kind << 8 | reference, body)))

    def _pin_object(self) -> bytes:
        """Tries, access, and the sizes of a PIN: in 7F41, 80 is the longest, 81 the shortest (OpenSC, iasecc-sdo.h)."""
        access = tlv(0xA1, tlv(0x8C, b"\x7f" + bytes(7)))
        tries = tlv(0x9A, bytes([Pin.TRIES])) + tlv(0x9B, bytes([self.pin.tries]))
        return tlv(0xA0, tries, access, tlv(0x80, b"\x00\x08")) + tlv(0x7F41, tlv(0x80, b"\x08"), tlv(0x81, b"\x04"))


class Cps3Contactless(Cps3):
    """A CPS3 laid on a contactless reader: neither PIN nor the keys of the contact side."""

    atr = ATR_CONTACTLESS

    def _do(self, command: Command, data: bytes) -> Answer:
        if command.ins in (0x20, 0x22, 0x2A, 0x88):
            return Answer(apdu.UNKNOWN_COMMAND)
        return super()._do(command, data)

    def _by_name(self, name: bytes) -> Answer:
        return self._enter(APPLICATION) if name == AID_CONTACTLESS else Answer(apdu.FILE_NOT_FOUND)
