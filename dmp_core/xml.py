"""The only parser of XML that others wrote. No DOCTYPE, no entity, no fetch, no surprise in size.

SOAP 1.2 forbids DTDs (part 1, section 5), CDA does not use them: a DOCTYPE is an attack and is refused before parsing.
A tree takes up to fifty times the bytes that it is made of: what is too much is refused before there is one.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final, cast

from lxml import etree

from dmp_core.errors import XmlRefused
from dmp_core.model import limits

Element = etree._Element

_DECLARATION: Final = re.compile(rb"<\?xml\s[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"'][^>]*\?>")
_DECLARED: Final = re.compile(rb"<\?xml[ \t\r\n]")
_VERSION: Final = re.compile(rb"<\?xml\s+version\s*=\s*[\"']1\.0[\"']")
_UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_ROOT: Final = re.compile(rb"<[A-Za-z_]")
_BLANKS: Final = re.compile(rb"[ \t\r\n]*")
_BEFORE_ROOT: Final = ((b"<?", b"?>"), (b"<!--", b"-->"))

_TOO_DEEP: Final = etree.XPath(f"boolean({'/*' * (limits.XML_DEPTH + 1)})")
_TOO_MANY_SIBLINGS: Final = etree.XPath(f"boolean(//*[*[{limits.XML_SIBLINGS + 1}]])")
_LEAST_LEVEL, _LEAST_ELEMENT, _LEAST_ATTRIBUTE = len("<a></a>"), len("<a/>"), len(' a=""')
_LONG_TAG: Final = _LEAST_ATTRIBUTE * limits.XML_ATTRIBUTES
_START_TAG: Final = re.compile(rb"<[^\s<>\"'!?/=](?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+>")
_ATTRIBUTE: Final = re.compile(rb"\s(?!xmlns[\s:=])[^\s=]+\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_NAMESPACE: Final = re.compile(rb"\sxmlns(?::[^\s=]+)?\s*=\s*(?:\"[^\"]*\"|'[^']*')")


def parse(data: bytes, *, limit: int = limits.DMP_ANSWER, deep: bool = False) -> Element:
    """The root of a foreign XML document. Raises XmlRefused, with the line and the rule, never with its content.

    `deep` takes the 2,048 levels of libxml2: for a reader that caps the depth itself, so as to show the rest.
    """
    if len(data) > limit:
        raise XmlRefused(f"{len(data)} bytes, at most {limit}")
    text = _as_utf8(data)
    _refuse_doctype(text)
    siblings = _refuse_excess(text)
    root = _tree(text)
    if not deep and len(text) > _LEAST_LEVEL * limits.XML_DEPTH and _TOO_DEEP(root):
        raise XmlRefused(f"more than {limits.XML_DEPTH} levels")
    if siblings > limits.XML_SIBLINGS and _TOO_MANY_SIBLINGS(root):
        raise XmlRefused(f"more than {limits.XML_SIBLINGS} elements in one")
    return root


def readable_in_pieces(head: bytes) -> bool:
    """True where `head`, the first bytes of a document, shows UTF-8 and a root: then `Pull` may read it."""
    try:
        text = _as_utf8(head)
        _refuse_doctype(text)
    except XmlRefused:
        return False
    return not head.startswith(_UTF16_MARKS) and _ROOT.match(text, _root_of(text)) is not None


class Pull:
    """A foreign document read as it comes. Only for what `readable_in_pieces` allows; never larger than its rows.

    libxml2's own limits hold (256 levels, 10 MB of text), and what stands between two calls of `forget` is bounded.
    """

    def __init__(self, tags: Sequence[str], *, limit: int = limits.DMP_ANSWER) -> None:
        """`tags`: the elements whose start and end `feed` tells."""
        self._parser = etree.XMLPullParser(
            events=("start", "end"),
            tag=tags,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            dtd_validation=False,
            encoding="utf-8",
        )
        self._left = limit
        self._unfinished = 0

    def feed(self, piece: bytes) -> Iterator[tuple[str, Element]]:
        """What began (`start`) or is whole (`end`) with these bytes. Raises XmlRefused."""
        self._left -= len(piece)
        self._unfinished += len(piece)
        if self._left < 0 or self._unfinished > limits.XML_UNFINISHED + len(piece):
            raise XmlRefused("too many bytes" if self._left < 0 else f"more than {limits.XML_UNFINISHED} in one row")
        try:
            self._parser.feed(piece)
            for event, element in self._parser.read_events():
                yield event, cast(Element, element)
        except etree.XMLSyntaxError as error:
            raise _not_well_formed(error) from None

    def forget(self, element: Element) -> None:
        """`element` was read: it and what stands before it leave the memory."""
        self._unfinished = 0
        parent = element.getparent()
        element.clear()
        while parent is not None and parent[0] is not element:
            del parent[0]

    def close(self) -> Element:
        """The root, without what was forgotten. Raises XmlRefused where the document is cut or goes on."""
        try:
            return self._parser.close()
        except etree.XMLSyntaxError as error:
            raise _not_well_formed(error) from None


def _not_well_formed(error: etree.XMLSyntaxError) -> XmlRefused:
    line, column = error.position
    return XmlRefused(f"not well formed at line {line}, column {column}")


def _tree(text: bytes) -> Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=True, encoding="utf-8"
    )
    try:
        return etree.fromstring(text, parser)
    except etree.XMLSyntaxError as error:
        raise _not_well_formed(error) from None


def _as_utf8(data: bytes) -> bytes:
    """The bytes in UTF-8, without mark; the parser refuses those that are none.

    UTF-16 needs its mark, and a declaration, where there is one, says what the bytes are; all else is refused.
    """
    names = (b"utf-8", b"utf8")
    if data.startswith(_UTF16_MARKS):
        names = (b"utf-16", b"utf16")
        try:
            data = data.decode("utf-16").encode()
        except UnicodeError:
            raise XmlRefused("encoding: UTF-16 announced, other bytes found") from None
    data = data.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
    if not _DECLARED.match(data):
        return data
    declared = _DECLARATION.match(data)
    name = declared[1].lower() if declared else names[0]
    if name not in names and not (name in (b"us-ascii", b"ascii") and data.isascii()):
        raise XmlRefused("encoding: UTF-8, or UTF-16 with its mark, and a declaration that agrees")
    if not _VERSION.match(data):
        raise XmlRefused("only XML 1.0")
    return data


def _refuse_doctype(data: bytes) -> None:
    """A DOCTYPE can stand before the root only; there, comments and processing instructions are stepped over."""
    if data.startswith(b"<!", _root_of(data)):
        raise XmlRefused("a DOCTYPE is never accepted")


def _root_of(data: bytes) -> int:
    """Where the root, or a DOCTYPE, begins; the end of the data where it is not there yet."""
    place = _after_blanks(data, 0)
    while closing := next((end for start, end in _BEFORE_ROOT if data.startswith(start, place)), None):
        found = data.find(closing, place)
        if found < 0:
            return len(data)
        place = _after_blanks(data, found + len(closing))
    return place


def _after_blanks(data: bytes, place: int) -> int:
    found = _BLANKS.match(data, place)
    return found.end() if found else place


def _refuse_excess(data: bytes) -> int:
    """How many siblings there may be at most; refuses what would make too large a tree. A few per cent of parsing.

    Long stretches without markup (a file in base64) are stepped over; what a document is too short for is not counted.
    """
    marks = namespaces = attributes = place = 0
    many_elements = len(data) > _LEAST_ELEMENT * limits.XML_SIBLINGS
    many_attributes = len(data) > _LEAST_ATTRIBUTE * limits.XML_ATTRIBUTES_IN_ALL
    for start, stop in (*_stretches(data), (len(data), len(data))):
        tag = _START_TAG.match(data, start)
        end = tag.end() if tag else start
        if end - start > _LONG_TAG and data.count(b"=", start, end) > limits.XML_ATTRIBUTES:
            _refuse_long_tag(data, start, end)
        namespaces += data.count(b"xmlns", place, end)
        marks += data.count(b"<", place, start) + 1 if many_elements else 0
        attributes += data.count(b"=", place, end) if many_attributes else 0
        place = stop
    if attributes > limits.XML_ATTRIBUTES_IN_ALL:
        raise XmlRefused(f"more than {limits.XML_ATTRIBUTES_IN_ALL} attributes")
    if namespaces > limits.XML_NAMESPACES and _distinct_namespaces(data) > limits.XML_NAMESPACES:
        raise XmlRefused(f"more than {limits.XML_NAMESPACES} namespaces")
    if marks > limits.XML_ELEMENTS and marks - data.count(b"</") > limits.XML_ELEMENTS:
        raise XmlRefused(f"more than {limits.XML_ELEMENTS} elements")
    return marks


def _stretches(data: bytes) -> Iterator[tuple[int, int]]:
    """Each `<` that is followed by no other for the length of a long tag, and where the next one stands."""
    place, end = 0, len(data)
    while place < end:
        last = data.rfind(b"<", place, place + _LONG_TAG)
        if last >= 0:
            place = last + 1
            continue
        following = data.find(b"<", place + _LONG_TAG)
        stop = end if following < 0 else following
        yield max(place - 1, 0), stop
        place = stop + 1


def _refuse_long_tag(data: bytes, start: int, end: int) -> None:
    found = _ATTRIBUTE.finditer(data, start, end)
    if next(islice(found, limits.XML_ATTRIBUTES, None), None):
        raise XmlRefused(f"more than {limits.XML_ATTRIBUTES} attributes on one element")


def _distinct_namespaces(data: bytes) -> int:
    distinct = set()
    for found in _NAMESPACE.finditer(data):
        distinct.add(found[0].strip())
        if len(distinct) > limits.XML_NAMESPACES:
            break
    return len(distinct)


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
