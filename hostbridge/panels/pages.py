"""Templates become HTML: everything escaped, undefined names refused, dates and numbers as the counter reads them."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from dmp_core.errors import ExtraMissing

if TYPE_CHECKING:
    from jinja2 import Environment

PARIS: Final = ZoneInfo("Europe/Paris")
MONTHS: Final = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip
_SPACE: Final = "\u00a0"
_TEXT: Final = re.compile(r">[^<]+<")
_BEFORE: Final = re.compile(r" (?=[:;?!»])")


def render(template: str, values: Mapping[str, Any]) -> bytes:
    """The template with these values, HTML in UTF-8. `zone` among them is the pharmacy's time zone."""
    return unbroken(environment().get_template(template).render(values)).encode()


def unbroken(html: str) -> str:
    """The page with no line that begins with a French mark; what stands inside of tags is left as it is.

    >>> unbroken('<b title="a : b">Un instant : « non » ?</b>').replace("\\u00a0", "_")
    '<b title="a : b">Un instant_: «_non_»_?</b>'
    """
    return _TEXT.sub(lambda found: _BEFORE.sub(_SPACE, found[0]).replace("« ", f"«{_SPACE}"), html)


@cache
def environment() -> "Environment":
    """Where the templates are. Raises ExtraMissing."""
    try:
        from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
    except ImportError as error:
        raise ExtraMissing("bridge") from error
    found = Environment(
        loader=PackageLoader("hostbridge.panels"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    found.filters["ins"] = ins
    found.filters["day"] = pass_context(lambda context, value: day(value, context.get("zone", PARIS)))
    found.filters["hour"] = pass_context(lambda context, value: hour(value, context.get("zone", PARIS)))
    found.filters["short"] = pass_context(lambda context, value: short(value, context.get("zone", PARIS)))
    found.filters["xds_short"] = pass_context(lambda context, value: xds_short(value, context.get("zone", PARIS)))
    found.filters["xds_day"] = pass_context(lambda context, value: xds_day(value, context.get("zone", PARIS)))
    found.filters["person"] = person
    return found


def day(value: date | datetime | str, zone: ZoneInfo = PARIS) -> str:
    """A date, an instant, or either in ISO 8601, as a day.

    >>> day("1979-03-28").replace("\\u00a0", " ")
    '28 mars 1979'
    """
    one = _date(value, zone)
    first = "1er" if one.day == 1 else str(one.day)
    return f"{first}{_SPACE}{MONTHS[one.month - 1]} {one.year}"


def short(value: date | datetime | str, zone: ZoneInfo = PARIS) -> str:
    """The same as a table shows it.

    >>> short("1979-03-28")
    '28/03/1979'
    """
    return f"{_date(value, zone):%d/%m/%Y}"


def _date(value: date | datetime | str, zone: ZoneInfo) -> date:
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    if isinstance(value, datetime):
        value = value.astimezone(zone).date()
    return value


def hour(value: datetime | str, zone: ZoneInfo = PARIS) -> str:
    """An instant, or one in ISO 8601, as the clock of the pharmacy shows it.

    >>> hour("2026-01-15T09:32:00+00:00").replace("\\u00a0", " ")
    '10 h 32'
    """
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    local = value.astimezone(zone)
    return f"{local.hour}{_SPACE}h{_SPACE}{local.minute:02}"


def xds_day(value: str | None, zone: ZoneInfo = PARIS) -> str:
    """An XDS time (UTC, `yyyy` to `yyyyMMddHHmmss`) as a day; as far as it is known.

    >>> xds_day("20260115").replace("\\u00a0", " "), xds_day("202601"), xds_day(None)
    ('15 janvier 2026', 'janvier 2026', '')
    """
    text = value or ""
    if len(text) >= 14:
        return day(_instant(text), zone)
    if len(text) >= 8:
        return day(date(int(text[:4]), int(text[4:6]), int(text[6:8])))
    return f"{MONTHS[int(text[4:6]) - 1]} {text[:4]}" if len(text) == 6 else text[:4]


def xds_short(value: str | None, zone: ZoneInfo = PARIS) -> str:
    """The same as a table shows it.

    >>> xds_short("20260115"), xds_short("202601"), xds_short("2026"), xds_short(None)
    ('15/01/2026', '01/2026', '2026', '')
    """
    text = value or ""
    if len(text) >= 14:
        return short(_instant(text), zone)
    return "/".join(part for part in (text[6:8], text[4:6], text[:4]) if part)


def _instant(text: str) -> datetime:
    """Of `yyyyMMddHHmmss`, UTC."""
    return datetime.strptime(text[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def person(xcn: str | None) -> str:
    """The name in an HL7 v2 XCN, or the name of an XON.

    >>> person("899900000001^NOM^PRENOM^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS"), person("PHARMACIE^^^^^&1.2&ISO")
    ('PRENOM NOM', 'PHARMACIE')
    """
    first, family, given = (*(xcn or "").split("^"), "", "", "")[:3]
    return f"{given} {family}".strip() or first


def ins(value: str) -> str:
    """An INS in the groups in which it is read aloud.

    >>> ins("279035121518989").replace("\\u00a0", " ")
    '2 79 03 51 215 189 89'
    """
    cuts = (0, 1, 3, 5, 7, 10, 13, 15)
    return _SPACE.join(value[start:end] for start, end in pairwise(cuts))
