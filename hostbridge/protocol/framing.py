"""One message of the bridge as bytes: `Content-Length: N`, an empty line, N bytes (base protocol of LSP 3.17).

The length counts bytes of UTF-8, never characters. Header names are compared without case; `Content-Type` may stand
beside the length and may only say UTF-8.
"""

import re
from typing import BinaryIO, Final

from dmp_core.errors import FrameTooLarge, MessageInvalid
from dmp_core.model.limits import BRIDGE_FRAME

HEADER_LIMIT: Final = 8192  # bytes of all header lines together
SKIPPED_LIMIT: Final = 16 * BRIDGE_FRAME  # a refused body up to here is read away; beyond, the stream is given up
_CHUNK = 65536
_LENGTH = re.compile(rb"[0-9]{1,15}")
_UTF_8 = re.compile(rb"[^;]*(?:;\s*charset\s*=\s*\"?utf-?8\"?\s*)?", re.IGNORECASE)


class FramingLost(MessageInvalid):
    """Where the next message begins is unknown: nothing more can be read from this stream."""


def encode(body: bytes) -> bytes:
    """`body` with its header."""
    return b"Content-Length: %d\r\n\r\n" % len(body) + body


class FrameReader:
    """Reads messages one after the other; a message that did not arrive whole is never given out."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def read(self) -> bytes | None:
        """The next message's body, None at the end of the stream.

        Raises FrameTooLarge or MessageInvalid where one message was refused and read away, FramingLost where the
        stream can only be closed.
        """
        headers = self._headers()
        if headers is None:
            return None
        length = _length(headers)
        if length > BRIDGE_FRAME:
            self._skip(length)
            raise FrameTooLarge(f"{length} bytes, {BRIDGE_FRAME} at most")
        body = self._stream.read(length)
        if len(body) < length:
            return None
        if not _UTF_8.fullmatch(headers.get(b"content-type", b"")):
            raise MessageInvalid("Content-Type: only charset=utf-8 is spoken here")
        return body

    def _headers(self) -> dict[bytes, bytes] | None:
        """Header lines by lower-case name; None where the stream ends before they do."""
        headers: dict[bytes, bytes] = {}
        left = HEADER_LIMIT
        while (line := self._stream.readline(left)) != b"\r\n":
            left -= len(line)
            if left <= 0:
                raise FramingLost(f"header above {HEADER_LIMIT} bytes")
            if not line.endswith(b"\n"):
                return None
            _add(headers, line)
        return headers

    def _skip(self, length: int) -> None:
        if length > SKIPPED_LIMIT:
            raise FramingLost(f"Content-Length: {BRIDGE_FRAME} at most")
        while length > 0 and (chunk := self._stream.read(min(length, _CHUNK))):
            length -= len(chunk)


def _add(headers: dict[bytes, bytes], line: bytes) -> None:
    name, colon, value = line.removesuffix(b"\r\n").partition(b":")
    name = name.lower()
    if not colon or not line.endswith(b"\r\n") or not re.fullmatch(rb"[a-z-]{1,40}", name):
        raise FramingLost("a header line is `Name: value` and ends with CR LF")
    if name in headers:
        raise FramingLost("a header stands twice")
    headers[name] = value.strip(b" \t")


def _length(headers: dict[bytes, bytes]) -> int:
    value = headers.get(b"content-length")
    if value is None or not _LENGTH.fullmatch(value):
        raise FramingLost("Content-Length is missing or no number of bytes")
    return int(value)
