"""What the host hands over, in the words of the counter. Each validator's French text is shown to whoever typed it."""

import datetime as dt
from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints, ValidationInfo, field_validator

from dmp_core.api import HealthModel, Report, remedy

Libelle = Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]
Texte = Annotated[str, StringConstraints(min_length=1, max_length=10_000, strip_whitespace=True)]


class Prescripteur(HealthModel):
    nom: Libelle = Field(repr=False)
    prenom: Libelle | None = Field(default=None, repr=False)
    specialite: Libelle | None = None
    rpps: str | None = Field(default=None, pattern=r"^[0-9]{11}$")


class Ordonnance(HealthModel):
    """The prescription that is renewed."""

    date: dt.date
    prescripteur: Prescripteur = Field(repr=False)


class Traitement(HealthModel):
    """A treatment renewed, with the posology from now on."""

    libelle: Libelle = Field(repr=False)
    posologie: Libelle = Field(repr=False)


class Adaptation(HealthModel):
    """A posology that the pharmacist adapted, and why. `avant` None: it is on the prescription."""

    libelle: Libelle = Field(repr=False)
    avant: Libelle | None = Field(default=None, repr=False)
    apres: Libelle = Field(repr=False)
    motif: Texte = Field(repr=False)


class Renouvellement(Report):
    """One renewal by the pharmacien correspondant. `fichier` stands in place of all that follows it."""

    needed: ClassVar[frozenset[str]] = frozenset({"ordonnance", "traitements", "duree_jours"})

    ordonnance: Ordonnance | None = Field(default=None, repr=False)
    traitements: Annotated[tuple[Traitement, ...], Field(max_length=50)] | None = Field(default=None, repr=False)
    duree_jours: Annotated[int, Field(ge=1, le=366)] | None = Field(default=None, description="de ce renouvellement")
    adaptations: Annotated[tuple[Adaptation, ...], Field(max_length=50)] | None = Field(default=None, repr=False)
    bilan: Texte | None = Field(default=None, repr=False, description="observance, tolérance, efficacité, examens")
    prochaine_echeance: dt.date | None = Field(default=None, description="prochain renouvellement ou consultation")

    @field_validator("prochaine_echeance")
    @classmethod
    def _comes_after(cls, value: dt.date | None, info: ValidationInfo) -> dt.date | None:
        if value is not None and "date" in info.data and value <= info.data["date"]:
            raise remedy("Corrigez la prochaine échéance : elle suit la date du renouvellement.")
        return value
