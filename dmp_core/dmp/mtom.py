"""Multipart messages (MIME multipart/related, XOP 1.0, MTOM): parts become bytes for the wire, and bytes parts again.

Python's `email` package changes the line ends of a PDF and takes 300 times longer (measured): hence our own code.
"""

import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

from dmp_core import xml
from dmp_core.errors import AnswerUnreadable, XmlRefused
from dmp_core.model import limits
from dmp_core.xml import Element

ROOT_ID: Final = "root.message@dmp"
XOP_INCLUDE: Final = "{http://www.w3.org/2004/08/xop/include}Include"
_SOAP_TYPE: Final = "application/soap+xml"
_HEADER_BYTES: Final = 16_384  # of one part
_BOUNDARY_LENGTH: Final = 200  # RFC 2046 says 70
_PARAMETER: Final = re.compile(r';\s*([^\s=;"]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;"\s]+)\s*')
_DELIMITER_END: Final = re.compile(rb"(--)?[ \t]*(\r?\n|\Z)")
_BLANK_LINE: Final = re.compile(rb"\r?\n\r?\n")
_FOLD: Final = re.compile(r"\r?\n[ \t]+")
_HEADER_VALUE: Final = re.compile(r"[\x20-\x7e]+")


@dataclass(frozen=True, slots=True)
class Attachment:
    """One part of a multipart message, pointed at by `xop:Include href="cid:…"`."""

    content_id: str
    content_type: str
    data: bytes = field(repr=False)


def write(root: bytes, attachments: Sequence[Attachment], *, action: str, boundary: str) -> tuple[str, bytes]:
    """Content-Type and body of an MTOM message: the SOAP envelope `root`, then the parts in binary.

    `boundary` is lengthened where a part happens to contain it. Raises ValueError for a header that cannot be written.
    """
    while any(boundary.encode() in data for data in (root, *(part.data for part in attachments))):
        boundary += "_"
    root_type = f'application/xop+xml; charset=UTF-8; type="{_SOAP_TYPE}"; action="{action}"'
    pieces = [_head(boundary, root_type, "8bit", ROOT_ID), root]
    for part in attachments:
        pieces += [b"\r\n", _head(boundary, part.content_type, "binary", part.content_id), part.data]
    pieces.append(f"\r\n--{boundary}--\r\n".encode())
    content_type = (
        f'multipart/related; type="application/xop+xml"; start="<{ROOT_ID}>"; '
        f'start-info="{_SOAP_TYPE}"; action="{action}"; boundary="{boundary}"'
    )
    return content_type, b"".join(pieces)


def _head(boundary: str, content_type: str, encoding: str, content_id: str) -> bytes:
    if not _HEADER_VALUE.fullmatch(content_type) or not _HEADER_VALUE.fullmatch(content_id):
        raise ValueError("the headers of a part are printable ASCII on one line")
    lines = f"--{boundary}", f"Content-Type: {content_type}", f"Content-Transfer-Encoding: {encoding}"
    return "\r\n".join((*lines, f"Content-ID: <{content_id}>", "", "")).encode()


def media_type(content_type: str) -> str:
    """`multipart/related` of `Multipart/Related; boundary=…`."""
    return content_type.partition(";")[0].strip().lower()


def is_multipart(content_type: str) -> bool:
    """Whether a Content-Type announces parts."""
    return media_type(content_type).startswith("multipart/")


def read(content_type: str, body: bytes) -> tuple[bytes, dict[str, bytes]]:
    """The root part, and the other parts by Content-ID (no angle brackets, percent signs decoded).

    The root is the part that `start` names, else the first. Raises AnswerUnreadable.
    """
    parameters = _parameters(content_type)
    boundary = parameters.get("boundary", "")
    if not boundary or len(boundary) > _BOUNDARY_LENGTH:
        raise AnswerUnreadable("MIME: no usable boundary in the Content-Type")
    parts: dict[str, bytes] = {}
    first = None
    for rank, (start, end) in enumerate(_extents(body, b"--" + boundary.encode("latin-1", "replace"))):
        if rank == limits.MIME_PARTS:
            raise AnswerUnreadable(f"MIME: more than {limits.MIME_PARTS} parts")
        content_id, data = _part(body, start, end)
        if content_id and content_id in parts:
            raise AnswerUnreadable("MIME: two parts under one Content-ID")
        if content_id or rank == 0:  # nothing can point at a nameless part
            parts[content_id] = data
        first = content_id if first is None else first
    if first is None:
        raise AnswerUnreadable("MIME: no part between the boundaries")
    wanted = _identifier(parameters["start"]) if "start" in parameters else first
    if wanted not in parts:
        raise AnswerUnreadable("MIME: the root part announced by start is missing")
    return parts.pop(wanted), parts


