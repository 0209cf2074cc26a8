"""HL7 times: their form, and the UTC that XDS wants."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final
from zoneinfo import ZoneInfo

_TS: Final = re.compile(r"([0-9]{4,14})(?:\.[0-9]{1,4})?([+-][0-9]{2}[0-5][0-9])?")
_FORMS: Final = {4: "%Y", 6: "%Y%m", 8: "%Y%m%d", 10: "%Y%m%d%H", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}
_DAY: Final = 8
_MINUTES: Final = 12


def is_time(value: str) -> bool:
    """True for an HL7 TS whose date exists and whose zone is `±ZZzz`."""
    return _read(value) is not None


def is_full_time(value: str) -> bool:
    """True for a TS with minutes and a time zone."""
    read = _read(value)
    return read is not None and read[1] >= _MINUTES and read[0].tzinfo is not None


def as_utc(value: str, time_zone: str) -> str | None:
    """The TS as XDS writes it: UTC and as precise as it was. A day stays a day; `time_zone` is for one without zone.

    None where it is no TS.
    """
    read = _read(value)
    if read is None:
        return None
    moment, digits = read
    if digits > _DAY:
        try:
            moment = (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(time_zone))).astimezone(UTC)
        except OverflowError:
            return None
    return moment.strftime(_FORMS[digits])


def _read(value: str) -> tuple[datetime, int] | None:
    found = _TS.fullmatch(value)
    if not found or len(found[1]) not in _FORMS or (found[2] and len(found[1]) <= _DAY):
        return None
    try:
        moment = datetime.strptime(found[1], _FORMS[len(found[1])])  # noqa: DTZ007 - the zone follows
        if found[2]:
            offset = timedelta(hours=int(found[2][1:3]), minutes=int(found[2][3:]))
            moment = moment.replace(tzinfo=timezone(-offset if found[2][0] == "-" else offset))
    except ValueError:
        return None
    return moment, len(found[1])
