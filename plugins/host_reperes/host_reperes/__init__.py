"""Marks in the record and at the reader: documents that were read, the patient on a carte Vitale."""

from collections.abc import Sequence

from dmp_core.api import Action, Badge, CardChanged, Context, DocumentRead, SuggestPatient, hookimpl


@hookimpl
def on_document_read(event: DocumentRead, ctx: Context) -> Sequence[Action] | None:  # noqa: ARG001 - every hook takes both
    """*Lu* beside a document that was opened."""
    return [Badge(unique_id=event.entry.unique_id, text="Lu")] if event.entry else None


@hookimpl
def on_card_changed(event: CardChanged, ctx: Context) -> Sequence[Action] | None:  # noqa: ARG001 - every hook takes both
    """The one person of a carte Vitale; where there are several, the counter chooses."""
    alone = event.card == "vitale" and event.present and len(event.people or ()) == 1
    return [SuggestPatient(person=0)] if alone else None
