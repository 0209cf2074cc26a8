"""What the core asks: the type of document, and the body of one."""

from dmp_core.api import (
    Act,
    Body,
    Context,
    DocumentType,
    DocumentWanted,
    FileBody,
    LaidOut,
    TypesWanted,
    hookimpl,
    read_content,
    refuse_future,
)
from doc_renouvellement.content import Renouvellement
from doc_renouvellement.sections import sections
from doc_renouvellement.types import RENOUVELLEMENT


@hookimpl
def provide_document_types(event: TypesWanted, ctx: Context) -> tuple[DocumentType, ...]:  # noqa: ARG001 - both, always
    return (RENOUVELLEMENT,)


@hookimpl
def resolve_document(event: DocumentWanted, ctx: Context) -> Body | None:
    """The renewal laid out, or the file that the host printed; None for another's type. Raises ContentInvalid."""
    if event.type_id != RENOUVELLEMENT.id:
        return None
    report = read_content(Renouvellement, event.content)
    refuse_future(report.date, ctx)
    act = Act(start=report.date)
    if report.fichier is not None:
        return FileBody(act=act, content=report.fichier.contenu, media_type=report.fichier.type_media)
    return LaidOut(act=act, sections=sections(report))
