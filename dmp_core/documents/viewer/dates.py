"""HL7 times as a pharmacist reads them: French, in local time, as precise as they were written."""

from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from dmp_core.documents.times import as_utc

_MONTHS: Final = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
)  # fmt: skip
_DAY: Final = 8  # digits of a TS that names a day
_HOUR: Final = 10


def french(value: str, time_zone: str) -> str:
    """`9 avril 2021 à 16:35`, `avril 2021`, `2021`; what is no TS comes back as it is, called unreadable."""
    digits = as_utc(value, time_zone)
    if digits is None:
        return f"{value[:40]} (date illisible)"
    if len(digits) <= _DAY:
        return _day(digits)
    minutes = digits[:12].ljust(12, "0")
    local = datetime.strptime(minutes, "%Y%m%d%H%M").replace(tzinfo=UTC).astimezone(ZoneInfo(time_zone))
    hour = f"{local:%H} h" if len(digits) == _HOUR else f"{local:%H:%M}"
    return f"{_day(f'{local.year:04}{local:%m%d}')} à {hour}"


def period(low: str, high: str, time_zone: str) -> str:
    """`4 janvier 2021 de 09:22 à 16:05`, `du 4 janvier 2021 au 6 mars 2021`."""
    start, end = french(low, time_zone), french(high, time_zone)
    if start == end:
        return start
    (day, _, since), (last, _, until) = start.partition(" à "), end.partition(" à ")
    return f"{day} de {since} à {until}" if day == last and since and until else f"du {start} au {end}"


def _day(digits: str) -> str:
    year, month, day = digits[:4], digits[4:6], digits[6:8]
    parts = [("1er" if day == "01" else str(int(day))) if day else "", _MONTHS[int(month) - 1] if month else "", year]
    return " ".join(filter(None, parts))
