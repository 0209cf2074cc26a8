"""How a renewal reads on paper."""

from dmp_core.api import Facts, LaidSection, Paragraph, Table
from doc_renouvellement.content import Adaptation, Ordonnance, Renouvellement


def sections(report: Renouvellement) -> tuple[LaidSection, ...]:
    """Prescription, treatments renewed, adaptations of posology, review, next date."""
    found = (
        report.ordonnance and _ordonnance(report.ordonnance),
        _traitements(report),
        report.adaptations and _adaptations(report.adaptations),
        report.bilan and LaidSection(title="Bilan", blocks=(Paragraph(text=report.bilan),)),
        _suite(report),
    )
    return tuple(section for section in found if section)


def _ordonnance(prescription: Ordonnance) -> LaidSection:
    who = prescription.prescripteur
    name = " ".join(filter(None, (who.prenom, who.nom)))
    details = ", ".join(filter(None, (name, who.specialite, f"RPPS {who.rpps}" if who.rpps else None)))
    pairs = (("Date", f"{prescription.date:%d/%m/%Y}"), ("Prescripteur", details))
    return LaidSection(title="Ordonnance renouvelée", blocks=(Facts(pairs=pairs),))


def _traitements(report: Renouvellement) -> LaidSection:
    rows = tuple((one.libelle, one.posologie) for one in report.traitements or ())
    table = Table(headings=("Traitement", "Posologie"), rows=rows, widths=(3, 2))
    return LaidSection(title="Traitements renouvelés", blocks=(table,))


def _adaptations(adaptations: tuple[Adaptation, ...]) -> LaidSection:
    rows = tuple((one.libelle, one.avant or "", one.apres, one.motif) for one in adaptations)
    table = Table(headings=("Traitement", "Avant", "Après", "Motif"), rows=rows, widths=(3, 2, 2, 3))
    return LaidSection(title="Adaptations de posologie", blocks=(table,))


def _suite(report: Renouvellement) -> LaidSection:
    days = report.duree_jours
    pairs = [("Renouvelé pour", f"{days} jour" if days == 1 else f"{days} jours")]
    if report.prochaine_echeance:
        pairs.append(("Prochaine échéance", f"{report.prochaine_echeance:%d/%m/%Y}"))
    return LaidSection(title="Durée et suite", blocks=(Facts(pairs=tuple(pairs)),))
