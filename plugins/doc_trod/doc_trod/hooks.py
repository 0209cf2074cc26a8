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
)
from doc_trod import trod
from doc_trod.content import Trod
from doc_trod.types import TROD, TYPES


@hookimpl
def provide_document_types(event: TypesWanted, ctx: Context) -> tuple[DocumentType, ...]:  # noqa: ARG001 - both, always
    return TYPES


@hookimpl
def resolve_document(event: DocumentWanted, ctx: Context) -> Body | None:
    """The body of a rapid test; None for another's type. Raises ContentInvalid."""
    if event.type_id != TROD.id:
        return None
    content = read_content(Trod, event.content)
    zone = ZoneInfo(ctx.time_zone)
    done = trod.moment(content, zone)
    if done > ctx.now:
        finding = Finding("date", "future", "Corrigez la date et l’heure du test : elles sont dans le futur.")
        raise ContentInvalid(str(finding), findings=(finding,))
    return trod.body(content, item=event.item, done=done)
