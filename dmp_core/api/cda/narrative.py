"""What people read in a section (HL7 narrative block): paragraphs and tables, with IDs that entries point at."""

from collections.abc import Iterable, Sequence

from dmp_core.api.cda.part import Content, Part, part


def marked(narrative_id: str, *content: Content) -> Part:
    """Words with an ID, so that `text(ID)` and `coded(..., text=ID)` can point at them."""
    return part("content", *content, ID=narrative_id)


def paragraph(*content: Content) -> Part:
    return part("paragraph", *content)


def table(headings: Sequence[str], rows: Iterable[Sequence[Content]], *, ids: Sequence[str] = ()) -> Part:
    """A table: one heading a column; None leaves a cell empty; `ids` are those of the rows, for entries to point at.

    Raises ValueError where a row has other columns, or the rows other ids.
    """
    lines = [tuple(row) for row in rows]
    if any(len(line) != len(headings) for line in lines):
        raise ValueError("a row has as many cells as there are headings")
    if ids and len(ids) != len(lines):
        raise ValueError("there are as many ids as rows")
    marks: Sequence[str | None] = ids or [None] * len(lines)
    return part(
        "table",
        part("thead", part("tr", [part("th", heading) for heading in headings])),
        part(
            "tbody",
            [part("tr", [part("td", cell) for cell in line], ID=mark) for mark, line in zip(marks, lines, strict=True)],
        ),
        border="0",
    )
