"""Pages of paper: what is to be drawn where, before anything is drawn. Millimetres from the upper left corner, A4."""

from dataclasses import dataclass, field
from typing import Final

from dmp_core.documents.house_style import HouseStyle, Rgb
from dmp_core.documents.typeface import MILLIMETRES, face

WIDTH: Final = 210.0
HEIGHT: Final = 297.0
LEFT: Final = 18.0
RIGHT: Final = WIDTH - 18.0
TOP: Final = 20.0
BOTTOM: Final = HEIGHT - 20.0
BODY: Final = RIGHT - LEFT

INK: Final[Rgb] = (30, 33, 38)
GREY: Final[Rgb] = (96, 102, 110)
RULE: Final[Rgb] = (203, 208, 213)
PAPER: Final[Rgb] = (255, 255, 255)


@dataclass(frozen=True, slots=True)
class Font:
    """`size` in points."""

    size: float
    bold: bool = False
    colour: Rgb = INK

    @property
    def leading(self) -> float:
        """From one line to the next, in millimetres."""
        return self.size * 1.32 * MILLIMETRES

    def wrap(self, text: str, width: float) -> list[str]:
        return face(bold=self.bold).wrap(text, width, self.size)

    def width(self, text: str) -> float:
        return face(bold=self.bold).width(text, self.size)

    def cut(self, text: str, width: float) -> str:
        return face(bold=self.bold).cut(text, width, self.size)


@dataclass(frozen=True, slots=True)
class Words:
    """One line of text; `y` is its baseline."""

    x: float
    y: float
    text: str = field(repr=False)
    font: Font


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle."""

    x: float
    y: float
    width: float
    height: float
    colour: Rgb


@dataclass(frozen=True, slots=True)
class Picture:
    """An image, PNG or JPEG."""

    x: float
    y: float
    width: float
    height: float
    content: bytes = field(repr=False)


Mark = Words | Box | Picture


@dataclass(frozen=True, slots=True)
class Column:
    """Lines of one font from `x` on."""

    x: float
    lines: list[str] = field(repr=False)
    font: Font


@dataclass(slots=True)
class Sheet:
    """The pages so far; `y` is where the next thing stands on the last of them."""

    style: HouseStyle
    pages: list[list[Mark]] = field(default_factory=lambda: [[]])
    y: float = TOP

    @property
    def room(self) -> float:
        """What is left of the page."""
        return BOTTOM - self.y

    def turn(self) -> None:
        """Begin a new page."""
        self.pages.append([])
        self.y = TOP

    def need(self, height: float) -> bool:
        """Begin a new page where less than `height` is left; True: it was begun."""
        if self.room >= height:
            return False
        self.turn()
        return True

    def put(self, *marks: Mark) -> None:
        """Marks on the last page."""
        self.pages[-1] += marks

    def write(self, x: float, text: str, font: Font) -> None:
        """One line at `y`, which stays."""
        ascent = (font.leading + font.size * MILLIMETRES * 0.72) / 2
        if text.strip():
            self.put(Words(x, self.y + ascent, text, font))

    def lines(self, x: float, lines: list[str], font: Font) -> None:
        """Lines one below the other, over as many pages as it takes."""
        self.columns(Column(x, lines, font))

    def columns(self, *columns: Column) -> None:
        """Texts side by side, over as many pages as it takes."""
        leading = max(column.font.leading for column in columns)
        for number in range(max(len(column.lines) for column in columns)):
            self.need(leading)
            for column in columns:
                if number < len(column.lines):
                    self.write(column.x, column.lines[number], column.font)
            self.y += leading

    def rule(self, colour: Rgb = RULE, *, thickness: float = 0.25, x: float = LEFT, width: float = BODY) -> None:
        """A line across at `y`."""
        self.put(Box(x, self.y, width, thickness, colour))
