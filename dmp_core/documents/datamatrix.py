"""The text of the INS datamatrix (ANS, « Format datamatrix INS » v2.2 of 2023-09-26), written and read."""

import re
import unicodedata
from datetime import date
from typing import Final

from pydantic import Field, ValidationError

from dmp_core.errors import DocumentInvalid, InsInvalid, InsNotQualified
from dmp_core.model.finding import Finding
from dmp_core.model.health import HealthModel
from dmp_core.model.identity import Ins, Patient, Sex
from dmp_core.model.oids import InsOid

HEADER: Final = "IS01" + "0" * 22
GS: Final = "\x1d"
_FIXED: Final = {"S1": 15, "S5": 1, "S6": 10, "S7": 5}
_LONGEST: Final = {"S2": 20, "S3": 100, "S4": 100}
_MANDATORY: Final = frozenset({"S1", "S2", "S3", "S4", "S5", "S6"})
_NAME: Final = re.compile(r"[A-Z](?:[A-Z' -]{0,99})")
_DAY: Final = re.compile(r"([0-9]{2})-([0-9]{2})-([0-9]{4})")
_PLACE: Final = re.compile(r"[0-9][0-9AB][0-9]{3}")
_LETTERS: Final = str.maketrans({"’": "'", "‘": "'", "Œ": "OE", "Æ": "AE", "ẞ": "SS", "‐": "-", "–": "-", "\xa0": " "})
_REMEDY: Final = "Reprenez dans la fiche du patient les traits d’identité tels que INSi les a donnés."


class InsText(HealthModel):
    """Who a datamatrix names. Names as INSi writes them: capitals without accents."""

    ins: Ins = Field(repr=False)
    birth_given_names: str = Field(repr=False)
    birth_name: str = Field(repr=False)
    sex: Sex = Field(repr=False)
    birth_date: date = Field(repr=False)
    birth_place_code: str | None = Field(default=None, repr=False)


def ins_text(patient: Patient) -> bytes:
    """What the datamatrix of a qualified identity says, ASCII.

    Raises InsNotQualified, and DocumentInvalid where a trait is none that INSi can have given.
    """
    if (ins := patient.qualified_ins) is None:
        raise InsNotQualified()
    traits = patient.traits
    if traits.sex is Sex.UNKNOWN:
        raise _no_trait("sex")
    fields = {
        "S1": ins.value,
        "S2": str(ins.oid),
        "S3": _as_insi_writes(traits.birth_given_names, "birth_given_names"),
        "S4": _as_insi_writes(traits.birth_name, "birth_name"),
        "S5": str(traits.sex),
        "S6": f"{traits.birth_date:%d-%m-%Y}",
    }
    if traits.birth_place_code:
        fields["S7"] = traits.birth_place_code
    last = next(reversed(fields))
    return (HEADER + "".join(f"{name}{value}{_end(name, value, last)}" for name, value in fields.items())).encode()


def read_ins_text(text: bytes) -> InsText:
    """Who the datamatrix names. Raises InsInvalid, with the rule, where it is malformed or its key is wrong."""
    try:
        fields = _fields(text.decode("ascii"))
    except UnicodeDecodeError:
        raise InsInvalid("datamatrix: not ASCII") from None
    if missing := sorted(_MANDATORY - fields.keys()):
        raise InsInvalid(f"datamatrix: without {', '.join(missing)}")
    for name in ("S3", "S4"):
        if not _NAME.fullmatch(fields[name]):
            raise InsInvalid(f"datamatrix: {name} is no name that INSi gives")
    if fields["S5"] not in (Sex.FEMALE, Sex.MALE):
        raise InsInvalid("datamatrix: S5 is neither F nor M")
    if "S7" in fields and not _PLACE.fullmatch(fields["S7"]):
        raise InsInvalid("datamatrix: S7 is no code of INSEE")
    return InsText(
        ins=_ins(fields["S1"], fields["S2"]),
        birth_given_names=fields["S3"],
        birth_name=fields["S4"],
        sex=Sex(fields["S5"]),
        birth_date=_day(fields["S6"]),
        birth_place_code=fields.get("S7"),
    )


def _end(name: str, value: str, last: str) -> str:
    """A separator follows a field of variable length that is neither full nor the last."""
    return GS if name in _LONGEST and len(value) < _LONGEST[name] and name != last else ""


def _fields(text: str) -> dict[str, str]:
    if not text.startswith(HEADER):
        raise InsInvalid("datamatrix: no header IS01")
    fields: dict[str, str] = {}
    place = len(HEADER)
    while place < len(text):
        name, place = text[place : place + 2], place + 2
        if name not in _FIXED and name not in _LONGEST:
            raise InsInvalid(f"datamatrix: an unknown field at character {place - 1}")
        if name in fields:
            raise InsInvalid(f"datamatrix: {name} stands twice")
        length = _FIXED.get(name) or _length(text, place, _LONGEST[name])
        fields[name], place = text[place : place + length], place + length
        if len(fields[name]) < length or GS in fields[name]:
            raise InsInvalid(f"datamatrix: {name} is cut")
        if name in _LONGEST and text[place : place + 1] == GS:
            place += 1
    return fields


def _length(text: str, start: int, longest: int) -> int:
    """Of a variable field: up to the separator, its greatest length or the end."""
    end = text.find(GS, start)
    return min((end if end >= 0 else len(text)) - start, longest)


def _ins(number: str, oid: str) -> Ins:
    try:
        return Ins(value=number, oid=InsOid(oid))
    except (ValidationError, ValueError):
        raise InsInvalid("datamatrix: S1 and S2 are no INS") from None


def _day(text: str) -> date:
    found = _DAY.fullmatch(text)
    try:
        if found:
            return date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        pass
    raise InsInvalid("datamatrix: S6 is no date DD-MM-YYYY")


def _as_insi_writes(name: str, trait: str) -> str:
    upper = unicodedata.normalize("NFKD", name.upper().translate(_LETTERS).translate(_LETTERS))
    plain = "".join(char for char in upper if not unicodedata.combining(char))[: _LONGEST["S3"]]
    if not _NAME.fullmatch(plain):
        raise _no_trait(trait)
    return plain


def _no_trait(trait: str) -> DocumentInvalid:
    path = f"patient.traits.{trait}"
    return DocumentInvalid(f"{path}: not as INSi gives it", findings=(Finding(path, "ins-traits", _REMEDY),))
