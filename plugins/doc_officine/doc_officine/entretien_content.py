"""An interview as the counter writes it down: one model a `nature`, after the guides of the Assurance maladie."""

import datetime as dt
from enum import StrEnum
from typing import Annotated, Any, Final, Literal

from pydantic import Discriminator, Field, RootModel, Tag, model_validator

from dmp_core.api import HealthModel, read_content, remedy
from doc_officine.rubriques import (
    Lieu,
    Mots,
    Observance,
    Quelle,
    RendezVous,
    RenduFichier,
    RenduPdf,
    Texte,
    Traitement,
)


class Etape(StrEnum):
    """Which interview of the year it is."""

    INITIAL = "initial"
    THEMATIQUE = "thematique"
    SUIVI = "suivi"


class Acquis(StrEnum):
    """What the patient knows or can do."""

    ACQUIS = "acquis"
    PARTIEL = "partiel"
    NON_ACQUIS = "non_acquis"


class Intensite(StrEnum):
    LEGERE = "legere"
    MODEREE = "moderee"
    SEVERE = "severe"


class Point(HealthModel):
    """A theme of the guide that was discussed."""

    theme: Mots = Field(repr=False)
    appreciation: Acquis | None = Field(default=None, repr=False)
    commentaire: Texte | None = Field(default=None, repr=False)


class Effet(HealthModel):
    """An adverse effect that the patient feels."""

    libelle: Mots = Field(repr=False)
    intensite: Intensite | None = Field(default=None, repr=False)
    conduite: Mots | None = Field(default=None, repr=False, description="what was advised")


class Inr(HealthModel):
    date: dt.date
    valeur: float = Field(gt=0, le=20, repr=False)


class Entretien(HealthModel):
    """What every interview holds. `nature` tells the model."""

    nature: str
    date: dt.date
    etape: Etape | None = None
    annee: int | None = Field(default=None, ge=1, le=30, description="year of the accompaniment")
    lieu: Lieu = Lieu.OFFICINE
    duree: int | None = Field(default=None, ge=1, le=240, description="minutes")
    accompagnant: Mots | None = Field(default=None, repr=False)
    traitements_associes: tuple[Traitement, ...] = Field(default=(), max_length=60, repr=False)
    observance: Observance | None = Field(default=None, repr=False)
    points: tuple[Point, ...] = Field(default=(), max_length=60, repr=False)
    conclusion: Texte = Field(repr=False)
    actions: tuple[Mots, ...] = Field(default=(), max_length=30, repr=False)
    transmis_a: Mots | None = Field(default=None, repr=False)
    prochain: RendezVous | None = Field(default=None, repr=False)


class Avk(Entretien):
    """Antivitamine K."""

    nature: Literal["avk"]
    traitement: Traitement = Field(repr=False)
    inr_min: float | None = Field(default=None, gt=0, le=10, repr=False)
    inr_max: float | None = Field(default=None, gt=0, le=10, repr=False)
    inr: tuple[Inr, ...] = Field(default=(), max_length=24, repr=False)
    carnet: bool | None = Field(default=None, repr=False, description="carries the booklet")
    saignements: Mots | None = Field(default=None, repr=False)

    @model_validator(mode="after")
    def _target_is_a_range(self) -> "Avk":
        if self.inr_min and self.inr_max and self.inr_min >= self.inr_max:
            raise remedy("Corrigez l’INR cible : le minimum doit être inférieur au maximum.")
        return self


class Aod(Entretien):
    """Anticoagulant oral d'action directe."""

    nature: Literal["aod"]
    traitement: Traitement = Field(repr=False)
    poids: float | None = Field(default=None, gt=0, le=400, repr=False, description="kg")
    clairance: float | None = Field(default=None, ge=0, le=300, repr=False, description="mL/min, Cockcroft et Gault")
    clairance_le: dt.date | None = Field(default=None, repr=False)
    carte: bool | None = Field(default=None, repr=False, description="carries the card of the treatment")
    saignements: Mots | None = Field(default=None, repr=False)
    geste_prevu: Mots | None = Field(default=None, repr=False, description="surgery or dental care to come")


class Asthme(Entretien):
    """Asthme, corticoïde inhalé."""

    nature: Literal["asthme"]
    traitement_fond: Traitement = Field(repr=False)
    traitement_crise: Traitement | None = Field(default=None, repr=False)
    dispositif: Mots | None = Field(default=None, repr=False)
    technique: Acquis | None = Field(default=None, repr=False)
    technique_a_revoir: Mots | None = Field(default=None, repr=False)
    act: int | None = Field(default=None, ge=5, le=25, repr=False, description="asthma control test")
    debit: int | None = Field(default=None, ge=30, le=900, repr=False, description="peak flow, L/min")
    declenchants: tuple[Mots, ...] = Field(default=(), max_length=20, repr=False)
    plan_action: bool | None = Field(default=None, repr=False)
    tabac: bool | None = Field(default=None, repr=False)


