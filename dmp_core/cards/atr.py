"""Which card it is, by the bytes that it says first.

Sources: ANS Cryptolib CPS 5.2.2 (`card-cps.c`, compared byte for byte), pcsc-tools' list for the Vitale. A card is
looked for in every reader by its ATR, never by the reader's order or name.
"""

import re
from enum import StrEnum
from typing import Final


class CardKind(StrEnum):
    """What a reader holds."""

    CPS2TER = "cps2ter"
    CPS3 = "cps3"
    CPS3_CONTACTLESS = "cps3_contactless"
    CPS4 = "cps4"
    VITALE1 = "vitale1"
    VITALE2 = "vitale2"
    OTHER = "other"

    @property
    def is_cps(self) -> bool:
        return self in _CPS

    @property
    def is_vitale(self) -> bool:
        return self in (CardKind.VITALE1, CardKind.VITALE2)


_CPS: Final = frozenset({CardKind.CPS2TER, CardKind.CPS3, CardKind.CPS3_CONTACTLESS, CardKind.CPS4})
_ATRS: Final = {
    "3BAC00402A001225006480820212009000": CardKind.CPS2TER,
    "3BAC00402A001225006480000310009000": CardKind.CPS3,
    "3B8F80010031B86404B0ECC1739401808290000E": CardKind.CPS3_CONTACTLESS,
    "3B9B188001001225006480040100009044": CardKind.CPS4,
    "3B9B188001001225006480000401009044": CardKind.CPS4,  # release candidate
    "3BDC18FF00001225006480000401009000": CardKind.CPS4,  # release candidate, T=0 only
}
_PATTERNS: Final = (
    (re.compile("3B75130000(4[3-9]09EA|4509FA)9000"), CardKind.VITALE2),
    (re.compile("3F6525002[2C]09[F6]99000"), CardKind.VITALE1),
    (re.compile("3F65250052096A9000|3F652500A[34]096A9000"), CardKind.VITALE1),
)


def kind_of(atr: bytes) -> CardKind:
    """The card of that ATR; OTHER for everything unknown, no ATR at all included.

    >>> kind_of(bytes.fromhex("3B751300004409EA9000"))
    <CardKind.VITALE2: 'vitale2'>
    """
    text = atr.hex().upper()
    if text in _ATRS:
        return _ATRS[text]
    return next((kind for pattern, kind in _PATTERNS if pattern.fullmatch(text)), CardKind.OTHER)
