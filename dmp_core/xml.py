"""The only parser of XML that others wrote. No DOCTYPE, no entity, no fetch, no surprise in size.

SOAP 1.2 forbids DTDs (part 1, section 5), CDA does not use them: a DOCTYPE is an attack and is refused before parsing.
"""

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from dmp_core.errors import XmlRefused
from dmp_core.model import limits

Element = etree._Element

_DOCTYPE: Final = re.compile(rb"<!DOCTYPE", re.IGNORECASE)
_DECLARATION: Final = re.compile(rb"^<\?xml\s[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"'][^>]*\?>")
_VERSION: Final = re.compile(rb"^<\?xml\s+version\s*=\s*[\"']1\.0[\"']")
_UTF8_NAMES: Final = frozenset({b"utf-8", b"utf8", b"us-ascii", b"ascii"})
_UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_TOO_DEEP: Final = etree.XPath(f"boolean({'/*' * (limits.XML_DEPTH + 1)})")
_TOO_MANY_ATTRIBUTES: Final = etree.XPath(f"boolean(//*[@*[{limits.XML_ATTRIBUTES + 1}]])")
_MARKUP_BEFORE_ROOT: Final = re.compile(rb"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)


def parse(data: bytes, *, limit: int = limits.DMP_ANSWER) -> Element:
    """The root of a foreign XML document. Raises XmlRefused, with the line and the rule, never with its content."""
    if len(data) > limit:
        raise XmlRefused(f"{len(data)} bytes, at most {limit}")
    text = _as_utf8(data)
    _refuse_doctype(text)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=True, encoding="utf-8"
    )
    try:
        root = etree.fromstring(text, parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise XmlRefused(f"not well formed at line {line}, column {column}") from None
    if _TOO_DEEP(root):
        raise XmlRefused(f"more than {limits.XML_DEPTH} levels")
    if _TOO_MANY_ATTRIBUTES(root):
        raise XmlRefused(f"more than {limits.XML_ATTRIBUTES} attributes on one element")
    return root


def _as_utf8(data: bytes) -> bytes:
    """UTF-8 bytes without mark nor misleading declaration. UTF-16 needs its mark; other encodings are refused."""
    if data[:2] in _UTF16_MARKS:
        try:
            text = data.decode("utf-16").encode()
        except UnicodeError:
            raise XmlRefused("encoding: UTF-16 announced, other bytes found") from None
        return re.sub(rb"^<\?xml[^>]*\?>", b"", text)
    data = data.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
    declared = _DECLARATION.match(data)
    if declared and declared[1].lower() not in _UTF8_NAMES:
        raise XmlRefused("encoding: only UTF-8, or UTF-16 with its mark")
    if data.startswith(b"<?xml") and not _VERSION.match(data):
        raise XmlRefused("only XML 1.0")
    try:
        data.decode()
    except UnicodeError:
        raise XmlRefused("encoding: not UTF-8") from None
    return data


def _refuse_doctype(data: bytes) -> None:
    """A DOCTYPE can stand before the root only; there, comments and processing instructions are stepped over."""
    place = 0
    while step := _MARKUP_BEFORE_ROOT.match(data, place):
        place = step.end()
    if data.startswith(b"<!", place) or _DOCTYPE.match(data, place):
        raise XmlRefused("a DOCTYPE is never accepted")


def text_of(element: Element | None) -> str:
    """The text of a leaf, stripped; '' for None. Raises XmlRefused where markup (a comment, too) splits it.

    A comment inside an identifier makes readers disagree on its value: the flaw of the SAML libraries of 2018.
    """
    if element is None:
        return ""
    if len(element):
        raise XmlRefused(f"markup inside the text of {local_name(element)}")
    return (element.text or "").strip()


def is_element(node: Element) -> bool:
    """False for a comment and a processing instruction, whose `tag` is a function in lxml."""
    return not callable(node.tag)


def local_name(element: Element) -> str:
    """`Envelope` of `{http://…}Envelope`; '' for a comment or a processing instruction."""
    return etree.QName(element).localname if is_element(element) else ""


def namespace(element: Element) -> str:
    """The namespace of an element, '' where it has none."""
    return (etree.QName(element).namespace or "") if is_element(element) else ""


def children(element: Element, tag: str | None = None) -> Iterator[Element]:
    """The child elements, comments and processing instructions left out."""
    return (child for child in element.iterchildren(tag) if is_element(child))


def serialize(root: Element, *, declaration: bool = True) -> bytes:
    """UTF-8 bytes of a document of ours."""
    return etree.tostring(root, encoding="UTF-8", xml_declaration=declaration)
