"""What the core asks: which types of document, and the body of one."""

from zoneinfo import ZoneInfo

from dmp_core.api import (
    Act,
    Body,
    Context,
    DocumentType,
    DocumentWanted,
    FileBody,
    PdfBody,
    TypesWanted,
    hookimpl,
    read_content,
    refuse_future,
)
from doc_officine import bdpm, bilan, bilan_content, entretien, entretien_content, vaccination
from doc_officine.bilan_content import BilanPartage
from doc_officine.content import NoteVaccination
from doc_officine.entretien_content import Entretien
from doc_officine.rubriques import RenduFichier, RenduPdf
from doc_officine.types import BILAN, ENTRETIEN, NOTE_VACCINATION, TYPES


@hookimpl
def provide_document_types(event: TypesWanted, ctx: Context) -> tuple[DocumentType, ...]:  # noqa: ARG001 - both, always
    return TYPES


@hookimpl
def resolve_document(event: DocumentWanted, ctx: Context) -> Body | None:
    """The body of a note, an interview or a review; None for another's type. Raises ContentInvalid."""
    if event.type_id == NOTE_VACCINATION.id:
        note = read_content(NoteVaccination, event.content)
        refuse_future(note.date, ctx)
        at = ctx.now.astimezone(ZoneInfo(ctx.time_zone))
        return vaccination.body(note, event.who, bdpm.configured(ctx.settings), item=event.item, at=at)
    if event.type_id == ENTRETIEN.id:
        interview = entretien_content.read(event.content)
        refuse_future(interview.date, ctx)
        return entretien.body(interview) if isinstance(interview, Entretien) else _finished(ENTRETIEN, interview)
    if event.type_id == BILAN.id:
        review = bilan_content.read(event.content)
        refuse_future(review.date, ctx)
        return bilan.body(review) if isinstance(review, BilanPartage) else _finished(BILAN, review)
    return None


def _finished(of_type: DocumentType, report: RenduPdf | RenduFichier) -> Body:
    """The report that the host printed itself."""
    act, title = Act(start=report.date), f"{of_type.label} du {report.date:%d/%m/%Y}"
    if isinstance(report, RenduPdf):
        return PdfBody(act=act, title=title, pdf=report.pdf)
    return FileBody(act=act, title=title, content=report.fichier.contenu, media_type=report.fichier.type_media)
