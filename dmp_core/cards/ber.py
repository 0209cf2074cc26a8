"""BER-TLV as cards write it: tag, length, value, one after the other. A card may lie: every length is checked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from dmp_core.errors import CardUnreadable

_LARGEST: Final = 65_536  # bytes of one object; a card holds far less
_PADDING: Final = (0x00, 0xFF)


@dataclass(frozen=True, slots=True)
class Tlv:
    """One element. `tag` as written, e.g. 0xEE, 0x7F21."""

    tag: int
    value: bytes = field(repr=False)

    @property
    def constructed(self) -> bool:
        first = self.tag >> 8 * ((self.tag.bit_length() - 1) // 8) if self.tag else 0
        return bool(first & 0x20)


def read(data: bytes) -> Sequence[Tlv]:
    """The elements of `data`, padding (00, FF) between them left aside. Raises CardUnreadable."""
    if len(data) > _LARGEST:
        raise CardUnreadable("an object larger than any card holds")
    found, at = [], 0
    while at < len(data):
        if data[at] in _PADDING:
            at += 1
            continue
        tag, at = _tag(data, at)
        length, at = _length(data, at)
        if at + length > len(data):
            raise CardUnreadable("an element longer than the object that holds it")
        found.append(Tlv(tag, data[at : at + length]))
        at += length
    return found


def leaves(data: bytes, depth: int = 4) -> Iterator[Tlv]:
    """The elements that hold no other, in their order, through at most `depth` levels. Raises CardUnreadable."""
    for element in read(data):
        if element.constructed and depth:
            yield from leaves(element.value, depth - 1)
        else:
            yield element


def _tag(data: bytes, at: int) -> tuple[int, int]:
    tag = data[at]
    at += 1
    if tag & 0x1F == 0x1F:
        while True:
            if at >= len(data) or tag > 0xFFFF:
                raise CardUnreadable("a tag without end")
            tag, at = tag << 8 | data[at], at + 1
            if not tag & 0x80:
                break
    return tag, at


def _length(data: bytes, at: int) -> tuple[int, int]:
    if at >= len(data):
        raise CardUnreadable("an element without length")
    first, at = data[at], at + 1
    if first < 0x80:
        return first, at
    count = first & 0x7F
    if not 1 <= count <= 2 or at + count > len(data):
        raise CardUnreadable("a length that no card writes")
    return int.from_bytes(data[at : at + count]), at + count
