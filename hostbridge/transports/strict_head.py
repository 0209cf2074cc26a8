"""The head of an HTTP request, held back until all of it is beyond doubt: no two readers may cut the bytes differently.

Stricter than RFC 9112 allows a server to be: lines end with CR LF, nothing is folded, bodies have a Content-Length and
nothing else, HTTP/1.1 only, one Host, no name with `_` (some readers take it for `-`). What passes is given on
unchanged to the HTTP library.
"""

import re
from typing import Final

HEAD_LIMIT: Final = 16_384  # bytes
LINES_LIMIT: Final = 64
TARGET_LIMIT: Final = 2_048
_REQUEST: Final = re.compile(rb"(GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (/[!\x22$-~]*) HTTP/1\.1")
_HEADER: Final = re.compile(rb"([!#$%&'*+.^`|~0-9A-Za-z-]{1,100}):[ \t]*([\t -~\x80-\xff]*)")
_LENGTH: Final = re.compile(rb"[0-9]{1,12}")
_REFUSED: Final = frozenset(
    {b"transfer-encoding", b"content-encoding", b"expect", b"trailer", b"te", b"via", b"forwarded", b"x-real-ip"}
)
_ONCE: Final = frozenset({b"host", b"content-length", b"content-type", b"origin", b"authorization", b"upgrade"})


class HeadRefused(Exception):
    """`status` is what the client is told before the connection closes."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class StrictHead:
    """Takes the bytes of one connection and gives on what may be read. After HeadRefused nothing more is read."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._body_left = 0
        self.upgraded = False

    @property
    def waits(self) -> bool:
        """True in the middle of a head or of a body."""
        return bool(self._held) or self._body_left > 0

    def take(self, data: bytes) -> list[bytes]:
        """The pieces that may go on: whole heads, and bodies as they come. Raises HeadRefused."""
        allowed: list[bytes] = []
        while data:
            if self.upgraded:
                raise HeadRefused(400)  # no frame may come before the upgrade was answered
            if self._body_left:
                piece, data = data[: self._body_left], data[self._body_left :]
                self._body_left -= len(piece)
                allowed.append(piece)
                continue
            self._held += data
            data = b""
            end = self._held.find(b"\r\n\r\n")
            if end < 0:
                self._refuse_early()
                break
            head, data = bytes(self._held[: end + 4]), bytes(self._held[end + 4 :])
            self._held.clear()
            self._body_left = self._checked(head)
            allowed.append(head)
        return allowed

    def _refuse_early(self) -> None:
        """What can no longer become a good head: too much of it, or a line that ends in another way."""
        line, ended, _ = self._held.partition(b"\r\n")
        if not ended and len(line) > TARGET_LIMIT + 32:
            raise HeadRefused(414)
        if len(self._held) > HEAD_LIMIT or self._held.count(b"\r\n") > LINES_LIMIT + 1:
            raise HeadRefused(431)
        if re.search(rb"(?<!\r)\n|\r(?!\n|\Z)|\0", self._held):
            raise HeadRefused(400)

    def _checked(self, head: bytes) -> int:
        """The length of the body. Raises HeadRefused."""
        request, *lines = head[:-4].split(b"\r\n")
        if len(request) > TARGET_LIMIT + 32:
            raise HeadRefused(414)
        if len(head) > HEAD_LIMIT or len(lines) > LINES_LIMIT:
            raise HeadRefused(431)
        if not _REQUEST.fullmatch(request):
            raise HeadRefused(400)
        headers: dict[bytes, bytes] = {}
        for line in lines:
            found = _HEADER.fullmatch(line)
            name = found[1].lower() if found else b""
            if found is None or name in _REFUSED or name.startswith(b"x-forwarded") or (
                name in _ONCE and name in headers
            ):  # fmt: skip
                raise HeadRefused(400)
            headers[name] = found[2].rstrip(b" \t")
        return self._body_length(headers)

    def _body_length(self, headers: dict[bytes, bytes]) -> int:
        length = headers.get(b"content-length", b"0")
        if b"host" not in headers or not _LENGTH.fullmatch(length):
            raise HeadRefused(400)
        self.upgraded = b"upgrade" in headers
        if self.upgraded and length != b"0":
            raise HeadRefused(400)
        return int(length)
