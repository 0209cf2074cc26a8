"""What a file is by its first bytes, and how large an image is by its header: nothing is decoded."""

import re
import struct
from collections.abc import Iterator
from typing import Final

from dmp_core.errors import ImageRefused

PDF: Final = "application/pdf"
PNG: Final = "image/png"
JPEG: Final = "image/jpeg"
TIFF: Final = "image/tiff"
RTF: Final = "text/rtf"
TEXT: Final = "text/plain"

MOST_PIXELS: Final = 50_000_000
LONGEST_SIDE: Final = 30_000  # pixels
MOST_FRAMES: Final = 100  # of a TIFF

_SIGNATURES: Final = (
    (b"%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"II*\0", TIFF),
    (b"MM\0*", TIFF),
    (b"{\\rtf", RTF),
    (b"PK\x03\x04", "application/zip"),  # an Office document, too
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),  # Office before 2007
    (b"MZ", "application/x-msdownload"),
    (b"\x7fELF", "application/x-elf"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
    (b"\x1f\x8b", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\0\0\0\x0cjP  ", "image/jp2"),
    (b"\xff\x4f\xff\x51", "image/jp2"),
)
_MARKUP: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(!doctype|\?xml|!--|[a-z][a-z0-9:]*)[\s>/]", re.IGNORECASE)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_JPEG_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})  # markers without a segment
_TIFF_ENTRY: Final = 12  # bytes
_TIFF_TYPES: Final = {1: "B", 3: "H", 4: "I"}
_WIDTH, _LENGTH = 256, 257


def kind_of(content: bytes) -> str:
    """The media type that the bytes show; `application/octet-stream` for none that is known."""
    for signature, media_type in _SIGNATURES:
        if content.startswith(signature):
            return media_type
    if content[4:8] == b"ftyp":
        return "image/heic"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    if found := _MARKUP.match(content):
        return {b"svg": "image/svg+xml", b"?xml": "application/xml"}.get(found[1].lower(), "text/html")
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return "application/octet-stream"
    return TEXT if content and not _CONTROL.search(text) else "application/octet-stream"


def size_of(image: bytes) -> tuple[int, int]:
    """Width and height in pixels of a PNG, a JPEG or the largest frame of a TIFF.

    Raises ImageRefused where the header is cut, or promises more than a document can hold.
    """
    kind = kind_of(image)
    try:
        if kind == PNG:
            sides = [_png(image)]
        elif kind == JPEG:
            sides = [_jpeg(image)]
        elif kind == TIFF:
            sides = list(_tiff(image))
        else:
            raise ImageRefused(f"an image of type {kind}")
    except (struct.error, IndexError, KeyError) as error:
        raise ImageRefused("the header of the image is cut or wrong") from error
    for width, height in sides:
        if not 0 < max(width, height) <= LONGEST_SIDE or min(width, height) < 1 or width * height > MOST_PIXELS:
            raise ImageRefused(
                f"{width} x {height} pixels; at most {LONGEST_SIDE} a side and {MOST_PIXELS // 1_000_000} megapixels"
            )
    return max(sides, key=lambda side: side[0] * side[1])


def _png(image: bytes) -> tuple[int, int]:
    """PNG (ISO 15948), 11.2.2: IHDR comes first."""
    length, kind, width, height = struct.unpack_from(">I4sII", image, 8)
    if (length, kind) != (13, b"IHDR"):
        raise ImageRefused("a PNG without IHDR")
    return width, height


def _jpeg(image: bytes) -> tuple[int, int]:
    """JPEG (ISO 10918-1), B.2.2: the first frame header."""
    place = 2
    while True:
        if image[place] != 0xFF:
            raise ImageRefused(f"byte {place}: no marker of a JPEG")
        marker = image[place + 1]
        if marker == 0xFF:
            place += 1
        elif marker in _JPEG_ALONE:
            place += 2
        elif marker in _JPEG_FRAMES:
            height, width = struct.unpack_from(">HH", image, place + 5)
            return width, height
        else:
            place += 2 + max(struct.unpack_from(">H", image, place + 2)[0], 2)


def _tiff(image: bytes) -> Iterator[tuple[int, int]]:
    """TIFF 6.0, section 2: one directory a frame, each tells where the next one is."""
    order = "<" if image[:2] == b"II" else ">"
    (place,) = struct.unpack_from(order + "I", image, 4)
    seen: set[int] = set()
    while place:
        if place in seen or len(seen) >= MOST_FRAMES:
            raise ImageRefused(f"a TIFF of more than {MOST_FRAMES} frames, or in a circle")
        seen.add(place)
        (count,) = struct.unpack_from(order + "H", image, place)
        tags = {}
        for entry in range(place + 2, place + 2 + count * _TIFF_ENTRY, _TIFF_ENTRY):
            tag, kind = struct.unpack_from(order + "HH", image, entry)
            if tag in (_WIDTH, _LENGTH):
                (tags[tag],) = struct.unpack_from(order + _TIFF_TYPES[kind], image, entry + 8)
        yield tags[_WIDTH], tags[_LENGTH]
        (place,) = struct.unpack_from(order + "I", image, place + 2 + count * _TIFF_ENTRY)
    if not seen:
        raise ImageRefused("a TIFF without a frame")
