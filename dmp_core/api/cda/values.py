"""Values inside a CDA: identifiers, codes, times, quantities, pointers to the narrative (HL7 v3 data types R1)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Final
from uuid import UUID, uuid5

from dmp_core.api.cda.part import Part, part
from dmp_core.model.document import Code

_ITEMS: Final = UUID("5b1f3e0c-0f4a-5d6b-9a53-3a4f0c1d7e21")


def template(root: str, extension: str | None = None) -> Part:
    """A model that the element around it follows."""
    return part("templateId", root=root, extension=extension)


def templates(*roots: str) -> list[Part]:
    """The models that the element around them follows: the general one first, the French one last."""
    return [template(root) for root in roots]


def identifier(root: str, extension: str | None = None, *, tag: str = "id") -> Part:
    """An identifier: an OID or UUID alone, or one with what it identifies."""
    return part(tag, root=root, extension=extension)


def item_id(item: str, name: str) -> Part:
    """The identifier of one element of the document of `item`: always the same for the same item and name."""
    return identifier(str(uuid5(_ITEMS, f"{item}/{name}")).upper())


def coded(
    tag: str, code: Code, *, text: str | None = None, translations: Sequence[Code] = (), xsi_type: str | None = None
) -> Part:
    """A coded value with its label. `text` is the ID of the narrative that says it; `translations` say it otherwise.

    `xsi_type="CD"` for a `value`, whose type the schema leaves open.
    """
    return part(
        tag,
        part("originalText", _reference(text)) if text else None,
        [coded("translation", other) for other in translations],
        xsi_type=xsi_type,
        code=code.code,
        displayName=code.label or None,
        codeSystem=code.system,
    )


def null(tag: str, flavor: str) -> Part:
    """An element that must be there and whose value is not: `NAV` unavailable, `UNK` unknown, `NA` not applicable."""
    return part(tag, nullFlavor=flavor)


def text(narrative_id: str, words: str | None = None) -> Part:
    """The `text` of an entry: it points at the narrative, and may repeat its words."""
    return part("text", _reference(narrative_id), words)


def status(code: str) -> Part:
    return part("statusCode", code=code)


def time(value: date | datetime, *, tag: str = "effectiveTime") -> Part:
    """One moment: a day, or an aware datetime."""
    return part(tag, value=timestamp(value))


def interval(start: date | datetime, stop: date | datetime | None = None, *, tag: str = "effectiveTime") -> Part:
    """From `start` to `stop`, open where there is none."""
    return part(tag, time(start, tag="low"), time(stop, tag="high") if stop else None)


def integer(value: int, *, tag: str = "value") -> Part:
    return part(tag, xsi_type="INT", value=value)


def quantity(value: Decimal | int, unit: str | None = None, *, tag: str = "value") -> Part:
    """A quantity; `unit` in UCUM (`mL`), or None for a count."""
    return part(tag, xsi_type="PQ", value=format(Decimal(value), "f"), unit=unit)


def related(type_code: str, entry: Part, *, inversion: bool | None = None) -> Part:
    """An entry inside another: `SUBJ` it tells more, `CAUS` it was caused, `REFR` it refers to, `COMP` it is a part."""
    return part("entryRelationship", entry, typeCode=type_code, inversionInd=inversion)


def timestamp(value: date | datetime) -> str:
    """`yyyyMMdd` of a day, `yyyyMMddHHmmss±ZZzz` of an aware datetime. Raises ValueError for a naive one."""
    if not isinstance(value, datetime):
        return f"{value.year:04}{value:%m%d}"
    offset = value.utcoffset()
    if offset is None:
        raise ValueError("a time in a document carries its time zone")
    whole = timezone(timedelta(minutes=offset // timedelta(minutes=1)))  # before 1911, Paris was 9 min 21 s ahead
    moment = value.astimezone(whole)
    return f"{moment.year:04}{moment:%m%d%H%M%S%z}"


def _reference(narrative_id: str) -> Part:
    return part("reference", value=f"#{narrative_id}")
