"""A PNG written anew: the chunks that draw it and no other, its size known before anything is decoded (ISO 15948)."""

import zlib
from collections.abc import Iterator
from struct import Struct
from typing import Final

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_CHUNK: Final = Struct(">I4s")
_CRC: Final = Struct(">I")
_HEADER: Final = Struct(">IIBBBBB")
_KEPT: Final = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT"})
_SAMPLES: Final = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}  # of a pixel, by colour type
_DEPTHS: Final = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_PASSES: Final = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_STEP: Final = 1 << 20


def size(data: bytes) -> tuple[int, int] | None:
    """Width and height in pixels, None where there is no header."""
    if not data.startswith(SIGNATURE) or data[12:16] != b"IHDR" or len(data) < 33:
        return None
    width, height = _HEADER.unpack_from(data, 16)[:2]
    return width, height


def rebuild(data: bytes) -> bytes | None:
    """The same picture without metadata, animation or what follows its end. None where it is damaged."""
    chunks = list(_chunks(data))
    if not chunks or chunks[0][0] != b"IHDR" or chunks[-1][0] != b"IEND":
        return None
    kept = [(kind, body) for kind, body in chunks if kind in _KEPT]
    pixels = b"".join(body for kind, body in kept if kind == b"IDAT")
    if not _fits(chunks[0][1], pixels):
        return None
    return SIGNATURE + b"".join(_write(kind, body) for kind, body in [*kept, (b"IEND", b"")])


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Up to IEND, or to the first that is cut or whose checksum is wrong."""
    place = len(SIGNATURE)
    while place + 12 <= len(data):
        length, kind = _CHUNK.unpack_from(data, place)
        body = data[place + 8 : place + 8 + length]
        end = place + 8 + length
        if len(body) != length or end + 4 > len(data) or _CRC.unpack_from(data, end)[0] != zlib.crc32(kind + body):
            return
        yield kind, body
        if kind == b"IEND":
            return
        place = end + 4


def _fits(header: bytes, pixels: bytes) -> bool:
    """Do the pixels unpack to exactly what the header announces? Never more than that is unpacked."""
    if len(header) != _HEADER.size:
        return False
    width, height, depth, colour, compression, filters, interlace = _HEADER.unpack(header)
    if depth not in _DEPTHS.get(colour, ()) or compression or filters or interlace > 1 or not width or not height:
        return False
    bits = depth * _SAMPLES[colour]
    parts = _PASSES if interlace else ((0, 0, 1, 1),)
    left = 0
    for x, y, wide, high in parts:
        columns, rows = -(-(width - x) // wide), -(-(height - y) // high)
        if columns > 0 and rows > 0:
            left += rows * (1 + (columns * bits + 7) // 8)
    return _unpacks_to(pixels, left)


def _unpacks_to(data: bytes, wanted: int) -> bool:
    unpacker = zlib.decompressobj()
    try:
        while not unpacker.eof and wanted >= 0:
            unpacked = unpacker.decompress(data, _STEP)
            data = unpacker.unconsumed_tail
            if not unpacked and not data:
                break
            wanted -= len(unpacked)
    except zlib.error:
        return False
    return unpacker.eof and wanted == 0


def _write(kind: bytes, body: bytes) -> bytes:
    return _CHUNK.pack(len(body), kind) + body + _CRC.pack(zlib.crc32(kind + body))
