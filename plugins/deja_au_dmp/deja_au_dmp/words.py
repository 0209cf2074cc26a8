"""What the counter reads."""

from collections.abc import Mapping
from datetime import date
from typing import Final

TEXT: Final = "Déjà au DMP"
NAMES: Final[Mapping[str, str]] = {
    "biologie": "Un examen de biologie",
    "imagerie": "Un examen d’imagerie",
    "dispensation": "Une dispensation",
    "vaccination": "Une vaccination",
}
_MONTHS: Final = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip
_SPACE: Final = "\u00a0"


def message(kind: str, day: date, today: date) -> str:
    """One sentence; the year only where it is another one.

    >>> message("biologie", date(2026, 1, 12), date(2026, 1, 15)).replace("\\u00a0", " ")
    'Un examen de biologie du 12 janvier est déjà au DMP.'
    """
    number = "1er" if day.day == 1 else str(day.day)
    year = f"{_SPACE}{day.year}" if day.year != today.year else ""
    return f"{NAMES[kind]} du {number}{_SPACE}{_MONTHS[day.month - 1]}{year} est déjà au DMP."
