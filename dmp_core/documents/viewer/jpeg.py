"""A JPEG written anew: what draws it and its orientation; its size is known before anything is decoded (ITU-T T.81)."""

import re
from collections.abc import Iterator
from struct import Struct
from typing import Final

SIGNATURE: Final = b"\xff\xd8\xff"
_LENGTH: Final = Struct(">H")
_FRAMES: Final = frozenset({0xC0, 0xC1, 0xC2})  # baseline, extended, progressive
_TABLES: Final = frozenset({0xC4, 0xDB, 0xDD})
_SCAN: Final = 0xDA
_END: Final = 0xD9
_ADOBE: Final = 0xEE  # says how the colours are coded
_EXIF: Final = 0xE1
_END_OF_SCAN: Final = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")
_SCANS: Final = 64
_ORIENTATION: Final = 0x0112

Segment = tuple[int, bytes, bytes]  # marker, body, coded pixels of a scan


def size(data: bytes) -> tuple[int, int] | None:
    """Width and height in pixels, None where no frame of a known kind is found."""
    for marker, body, _ in _segments(data):
        if marker in _FRAMES and len(body) >= 6:
            height, width = _LENGTH.unpack_from(body, 1)[0], _LENGTH.unpack_from(body, 3)[0]
            return (width, height) if body[0] == 8 and body[5] in (1, 3, 4) and width and height else None
    return None


def rebuild(data: bytes) -> bytes | None:
    """The same picture without metadata, preview or what follows its end. None where it is damaged."""
    kept: list[bytes] = []
    turned, scans, ended, frames = 1, 0, False, 0
    for marker, body, pixels in _segments(data):
        if marker == _EXIF:
            turned = _orientation(body)
        elif marker == _END:
            ended = True
        elif marker in _TABLES or marker in _FRAMES or marker == _SCAN or (marker == _ADOBE and body[:5] == b"Adobe"):
            scans += marker == _SCAN
            frames += marker in _FRAMES
            kept.append(_write(marker, body) + pixels)
    if not ended or frames != 1 or not 0 < scans <= _SCANS:
        return None
    return b"\xff\xd8" + (_write(_EXIF, _exif(turned)) if turned != 1 else b"") + b"".join(kept) + b"\xff\xd9"


def _segments(data: bytes) -> Iterator[Segment]:
    """Up to the end of the image, or to the first that is cut."""
    place = 2
    while place + 2 <= len(data) and data[place] == 0xFF:
        marker = data[place + 1]
        if marker == 0xFF:
            place += 1
            continue
        if marker == _END:
            yield marker, b"", b""
            return
        if place + 4 > len(data):
            return
        end = place + 2 + _LENGTH.unpack_from(data, place + 2)[0]
        if end > len(data) or end < place + 4:
            return
        body, pixels = data[place + 4 : end], b""
        if marker == _SCAN:
            stop = _END_OF_SCAN.search(data, end)
            if stop is None:
                return
            pixels = data[end : stop.start()]
            end = stop.start()
        yield marker, body, pixels
        place = end


def _orientation(body: bytes) -> int:
    """1 to 8 (EXIF 2.3, 4.6.4); 1 where it is not told."""
    if body[:6] != b"Exif\x00\x00" or body[6:8] not in (b"II", b"MM"):
        return 1
    order = "<" if body[6:8] == b"II" else ">"
    tiff, short, long = body[6:], Struct(f"{order}H"), Struct(f"{order}I")
    if len(tiff) < 10:
        return 1
    start = long.unpack_from(tiff, 4)[0]
    if start + 2 > len(tiff):
        return 1
    for rank in range(min(short.unpack_from(tiff, start)[0], 100)):
        place = start + 2 + 12 * rank
        if place + 12 > len(tiff):
            break
        if short.unpack_from(tiff, place)[0] == _ORIENTATION:
            value: int = short.unpack_from(tiff, place + 8)[0]
            return value if 1 <= value <= 8 else 1
    return 1


def _exif(turned: int) -> bytes:
    """The smallest EXIF that tells an orientation."""
    entry = Struct(">HHIHH").pack(_ORIENTATION, 3, 1, turned, 0)
    return b"Exif\x00\x00MM\x00*" + Struct(">IH").pack(8, 1) + entry + b"\x00\x00\x00\x00"


def _write(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + _LENGTH.pack(len(body) + 2) + body
