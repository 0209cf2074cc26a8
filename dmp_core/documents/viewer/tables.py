"""Tables of a narrative: headers that say of what they are headers, spans within bounds, nothing astray lost.

A cell of a regular table repeats its header in `data-label`, so that the stylesheet can lay out each row of a table too
wide for the screen as a record, instead of hiding columns: nobody scrolls sideways to a dose.
"""

import re
from typing import Final, NamedTuple, Protocol

from lxml import etree

from dmp_core.documents.tree import HL7
from dmp_core.documents.viewer.characters import visible
from dmp_core.documents.viewer.texts import one_line, whole
from dmp_core.documents.viewer.writer import Writer
from dmp_core.xml import Element, is_element

_CAPTION: Final = f"{{{HL7}}}caption"
_ROW: Final = f"{{{HL7}}}tr"
_HEADER: Final = f"{{{HL7}}}th"
_CELLS: Final = frozenset({_HEADER, f"{{{HL7}}}td"})
_PARTS: Final = {f"{{{HL7}}}{name}": name for name in ("thead", "tbody", "tfoot")}
_HEAD: Final = f"{{{HL7}}}thead"
_COLUMNS: Final = frozenset({f"{{{HL7}}}col", f"{{{HL7}}}colgroup"})
_SPAN: Final = re.compile(r"[1-9][0-9]{0,2}")
_WIDEST: Final = 64
_TALLEST: Final = 200
_SPANNED: Final = 50_000  # places that spans may take in all tables of a document
_SCOPES: Final = frozenset({"col", "row", "colgroup", "rowgroup"})
_ALIGNED: Final = frozenset({"left", "center", "right"})


_HAS_ROWSPAN: Final = etree.XPath("boolean(.//@rowspan)")
_HAS_COLSPAN: Final = etree.XPath("boolean(.//@colspan)")
_LABEL: Final = 120  # characters
_FEW: Final = 4  # columns
_SOME: Final = 9


class Headers(NamedTuple):
    """The texts of the headers of a regular table, none for another; and whether any of its cells may span columns."""

    labels: tuple[str, ...] = ()
    colspans: bool = False

    def of(self, row: Element) -> tuple[str, ...]:
        """The headers of the cells of a row, as many as it has; none where they would stand beside the wrong one."""
        fits = len(self.labels) == len(row) and not (self.colspans and _is_spanned(row))
        return self.labels if fits else ()


_NO_HEADERS: Final = Headers()


class Cells(Protocol):
    """Who writes what stands in a cell."""

    def flow(self, element: Element, depth: int) -> None: ...

    def element(self, element: Element, depth: int) -> None: ...

    def take(self) -> bool:
        """Count one element; False where no more may be shown."""
        ...


