"""Characters that nobody sees or that pass for others, split off so that they are shown by their number.

Unicode TR 36 (bidirectional overrides, zero width) and TR 39 (look-alike letters).
"""

import re
from collections.abc import Iterator
from typing import Final

# Controls, marks and overrides of direction, zero-width and line separators, tags. Joiners stay: emoji need them.
_HIDDEN = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
)
_TAGS = "\U000e0000-\U000e007f"
# In a name of the civil register: joiners, soft hyphen, Greek, Cyrillic, Armenian, Cherokee, full width, mathematical.
_FOREIGN_TO_NAMES = "\xad\u200c\u200d\u0370-\u058f\u13a0-\u13ff\u1f00-\u1fff\uff00-\uffef\U0001d400-\U0001d7ff"
_IN_TEXT: Final = re.compile(f"[{_HIDDEN}{_TAGS}]+")
_IN_NAMES: Final = re.compile(f"[{_HIDDEN}{_TAGS}{_FOREIGN_TO_NAMES}]+")


def is_plain(text: str, *, name: bool = False) -> bool:
    """True where every character may be shown as it is."""
    return (text.isascii() and text.isprintable()) or (_IN_NAMES if name else _IN_TEXT).search(text) is None


def pieces(text: str, *, name: bool = False) -> Iterator[tuple[str, bool]]:
    """The text in pieces, each with: must it be shown by number?"""
    end = 0
    for found in (_IN_NAMES if name else _IN_TEXT).finditer(text):
        if found.start() > end:
            yield text[end : found.start()], False
        yield found[0], True
        end = found.end()
    if end < len(text):
        yield text[end:], False


def visible(text: str, *, name: bool = False) -> str:
    """The text with those characters by number, for an attribute or a title."""
    if is_plain(text, name=name):
        return text
    return "".join(by_number(piece) if odd else piece for piece, odd in pieces(text, name=name))


def by_number(run: str) -> str:
    """`‹U+202E›`; of a long run the first three, and how many."""
    told = " ".join(f"U+{ord(character):04X}" for character in run[:3])
    return f"‹{told}›" if len(run) <= 3 else f"‹{told}, {len(run)} caractères›"
