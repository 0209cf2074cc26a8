"""A shared medication review on paper."""

from typing import Final

from dmp_core.api import Act, Block, LaidOut, LaidSection
from doc_officine.bilan_content import BilanPartage, Etape, Intervention, Probleme, Suite
from doc_officine.rubriques import (
    LIEUX,
    day,
    facts,
    number,
    observance,
    paragraph,
    section,
    table,
    there,
    traitements,
)

ETAPES: Final = {
    Etape.RECUEIL: "Recueil d’informations et analyse",
    Etape.CONSEIL: "Entretien-conseil",
    Etape.SUIVI: "Suivi de l’observance",
}
PROBLEMES: Final = {
    Probleme.CONTRE_INDICATION: "Non-conformité aux référentiels ou contre-indication",
    Probleme.INDICATION_NON_TRAITEE: "Indication non traitée",
    Probleme.SOUS_DOSAGE: "Sous-dosage",
    Probleme.SURDOSAGE: "Surdosage",
    Probleme.NON_INDIQUE: "Médicament non indiqué",
    Probleme.INTERACTION: "Interaction médicamenteuse",
    Probleme.EFFET_INDESIRABLE: "Effet indésirable",
    Probleme.ADMINISTRATION: "Voie ou administration inappropriée",
    Probleme.NON_RECU: "Traitement non reçu",
    Probleme.MONITORAGE: "Monitorage à suivre",
}
INTERVENTIONS: Final = {
    Intervention.AJOUT: "Ajout",
    Intervention.ARRET: "Arrêt",
    Intervention.SUBSTITUTION: "Substitution",
    Intervention.VOIE: "Choix de la voie d’administration",
    Intervention.SUIVI: "Suivi thérapeutique",
    Intervention.OPTIMISATION: "Optimisation des modalités d’administration",
    Intervention.ADAPTATION: "Adaptation posologique",
}
SUITES: Final = {Suite.ACCEPTEE: "Acceptée", Suite.REFUSEE: "Refusée", Suite.EN_ATTENTE: "En attente"}
Rows = list[tuple[str | None, ...]]


def body(content: BilanPartage) -> LaidOut:
    """The document of a review."""
    return LaidOut(
        act=Act(start=content.date),
        title=f"Bilan partagé de médication du {day(content.date)}",
        sections=there(
            _context(content),
            _gathered(content),
            traitements("Traitements", content.traitements),
            observance(content.observance),
            section("Analyse pharmaceutique", _analysis(content)),
            section("Recommandations", _recommendations(content)),
            section("Plan de prise", _intake(content)),
            section("Plan de suivi", _followed(content)),
            section("Conclusion", paragraph(content.conclusion)),
            _next(content),
        ),
    )


def _context(content: BilanPartage) -> LaidSection | None:
    step = ETAPES[content.etape] if content.etape else None
    return section(
        "Cadre du bilan",
        facts(
            ("Étape", step),
            ("Lieu", LIEUX[content.lieu]),
            ("Motif", content.motif),
        ),
    )


def _gathered(content: BilanPartage) -> LaidSection | None:
    known = content.recueil
    if known is None:
        return None
    shown = facts(
        ("Poids", number(known.poids, "kg")),
        ("Taille", number(known.taille, "cm")),
        ("Clairance de la créatinine", number(known.clairance, "mL/min")),
        ("Pathologies", ", ".join(known.pathologies)),
        ("Allergies et intolérances", ", ".join(known.allergies)),
        ("Automédication", ", ".join(known.automedication)),
        ("Mode de vie", known.mode_de_vie),
    )
    return section("Recueil d’informations", shown)


def _analysis(content: BilanPartage) -> Block | None:
    rows: Rows = [
        (str(rank), one.medicament, PROBLEMES[one.probleme], one.constat) for rank, one in enumerate(content.analyse, 1)
    ]
    return table(("N°", "Médicament", "Problème", "Constat"), rows, (0.6, 2.2, 2.4, 4))


def _recommendations(content: BilanPartage) -> Block | None:
    rows: Rows = [
        (
            one.medicament,
            INTERVENTIONS[one.intervention],
            one.proposition,
            one.destinataire,
            SUITES[one.suite] if one.suite else None,
        )
        for one in content.recommandations
    ]
    headings = ("Médicament", "Intervention", "Proposition", "Destinataire", "Suite")
    return table(headings, rows, (2, 2, 3.6, 1.7, 1.3))


def _intake(content: BilanPartage) -> Block | None:
    rows: Rows = [
        (one.medicament, one.matin, one.midi, one.soir, one.coucher, one.remarque) for one in content.plan_de_prise
    ]
    return table(("Médicament", "Matin", "Midi", "Soir", "Coucher", "Remarque"), rows, (2.8, 1, 1, 1, 1, 2.4))


def _followed(content: BilanPartage) -> Block | None:
    rows: Rows = [(one.action, one.par, day(one.echeance)) for one in content.suivi]
    return table(("Action", "Par", "Échéance"), rows, (4, 2, 1.3))


def _next(content: BilanPartage) -> LaidSection | None:
    meeting = content.prochain
    when = " – ".join(filter(None, (day(meeting.date), meeting.objet))) if meeting else None
    return section(
        "Suite",
        facts(
            ("Prochain rendez-vous", when),
            ("Transmis à", content.transmis_a),
        ),
    )
