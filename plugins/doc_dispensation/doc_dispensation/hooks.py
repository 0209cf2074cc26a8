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
    Who,
    hookimpl,
    read_content,
    refuse_future,
)
from doc_dispensation import dispensation
from doc_dispensation.content import Dispensation
from doc_dispensation.types import DISPENSATION, TYPES

_PHARMACIST = "21"  # TRE_G15


@hookimpl
def provide_document_types(event: TypesWanted, ctx: Context) -> tuple[DocumentType, ...]:  # noqa: ARG001 - both, always
    return TYPES


@hookimpl
def resolve_document(event: DocumentWanted, ctx: Context) -> Body | None:
    """The body of a dispensation; None for another's type. Raises ContentInvalid."""
    if event.type_id != DISPENSATION.id:
        return None
    content = read_content(Dispensation, event.content)
    refuse_future(content.date, ctx)
    _refuse_others_than_pharmacists(content, event.who)
    at = ctx.now.astimezone(ZoneInfo(ctx.time_zone))
    return dispensation.body(content, event.who, item=event.item, at=at)


def _refuse_others_than_pharmacists(content: Dispensation, who: Who) -> None:
    """The rules of ANS want a pharmacist who dispensed (S_dispensationMedicaments)."""
    if (content.dispensateur or who.author).profession != _PHARMACIST:
        finding = Finding("dispensateur", "profession", "Indiquez le pharmacien qui a dispensé.")
        raise ContentInvalid(str(finding), findings=(finding,))
