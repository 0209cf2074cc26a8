"""An interview on paper: what the guide of its nature asks for, then what all have."""

from typing import Final

from dmp_core.api import Act, Block, LaidOut, LaidSection
from doc_officine.entretien_content import (
    Acquis,
    Anticancereux,
    Aod,
    Asthme,
    Avk,
    Effet,
    Entretien,
    Etape,
    FemmeEnceinte,
    Intensite,
    Libre,
    Opioides,
)
from doc_officine.rubriques import (
    LIEUX,
    Traitement,
    bullets,
    day,
    facts,
    number,
    observance,
    paragraph,
    section,
    table,
    there,
    traitements,
    yes_no,
)

NATURES: Final = {
    "avk": ("AVK", "Patient sous antivitamine K (AVK)"),
    "aod": ("AOD", "Patient sous anticoagulant oral d’action directe (AOD)"),
    "asthme": ("asthme", "Patient asthmatique sous corticoïde inhalé"),
    "anticancereux": ("anticancéreux oral", "Patient sous anticancéreux par voie orale"),
    "femme_enceinte": ("femme enceinte", "Femme enceinte : médicaments et vaccination"),
    "opioides": ("opioïdes", "Patient sous opioïde de palier II"),
}
ETAPES: Final = {
    Etape.INITIAL: "Entretien initial",
    Etape.THEMATIQUE: "Entretien thématique",
    Etape.SUIVI: "Entretien de suivi",
}
ACQUIS: Final = {Acquis.ACQUIS: "Acquis", Acquis.PARTIEL: "Partiellement acquis", Acquis.NON_ACQUIS: "Non acquis"}
INTENSITES: Final = {Intensite.LEGERE: "Légère", Intensite.MODEREE: "Modérée", Intensite.SEVERE: "Sévère"}


def body(content: Entretien) -> LaidOut:
    """The document of an interview."""
    return LaidOut(
        act=Act(start=content.date),
        title=_title(content),
        sections=there(
            _context(content),
            *_of_its_nature(content),
            traitements("Traitements associés", content.traitements_associes),
            observance(content.observance),
            _points(content),
            section("Conclusion", paragraph(content.conclusion)),
            section("Actions convenues avec le patient", bullets(content.actions)),
            _next(content),
        ),
    )


def _title(content: Entretien) -> str:
    """At most 200 characters, the day included."""
    return f"Entretien pharmaceutique ({_names(content)[0][:150]}) du {day(content.date)}"


def _names(content: Entretien) -> tuple[str, str]:
    if isinstance(content, Libre):
        return content.theme, content.theme
    return NATURES[content.nature]


def _context(content: Entretien) -> LaidSection | None:
    step = ETAPES[content.etape] if content.etape else None
    if content.annee:
        step = ", ".join(filter(None, (step, f"année {content.annee} de l’accompagnement")))
    shown = facts(
        ("Entretien", _names(content)[1]),
        ("Étape", step),
        ("Lieu", LIEUX[content.lieu]),
        ("Durée", number(content.duree, "min")),
        ("Accompagnant", content.accompagnant),
    )
    return section("Cadre de l’entretien", shown)


def _of_its_nature(content: Entretien) -> list[LaidSection | None]:
    match content:
        case Avk():
            return _avk(content)
        case Aod():
            return _aod(content)
        case Asthme():
            return _asthme(content)
        case Anticancereux():
            return _anticancereux(content)
        case FemmeEnceinte():
            return [_femme_enceinte(content)]
        case Opioides():
            return _opioides(content)
        case Libre():
            return [section(one.titre, paragraph(one.texte), bullets(one.liste)) for one in content.rubriques]
    return []


def _avk(content: Avk) -> list[LaidSection | None]:
    target = " à ".join(filter(None, (number(content.inr_min), number(content.inr_max)))) or None
    measured: list[tuple[str | None, ...]] = [
        (day(one.date), number(one.valeur), _against_target(content, one.valeur)) for one in content.inr
    ]
    watched = facts(
        ("INR cible", target),
        ("Carnet de suivi", yes_no(content.carnet)),
        ("Saignements signalés", content.saignements),
    )
    return [
        _traitement("Traitement par AVK", content.traitement),
        section("Surveillance", watched, table(("Date", "INR", "Par rapport à la cible"), measured, (1, 1, 2))),
    ]


def _against_target(content: Avk, value: float) -> str | None:
    if content.inr_min is None or content.inr_max is None:
        return None
    return "En dessous" if value < content.inr_min else "Au-dessus" if value > content.inr_max else "Dans la cible"


