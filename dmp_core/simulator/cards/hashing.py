"""The last round of SHA-1 and SHA-256 as a CPS does it: from the state in which the computer left the hash.

FIPS 180-4. The card hashes the last block itself, so that it knows what it signs.
"""

import struct
from collections.abc import Callable
from decimal import Decimal, localcontext
from typing import Final

_MASK: Final = 0xFFFFFFFF


def finish(state: bytes, last: bytes) -> bytes:
    """The digest, given `state` (20 or 32 bytes, then the bits hashed before `last` in 8 bytes) and what is left."""
    before, done = state[:-8], int.from_bytes(state[-8:], "big")
    padded = last + b"\x80" + bytes((55 - len(last)) % 64) + (done + 8 * len(last)).to_bytes(8, "big")
    compress: Callable[[list[int], list[int]], list[int]] = _sha256 if len(before) == 32 else _sha1
    words = list(struct.unpack(f">{len(before) // 4}I", before))
    for at in range(0, len(padded), 64):
        changed = compress(words, list(struct.unpack(">16I", padded[at : at + 64])))
        words = [(old + new) & _MASK for old, new in zip(words, changed, strict=True)]
    return struct.pack(f">{len(words)}I", *words)


def _right(word: int, by: int) -> int:
    return (word >> by | word << (32 - by)) & _MASK


def _sha256(state: list[int], w: list[int]) -> list[int]:
    for t in range(16, 64):
        s0 = _right(w[t - 15], 7) ^ _right(w[t - 15], 18) ^ w[t - 15] >> 3
        s1 = _right(w[t - 2], 17) ^ _right(w[t - 2], 19) ^ w[t - 2] >> 10
        w.append((w[t - 16] + s0 + w[t - 7] + s1) & _MASK)
    a, b, c, d, e, f, g, h = state
    for t in range(64):
        t1 = h + (_right(e, 6) ^ _right(e, 11) ^ _right(e, 25)) + (e & f ^ ~e & g) + _K[t] + w[t]
        t2 = (_right(a, 2) ^ _right(a, 13) ^ _right(a, 22)) + (a & b ^ a & c ^ b & c)
        a, b, c, d, e, f, g, h = (t1 + t2) & _MASK, a, b, c, (d + t1) & _MASK, e, f, g
    return [a, b, c, d, e, f, g, h]


def _sha1(state: list[int], w: list[int]) -> list[int]:
    for t in range(16, 80):
        w.append(_right(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 31))
    a, b, c, d, e = state
    for t in range(80):
        mixed, constant = _round(t, b, c, d)
        a, b, c, d, e = (_right(a, 27) + (mixed & _MASK) + e + constant + w[t]) & _MASK, a, _right(b, 2), c, d
    return [a, b, c, d, e]


def _round(t: int, b: int, c: int, d: int) -> tuple[int, int]:
    if t < 20:
        return b & c | ~b & d, 0x5A827999
    if t < 40:
        return b ^ c ^ d, 0x6ED9EBA1
    if t < 60:
        return b & c | b & d | c & d, 0x8F1BBCDC
    return b ^ c ^ d, 0xCA62C1D6


def _cube_roots() -> list[int]:
    """First 32 bits of the fractions of the cube roots of the first 64 primes."""
    primes = [n for n in range(2, 312) if all(n % d for d in range(2, int(n**0.5) + 1))]
    with localcontext() as context:
        context.prec = 60
        roots = [Decimal(n) ** (Decimal(1) / Decimal(3)) for n in primes]
        return [int(root % 1 * 2**32) for root in roots]


_K: Final = _cube_roots()
