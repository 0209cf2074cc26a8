"""The two faces of the house style: how wide a text is, where its lines break, what it may hold."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from io import BytesIO
from typing import Final

from dmp_core.errors import ContentInvalid, ExtraMissing
from dmp_core.model.finding import Finding

MILLIMETRES: Final = 25.4 / 72
"""In one point."""
_FILES: Final = {False: "DejaVuSansCondensed.ttf", True: "DejaVuSansCondensed-Bold.ttf"}
_PIECES: Final = re.compile("[^ ]+ *| +")
_BEFORE_HIGH_SIGNS: Final = re.compile("(?<=«) | (?=[»;:!?%€])")
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL", "RLE", "RLO", "RLI", "AN"})
_REMEDY: Final = "Retirez de cette rubrique le caractère que le document ne peut pas montrer (emoji, écriture étrange)."


@dataclass(frozen=True, slots=True)
class Face:
    """One face: the advance of each character, in fractions of the size."""

    advances: Mapping[int, float] = field(repr=False)

    def width(self, text: str, size: float) -> float:
        """In millimetres; `size` in points."""
        return sum(self.advances.get(ord(char), 0.0) for char in text) * size * MILLIMETRES

    def wrap(self, text: str, width: float, size: float) -> list[str]:
        """The lines of `text`, none wider than `width`; a word that is wider is broken where it must."""
        lines = []
        for paragraph in text.split("\n"):
            line = ""
            for piece in _PIECES.findall(paragraph):
                if self.width((line + piece).rstrip(" "), size) > width:
                    if line.strip(" "):
                        lines.append(line.rstrip(" "))
                    line = ""
                    *whole, piece = self._broken(piece, width, size)
                    lines += whole
                line += piece
            lines.append(line.rstrip(" "))
        return lines

    def cut(self, text: str, width: float, size: float) -> str:
        """`text` on one line of `width`, with … where something is left out."""
        if self.width(text, size) <= width:
            return text
        return text[: self._fitting(text, width - self.width("…", size), size)].rstrip(" ") + "…"

    def shows(self, char: str) -> bool:
        """Is there a glyph for it, in a script that is written from left to right?"""
        if unicodedata.bidirectional(char) in _RIGHT_TO_LEFT or unicodedata.category(char) in ("Cc", "Cf", "Co"):
            return False
        return ord(char) in self.advances

    def _broken(self, word: str, width: float, size: float) -> list[str]:
        pieces = []
        while self.width(word.rstrip(" "), size) > width:
            end = self._fitting(word, width, size)
            pieces.append(word[:end])
            word = word[end:]
        return [*pieces, word]

    def _fitting(self, text: str, width: float, size: float) -> int:
        """How many characters fit, at least one."""
        end, room = 0, width / size / MILLIMETRES
        while end < len(text) and (room := room - self.advances.get(ord(text[end]), 0.0)) >= 0:
            end += 1
        return max(end, 1)


def file_of(*, bold: bool) -> Traversable:
    """The font file (DejaVu Sans Condensed 2.37; its licence lies beside)."""
    return resources.files("dmp_core.documents").joinpath("fonts", _FILES[bold])


@cache
def face(*, bold: bool = False) -> Face:
    """Raises ExtraMissing."""
    try:
        from fontTools.ttLib import TTFont
    except ImportError as error:
        raise ExtraMissing(f"{error.name}: install dmp-core[pdf]") from error
    font = TTFont(BytesIO(file_of(bold=bold).read_bytes()), lazy=True)
    em, metrics = font["head"].unitsPerEm, font["hmtx"].metrics
    return Face({code: metrics[name][0] / em for code, name in font.getBestCmap().items()})


def printable(text: str, path: str) -> str:
    """`text` as it is printed: composed accents, plain line ends, no tab, no line that begins with « : ».

    Raises ContentInvalid, with `path`, where a character cannot be shown: nothing is left out in silence.
    """
    plain = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    plain = _BEFORE_HIGH_SIGNS.sub("\xa0", plain.replace("\xad", ""))
    regular, bold = face(), face(bold=True)
    for char in plain:
        if char != "\n" and not (regular.shows(char) and bold.shows(char)):
            finding = Finding(path, "character", _REMEDY, detail=f"U+{ord(char):04X}")
            raise ContentInvalid(str(finding), findings=(finding,))
    return plain
