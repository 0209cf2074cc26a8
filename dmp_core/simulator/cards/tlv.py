"""Writes the tag-length-value structures of cards: BER-TLV with tags of any size, and the few DER types of PKCS#15."""

from typing import Final

NULL: Final = b"\x05\x00"


def tlv(tag: int, *parts: bytes) -> bytes:
    """One structure; a tag of several bytes is one number (`0x7F41`)."""
    value = b"".join(parts)
    return tag.to_bytes((tag.bit_length() + 7) // 8 or 1, "big") + _length(len(value)) + value


def _length(size: int) -> bytes:
    if size < 0x80:
        return bytes([size])
    if size < 0x100:
        return bytes([0x81, size])
    return b"\x82" + size.to_bytes(2, "big")


def sequence(*parts: bytes) -> bytes:
    return tlv(0x30, *parts)


def integer(number: int) -> bytes:
    """A positive INTEGER."""
    return tlv(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def octets(value: bytes) -> bytes:
    return tlv(0x04, value)


def utf8(text: str) -> bytes:
    return tlv(0x0C, text.encode())


def bits(*named: int) -> bytes:
    """A named BIT STRING with these bits set; bit 0 is the first."""
    size = max(named) + 1
    unused = -size % 8
    number = sum(1 << (size - 1 - bit) for bit in named)
    return tlv(0x03, bytes([unused]) + (number << unused).to_bytes((size + unused) // 8, "big"))


def oid(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    return tlv(0x06, bytes([first * 40 + second]), *map(_base128, rest))


def _base128(number: int) -> bytes:
    septets = [number & 0x7F]
    while number := number >> 7:
        septets.insert(0, number & 0x7F | 0x80)
    return bytes(septets)


def one_byte_pairs(data: bytes) -> dict[int, bytes]:
    """The values of a command's data by their tags: one byte each for tag and length, cut where the data end."""
    pairs, at = {}, 0
    while at + 1 < len(data):
        size = data[at + 1]
        pairs[data[at]] = data[at + 2 : at + 2 + size]
        at += 2 + size
    return pairs
