"""Names of persons in the forms that are compared: INSi knows capitals without accents, people write as they like.

Source: SEL-MP-043 section 2: no lower case, no diacritic, no ligature.
"""

import unicodedata
from typing import Final

_SINGLE: Final = str.maketrans(
    {
        **dict.fromkeys("’‘ʼ`´′＇", "'"),
        **dict.fromkeys("‐‑‒–—−", "-"),
        "Œ": "OE", "Æ": "AE", "ẞ": "SS", "Ø": "O", "Ł": "L", "Đ": "D", "Ð": "D", "Þ": "TH",
    }
)  # fmt: skip
_SPACES: Final = str.maketrans("-'", "  ")


def capitals(name: str) -> str:
    """`name` in capitals without accents or ligatures, typographic marks as ASCII, runs of spaces as one.

    A character without such an equivalent (a digit, another alphabet) stays: it is never dropped.

    >>> capitals("Lœtitia  D’Hérbès–Ñuñez")
    "LOETITIA D'HERBES-NUNEZ"
    """
    upper = _plain(_plain(name.translate(_SINGLE)).upper())
    return " ".join(upper.translate(_SINGLE).split())


def comparable(name: str) -> str:
    """`name` with hyphens and apostrophes as spaces, too: equal for two spellings of one name (Guide INS, EXI ID 10).

    >>> comparable("Jean-Pierre") == comparable("JEAN PIERRE")
    True
    """
    return " ".join(capitals(name).translate(_SPACES).split())


def _plain(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
