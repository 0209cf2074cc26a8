"""A document without a structured model: what it says, in blocks; the core prints it as PDF/A in the house style."""

from typing import Self

from pydantic import Field, model_validator

from dmp_core.api.bodies import Body
from dmp_core.model.health import HealthModel


class Paragraph(HealthModel):
    """Running text; line breaks are kept."""

    text: str = Field(min_length=1, max_length=20_000, repr=False)


class Bullets(HealthModel):
    """A list of points."""

    points: tuple[str, ...] = Field(min_length=1, max_length=200, repr=False)


class Facts(HealthModel):
    """Labels and their values, one pair a line: `("Traitement", "Apixaban 5 mg")`."""

    pairs: tuple[tuple[str, str], ...] = Field(min_length=1, max_length=200, repr=False)


class Table(HealthModel):
    """A table with its headings; every row has as many cells. `widths`: relative, None: equal."""

    headings: tuple[str, ...] = Field(min_length=1, max_length=10, repr=False)
    rows: tuple[tuple[str, ...], ...] = Field(max_length=2_000, repr=False)
    widths: tuple[float, ...] | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        columns = len(self.headings)
        if any(len(row) != columns for row in self.rows):
            raise ValueError("a row has not as many cells as there are headings")
        if self.widths is not None and (len(self.widths) != columns or min(self.widths) <= 0):
            raise ValueError("widths: one a column, above 0")
        return self


Block = Paragraph | Bullets | Facts | Table


class LaidSection(HealthModel):
    """A titled part of the document."""

    title: str = Field(min_length=1, max_length=200, repr=False)
    blocks: tuple[Block, ...] = Field(repr=False)


class LaidOut(Body):
    """An unstructured document (CDA level 1, N1) that the core lays out: sections under the pharmacy's own heading."""

    sections: tuple[LaidSection, ...] = Field(min_length=1, max_length=100, repr=False)
