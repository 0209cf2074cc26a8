"""Multipart messages as the simulator reads and writes them: MTOM (XOP 1.0) over MIME (RFC 2387), byte for byte.

`email` is not used: it changes line ends inside PDF files. Bare LF line ends are accepted where the first line has one.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

from dmp_core import xml
from dmp_core.model import limits
from dmp_core.xml import Element

XOP: Final = "application/xop+xml"
SOAP: Final = "application/soap+xml"

_INCLUDE: Final = "{http://www.w3.org/2004/08/xop/include}Include"
_PARAMETER: Final = re.compile(r';\s*([!#$&^_.+a-zA-Z0-9-]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s;"]+)')
_AS_IS: Final = frozenset({"", "binary", "8bit", "7bit"})


class MultipartRefused(ValueError):
    """The MIME or XOP packaging cannot be read; the text names the rule, never the content."""


class PartMissing(MultipartRefused):
    """An `xop:Include` points at no part of the message."""


@dataclass(frozen=True, slots=True)
class _Part:
    content_id: str
    kind: str
    data: bytes = field(repr=False)


def parse_content_type(text: str) -> tuple[str, dict[str, str]]:
    """Media type in lower case, and its parameters with the quotes undone."""
    kind = text.partition(";")[0].strip().lower()
    found = _PARAMETER.findall(text)
    return kind, {name.lower(): re.sub(r"\\(.)", r"\1", value.strip('"')) for name, value in found}


def is_multipart(content_type: str) -> bool:
    """Whether a Content-Type announces parts."""
    return parse_content_type(content_type)[0] == "multipart/related"


def read(content_type: str, data: bytes) -> tuple[bytes, dict[str, bytes]]:
    """The root part and the other parts by Content-ID (without angle brackets). Raises MultipartRefused."""
    _, parameters = parse_content_type(content_type)
    if parameters.get("type", "").lower() != XOP:
        raise MultipartRefused(f"type={XOP} attendu")
    boundary = parameters.get("boundary", "")
    if not boundary:
        raise MultipartRefused("boundary absent")
    parts = [_part(*chunk) for chunk in _chunks(data, boundary.encode())]
    root = _root(parts, parameters.get("start"))
    if root.kind != XOP:
        raise MultipartRefused(f"partie racine : {XOP} attendu")
    others = [part for part in parts if part is not root]
    named = {part.content_id: part.data for part in others}
    if "" in named or root.content_id in named or len(named) != len(others):
        raise MultipartRefused("Content-ID absent ou en double")
    return root.data, named


def _chunks(data: bytes, boundary: bytes) -> list[tuple[bytes, bytes]]:
    """Each part, and the line end of the message. A delimiter stands alone on its line (RFC 2046 section 5.1.1)."""
    delimiter = b"--" + boundary
    first = re.search(rb"(?:\A|\n)" + re.escape(delimiter) + rb"[ \t]*(\r?\n)", data)
    if first is None:
        raise MultipartRefused("délimiteur annoncé introuvable")
    end = first[1]
    mark = re.compile(re.escape(end + delimiter) + rb"(--)?[ \t]*(?:" + end + rb"|\Z)")
    chunks: list[tuple[bytes, bytes]] = []
    place = first.end()
    while (found := mark.search(data, place - len(end))) is not None:
        chunks.append((data[place : found.start()], end))
        if len(chunks) > limits.MIME_PARTS:
            raise MultipartRefused(f"plus de {limits.MIME_PARTS} parties")
        if found[1]:
            return chunks
        place = found.end()
    raise MultipartRefused("délimiteur final absent")


def _part(chunk: bytes, end: bytes) -> _Part:
    head, separator, data = (b"", end, chunk.removeprefix(end)) if chunk.startswith(end) else chunk.partition(end + end)
    if not separator:
        raise MultipartRefused("partie sans ligne vide après ses en-têtes")
    lines = re.sub(re.escape(end) + rb"[ \t]+", b" ", head).split(end)
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines)}
    kind, _ = parse_content_type(headers.get(b"content-type", b"").decode("ascii", "replace"))
    if kind.startswith("multipart/"):
        raise MultipartRefused("parties imbriquées")
    encoding = headers.get(b"content-transfer-encoding", b"").decode("ascii", "replace").lower()
    name = headers.get(b"content-id", b"").decode("utf-8", "replace")
    return _Part(name.removeprefix("<").removesuffix(">"), kind, _decoded(data, encoding))


def _decoded(data: bytes, encoding: str) -> bytes:
    if encoding in _AS_IS:
        return data
    if encoding == "base64":
        return from_base64(data)
    raise MultipartRefused("Content-Transfer-Encoding inconnu")


def from_base64(text: bytes) -> bytes:
    """The bytes; white space is allowed anywhere. Raises MultipartRefused."""
    try:
        return base64.b64decode(b"".join(text.split()), validate=True)
    except binascii.Error:
        raise MultipartRefused("base64 illisible") from None


def _root(parts: list[_Part], start: str | None) -> _Part:
    if start is None:
        return parts[0]
    name = start.removeprefix("<").removesuffix(">")
    found = [part for part in parts if part.content_id == name]
    if len(found) != 1:
        raise MultipartRefused("start ne désigne aucune partie")
    return found[0]


def included(element: Element, parts: Mapping[str, bytes]) -> str | None:
    """The Content-ID that the `xop:Include` of `element` points at, None without Include. Raises MultipartRefused.

    Only `cid:` of this message is followed; the URL is decoded first, as XOP 1.0 asks, then taken as it stands.
    """
    children = list(xml.children(element))
    if not any(child.tag == _INCLUDE for child in children):
        return None
    href = children[0].get("href", "")
    if len(children) > 1 or (element.text or "").strip():
        raise MultipartRefused("xop:Include doit être seul")
    if not href.startswith("cid:"):
        raise MultipartRefused("xop:Include : seul cid: est suivi")
    for name in (unquote(href[4:]), href[4:]):
        if name in parts:
            return name
    raise PartMissing("xop:Include ne désigne aucune partie")


def write(root: bytes, parts: Mapping[str, bytes], *, action: str = "") -> tuple[str, bytes]:
    """The Content-Type and body of an XOP package around a SOAP 1.2 envelope; `parts` by Content-ID."""
    digest = hashlib.sha256(root + b"".join(parts.values())).hexdigest()[:40]
    start, boundary = f"root.{digest}@simulateur.dmp", f"MIMEBoundary_{digest}"
    named = f'; action="{action}"' if action else ""
    bodies = [_written(start, f'{XOP}; charset=UTF-8; type="{SOAP}"{named}', root)]
    bodies += [_written(name, "application/octet-stream", data) for name, data in parts.items()]
    mark = f"--{boundary}".encode()
    body = b"".join(mark + b"\r\n" + part + b"\r\n" for part in bodies) + mark + b"--\r\n"
    kind = f'multipart/related; type="{XOP}"; start="<{start}>"; start-info="{SOAP}"; boundary="{boundary}"{named}'
    return kind, body


def _written(name: str, kind: str, data: bytes) -> bytes:
    head = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <{name}>\r\n\r\n"
    return head.encode() + data
