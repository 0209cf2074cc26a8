"""What INSi is asked: traits in the characters that it takes, and what to ask next where it finds several persons.

Source: SEL-MP-043 v05.00.01, EF_INS01_03 (birth name), EF_INS10_01 and EF_INS10_02 (given names), as quoted publicly.
"""

import re
from datetime import date
from enum import StrEnum
from typing import Final

from pydantic import Field

from dmp_core.errors import TraitRefused
from dmp_core.model.health import HealthModel
from dmp_core.model.identity import Patient, Sex, Traits
from dmp_core.model.ins_rules import require_unmarked
from dmp_core.model.names import capitals

_ALPHABET: Final = re.compile(r"[A-Z'][A-Z' -]*")
_NOT_IN_BIRTH_NAME: Final = re.compile(r"[ ']{2}|---")
_NOT_IN_GIVEN_NAME: Final = re.compile(r"[ ']{2}|--|[-']\Z")


class InsiCode(StrEnum):
    """`CodeCR` of an answer."""

    FOUND = "00"
    NOT_FOUND = "01"
    SEVERAL = "02"


class InsiQuery(HealthModel):
    """The traits of one search, as they are sent. The first given name may be of several words."""

    birth_name: str = Field(repr=False)
    given_names: tuple[str, ...] = Field(repr=False, min_length=1)
    sex: Sex = Field(repr=False)
    birth_date: date = Field(repr=False)
    birth_place_code: str | None = Field(default=None, repr=False)


def first_query(patient: Patient) -> InsiQuery:
    """The search to begin with: birth name, first given name, sex, date of birth.

    Raises IdentityMarked, and TraitRefused where a trait cannot be sent.
    """
    require_unmarked(patient)
    traits = patient.traits
    if traits.sex is Sex.UNKNOWN:
        raise TraitRefused("sex: F or M")
    return InsiQuery(
        birth_name=insi_birth_name(traits.birth_name),
        given_names=given_names(traits)[:1],
        sex=traits.sex,
        birth_date=traits.birth_date,
    )


def next_query(patient: Patient, asked: InsiQuery, code: InsiCode) -> InsiQuery | None:
    """What to ask after `asked` was answered with `code`; None where INSi cannot tell more.

    Several persons found: first all the given names, then the birthplace (COG), too. Raises as `first_query`.
    """
    require_unmarked(patient)
    if code is not InsiCode.SEVERAL:
        return None
    names = given_names(patient.traits)
    if len(asked.given_names) < len(names):
        return asked.model_copy(update={"given_names": names})
    place = patient.traits.birth_place_code
    return asked.model_copy(update={"birth_place_code": place}) if place and not asked.birth_place_code else None


def given_names(traits: Traits) -> tuple[str, ...]:
    """The given names of birth, the first as a whole, the others word by word. Raises TraitRefused."""
    first = capitals(traits.first_birth_given_name)
    others = capitals(traits.birth_given_names).removeprefix(first).split()
    return tuple(insi_given_name(name) for name in (first, *others))


def insi_birth_name(name: str) -> str:
    """`name` as INSi takes a birth name: A-Z, space, apostrophe, hyphen, double hyphen. Raises TraitRefused."""
    written = capitals(name)
    if not _ALPHABET.fullmatch(written) or _NOT_IN_BIRTH_NAME.search(written):
        raise TraitRefused("birth_name: EF_INS01_03")
    return written


def insi_given_name(name: str) -> str:
    """`name` as INSi takes a given name: no double hyphen, neither hyphen nor apostrophe last. Raises TraitRefused."""
    written = capitals(name)
    if not _ALPHABET.fullmatch(written) or _NOT_IN_GIVEN_NAME.search(written):
        raise TraitRefused("birth_given_names: EF_INS10_02")
    return written
