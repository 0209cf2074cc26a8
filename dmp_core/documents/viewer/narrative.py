"""The narrative of a section (CDA R2, NarrativeBlock.xsd), built anew element by element.

Time is linear in the size of the document: elements and depth are capped, what lies beyond is marked.
"""

import re
from collections.abc import Callable
from typing import Final

from lxml import etree

from dmp_core.documents.tree import HL7
from dmp_core.documents.viewer.files import Files
from dmp_core.documents.viewer.tables import Tables
from dmp_core.documents.viewer.texts import one_line, whole
from dmp_core.documents.viewer.view import Removed
from dmp_core.documents.viewer.writer import Writer
from dmp_core.xml import Element, is_element, local_name

ELEMENTS: Final = 100_000  # of all narratives of a document
DEPTH: Final = 48
_ADDRESS: Final = 200  # characters of an address that is shown
_DESCRIPTION: Final = 200  # of an image, for who cannot see it

_LINK: Final = f"{{{HL7}}}linkHtml"
_NOTE_LINK: Final = f"{{{HL7}}}footnoteRef"
_CAPTION: Final = f"{{{HL7}}}caption"
_ITEM: Final = f"{{{HL7}}}item"
_BLOCKS: Final = tuple(f"{{{HL7}}}{name}" for name in ("paragraph", "list", "table", "renderMultiMedia"))
_ACTIVE_ELEMENTS: Final = frozenset({"script", "style", "object", "embed", "iframe", "applet", "frame", "link", "meta"})
_ACTIVE_ATTRIBUTES: Final = etree.XPath(
    "count(descendant-or-self::*/@*[starts-with(local-name(), 'on') or local-name() = 'style' or local-name() = 'src'])"
)
_ID: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,80}")
_SHOWN_SCHEMES: Final = re.compile(r"(?:https?|ftp|mailto|tel):", re.IGNORECASE)
_SCHEME: Final = re.compile(r"\s*[A-Za-z][A-Za-z0-9+.-]{0,20}:")
_STYLES: Final = {
    "Bold": ("strong",), "Italics": ("em",), "Emphasis": ("em",), "Underline": ("u",), "BoldItalics": ("strong", "em"),
}  # fmt: skip
_REVISIONS: Final = {"delete": "del", "insert": "ins"}
_NUMBERS: Final = {"Arabic": "1", "LittleRoman": "i", "BigRoman": "I", "LittleAlpha": "a", "BigAlpha": "A"}


