"""Who acts: the professional, the pharmacy, and the operator at the counter with their rights."""

import re
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints, field_validator

from dmp_core.model.health import HealthModel
from dmp_core.model.oids import SECTOR

Text = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]


class Practitioner(HealthModel):
    """A professional of health, as the CPS or Pro Santé Connect gives them."""

    national_id: str = Field(description="PS_IdNat: a prefix digit, then the number; 8 and 11 digits for an RPPS")
    family: Text = Field(repr=False)
    given: Text = Field(repr=False)
    profession: str = Field(pattern=r"^[0-9]{2}$", description="TRE_G15: 21 pharmacien, 39 préparateur")
    section: str | None = Field(
        default=None,
        pattern=r"^([A-Z]{1,4}[0-9]{0,3}|[0-9]{2})$",
        description="TRE_G05, pharmacists: A, D, DA, E...; doctors: SM26...",
    )
    civility: str | None = Field(default=None, pattern=r"^(M|MME)$", description="JDV_J245")
    title: str | None = Field(default=None, pattern=r"^(DR|MC|MG|PC|PG|PR)$", description="JDV_J246")

    @field_validator("national_id")
    @classmethod
    def _number_fits_prefix(cls, value: str) -> str:
        if not re.fullmatch(r"8[0-9]{11}|0[0-9A-Z]{9}|[13456][0-9A-Z/]{2,40}", value):
            raise ValueError(
                "PS_IdNat: 8 + RPPS (11 digits), 0 + ADELI (9 characters), or 1, 3 to 6 + an internal number"
            )
        return value

    @property
    def specialty(self) -> str:
        """Code of JDV_J01 (authorSpecialty), e.g. `G15_21/A` for a pharmacist who owns the pharmacy."""
        return f"G15_{self.profession}" + (f"/{self.section}" if self.section else "")


class Address(HealthModel):
    """A postal address in France: up to seven lines, then postal code and city."""

    lines: tuple[Text, ...] = Field(default=(), max_length=7)
    postal_code: Text | None = None
    city: Text | None = None


class Structure(HealthModel):
    """A pharmacy. `national_id` is Struct_IdNat: `1` + FINESS (9), `3` + SIRET (14), `4` + RPPS and rank (14)."""

    national_id: str = Field(pattern=r"^(1[0-9AB]{9}|2[0-9]{9}|3[0-9]{14}|4[0-9]{14}|0[0-9A-Z]{8,9})$")
    name: Text
    sector: str = Field(default="SA33", pattern=r"^SA[0-9]{2}$", description="TRE_R02: SA33 pharmacie d’officine")
    practice_setting: str = Field(default="AMBULATOIRE", description="JDV_J04")
    address: Address | None = None
    telephone: str | None = Field(default=None, pattern=r"^\+?[0-9 .-]{4,20}$")

    @property
    def sector_activity(self) -> str:
        """`Secteur_Activite` of the VIHF: `SA33^1.2.250.1.71.4.2.4`."""
        return f"{self.sector}^{SECTOR}"


class Right(StrEnum):
    """What the host lets an operator do with the DMP."""

    READ = "read"
    FEED = "feed"
    ADMINISTER = "administer"


class Operator(HealthModel):
    """Who sits at the counter, as the host says; `practitioner` where that person is a professional."""

    id: str = Field(min_length=1, max_length=100, description="the host's own reference, no name")
    rights: frozenset[Right] = frozenset()
    practitioner: Practitioner | None = None


class Who(HealthModel):
    """The three that every item, call and record carries."""

    structure: Structure
    operator: Operator
    author: Practitioner
    author_listed: bool = Field(
        default=True, description="False: left the national directory; the structure is an author too (RG_2230)"
    )

    @property
    def acting(self) -> Practitioner:
        """Who answers for it today and shows their card: the author, or the operator for an author who has left."""
        return self.author if self.author_listed else self.operator.practitioner or self.author
