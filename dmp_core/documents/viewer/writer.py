"""The only writer of the viewer's HTML: closed lists of elements and attributes, every text escaped."""

import re
from collections import Counter
from collections.abc import Mapping
from html import escape
from typing import Final

from dmp_core.documents.viewer import words
from dmp_core.documents.viewer.characters import by_number, is_plain, pieces
from dmp_core.documents.viewer.view import Removed

_ELEMENTS: Final = frozenset(
    {
        "a", "article", "br", "caption", "dd", "del", "details", "div", "dl", "dt", "em", "figcaption", "figure",
        "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "img", "ins", "li", "ol", "p", "pre", "section", "span",
        "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul",
    }
)  # fmt: skip
_VOID: Final = frozenset({"br", "img"})
_TOKEN: Final = re.compile(r"[A-Za-z0-9_.-]+(?: [a-z0-9-]+)*")
_NUMBER: Final = re.compile(r"[0-9]{1,4}")
_ANY: Final = re.compile(r"[\s\S]*")
_ATTRIBUTES: Final = {
    "alt": _ANY,
    "aria-label": _ANY,
    "class": _TOKEN,
    "colspan": _NUMBER,
    "data-label": _ANY,
    "download": re.compile(r"document-[0-9]+\.[a-z]{3,4}"),
    "href": re.compile(r"#[A-Za-z0-9_.-]+|data:[a-z/-]+;base64,[A-Za-z0-9+/]*=*|(?!//)[A-Za-z0-9_./?=&-]+"),
    "id": _TOKEN,
    "lang": re.compile(r"[a-z]{2}(?:-[A-Z]{2})?"),
    "role": _TOKEN,
    "rowspan": _NUMBER,
    "scope": re.compile(r"(?:col|row)(?:group)?"),
    "src": re.compile(r"data:image/(?:png|jpeg);base64,[A-Za-z0-9+/]+=*"),
    "tabindex": re.compile("0"),
    "type": re.compile("[1iIaA]"),
}
_MARKS: Final = 1000  # odd characters told by number in one document; beyond, U+FFFD


class _Inside:
    """An element that ends with its block."""

    __slots__ = ("_end", "_parts")

    def __init__(self, parts: list[str], end: str) -> None:
        self._parts = parts
        self._end = end

    def __enter__(self) -> None:
        """The start tag was written before."""

    def __exit__(self, *_: object) -> None:
        self._parts.append(self._end)


class Writer:
    """Writes in document order; counts what is marked as removed."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._tags: dict[tuple[object, ...], str] = {}  # start tags once checked: a table repeats a few
        self.removed: Counter[Removed] = Counter()
        self.odd = 0

    def start(self, tag: str, **attributes: str | int | None) -> None:
        """`class_` is class, `aria_label` aria-label; None leaves one out. Raises ValueError outside the lists."""
        key = (tag, *attributes.items()) if attributes else (tag,)
        written = self._tags.get(key)
        if written is None:
            written = self._tags[key] = _start_tag(tag, attributes)
        self._parts.append(written)

    def end(self, tag: str) -> None:
        self._parts.append(f"</{tag}>")

    def inside(self, tag: str, **attributes: str | int | None) -> _Inside:
        """Starts an element, and ends it with the block that follows."""
        self.start(tag, **attributes)
        return _Inside(self._parts, f"</{tag}>")

    def leaf(self, tag: str, text: str = "", **attributes: str | int | None) -> None:
        """An element and its text."""
        self.start(tag, **attributes)
        if tag not in _VOID:
            self.text(text)
            self.end(tag)

    def text(self, text: str, *, name: bool = False) -> None:
        """A text. Odd characters are shown by number; in a `name`, look-alike letters, too."""
        if text.isspace():
            self._parts.append(" ")
        elif is_plain(text, name=name):
            self._parts.append(_escape(text))
        else:
            for piece, odd in pieces(text, name=name):
                if odd:
                    self._odd(piece)
                else:
                    self._parts.append(_escape(piece))

    def mark(self, kind: Removed, detail: str = "") -> None:
        """Say that something was taken out here, and count it."""
        self.removed[kind] += 1
        self.leaf("span", words.mark(kind, detail), class_="removed")

    def html(self) -> str:
        return "".join(self._parts)

    def _odd(self, run: str) -> None:
        self.odd += 1
        if self.odd > _MARKS:
            self._parts.append("\N{REPLACEMENT CHARACTER}")
        else:
            self._parts.append(f'<span class="odd">{by_number(run)}</span>')


def _start_tag(tag: str, attributes: Mapping[str, str | int | None]) -> str:
    if tag not in _ELEMENTS:
        raise ValueError(f"no element {tag}")
    written = [tag]
    for name, value in attributes.items():
        if value is None:
            continue
        key, told = name.rstrip("_").replace("_", "-"), str(value)
        form = _ATTRIBUTES.get(key)
        if form is None or not form.fullmatch(told):
            raise ValueError(f"no attribute {key} of this form")
        written.append(f'{key}="{escape(told)}"')
    return f"<{' '.join(written)}>"


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
