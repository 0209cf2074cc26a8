"""One finding of the doctor."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dmp_core.errors import DmpError


class Severity(StrEnum):
    """`info`: nothing to do; `warning`: works, but not for ever or not for everything; `error`: something fails."""

    OK = "ok"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """`text` and `remedy` in French; `check`: a stable id, `cards.readers`; `code`: of the error that was met."""

    check: str
    severity: Severity
    text: str
    remedy: str = ""
    code: str | None = None

    def as_data(self) -> dict[str, Any]:
        return {
            "check": self.check,
            "severity": str(self.severity),
            "finding": self.text,
            "remedy": self.remedy,
            "code": self.code,
        }


def ok(check: str, text: str) -> Finding:
    return Finding(check, Severity.OK, text)


def info(check: str, text: str, remedy: str = "") -> Finding:
    return Finding(check, Severity.INFO, text, remedy)


def warning(check: str, text: str, remedy: str, code: str | None = None) -> Finding:
    return Finding(check, Severity.WARNING, text, remedy, code)


def error(check: str, text: str, remedy: str, code: str | None = None) -> Finding:
    return Finding(check, Severity.ERROR, text, remedy, code)


def of_error(check: str, met: DmpError, before: str = "", severity: Severity = Severity.ERROR) -> Finding:
    """The finding that an error of the core makes; `before` says of what, as `DMP : `."""
    origin = f" ({met.origin})" if met.origin else ""
    return Finding(check, severity, f"{before}{met.sentence}{origin}", met.remedy, met.code)
