"""An element of a CDA as a value, and the one place where it becomes XML."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
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
    if not _TAG.fullmatch(tag) or (":" in tag and tag.partition(":")[0] not in EXTENSIONS):
        raise ValueError(f"no tag of a CDA: {tag[:40]!r}")
    pairs = tuple((name, _attribute(value)) for name, value in attributes.items() if value is not None)
    return Part(tag, pairs, tuple(_flat(content)))


def element(root: Part) -> Element:
    """The XML of a part. Raises ContentInvalid where a text holds a character that XML forbids."""
    prefixes = {tag.partition(":")[0] for tag in _tags(root) if ":" in tag}
    declared: dict[str | None, str] = {None: HL7, "xsi": XSI} | {prefix: EXTENSIONS[prefix] for prefix in prefixes}
    made = etree.Element(_qualified(root.tag), nsmap=declared)  # type: ignore[arg-type]  # its stub forgets None
    _fill(made, root)
    return made


def _fill(made: Element, source: Part) -> None:
    for name, value in source.attributes:
        key = f"{{{XSI}}}type" if name == "xsi_type" else name
        made.set(key, _legal(value, source.tag))
    last: Element | None = None
    for child in source.content:
        if isinstance(child, str):
            if last is None:
                made.text = (made.text or "") + _legal(child, source.tag)
            else:
                last.tail = (last.tail or "") + _legal(child, source.tag)
        else:
            last = etree.SubElement(made, _qualified(child.tag))
            _fill(last, child)


def _legal(value: str, tag: str) -> str:
    if _FORBIDDEN.search(value):
        remedy = "Supprimez le caractère invisible de cette rubrique, puis enregistrez de nouveau."
        raise ContentInvalid(f"a character that XML forbids in {tag}", findings=(Finding(tag, "character", remedy),))
    return value


def _qualified(tag: str) -> str:
    prefix, _, name = tag.rpartition(":")
    return f"{{{EXTENSIONS[prefix] if prefix else HL7}}}{name}"


def _attribute(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _flat(content: Iterable[Content]) -> Iterable[Part | str]:
    for piece in content:
        if isinstance(piece, Part | str):
            yield piece
        elif piece is not None:
            yield from (inner for inner in piece if inner is not None)


def _tags(source: Part) -> Iterable[str]:
    yield source.tag
    for child in source.content:
        if isinstance(child, Part):
            yield from _tags(child)
