"""What a pharmacy chooses of the look of its documents: a colour and a logo."""

import re
from dataclasses import dataclass, field
from typing import Final

from dmp_core.documents.images import JPEG, PNG, kind_of, size_of
from dmp_core.errors import ImageRefused

_COLOUR: Final = re.compile(r"#[0-9A-Fa-f]{6}")
_LARGEST_LOGO: Final = 500_000  # bytes: the logo stands in every document
_LOGO_SIDE: Final = 4_000  # pixels
_PAPER: Final = 255

Rgb = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class HouseStyle:
    """One look for all documents of a pharmacy. `accent`: `#RRGGBB`; `logo`: the bytes of a PNG or a JPEG.

    Raises ValueError, with the rule.
    """

    accent: str = "#17624E"
    logo: bytes | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if not _COLOUR.fullmatch(self.accent):
            raise ValueError("accent: a colour is written #RRGGBB")
        if self.logo is not None:
            _check_logo(self.logo)

    @property
    def colour(self) -> Rgb:
        red, green, blue = bytes.fromhex(self.accent[1:])
        return red, green, blue

    def tint(self, strength: float) -> Rgb:
        """The colour thinned with white: 1 is the colour, 0 the paper."""
        red, green, blue = (round(_PAPER - (_PAPER - part) * strength) for part in self.colour)
        return red, green, blue


HOUSE: Final = HouseStyle()
"""Of a pharmacy that chose nothing."""


def _check_logo(logo: bytes) -> None:
    if len(logo) > _LARGEST_LOGO:
        raise ValueError(f"logo: {len(logo)} bytes, at most {_LARGEST_LOGO}")
    if kind_of(logo) not in (PNG, JPEG):
        raise ValueError("logo: neither PNG nor JPEG")
    try:
        sides = size_of(logo)
    except ImageRefused as error:
        raise ValueError(f"logo: {error.detail}") from error
    if max(sides) > _LOGO_SIDE:
        raise ValueError(f"logo: {sides[0]} x {sides[1]} pixels, at most {_LOGO_SIDE} a side")
