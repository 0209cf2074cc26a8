"""What is wrong in a document or in the content handed over: where, which rule, what to do. Never a value."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """An error forbids sending; a warning is shown to whoever writes the document's plugin."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that is not satisfied. `path` names elements or fields, `remedy` is French, `line` counts from 1.

    `detail` is for developers: a number, a position, the name of a rule below.
    """

    path: str
    rule: str
    remedy: str
    severity: Severity = Severity.ERROR
    line: int | None = None
    detail: str = ""

    def __str__(self) -> str:
        place = f", line {self.line}" if self.line else ""
        return f"{self.rule} at {self.path}{place}" + (f" ({self.detail})" if self.detail else "")
