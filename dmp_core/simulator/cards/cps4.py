"""An emulated CPS4 (ChipDoc profile) as the ANS library 5.2 drives it: logical channel 1, RSA-PSS, keys 10 and 20.

What the card really does beyond that is not public: nothing here was compared with a CPS4.
"""

from typing import Final

from cryptography.hazmat.primitives.asymmetric import padding, utils
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, HashAlgorithm

from dmp_core.simulator.cards import apdu
from dmp_core.simulator.cards.apdu import OK, Answer, Command
from dmp_core.simulator.cards.cps3 import DIGEST_INFO, Cps3, padded
from dmp_core.simulator.cards.cps3_files import KeyPlace, Layout

AID_CHIPDOC: Final = bytes.fromhex("8025000001FF0100")
AID_CPS2TER: Final = bytes.fromhex("8025000001FF0002")
AID_AUXILIARY: Final = bytes.fromhex("A0000001510000")
_TEMPLATE: Final = 0xB6  # of MSE SET: digital signature
_PSS: Final[dict[int, HashAlgorithm]] = {0x15: SHA1(), 0x2C: SHA256()}  # noqa: S303 - what the card offers


class Cps4(Cps3):
    """A CPS4 in a reader. Its authentication key does the raw operation (PSO DECIPHER): the library pads."""

    atr = bytes.fromhex("3B9B188001001225006480040100009044")
    layout = Layout(KeyPlace(0x10, 0x10), KeyPlace(0x20, 0x20), "CPS4v1-TEST")

    def apdu(self, command: bytes) -> bytes | None:
        """Any channel; the class of the CPS2ter part (Ax) finds no file."""
        if command and command[0] & 0xF0 == 0xA0:
            return b"\x94\x04"
        return super().apdu(bytes([command[0] & 0x10]) + command[1:] if command else command)

    def _by_name(self, name: bytes) -> Answer:
        if name in (AID_CHIPDOC, AID_CPS2TER, AID_AUXILIARY):
            return self._enter("")
        return super()._by_name(name)

    def _by_path(self, p1: int, path: bytes) -> Answer:
        """P1 08: from the MF. The template is tagged 6F."""
        answer = super()._by_path(9, b"\x3f\x00" + path if p1 == 8 else path)
        return Answer(answer.status, b"\x6f" + answer.data[1:]) if answer.data[:1] == b"\x62" else answer

    def _do(self, command: Command, data: bytes) -> Answer:
        if command.ins == 0x88:
            return Answer(apdu.UNKNOWN_COMMAND)
        return super()._do(command, data)

    def _decipher(self, data: bytes) -> Answer:
        return Answer(OK, self.holder.authentication.raw(data[-256:]))

    def _sign(self, data: bytes) -> Answer:
        """With the key and the algorithm of the security environment: `91 <algorithm> <key | 80>`."""
        digest = data or self._hash
        algorithm, reference = (*self._environment.get(_TEMPLATE, {}).get(0x91, b"\0\0"), 0, 0)[:2]
        own = reference & 0x7F == self.layout.authentication.reference
        key = self.holder.authentication if own else self.holder.signature
        if algorithm in _PSS and len(digest) == _PSS[algorithm].digest_size:
            hashed = _PSS[algorithm]
            salt = padding.PSS(padding.MGF1(hashed), len(digest))
            return Answer(OK, key.key.sign(digest, salt, utils.Prehashed(hashed)))
        if len(digest) == 256:
            return Answer(OK, key.raw(digest))
        if len(digest) not in DIGEST_INFO:
            return Answer(apdu.WRONG_DATA)
        return Answer(OK, key.raw(padded(DIGEST_INFO[len(digest)] + digest)))
