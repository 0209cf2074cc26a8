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
from doc_intervention.content import InterventionPharmaceutique
from doc_intervention.sections import sections
from doc_intervention.types import INTERVENTION


@hookimpl
def provide_document_types(event: TypesWanted, ctx: Context) -> tuple[DocumentType, ...]:  # noqa: ARG001 - both, always
    return (INTERVENTION,)


@hookimpl
def resolve_document(event: DocumentWanted, ctx: Context) -> Body | None:
    """The intervention laid out, or the file that the host printed; None for another's type. Raises ContentInvalid."""
    if event.type_id != INTERVENTION.id:
        return None
    report = read_content(InterventionPharmaceutique, event.content)
    refuse_future(report.date, ctx)
    act = Act(start=report.date)
    if report.fichier is not None:
        return FileBody(act=act, content=report.fichier.contenu, media_type=report.fichier.type_media)
    return LaidOut(act=act, sections=sections(report))