class Tables:
    """Writes the tables of one document."""

    def __init__(self, out: Writer, cells: Cells) -> None:
        self._out = out
        self._cells = cells
        self._spanned = 0
        self._count = 0

    def write(self, table: Element, depth: int) -> None:
        self._count += 1
        headers = _headers(table)
        frame = self._out.inside(
            "div",
            class_=f"table {_width(headers.labels)}",
            role="region",
            aria_label=f"Tableau {self._count}",
            tabindex="0",
        )
        with frame, self._out.inside("table"):
            caption = table.find(_CAPTION)
            if caption is not None:
                with self._out.inside("caption"):
                    self._cells.flow(caption, depth)
            self._astray_row(table.text)
            for part in table:
                if is_element(part) and part is not caption and not _is_column(part):
                    if not self._cells.take():
                        return
                    self._part(part, depth, headers)
                self._astray_row(part.tail)

    def _part(self, part: Element, depth: int, headers: Headers) -> None:
        """`thead`, `tbody`, `tfoot`, or a row that stands alone."""
        name = _PARTS.get(str(part.tag))
        if name is None:
            self._row(part, depth, headers)
            return
        with self._out.inside(name):
            self._astray_row(part.text)
            for row in part:
                if is_element(row):
                    if not self._cells.take():
                        return
                    self._row(row, depth, headers if name == "tbody" else _NO_HEADERS, in_head=name == "thead")
                self._astray_row(row.tail)

    def _row(self, row: Element, depth: int, headers: Headers, *, in_head: bool = False) -> None:
        if row.tag != _ROW:
            with self._out.inside("tr", class_="whole"):
                self._cell(row, depth)
            return
        told = headers.of(row)
        with self._out.inside("tr", class_="whole" if headers.labels and not told else None):
            self._astray(row.text)
            for rank, cell in enumerate(row):
                if is_element(cell):
                    if not self._cells.take():
                        return
                    scope = "row" if rank == 0 and not in_head else "col"
                    self._cell(cell, depth, scope=scope, label=told[rank] if told else None)
                self._astray(cell.tail)

    def _cell(self, cell: Element, depth: int, *, scope: str = "col", label: str | None = None) -> None:
        """A cell; `scope` is that of a header which does not tell its own."""
        if cell.tag not in _CELLS:
            with self._out.inside("td"):
                self._cells.element(cell, depth)
            return
        if cell.tag != _HEADER and not cell.keys():
            self._out.start("td", data_label=label)
            self._cells.flow(cell, depth)
            self._out.end("td")
            return
        is_header = cell.tag == _HEADER and (len(cell) > 0 or bool((cell.text or "").strip()))
        told, align = cell.get("scope") or "", cell.get("align") or ""
        columns, rows = self._spans(cell.get("colspan"), cell.get("rowspan"))
        with self._out.inside(
            "th" if is_header else "td",
            scope=(told if told in _SCOPES else scope) if is_header else None,
            colspan=columns,
            rowspan=rows,
            class_=align if align in _ALIGNED else None,
            data_label=label,
        ):
            self._cells.flow(cell, depth)

    def _spans(self, columns: str | None, rows: str | None) -> tuple[int | None, int | None]:
        """Spans within bounds; none once the document's share is taken, or a few cells could fill the memory."""
        if columns is None and rows is None:
            return None, None
        wide, tall = _span(columns, _WIDEST), _span(rows, _TALLEST)
        self._spanned += (wide or 1) * (tall or 1)
        return (wide, tall) if self._spanned <= _SPANNED else (None, None)

    def _astray(self, text: str | None) -> None:
        """Text between cells, in a cell of its own."""
        if text and not text.isspace():
            self._out.leaf("td", text)

    def _astray_row(self, text: str | None) -> None:
        """Text between rows, in a row of its own."""
        if text and not text.isspace():
            with self._out.inside("tr"):
                self._out.leaf("td", text)


def _headers(table: Element) -> Headers:
    """No labels where spans or several rows of headers could mislead."""
    rows = table.findall(f"{_HEAD}/{_ROW}")
    if len(rows) != 1 or _is_spanned(rows[0]) or _HAS_ROWSPAN(table):
        return _NO_HEADERS
    labels = tuple(visible(one_line(cell, _LABEL)) for cell in rows[0] if is_element(cell))
    return Headers(labels, colspans=bool(_HAS_COLSPAN(table)))


def _width(labels: tuple[str, ...]) -> str:
    if not labels:
        return "irregular"
    return "few" if len(labels) <= _FEW else "some" if len(labels) <= _SOME else "many"


def _is_column(part: Element) -> bool:
    """A `col` or `colgroup`, which says nothing; one that holds text is astray."""
    return part.tag in _COLUMNS and not whole(part).strip()


def _is_spanned(row: Element) -> bool:
    return any(cell.get("colspan") not in (None, "1") for cell in row if is_element(cell))


def _span(value: str | None, most: int) -> int | None:
    if value is None or not _SPAN.fullmatch(value) or value == "1":
        return None
    return min(int(value), most)
