"""What a form is made of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Values = Mapping[str, str]
Kind = Literal["text", "date", "number", "choice", "area"]


@dataclass(frozen=True, slots=True)
class Field:
    """One field. `first`: what stands in it beforehand; `choices`: value -> words."""

    name: str
    label: str
    kind: Kind = "text"
    first: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    required: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """A table of lines that are alike; a line without its first field is empty. Fields are `NAME-RANK-COLUMN`."""

    name: str
    columns: tuple[Field, ...]
    first: tuple[tuple[str, ...], ...] = ()
    spare: int = 1

    def fields(self) -> list[list[Field]]:
        """Every field of every line, those that stand there beforehand first."""
        lines = [*self.first, *((),) * self.spare]
        return [
            [self._field(rank, place, line) for place in range(len(self.columns))] for rank, line in enumerate(lines)
        ]

    def read(self, values: Values) -> list[dict[str, str]]:
        """The lines that were filled."""
        lines = []
        for rank in range(len(self.first) + self.spare):
            line = {one.name: values.get(f"{self.name}-{rank}-{one.name}", "").strip() for one in self.columns}
            if line[self.columns[0].name]:
                lines.append({name: value for name, value in line.items() if value})
        return lines

    def _field(self, rank: int, place: int, line: tuple[str, ...]) -> Field:
        column = self.columns[place]
        value = line[place] if place < len(line) else ""
        return Field(f"{self.name}-{rank}-{column.name}", column.label, column.kind, value, column.choices)


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    parts: tuple[Field | Rows, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """`content(values)` gives what is saved, in the words that the bridge wants for it."""

    name: str
    label: str
    type_id: str
    sections: tuple[Section, ...]
    content: Callable[[Values], dict[str, Any]]
    counts: bool = False  # a finished act of the bonus gauge


def said(**values: Any) -> dict[str, Any]:
    """What was filled in."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}


def number(values: Values, name: str) -> float | int | None:
    """A number as it is typed in France; None where nothing, or no number, was typed."""
    text = values.get(name, "").replace(",", ".").replace(" ", "")
    try:
        return int(text) if text.isdecimal() else float(text)
    except ValueError:
        return None


def lines(values: Values, name: str) -> list[str]:
    """One thing a line."""
    return [line.strip() for line in values.get(name, "").splitlines() if line.strip()]
