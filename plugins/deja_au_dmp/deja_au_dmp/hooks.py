"""The rows of the record, looked through once they are whole."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from deja_au_dmp.words import NAMES, TEXT, message
from dmp_core.api import Action, Badge, Context, RecordEntry, RecordListed, ShowMessage, hookimpl

_MOST = 100
"""Badges of one list; the newest documents come first."""


@hookimpl
def on_record_listed(event: RecordListed, ctx: Context) -> Sequence[Action] | None:
    """A message for each kind, about its newest document, and a badge beside each recent one."""
    zone = ZoneInfo(ctx.time_zone)
    today = ctx.now.astimezone(zone).date()
    since = today - timedelta(days=max(0, ctx.settings["days"]))
    found = [
        (day, kind, entry)
        for entry in event.entries or ()
        if (kind := _kind(entry, ctx)) and (day := _day(entry, zone)) and since <= day <= today
    ]
    found.sort(key=lambda each: each[0], reverse=True)
    newest: dict[str, date] = {}
    for day, kind, _ in found:
        newest.setdefault(kind, day)
    messages = [ShowMessage(text=message(kind, day, today)) for kind, day in newest.items()]
    return [*messages, *(Badge(unique_id=entry.unique_id, text=TEXT) for _, _, entry in found[:_MOST])] or None


def _kind(entry: RecordEntry, ctx: Context) -> str | None:
    kind = ctx.settings["types"].get(entry.type_code.code) if entry.type_code else None
    return kind if kind in NAMES else None


def _day(entry: RecordEntry, zone: ZoneInfo) -> date | None:
    """The pharmacy's day of the act. XDS times are UTC, `yyyyMMddHHmmss` or less; None where no day is told."""
    told = entry.service_start_time or entry.creation_time or ""
    try:
        if len(told) < len("yyyyMMddHHmm"):
            return date(int(told[:4]), int(told[4:6]), int(told[6:8]))
        return datetime.strptime(told[:12], "%Y%m%d%H%M").replace(tzinfo=UTC).astimezone(zone).date()
    except ValueError:
        return None
