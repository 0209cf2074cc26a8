"""What the core asks: which types of document, and the body of one."""

from datetime import date
from zoneinfo import ZoneInfo

from dmp_core.api import (
    Act,
    Body,
    ContentInvalid,
    Context,
    DocumentType,
    DocumentWanted,
    Finding,
    PdfBody,
    TypesWanted,
    hookimpl,
    read_content,
)
from doc_officine import vaccination
from doc_officine.content import NoteVaccination, RenduPdf
from doc_officine.types import BILAN, ENTRETIEN, NOTE_VACCINATION, TYPES


@hookimpl
def provide_document_types(event: TypesWanted, ctx: Context) -> tuple[DocumentType, ...]:  # noqa: ARG001 - both, always
    return TYPES


@hookimpl
def resolve_document(event: DocumentWanted, ctx: Context) -> Body | None:
    """The body of a note, an interview or a review; None for another's type. Raises ContentInvalid."""
    if event.type_id == NOTE_VACCINATION.id:
        note = read_content(NoteVaccination, event.content)
        _refuse_future(note.date, ctx)
        return vaccination.body(note, event.who, item=event.item, at=ctx.now.astimezone(ZoneInfo(ctx.time_zone)))
    for of_type in (ENTRETIEN, BILAN):
        if event.type_id == of_type.id:
            report = read_content(RenduPdf, event.content)
            _refuse_future(report.date, ctx)
            return PdfBody(
                act=Act(start=report.date), title=f"{of_type.label} du {report.date:%d/%m/%Y}", pdf=report.pdf
            )
    return None


def _refuse_future(day: date, ctx: Context) -> None:
    if day > ctx.now.astimezone(ZoneInfo(ctx.time_zone)).date():
        finding = Finding("date", "future", "Corrigez la date de l’acte : elle est dans le futur.")
        raise ContentInvalid(str(finding), findings=(finding,))
