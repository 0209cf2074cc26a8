"""A person of the health insurance, as their carte Vitale or Appli carte Vitale names them."""

import re
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from dmp_core.errors import InsInvalid
from dmp_core.model.health import HealthModel
from dmp_core.model.identity import Patient, ins_key
from dmp_core.model.names import comparable

MOST: Final = 31  # persons on one card
_Name = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]


class Beneficiary(HealthModel):
    """One person. The NIR is no INS: it may be the insured's, and INSi alone qualifies it (Guide INS)."""

    family: _Name = Field(repr=False)
    given: _Name = Field(repr=False)
    birth_date: str | None = Field(
        default=None,
        repr=False,
        pattern=r"^[0-9]{8}$",
        description="yyyyMMdd as written; a lunar date is no calendar day",
    )
    nir: str | None = Field(default=None, repr=False, pattern=r"^[0-9]{5}[0-9AB]{2}[0-9]{8}$")

    def is_perhaps(self, patient: Patient) -> bool:
        """Whether this can be that patient: the name of birth or in use, a given name, what is known of the date.

        A card cuts long names: one that begins the other is the same.
        """
        traits = patient.traits
        return (
            any(_begins(self.family, name) for name in (traits.birth_name, traits.used_name) if name)
            and any(_begins(self.given, name) for name in (traits.birth_given_names, traits.used_given_name) if name)
            and self._born_as(patient)
        )

    def _born_as(self, patient: Patient) -> bool:
        """The year; month and day where the card's are those of a calendar."""
        if self.birth_date is None:
            return True
        born = patient.traits.birth_date
        year, month, day = self.birth_date[:4], self.birth_date[4:6], self.birth_date[6:]
        known_month, known_day = "01" <= month <= "12", "01" <= day <= "31"
        return (
            year == f"{born.year:04d}"
            and (not known_month or month == f"{born.month:02d}")
            and (not (known_month and known_day) or day == f"{born.day:02d}")
        )


def well_formed_nir(text: str) -> str | None:
    """`text` where it is 13 characters and their right key, else None."""
    if not re.fullmatch(r"[0-9]{5}[0-9AB]{2}[0-9]{8}", text):
        return None
    try:
        return text if int(text[13:]) == ins_key(text[:13]) else None
    except InsInvalid:
        return None


def _begins(one: str, other: str) -> bool:
    a, b = comparable(one), comparable(other)
    return bool(a and b) and (a.startswith(b) or b.startswith(a))
