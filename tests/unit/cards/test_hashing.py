"""The last round of a hash, done by the card, against hashlib."""

import hashlib
import struct

import pytest

from dmp_core.simulator.cards.hashing import finish

START = {
    "sha1": (0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0),
    "sha256": (
        0x6A09E667, 0xBB67AE85, 0x3C6EF372, 0xA54FF53A, 0x510E527F, 0x9B05688C, 0x1F83D9AB, 0x5BE0CD19,
    ),
}  # fmt: skip


@pytest.mark.parametrize("size", [0, 1, 3, 55, 56, 63, 64, 119, 200])
@pytest.mark.parametrize("name", START)
def test_the_card_ends_a_hash_as_a_computer_would(name: str, size: int) -> None:
    state = struct.pack(f">{len(START[name])}I", *START[name]) + bytes(8)
    text = bytes(at % 251 for at in range(size))

    assert finish(state, text) == hashlib.new(name, text).digest()