class Narrative:
    """Writes the narratives of one document, so that its caps hold for all of them together."""

    def __init__(self, out: Writer, files: Files) -> None:
        self._out = out
        self._files = files
        self._left = ELEMENTS
        self._targets: set[str] = set()
        self._tables = Tables(out, self)
        self._handlers: dict[object, Callable[[Element, int], None]] = {
            f"{{{HL7}}}{name}": handler
            for name, handler in {
                "paragraph": self._paragraph,
                "content": self._content,
                "br": self._line_break,
                "sub": self._sub,
                "sup": self._sup,
                "list": self._list,
                "table": self._tables.write,
                "linkHtml": self._link,
                "footnote": self._footnote,
                "footnoteRef": self._footnote_link,
                "renderMultiMedia": self._multimedia,
            }.items()
        }

    def write(self, text: Element) -> None:
        """The narrative of one section."""
        if attributes := int(float(str(_ACTIVE_ATTRIBUTES(text)))):
            self._out.removed[Removed.ATTRIBUTE] += attributes
        self._targets |= {
            (link.get("href") or link.get("IDREF") or "").removeprefix("#") for link in text.iter(_LINK, _NOTE_LINK)
        }
        self.flow(text, 0)

    def take(self) -> bool:
        """Count one element; False once the document has had its share, said at the place where it ends."""
        self._left -= 1
        if self._left == 0:
            self._out.mark(Removed.EXCESS)
        return self._left > 0

    def flow(self, element: Element, depth: int, *, skip: Element | None = None) -> None:
        """The text and the children of an element, whatever it is itself; one child may be skipped, not its tail."""
        if text := element.text:
            self._out.text(text)
        for child in element:
            if child is not skip:
                self.element(child, depth + 1)
            if self._left <= 0:
                return
            if tail := child.tail:
                self._out.text(tail)

    def element(self, element: Element, depth: int) -> None:
        """One element of a narrative; a comment or an instruction is nothing."""
        handler = self._handlers.get(element.tag)
        if (handler is None and not is_element(element)) or not self.take():
            return
        if depth > DEPTH:
            self._out.mark(Removed.DEPTH)
            self._out.text(whole(element))
        elif handler is not None:
            handler(element, depth)
        elif local_name(element).lower() in _ACTIVE_ELEMENTS:
            self._out.mark(Removed.ACTIVE, local_name(element)[:20])
        else:
            self._stray(element, depth)

    def _stray(self, element: Element, depth: int) -> None:
        """An element that stands outside its place, or in no list of ours: its text stays."""
        if element.tag not in (_ITEM, _CAPTION):
            self._out.mark(Removed.UNKNOWN, local_name(element)[:20])
        self.flow(element, depth)

    def _paragraph(self, element: Element, depth: int) -> None:
        has_blocks = next(element.iterdescendants(*_BLOCKS), None) is not None
        with self._out.inside("div" if has_blocks else "p", class_="paragraph", id=self._anchor(element)):
            self._captioned(element, depth)

    def _captioned(self, element: Element, depth: int) -> None:
        """A caption, which stands first, then the rest."""
        caption = element.find(_CAPTION)
        if caption is not None:
            with self._out.inside("span", class_="caption"):
                self.flow(caption, depth)
        self.flow(element, depth, skip=caption)

    def _content(self, element: Element, depth: int) -> None:
        tags = [tag for style in (element.get("styleCode") or "").split()[:8] for tag in _STYLES.get(style, ())]
        if revision := _REVISIONS.get(element.get("revised") or ""):
            tags.append(revision)
        if (anchor := self._anchor(element)) is not None:
            self._out.start("span", id=anchor)
        for tag in tags:
            self._out.start(tag)
        self.flow(element, depth)
        for tag in reversed(tags):
            self._out.end(tag)
        if anchor is not None:
            self._out.end("span")

    def _line_break(self, element: Element, depth: int) -> None:
        self._out.leaf("br")
        self.flow(element, depth)

    def _sub(self, element: Element, depth: int) -> None:
        with self._out.inside("sub"):
            self.flow(element, depth)

    def _sup(self, element: Element, depth: int) -> None:
        with self._out.inside("sup"):
            self.flow(element, depth)

    def _list(self, element: Element, depth: int) -> None:
        caption = element.find(_CAPTION)
        if caption is not None:
            with self._out.inside("p", class_="caption"):
                self.flow(caption, depth)
        ordered = element.get("listType") == "ordered"
        number = next(
            (_NUMBERS[style] for style in (element.get("styleCode") or "").split() if style in _NUMBERS), None
        )
        with self._out.inside("ol" if ordered else "ul", type=number if ordered else None):
            self._astray(element.text)
            for item in element:
                if is_element(item) and item is not caption:
                    if not self.take():
                        return
                    self._item(item, depth)
                self._astray(item.tail)

    def _item(self, item: Element, depth: int) -> None:
        with self._out.inside("li", id=self._anchor(item)):
            if item.tag == _ITEM:
                self._captioned(item, depth + 1)
            else:
                self.element(item, depth + 1)

    def _astray(self, text: str | None) -> None:
        """Text between the items of a list, in an item of its own."""
        if text and not text.isspace():
            self._out.leaf("li", text)

    def _link(self, element: Element, depth: int) -> None:
        """An anchor inside the document stays one; any other address is shown and leads nowhere."""
        address = (element.get("href") or "").strip()
        if address.startswith("#") and _ID.fullmatch(address[1:]):
            with self._out.inside("a", href=f"#n-{address[1:]}"):
                self.flow(element, depth)
            return
        self.flow(element, depth)
        self._out.mark(Removed.LINK, _shown(address))

    def _footnote(self, element: Element, depth: int) -> None:
        with self._out.inside("span", class_="note", role="note", id=self._anchor(element)):
            self.flow(element, depth)

    def _footnote_link(self, element: Element, depth: int) -> None:
        target = element.get("IDREF") or ""
        if _ID.fullmatch(target):
            with self._out.inside("sup"):
                self._out.leaf("a", "note", href=f"#n-{target}")
        self.flow(element, depth)

    def _multimedia(self, element: Element, depth: int) -> None:
        caption = element.find(_CAPTION)
        described = one_line(caption, _DESCRIPTION)
        for target in (element.get("referencedObject") or "").split()[:20]:
            self._files.show(target, described, self._out)
        self._captioned(element, depth)

    def _anchor(self, element: Element) -> str | None:
        """The id of an element that a link of the document leads to; the first of that name."""
        target = element.get("ID")
        if target is None or target not in self._targets or not _ID.fullmatch(target):
            return None
        self._targets.discard(target)
        return f"n-{target}"


def _shown(address: str) -> str:
    """An address that a person may copy; of any other its scheme alone."""
    if _SHOWN_SCHEMES.match(address):
        return address[:_ADDRESS]
    scheme = _SCHEME.match(address)
    return scheme[0].strip() if scheme else address[:_ADDRESS]
