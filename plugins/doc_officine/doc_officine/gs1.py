"""The GS1 DataMatrix on a carton, as a scanner gives its text (GS1 General Specifications 3 and 7).

`]d2` or GS in front (FNC1), then application identifiers: 01 GTIN, 10 batch, 17 expiry, 21 serial number. What has
no fixed length ends with GS (U+001D) or the text.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

GS: Final = "\x1d"
SYMBOLOGY: Final = "]d2"

_LENGTHS: Final = {
    "00": 20, "01": 16, "02": 16, "03": 16, "04": 18, "11": 8, "12": 8, "13": 8, "14": 8, "15": 8, "16": 8, "17": 8,
    "18": 8, "19": 8, "20": 4, "31": 10, "32": 10, "33": 10, "34": 10, "35": 10, "36": 10, "41": 16,
}  # fmt: skip
"""First two digits of an identifier -> length of identifier and value (figure 7.8.5-2); the others end with GS."""

_WANTED: Final = ("01", "10", "17", "21")
_TEXT: Final = re.compile(r"[!\"%-?A-Z_a-z]{1,20}")
_SWALLOWED: Final = re.compile(r".(21|17[0-9]{6})")
_FRENCH: Final = "034009"

SCAN_AGAIN: Final = "Scannez de nouveau le code de la boîte, ou saisissez le lot et la péremption à la main."
NO_SEPARATOR: Final = (
    "Saisissez le lot et la péremption à la main : la douchette ne transmet pas les séparateurs du code. "
    "Signalez-le à l’éditeur du LGO."
)


class Gs1Invalid(ValueError):
    """The text is no GS1 DataMatrix of a carton; `remedy` says in French what to do, without the text."""

    def __init__(self, remedy: str = SCAN_AGAIN) -> None:
        super().__init__(remedy)
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Carton:
    """What the code says. `cip` (CIP13) None: the GTIN is not of a French medicine."""

    gtin: str
    lot: str | None
    expiry: date | None
    serial: str | None

    @property
    def cip(self) -> str | None:
        return self.gtin[1:] if self.gtin.startswith(_FRENCH) else None


def read(text: str, today: date) -> Carton:
    """The carton that `text` names. `today` tells the century of its expiry (7.12). Raises Gs1Invalid."""
    body = text.strip(" \r\n").removeprefix(SYMBOLOGY).removeprefix(GS)
    found: dict[str, str] = {}
    for identifier, value in _elements(body):
        if found.setdefault(identifier, value) != value:
            raise Gs1Invalid
    lot, serial = found.get("10"), found.get("21")
    if any(value is not None and not _TEXT.fullmatch(value) for value in (lot, serial)):
        raise Gs1Invalid
    if lot and GS not in body and _SWALLOWED.search(lot):
        raise Gs1Invalid(NO_SEPARATOR)
    expiry = _day(found["17"], today) if "17" in found else None
    return Carton(_gtin(found.get("01", "")), lot, expiry, serial)


def _elements(text: str) -> Iterator[tuple[str, str]]:
    """The identifiers that are wanted, with their values; the others are stepped over."""
    while text:
        length = _LENGTHS.get(text[:2])
        if length is None:
            element, _, text = text.partition(GS)
        else:
            element, text = text[:length], text[length:].removeprefix(GS)
            if len(element) < length or not (element.isascii() and element.isdigit()):
                raise Gs1Invalid
        if not re.match(r"[0-9]{2}", element, re.ASCII):
            raise Gs1Invalid
        if element[:2] in _WANTED:
            yield element[:2], element[2:]


def _gtin(digits: str) -> str:
    """14 digits with a right check digit (7.9.1)."""
    if len(digits) != 14 or sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(digits)) % 10:
        raise Gs1Invalid
    return digits


def _day(digits: str, today: date) -> date:
    """YYMMDD; day 00 is the last of the month; the year lies between 49 years back and 50 ahead of `today` (7.12)."""
    ahead = int(digits[:2]) - today.year % 100
    century = today.year // 100 + (ahead <= -50) - (ahead >= 51)
    year, month, day = century * 100 + int(digits[:2]), int(digits[2:4]), int(digits[4:])
    try:
        return date(year, month, day or monthrange(year, month)[1])
    except ValueError:  # calendar.IllegalMonthError is one
        raise Gs1Invalid from None