def _parameters(content_type: str) -> dict[str, str]:
    """The parameters of a Content-Type by lower-case name. Raises AnswerUnreadable where one is said twice."""
    found: dict[str, str] = {}
    for name, value in _PARAMETER.findall(content_type):
        text = re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value
        if found.setdefault(name.lower(), text) != text:
            raise AnswerUnreadable("MIME: a parameter of the Content-Type has two values")
    return found


def _extents(body: bytes, mark: bytes) -> Iterator[tuple[int, int]]:
    """Where each part begins and ends; preamble and epilogue left out. Raises AnswerUnreadable where the end is cut."""
    start, crlf = -1, False
    place = body.find(mark)
    while place >= 0:
        tail = _DELIMITER_END.match(body, place + len(mark))
        at_line_start = place == 0 or body[place - 1] == 0x0A
        if tail and at_line_start and (tail[1] or tail[2]):
            if start >= 0:
                yield start, max(start, place - (2 if crlf and body[place - 2 : place] == b"\r\n" else 1))
            if tail[1]:
                return
            start, crlf = tail.end(), tail[2] == b"\r\n"
        place = body.find(mark, place + len(mark))
    raise AnswerUnreadable("MIME: the closing boundary is missing")


def _part(body: bytes, start: int, end: int) -> tuple[str, bytes]:
    """Content-ID ('' where absent) and decoded content of one part."""
    without_headers = re.compile(rb"\r?\n").match(body, start, end)
    blank = without_headers or _BLANK_LINE.search(body, start, min(end, start + _HEADER_BYTES))
    if not blank:
        raise AnswerUnreadable("MIME: a part whose headers do not end")
    headers = _headers(body[start : blank.start()])
    if is_multipart(headers.get("content-type", "")):
        raise AnswerUnreadable("MIME: parts within a part")
    data = _decoded(body[blank.end() : end], headers.get("content-transfer-encoding", "binary").lower())
    return _identifier(headers.get("content-id", "")), data


def _headers(block: bytes) -> dict[str, str]:
    """Headers by lower-case name, folded lines joined."""
    found: dict[str, str] = {}
    for line in _FOLD.sub(" ", block.decode("latin-1")).split("\n") if block else ():
        name, colon, value = line.partition(":")
        name = name.strip().lower()
        if not colon or name in found:
            raise AnswerUnreadable("MIME: a header of a part is malformed or said twice")
        found[name] = value.strip()
    return found


def _decoded(data: bytes, encoding: str) -> bytes:
    if encoding in ("binary", "8bit", "7bit"):
        return data
    if encoding == "base64":
        return from_base64(data)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(data)
    raise AnswerUnreadable("MIME: unknown Content-Transfer-Encoding")


def from_base64(text: bytes) -> bytes:
    """What base64 text stands for, white space left out. Raises AnswerUnreadable for anything else."""
    try:
        return binascii.a2b_base64(b"".join(text.split()), strict_mode=True)
    except binascii.Error:
        raise AnswerUnreadable("content that is no base64") from None


def _identifier(content_id: str) -> str:
    """`a@b:c` of `<a@b%3Ac>`: CXF percent-encodes it in the href, others in the header as well."""
    return unquote(content_id.strip().removeprefix("<").removesuffix(">"))


def attach(root: Element, parts: Mapping[str, bytes]) -> dict[Element, bytes]:
    """What stands in the place of each `xop:Include` under `root`, by the element that holds it.

    Raises AnswerUnreadable unless each points with `cid:` at another part of this message and stands alone.
    """
    found: dict[Element, bytes] = {}
    used: set[str] = set()
    for include in root.iter(XOP_INCLUDE):
        href = include.get("href", "")
        name = _identifier(href[4:])
        holder = include.getparent()
        if href[:4].lower() != "cid:" or name in used or name not in parts:
            raise AnswerUnreadable("XOP: an Include points at no part of this message, or at a part already used")
        if holder is None or len(holder) > 1 or f"{holder.text or ''}{include.tail or ''}".strip():
            raise AnswerUnreadable("XOP: an Include does not stand alone")
        used.add(name)
        found[holder] = parts[name]
    return found


def content(element: Element, attached: Mapping[Element, bytes]) -> bytes:
    """The bytes that `element` holds: of its part (see `attach`), or its inline base64. Raises AnswerUnreadable."""
    if element in attached:
        return attached[element]
    try:
        return from_base64(xml.text_of(element).encode())
    except XmlRefused as error:
        raise AnswerUnreadable(error.detail) from None