def _aod(content: Aod) -> list[LaidSection | None]:
    clearance = number(content.clairance, "mL/min (Cockcroft et Gault)")
    if clearance and content.clairance_le:
        clearance += f", le {day(content.clairance_le)}"
    watched = facts(
        ("Poids", number(content.poids, "kg")),
        ("Clairance de la créatinine", clearance),
        ("Carte de traitement", yes_no(content.carte)),
        ("Saignements signalés", content.saignements),
        ("Geste ou soin prévu", content.geste_prevu),
    )
    return [_traitement("Traitement par AOD", content.traitement), section("Surveillance", watched)]


def _asthme(content: Asthme) -> list[LaidSection | None]:
    control = None
    if content.act is not None:
        told = "contrôlé" if content.act >= 20 else "partiellement contrôlé" if content.act >= 15 else "non contrôlé"
        control = f"{content.act}/25 – asthme {told}"
    inhaled = facts(
        ("Dispositif", content.dispositif),
        ("Technique d’inhalation", ACQUIS[content.technique] if content.technique else None),
        ("À revoir", content.technique_a_revoir),
    )
    followed = facts(
        ("Test de contrôle ACT", control),
        ("Débit de pointe", number(content.debit, "L/min")),
        ("Facteurs déclenchants", ", ".join(content.declenchants)),
        ("Plan d’action écrit", yes_no(content.plan_action)),
        ("Tabac", yes_no(content.tabac)),
    )
    return [
        _traitement("Traitement de fond", content.traitement_fond),
        _traitement("Traitement de la crise", content.traitement_crise) if content.traitement_crise else None,
        section("Inhalation", inhaled),
        section("Contrôle de l’asthme", followed),
    ]


def _anticancereux(content: Anticancereux) -> list[LaidSection | None]:
    lived = facts(
        ("Manipulation et conservation", content.manipulation),
        ("Interactions", content.interactions),
    )
    return [
        _traitement(
            "Traitement anticancéreux",
            content.traitement,
            ("Cycle", content.cycle),
            ("Établissement", content.etablissement),
        ),
        section("Effets indésirables", _effects(content.effets)),
        section("Vie quotidienne", lived),
    ]


def _femme_enceinte(content: FemmeEnceinte) -> LaidSection | None:
    shown = facts(
        ("Terme", number(content.terme, "semaines d’aménorrhée")),
        ("Accouchement prévu le", day(content.accouchement_prevu)),
        ("Automédication", content.automedication),
        ("Supplémentation", content.supplements),
        ("Tabac", yes_no(content.tabac)),
        ("Alcool", yes_no(content.alcool)),
        ("Vaccinations", ", ".join(content.vaccinations)),
    )
    return section("Grossesse", shown)


def _opioides(content: Opioides) -> list[LaidSection | None]:
    misuse = None
    if content.pomi is not None:
        misuse = f"{content.pomi}/6 – {'risque de mésusage' if content.pomi >= 2 else 'pas de mésusage repéré'}"
    risk = facts(
        ("Douleur (EVA)", number(content.eva, "/ 10")),
        ("Questionnaire POMI", misuse),
        ("Arrêt du traitement", content.arret),
    )
    return [
        _traitement(
            "Traitement opioïde",
            content.traitement,
            ("Douleur traitée", content.douleur),
            ("Durée prévue", content.duree_prevue),
        ),
        section("Bon usage et risque", risk),
        section("Effets indésirables", _effects(content.effets)),
    ]


def _traitement(title: str, one: Traitement, *more: tuple[str, str | None]) -> LaidSection | None:
    shown = facts(
        ("Médicament", one.nom),
        ("Posologie", one.posologie),
        ("Indication", one.indication),
        ("Depuis le", day(one.depuis)),
        ("Prescripteur", one.prescripteur),
        *more,
    )
    return section(title, shown)


def _effects(effects: tuple[Effet, ...]) -> Block | None:
    rows: list[tuple[str | None, ...]] = [
        (one.libelle, INTENSITES[one.intensite] if one.intensite else None, one.conduite) for one in effects
    ]
    return table(("Effet ressenti", "Intensité", "Conduite conseillée"), rows, (2, 1, 3))


def _points(content: Entretien) -> LaidSection | None:
    rows: list[tuple[str | None, ...]] = [
        (one.theme, ACQUIS[one.appreciation] if one.appreciation else None, one.commentaire) for one in content.points
    ]
    return section("Points abordés", table(("Thème", "Appréciation", "Commentaire"), rows, (2.2, 1.3, 3)))


def _next(content: Entretien) -> LaidSection | None:
    meeting = content.prochain
    when = " – ".join(filter(None, (day(meeting.date), meeting.objet))) if meeting else None
    return section(
        "Suite",
        facts(
            ("Prochain entretien", when),
            ("Transmis à", content.transmis_a),
        ),
    )
