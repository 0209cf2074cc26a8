"""The data objects of a CPS: who the professional is, and where they practise.

`CPS_INFO_PS` is free, `CPS_ACTIVITY_01_PS` to `16_PS` need the code and may have holes. The reference of their format
(ASIP_CPS3_Données-métier) is not public: tags and places are those that other clients report, and whatever does not
look like what it should be is left aside, so that a wrong guess refuses nobody.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from dmp_core.cards import ber
from dmp_core.errors import CardUnreadable
from dmp_core.model.professions import SECTIONS

INFO: Final = "CPS_INFO_PS"
ACTIVITY: Final = re.compile(r"CPS_ACTIVITY_(\d{2})_PS")
_NAME, _NUMBER, _SECTOR = 0x84, 0x85, 0x86
_STRUCTURE: Final = re.compile(r"1[0-9AB]{9}|2[0-9]{9}|3[0-9]{14}|4[0-9]{14}|0[0-9A-Z]{8,9}")
_SPECIALITY: Final = re.compile(r"(?:SM|SC|PAC|CEX)[0-9]{1,3}")
_SECTOR_CODE: Final = re.compile(r"SA[0-9]{2}")
_SPECIALITY_PLACE: Final = 4  # last characters of CPS_INFO_PS


@dataclass(frozen=True, slots=True)
class Exercise:
    """A structure where the holder practises. `national_id`: Struct_IdNat; `sector`: TRE_R02."""

    national_id: str
    name: str = ""
    sector: str | None = None


def exercise(data: bytes) -> Exercise | None:
    """The structure that one `CPS_ACTIVITY_xx_PS` names; None where it names none that can be read."""
    try:
        texts = {leaf.tag: _text(leaf.value) for leaf in ber.leaves(data)}
    except CardUnreadable:
        return None
    number = texts.get(_NUMBER, "")
    if not _STRUCTURE.fullmatch(number):
        return None
    sector = texts.get(_SECTOR, "")
    return Exercise(number, texts.get(_NAME, ""), sector if _SECTOR_CODE.fullmatch(sector) else None)


def exercises(objects: Iterable[tuple[str, bytes]]) -> tuple[Exercise, ...]:
    """The structures among the data objects (label, value) of a card, in its order, each once."""
    numbered = ((match[1], value) for label, value in objects if (match := ACTIVITY.fullmatch(label)))
    found = (exercise(value) for _, value in sorted(numbered))
    return tuple({one.national_id: one for one in found if one}.values())


def speciality(data: bytes) -> str | None:
    """The speciality (`SM26`) or section of the Ordre (`A`) at the end of `CPS_INFO_PS`; None where there is none."""
    try:
        last = [_text(leaf.value) for leaf in ber.leaves(data)][-1:]
    except CardUnreadable:
        return None
    code = last[0][-_SPECIALITY_PLACE:].strip() if last else ""
    return code if _SPECIALITY.fullmatch(code) or code in SECTIONS else None


def _text(value: bytes) -> str:
    return " ".join(value.decode("utf-8", "replace").split())[:100]
