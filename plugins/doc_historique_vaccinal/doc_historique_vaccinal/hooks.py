"""What the core asks: which types of document, and the body of one."""

from zoneinfo import ZoneInfo

from dmp_core.api import (
    Body,
    ContentInvalid,
    Context,
    DocumentType,
    DocumentWanted,
    Finding,
    TypesWanted,
    hookimpl,
    read_content,
    refuse_future,
)
from doc_historique_vaccinal import history
from doc_historique_vaccinal.content import HistoriqueVaccinal
from doc_historique_vaccinal.types import HISTORIQUE, TYPES


@hookimpl
def provide_document_types(event: TypesWanted, ctx: Context) -> tuple[DocumentType, ...]:  # noqa: ARG001 - both, always
    return TYPES


@hookimpl
def resolve_document(event: DocumentWanted, ctx: Context) -> Body | None:
    """The body of a history; None for another's type. Raises ContentInvalid."""
    if event.type_id != HISTORIQUE.id:
        return None
    content = read_content(HistoriqueVaccinal, event.content)
    refuse_future(content.date, ctx)
    at = ctx.now.astimezone(ZoneInfo(ctx.time_zone))
    _refuse_vaccinations_to_come(content, today=at.date().isoformat())
    return history.body(content, event.who, item=event.item, at=at)


def _refuse_vaccinations_to_come(content: HistoriqueVaccinal, *, today: str) -> None:
    """Raises ContentInvalid, with each day, month or year that is later than today's."""
    words = "Corrigez cette date : elle est dans le futur."
    late = tuple(
        Finding(f"vaccinations.{rank}.date", "future", words)
        for rank, one in enumerate(content.vaccinations)
        if one.date and one.date > today[: len(one.date)]
    )
    if late:
        raise ContentInvalid("; ".join(str(finding) for finding in late)[:400], findings=late)
