"""An element of a CDA as a value, and the one place where it becomes XML."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Final, TypeAlias

from lxml import etree

from dmp_core.errors import ContentInvalid
from dmp_core.model.finding import Finding
from dmp_core.xml import Element

HL7: Final = "urn:hl7-org:v3"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
EXTENSIONS: Final = {
    "xsi": XSI,
    "sdtc": "urn:hl7-org:sdtc",
    "pharm": "urn:ihe:pharm:medication",
    "lab": "urn:oid:1.3.6.1.4.1.19376.1.3.2",
}
"""Prefixes that a tag may carry: `pharm:expirationTime`."""

_TAG: Final = re.compile(r"(?:[a-z]+:)?[A-Za-z][A-Za-z0-9]*")
_MARKUP: Final = re.compile('[&<>"]')
_ESCAPES: Final = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}
)
_FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Part:
    """One element: its tag, its attributes, and what it holds, in the order of the CDA schema."""

    tag: str
    attributes: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    content: tuple["Part | str", ...] = field(default=(), repr=False)


Content: TypeAlias = Part | str | Iterable[Part | str | None] | None


def part(tag: str, *content: Content, **attributes: str | int | bool | None) -> Part:
    """An element. What is None is left out; `xsi_type` writes `xsi:type`; a prefix of `EXTENSIONS` may open the tag.

    Raises ValueError where the tag is none.
    """
    _require_tag(tag)
    pairs = tuple([(name, _attribute(value)) for name, value in attributes.items() if value is not None])
    return Part(tag, pairs, tuple(_flat(content)))


def walk(roots: Iterable[Part]) -> Iterator[Part]:
    """Each part and every part inside it, in no particular order."""
    left = list(roots)
    while left:
        one = left.pop()
        yield one
        left.extend([child for child in one.content if isinstance(child, Part)])


def element(root: Part) -> Element:
    """The XML of a part as a tree. Raises ContentInvalid where a text holds a character that XML forbids."""
    return etree.fromstring(written(root))


def written(root: Part) -> bytes:
    """The XML of a part, UTF-8, with its namespaces declared. Raises ContentInvalid as `element`."""
    out: list[str] = []
    _write(root, out)
    used = {"xsi"} | {one.tag.partition(":")[0] for one in walk([root]) if ":" in one.tag}
    declared = "".join(f' xmlns:{prefix}="{EXTENSIONS[prefix]}"' for prefix in sorted(used, key=list(EXTENSIONS).index))
    head = f"<{root.tag}"
    return f'{head} xmlns="{HL7}"{declared}{"".join(out)[len(head) :]}'.encode()


def _write(source: Part, out: list[str]) -> None:
    tag = source.tag
    opening = f"<{tag}"
    for name, value in source.attributes:
        opening += f' {"xsi:type" if name == "xsi_type" else name}="{_escaped(value, tag)}"'
    if not source.content:
        out.append(f"{opening}/>")
        return
    out.append(f"{opening}>")
    for child in source.content:
        if isinstance(child, str):
            out.append(_escaped(child, tag))
        else:
            _write(child, out)
    out.append(f"</{tag}>")


def _escaped(value: str, tag: str) -> str:
    """A text or an attribute's value as XML writes it; line ends and tabs are kept as they are meant."""
    if value.isprintable():
        return value.translate(_ESCAPES) if any(mark in value for mark in '&<>"') else value
    if _FORBIDDEN.search(value):
        remedy = "Supprimez le caractère invisible de cette rubrique, puis enregistrez de nouveau."
        raise ContentInvalid(f"a character that XML forbids in {tag}", findings=(Finding(tag, "character", remedy),))
    return value.translate(_ESCAPES)


@cache
def _require_tag(tag: str) -> None:
    prefix, _, _ = tag.rpartition(":")
    if not _TAG.fullmatch(tag) or (prefix and prefix not in EXTENSIONS):
        raise ValueError(f"no tag of a CDA: {tag[:40]!r}")


def _attribute(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _flat(content: Iterable[Content]) -> list[Part | str]:
    flat: list[Part | str] = []
    for piece in content:
        if isinstance(piece, (str, Part)):
            flat.append(piece)
        elif piece is not None:
            flat.extend([inner for inner in piece if inner is not None])
    return flat
