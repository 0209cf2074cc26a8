"""Sections and their blocks, on paper."""

from typing import Final, assert_never

from dmp_core.api import layout
from dmp_core.documents.sheet import BODY, BOTTOM, GREY, LEFT, PAPER, TOP, Box, Column, Font, Sheet

_TEXT: Final = Font(9.5)
_LABEL: Final = Font(9.5, colour=GREY)
_CELL: Final = Font(8.5)
_INDENT: Final = 4.5
_LABELS: Final = 50.0  # width of the labels of facts
_GUTTER: Final = 4.0
_PADDING: Final = 1.6  # in a cell, left and right
_AIR: Final = 1.1  # in a cell, above and below
_AFTER: Final = 2.6  # a block
_TOGETHER: Final = 14.0  # what must follow the headings of a table on their page
_BEGINNING: Final = 12.0  # what must follow the title of a section on its page
_BEGINNING_OF_TABLE: Final = 24.0


def section(sheet: Sheet, one: layout.LaidSection) -> None:
    """A titled part. Its title never stands alone at the foot of a page."""
    font = Font(11.5, bold=True, colour=sheet.style.colour)
    lines = font.wrap(one.title, BODY)
    sheet.y += 3.0
    beginning = _BEGINNING_OF_TABLE if isinstance(next(iter(one.blocks), None), layout.Table) else _BEGINNING
    sheet.need(len(lines) * font.leading + beginning)
    sheet.lines(LEFT, lines, font)
    sheet.y += 0.6
    sheet.rule(sheet.style.tint(0.45), thickness=0.35)
    sheet.y += 2.2
    for one_block in one.blocks:
        block(sheet, one_block)
        sheet.y += _AFTER


def block(sheet: Sheet, one: layout.Block) -> None:
    """One block, over as many pages as it takes."""
    match one:
        case layout.Paragraph():
            sheet.lines(LEFT, _TEXT.wrap(one.text, BODY), _TEXT)
        case layout.Bullets():
            for point in one.points:
                text = Column(LEFT + _INDENT, _TEXT.wrap(point, BODY - _INDENT), _TEXT)
                sheet.columns(Column(LEFT + 0.8, ["•"], Font(9.5, bold=True, colour=sheet.style.colour)), text)
                sheet.y += 0.6
        case layout.Facts():
            facts(sheet, one.pairs)
        case layout.Table():
            _table(sheet, one)
        case _:
            assert_never(one)


def facts(sheet: Sheet, pairs: tuple[tuple[str, str], ...], *, indent: float = 0.0, width: float = BODY) -> None:
    """A label and its value a line; values stand one below the other in the whole document."""
    for label, value in pairs:
        sheet.columns(
            Column(LEFT + indent, _LABEL.wrap(label, _LABELS - indent - _GUTTER), _LABEL),
            Column(LEFT + _LABELS, _TEXT.wrap(value, width - _LABELS), _TEXT),
        )
        sheet.y += 0.5


def _table(sheet: Sheet, one: layout.Table) -> None:
    """Rows go over to the next page whole where they can, else line by line; each page repeats the headings."""
    widths = _widths(one)
    font = Font(8.5, bold=True, colour=PAPER)
    headings = _cells(one.headings, widths, font)
    sheet.need(_height(headings) + _TOGETHER)
    _headings(sheet, headings)
    whole_page = BOTTOM - TOP - _height(headings)
    for number, row in enumerate(one.rows):
        cells = _cells(row, widths, _CELL)
        height = _height(cells)
        if height <= whole_page and sheet.need(height):
            _headings(sheet, headings)
        shade = sheet.style.tint(0.06) if number % 2 else None
        _row(sheet, cells, headings, shade)
    sheet.y += 0.4


def _widths(one: layout.Table) -> list[float]:
    shares = one.widths or (1.0,) * len(one.headings)
    return [BODY * share / sum(shares) for share in shares]


def _cells(texts: tuple[str, ...], widths: list[float], font: Font) -> list[Column]:
    cells, x = [], LEFT
    for text, width in zip(texts, widths, strict=True):
        cells.append(Column(x + _PADDING, font.wrap(text, width - 2 * _PADDING), font))
        x += width
    return cells


def _height(cells: list[Column]) -> float:
    return max(len(cell.lines) * cell.font.leading for cell in cells) + 2 * _AIR


def _headings(sheet: Sheet, cells: list[Column]) -> None:
    sheet.put(Box(LEFT, sheet.y, BODY, _height(cells), sheet.style.colour))
    sheet.y += _AIR
    sheet.columns(*cells)
    sheet.y += _AIR


def _row(sheet: Sheet, cells: list[Column], headings: list[Column], shade: tuple[int, int, int] | None) -> None:
    """One row; one that is higher than what is left of the page goes on below the headings of the next."""
    leading, count = cells[0].font.leading, max(len(cell.lines) for cell in cells)
    done = 0
    while done < count:
        if sheet.room < leading + 2 * _AIR:
            sheet.turn()
            _headings(sheet, headings)
        now = min(count - done, max(int((sheet.room - 2 * _AIR) / leading + 1e-6), 1))
        if shade:
            sheet.put(Box(LEFT, sheet.y, BODY, now * leading + 2 * _AIR, shade))
        sheet.y += _AIR
        sheet.columns(*(Column(cell.x, cell.lines[done : done + now], cell.font) for cell in cells))
        sheet.y += _AIR
        done += now
    sheet.rule()
