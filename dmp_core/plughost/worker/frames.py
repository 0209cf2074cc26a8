"""Messages between the core and a worker: a frame of parts, the first one JSON, the others values and their bytes.

A frame is two big-endian 32-bit numbers (its parts, the bytes of them all), the size of each part, then the parts.
Nothing is ever unpickled: a part is JSON that a model reads, or bytes that nobody reads here.
"""

import json
import struct
from collections.abc import Sequence
from typing import Any, Final

_HEAD: Final = struct.Struct("!II")
HEAD_SIZE: Final = _HEAD.size
MOST_PARTS: Final = 400
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


class FrameRefused(Exception):
    """What came is no frame, or too large; the text holds numbers only."""


def pack(head: dict[str, Any], parts: Sequence[bytes] = ()) -> bytes:
    """The frame of `head` and its `parts`."""
    whole = (_ENCODER.encode(head).encode(), *parts)
    sizes = struct.pack(f"!{len(whole)}I", *map(len, whole))
    return b"".join((_HEAD.pack(len(whole), sum(map(len, whole))), sizes, *whole))


def left(head: bytes, most: int) -> int:
    """How many bytes follow the first HEAD_SIZE ones. Raises FrameRefused where they are more than `most`."""
    count: int
    size: int
    count, size = _HEAD.unpack(head)
    if not 1 <= count <= MOST_PARTS:
        raise FrameRefused(f"a frame of {count} parts, at most {MOST_PARTS}")
    if size > most:
        raise FrameRefused(f"a frame of {size} bytes, at most {most}")
    return 4 * count + size


def unpack(head: bytes, rest: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """The JSON of a frame and its other parts. Raises FrameRefused."""
    count, size = _HEAD.unpack(head)
    sizes = struct.unpack_from(f"!{count}I", rest)
    if sum(sizes) != size or len(rest) != 4 * count + size:
        raise FrameRefused("the sizes of the parts are not those of the frame")
    parts, start = [], 4 * count
    for each in sizes:
        parts.append(rest[start : start + each])
        start += each
    try:
        told = json.loads(parts[0])
    except (ValueError, RecursionError):
        raise FrameRefused("the first part is no JSON") from None
    if type(told) is not dict:
        raise FrameRefused("the first part is no JSON object")
    return told, parts[1:]
