"""What the host hands over, in the words of the counter. Each validator's French text is shown to whoever typed it."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Annotated, ClassVar, Final

from pydantic import AfterValidator, Field, StringConstraints

from dmp_core.api import HealthModel, Report, remedy

PROBLEMES: Final = {
    "1": "Non-conformité aux référentiels ou contre-indication",
    "2": "Indication non traitée",
    "3": "Sous-dosage",
    "4": "Surdosage",
    "5": "Médicament non indiqué",
    "6": "Interaction",
    "6.1": "Interaction à prendre en compte",
    "6.2": "Interaction : précaution d’emploi",
    "6.3": "Interaction : association déconseillée",
    "6.4": "Interaction : association contre-indiquée",
    "6.5": "Interaction publiée, hors thésaurus",
    "7": "Effet indésirable",
    "8": "Voie ou administration inappropriée",
    "9": "Traitement non reçu",
    "10": "Monitorage à suivre",
}
"""Codification of the Société française de pharmacie clinique (SFPC), as Interop’Santé publishes it."""

INTERVENTIONS: Final = {
    "1": "Ajout (prescription nouvelle)",
    "2": "Arrêt",
    "3": "Substitution ou échange",
    "4": "Choix de la voie d’administration",
    "5": "Suivi thérapeutique",
    "6": "Optimisation des modalités d’administration",
    "7": "Adaptation posologique",
}
"""As above: what the pharmacist proposes."""

_CODE: Final = re.compile(r"[0-9.]+")

Libelle = Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]
Texte = Annotated[str, StringConstraints(min_length=1, max_length=10_000, strip_whitespace=True)]


def _sfpc(codes: Mapping[str, str]) -> Callable[[str], str]:
    def check(value: str) -> str:
        if _CODE.fullmatch(value) and value not in codes:
            raise remedy("Choisissez un code de la codification SFPC, ou écrivez-le en toutes lettres.")
        return value

    return check


class Moyen(StrEnum):
    """How the prescriber was told."""

    TELEPHONE = "telephone"
    MESSAGERIE = "messagerie-securisee"
    ORDONNANCE = "ordonnance"
    COURRIER = "courrier"
    PATIENT = "patient"


class Issue(StrEnum):
    """What became of the proposal."""

    ACCEPTEE = "acceptee"
    REFUSEE = "refusee"
    SANS_REPONSE = "sans-reponse"


class Prescripteur(HealthModel):
    nom: Libelle = Field(repr=False)
    prenom: Libelle | None = Field(default=None, repr=False)
    specialite: Libelle | None = None
    rpps: str | None = Field(default=None, pattern=r"^[0-9]{11}$")


class Ordonnance(HealthModel):
    """The prescription that the intervention is about."""

    date: dt.date
    prescripteur: Prescripteur = Field(repr=False)


class Medicament(HealthModel):
    """A medicine of the prescription, as written on it."""

    libelle: Libelle = Field(repr=False)
    posologie: Libelle | None = Field(default=None, repr=False)


class Transmission(HealthModel):
    """How and when the prescriber was told. `destinataire` None: the prescriber."""

    moyen: Moyen
    date: dt.date
    destinataire: Libelle | None = Field(default=None, repr=False)


class Devenir(HealthModel):
    """What became of the proposal; `precision` in free text: the answer, what was dispensed."""

    issue: Issue
    precision: Texte | None = Field(default=None, repr=False)


class InterventionPharmaceutique(Report):
    """One intervention: a problem with one or several medicines. `fichier` stands in place of all that follows it."""

    needed: ClassVar[frozenset[str]] = frozenset({"medicaments", "probleme", "description", "proposition"})

    ordonnance: Ordonnance | None = Field(default=None, repr=False)
    medicaments: Annotated[tuple[Medicament, ...], Field(max_length=50)] | None = Field(default=None, repr=False)
    probleme: Annotated[Libelle, AfterValidator(_sfpc(PROBLEMES))] | None = Field(
        default=None, repr=False, description="code SFPC (1 à 10, 6.1 à 6.5) ou texte"
    )
    description: Texte | None = Field(default=None, repr=False)
    intervention: Annotated[Libelle, AfterValidator(_sfpc(INTERVENTIONS))] | None = Field(
        default=None, repr=False, description="code SFPC (1 à 7) ou texte"
    )
    proposition: Texte | None = Field(default=None, repr=False)
    transmission: Transmission | None = Field(default=None, repr=False)
    devenir: Devenir | None = Field(default=None, repr=False)
