"""How an intervention reads on paper."""

from collections.abc import Mapping
from typing import Final

from dmp_core.api import Facts, LaidSection, Paragraph, Table
from doc_intervention.content import (
    INTERVENTIONS,
    PROBLEMES,
    Devenir,
    InterventionPharmaceutique,
    Issue,
    Moyen,
    Ordonnance,
    Transmission,
)

_MOYENS: Final = {
    Moyen.TELEPHONE: "par téléphone",
    Moyen.MESSAGERIE: "par messagerie sécurisée de santé",
    Moyen.ORDONNANCE: "par mention sur l’ordonnance",
    Moyen.COURRIER: "par courrier",
    Moyen.PATIENT: "par l’intermédiaire du patient",
}
_ISSUES: Final = {
    Issue.ACCEPTEE: "Acceptée par le prescripteur",
    Issue.REFUSEE: "Refusée par le prescripteur",
    Issue.SANS_REPONSE: "Sans réponse du prescripteur",
}


def sections(report: InterventionPharmaceutique) -> tuple[LaidSection, ...]:
    """Prescription, medicines, problem, proposal, then how the prescriber was told and what became of it."""
    found = (
        report.ordonnance and _ordonnance(report.ordonnance),
        _medicaments(report),
        _texte("Problème détecté", "Nature du problème", report.probleme, PROBLEMES, report.description),
        _texte("Proposition", "Type d’intervention", report.intervention, INTERVENTIONS, report.proposition),
        report.transmission and _transmission(report.transmission),
        report.devenir and _devenir(report.devenir),
    )
    return tuple(section for section in found if section)


def _ordonnance(prescription: Ordonnance) -> LaidSection:
    who = prescription.prescripteur
    name = " ".join(filter(None, (who.prenom, who.nom)))
    details = ", ".join(filter(None, (name, who.specialite, f"RPPS {who.rpps}" if who.rpps else None)))
    pairs = (("Date", f"{prescription.date:%d/%m/%Y}"), ("Prescripteur", details))
    return LaidSection(title="Ordonnance concernée", blocks=(Facts(pairs=pairs),))


def _medicaments(report: InterventionPharmaceutique) -> LaidSection:
    rows = tuple((one.libelle, one.posologie or "") for one in report.medicaments or ())
    table = Table(headings=("Médicament", "Posologie prescrite"), rows=rows, widths=(3, 2))
    return LaidSection(title="Médicaments concernés", blocks=(table,))


def _texte(title: str, label: str, chosen: str | None, codes: Mapping[str, str], words: str | None) -> LaidSection:
    kind = (Facts(pairs=((label, _said(chosen, codes)),)),) if chosen else ()
    return LaidSection(title=title, blocks=(*kind, *((Paragraph(text=words),) if words else ())))


def _said(chosen: str, codes: Mapping[str, str]) -> str:
    """A code of the SFPC in words, with the code; anything else as it was typed."""
    return f"{codes[chosen]} (SFPC {chosen})" if chosen in codes else chosen


def _transmission(told: Transmission) -> LaidSection:
    pairs = (
        ("Destinataire", told.destinataire or "Le prescripteur"),
        ("Transmise le", f"{told.date:%d/%m/%Y}, {_MOYENS[told.moyen]}"),
    )
    return LaidSection(title="Transmission", blocks=(Facts(pairs=pairs),))


def _devenir(after: Devenir) -> LaidSection:
    precision = (Paragraph(text=after.precision),) if after.precision else ()
    return LaidSection(title="Devenir", blocks=(Facts(pairs=(("Proposition", _ISSUES[after.issue]),)), *precision))