class Anticancereux(Entretien):
    """Anticancéreux oral."""

    nature: Literal["anticancereux"]
    traitement: Traitement = Field(repr=False)
    cycle: Mots | None = Field(default=None, repr=False)
    etablissement: Mots | None = Field(default=None, repr=False)
    effets: tuple[Effet, ...] = Field(default=(), max_length=30, repr=False)
    manipulation: Mots | None = Field(default=None, repr=False)
    interactions: Mots | None = Field(default=None, repr=False)


class FemmeEnceinte(Entretien):
    """Femme enceinte: sensibilisation aux risques des médicaments, vaccination."""

    nature: Literal["femme_enceinte"]
    terme: int | None = Field(default=None, ge=1, le=43, repr=False, description="semaines d'aménorrhée")
    accouchement_prevu: dt.date | None = Field(default=None, repr=False)
    automedication: Mots | None = Field(default=None, repr=False)
    supplements: Mots | None = Field(default=None, repr=False)
    tabac: bool | None = Field(default=None, repr=False)
    alcool: bool | None = Field(default=None, repr=False)
    vaccinations: tuple[Mots, ...] = Field(default=(), max_length=10, repr=False, description="done or proposed")


class Opioides(Entretien):
    """Opioïde de palier II."""

    nature: Literal["opioides"]
    traitement: Traitement = Field(repr=False)
    douleur: Mots | None = Field(default=None, repr=False)
    eva: int | None = Field(default=None, ge=0, le=10, repr=False)
    duree_prevue: Mots | None = Field(default=None, repr=False)
    pomi: int | None = Field(default=None, ge=0, le=6, repr=False, description="prescription opioid misuse index")
    effets: tuple[Effet, ...] = Field(default=(), max_length=30, repr=False)
    arret: Mots | None = Field(default=None, repr=False, description="how it will be stopped")


class Rubrique(HealthModel):
    titre: Mots = Field(repr=False)
    texte: Texte | None = Field(default=None, repr=False)
    liste: tuple[Mots, ...] = Field(default=(), max_length=60, repr=False)

    @model_validator(mode="after")
    def _says_something(self) -> "Rubrique":
        if not self.texte and not self.liste:
            raise remedy("Renseignez cette rubrique ou retirez-la : elle est vide.")
        return self


class Libre(Entretien):
    """Any other interview, in the pharmacy's own headings."""

    nature: Literal["libre"]
    theme: Mots = Field(repr=False)
    rubriques: tuple[Rubrique, ...] = Field(default=(), max_length=30, repr=False)


NATURES: Final[dict[str, type[Entretien]]] = {
    "avk": Avk,
    "aod": Aod,
    "asthme": Asthme,
    "anticancereux": Anticancereux,
    "femme_enceinte": FemmeEnceinte,
    "opioides": Opioides,
    "libre": Libre,
}


class _Quelle(Quelle):
    nature: str | None = None

    @model_validator(mode="after")
    def _is_known(self) -> "_Quelle":
        if self.rendu is None and self.nature not in NATURES:
            raise remedy(f"Choisissez la nature de l’entretien ({', '.join(NATURES)}), ou joignez un fichier.")
        return self


def _tag(content: Any) -> str | None:
    if isinstance(content, dict):
        return next((name for name in ("fichier", "pdf") if name in content), content.get("nature"))
    return getattr(content, "nature", None)


class ContenuEntretien(
    RootModel[
        Annotated[
            Annotated[Avk, Tag("avk")]
            | Annotated[Aod, Tag("aod")]
            | Annotated[Asthme, Tag("asthme")]
            | Annotated[Anticancereux, Tag("anticancereux")]
            | Annotated[FemmeEnceinte, Tag("femme_enceinte")]
            | Annotated[Opioides, Tag("opioides")]
            | Annotated[Libre, Tag("libre")]
            | Annotated[RenduFichier, Tag("fichier")]
            | Annotated[RenduPdf, Tag("pdf")],
            Discriminator(_tag),
        ]
    ]
):
    """All contents of an interview, for the schema that hosts read."""


def read(content: bytes) -> Entretien | RenduFichier | RenduPdf:
    """The content by its nature. Raises ContentInvalid."""
    which = read_content(_Quelle, content)
    return read_content(which.rendu or NATURES[which.nature or ""], content)
