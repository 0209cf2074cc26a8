"""How a consultation reads on paper."""

from dmp_core.api import Bullets, LaidSection, Paragraph
from doc_consultation.content import ConsultationPharmaceutique


def sections(report: ConsultationPharmaceutique) -> tuple[LaidSection, ...]:
    """Reason, history, adherence, conclusions, advice, what comes next: those that were filled in."""
    texts = (
        ("Motif de la consultation", report.motif),
        ("Anamnèse", report.anamnese),
        ("Observance", report.observance),
        ("Conclusions", report.conclusions),
    )
    advice = (LaidSection(title="Conseils", blocks=(Bullets(points=report.conseils),)),) if report.conseils else ()
    return (*_texts(*texts), *advice, *_texts(("Suite à donner", report.suite)))


def _texts(*texts: tuple[str, str | None]) -> tuple[LaidSection, ...]:
    return tuple(LaidSection(title=title, blocks=(Paragraph(text=words),)) for title, words in texts if words)
