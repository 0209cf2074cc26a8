"""A shared medication review as the counter writes it down; problems and interventions in the words of the SFPC."""

import datetime as dt
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Discriminator, Field, RootModel, Tag

from dmp_core.api import HealthModel, read_content
from doc_officine.rubriques import Lieu, Mots, Observance, Quelle, RendezVous, RenduFichier, RenduPdf, Texte, Traitement


class Etape(StrEnum):
    """Which meeting of the review it closes."""

    RECUEIL = "recueil"
    CONSEIL = "conseil"
    SUIVI = "suivi"


class Probleme(StrEnum):
    """SFPC, « Fiche d'intervention pharmaceutique », version 4: problems 1 to 10."""

    CONTRE_INDICATION = "contre_indication"
    INDICATION_NON_TRAITEE = "indication_non_traitee"
    SOUS_DOSAGE = "sous_dosage"
    SURDOSAGE = "surdosage"
    NON_INDIQUE = "non_indique"
    INTERACTION = "interaction"
    EFFET_INDESIRABLE = "effet_indesirable"
    ADMINISTRATION = "administration"
    NON_RECU = "non_recu"
    MONITORAGE = "monitorage"


class Intervention(StrEnum):
    """SFPC, the same sheet: interventions 1 to 7."""

    AJOUT = "ajout"
    ARRET = "arret"
    SUBSTITUTION = "substitution"
    VOIE = "voie"
    SUIVI = "suivi"
    OPTIMISATION = "optimisation"
    ADAPTATION = "adaptation"


class Suite(StrEnum):
    """What became of a recommendation."""

    ACCEPTEE = "acceptee"
    REFUSEE = "refusee"
    EN_ATTENTE = "en_attente"


class Recueil(HealthModel):
    """What was gathered of the patient."""

    poids: float | None = Field(default=None, gt=0, le=400, repr=False, description="kg")
    taille: float | None = Field(default=None, gt=0, le=250, repr=False, description="cm")
    clairance: float | None = Field(default=None, ge=0, le=300, repr=False, description="mL/min")
    pathologies: tuple[Mots, ...] = Field(default=(), max_length=40, repr=False)
    allergies: tuple[Mots, ...] = Field(default=(), max_length=40, repr=False)
    automedication: tuple[Mots, ...] = Field(default=(), max_length=40, repr=False)
    mode_de_vie: Texte | None = Field(default=None, repr=False)


class Constat(HealthModel):
    """One problem found in the treatment."""

    medicament: Mots = Field(repr=False)
    probleme: Probleme = Field(repr=False)
    constat: Texte | None = Field(default=None, repr=False)


class Recommandation(HealthModel):
    medicament: Mots = Field(repr=False)
    intervention: Intervention = Field(repr=False)
    proposition: Texte = Field(repr=False)
    destinataire: Mots | None = Field(default=None, repr=False)
    suite: Suite | None = Field(default=None, repr=False)


class Prise(HealthModel):
    """One line of the plan of intake."""

    medicament: Mots = Field(repr=False)
    matin: Mots | None = Field(default=None, repr=False)
    midi: Mots | None = Field(default=None, repr=False)
    soir: Mots | None = Field(default=None, repr=False)
    coucher: Mots | None = Field(default=None, repr=False)
    remarque: Mots | None = Field(default=None, repr=False)


class EtapeSuivi(HealthModel):
    """One step of what follows."""

    action: Mots = Field(repr=False)
    par: Mots | None = Field(default=None, repr=False)
    echeance: dt.date | None = Field(default=None, repr=False)


class BilanPartage(HealthModel):
    """A review: the treatments, their analysis, the recommendations, what follows."""

    date: dt.date
    etape: Etape | None = None
    lieu: Lieu = Lieu.OFFICINE
    motif: Mots | None = Field(default=None, repr=False)
    recueil: Recueil | None = Field(default=None, repr=False)
    traitements: tuple[Traitement, ...] = Field(min_length=1, max_length=80, repr=False)
    observance: Observance | None = Field(default=None, repr=False)
    analyse: tuple[Constat, ...] = Field(default=(), max_length=60, repr=False)
    recommandations: tuple[Recommandation, ...] = Field(default=(), max_length=60, repr=False)
    plan_de_prise: tuple[Prise, ...] = Field(default=(), max_length=80, repr=False)
    suivi: tuple[EtapeSuivi, ...] = Field(default=(), max_length=40, repr=False)
    conclusion: Texte = Field(repr=False)
    transmis_a: Mots | None = Field(default=None, repr=False)
    prochain: RendezVous | None = Field(default=None, repr=False)


def _tag(content: Any) -> str:
    if isinstance(content, dict):
        return next((name for name in ("fichier", "pdf") if name in content), "bilan")
    return "bilan"


class ContenuBilan(
    RootModel[
        Annotated[
            Annotated[BilanPartage, Tag("bilan")]
            | Annotated[RenduFichier, Tag("fichier")]
            | Annotated[RenduPdf, Tag("pdf")],
            Discriminator(_tag),
        ]
    ]
):
    """All contents of a review, for the schema that hosts read."""


def read(content: bytes) -> BilanPartage | RenduFichier | RenduPdf:
    """The content. Raises ContentInvalid."""
    model: type[BilanPartage | RenduFichier | RenduPdf] = read_content(Quelle, content).rendu or BilanPartage
    return read_content(model, content)
