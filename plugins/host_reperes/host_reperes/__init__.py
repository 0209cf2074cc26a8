"""Marks in the record and at the reader: recent examinations, documents read, the patient on a carte Vitale."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from dmp_core.api import (
    Action,
    Badge,
    CardChanged,
    Context,
    DocumentRead,
    RecordEntry,
    RecordListed,
    SuggestPatient,
    hookimpl,
)

MOST: Final = 100
"""Badges of one list; the newest come first in it."""


@hookimpl
def on_record_listed(event: RecordListed, ctx: Context) -> Sequence[Action] | None:
    """*Récent* beside each examination of the last days."""
    since = f"{ctx.now - timedelta(days=ctx.settings['days']):%Y%m%d%H%M%S}"
    recent = [entry for entry in event.entries or () if _is_examination(entry, ctx) and _time(entry) >= since]
    newest = sorted(recent, key=_time, reverse=True)[:MOST]
    return [Badge(unique_id=entry.unique_id, text="Récent") for entry in newest]


@hookimpl
def on_document_read(event: DocumentRead, ctx: Context) -> Sequence[Action] | None:  # noqa: ARG001 - every hook takes both
    """*Lu* beside a document that was opened."""
    return [Badge(unique_id=event.entry.unique_id, text="Lu")] if event.entry else None


@hookimpl
def on_card_changed(event: CardChanged, ctx: Context) -> Sequence[Action] | None:  # noqa: ARG001 - every hook takes both
    """The one person of a carte Vitale; where there are several, the counter chooses."""
    alone = event.card == "vitale" and event.present and len(event.people or ()) == 1
    return [SuggestPatient(person=0)] if alone else None


def _is_examination(entry: RecordEntry, ctx: Context) -> bool:
    return entry.type_code is not None and entry.type_code.code in ctx.settings["types"]


def _time(entry: RecordEntry) -> str:
    """When the act took place, `yyyyMMddHHmmss` or less of it; empty where the DMP does not say."""
    return entry.service_start_time or entry.creation_time or ""
