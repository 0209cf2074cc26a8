"""What the host hands over, in the words of the counter. Each validator's French text is shown to whoever typed it."""

from datetime import date, time
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from dmp_core.api import HealthModel, Practitioner, Structure, remedy, value_set


def _profession(person: Practitioner) -> Practitioner:
    if not value_set("J01").contains(person.specialty):
        raise remedy("Choisissez la profession et la spécialité de cette personne dans la liste officielle.")
    return person


def _heure(value: time) -> time:
    if value.tzinfo is not None:
        raise remedy("Écrivez l’heure de la pharmacie, sans fuseau horaire (par exemple 09:00).")
    return value


Libelle = Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]
Texte = Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]
Jour = Annotated[date, Field(ge=date(1900, 1, 1))]
Nombre = Annotated[Decimal, Field(gt=0, max_digits=9, decimal_places=3)]
Professionnel = Annotated[Practitioner, AfterValidator(_profession)]


class Completude(StrEnum):
    """JDV complétude de la dispensation."""

    PREMIERE_COMPLETE = "FFC"
    PREMIERE_PARTIELLE = "FFP"
    SUIVANTE_COMPLETE = "RFC"
    SUIVANTE_PARTIELLE = "RFP"


class Substitution(StrEnum):
    """HL7 ActSubstanceAdminSubstitutionCode."""

    GENERIQUE = "G"
    AUCUNE = "N"


class Edqm(HealthModel):
    """A term of EDQM: packaging (30009000 Boîte), dose form (10219000 Comprimé), route (20053000 Voie orale)."""

    code: str = Field(pattern=r"^[0-9]{8}$")
    libelle: Libelle


class Atc(HealthModel):
    code: str = Field(pattern=r"^[A-Z][0-9]{2}[A-Z]{1,2}([0-9]{2})?$")
    libelle: Libelle


class Identifiant(HealthModel):
    """The identifier of a prescription, or of one of its lines: an OID or UUID, and what it identifies."""

    racine: str = Field(
        pattern=r"^([0-2](\.(0|[1-9][0-9]*))+|[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})$", max_length=64
    )
    identifiant: str = Field(default="", max_length=100)


class Prescription(Identifiant):
    """The prescription followed, by the identifier of its document, and who wrote it."""

    date: Jour | None = None
    prescripteur: Professionnel | None = None
    structure: Structure | None = Field(default=None, description="where the prescriber works")

    @model_validator(mode="after")
    def _date_du_prescripteur(self) -> Self:
        if self.prescripteur and not self.date:
            raise remedy("Renseignez la date de l’ordonnance.")
        return self


class Produit(HealthModel):
    """What was handed over. A preparation has a label alone."""

    libelle: Libelle
    cis: str | None = Field(default=None, pattern=r"^[0-9]{8}$")
    cip: str | None = Field(default=None, pattern=r"^([0-9]{7}|[0-9]{13})$")
    atc: Atc | None = None
    forme: Edqm | None = None
    lot: Annotated[str, StringConstraints(min_length=1, max_length=50, strip_whitespace=True)] | None = None
    peremption: Jour | None = None


class Quantite(HealthModel):
    """From `min` to `max` of a UCUM unit: `{tablet}`, `mg/d`."""

    min: Nombre
    max: Nombre
    unite: str = Field(pattern=r"^[!-~]{1,30}$", description="UCUM")
    libelle: Libelle | None = Field(default=None, description="the unit for people: comprimé")

    @model_validator(mode="after")
    def _dans_l_ordre(self) -> Self:
        if self.max < self.min:
            raise remedy("La quantité maximale est plus petite que la minimale : corrigez-les.")
        return self


class UniteDeTemps(StrEnum):
    HEURES = "h"
    JOURS = "d"


class Posologie(HealthModel):
    """How to take it, where the pharmacist changed what the prescription says (FR-Instructions-au-dosage)."""

    debut: Jour
    fin: Jour
    toutes_les: Nombre = Field(description="in `unite`: every 6 h, every day")
    unite: UniteDeTemps
    dose: Quantite | None = None
    rythme: Quantite | None = None
    voie: Edqm | None = None

    @model_validator(mode="after")
    def _dans_l_ordre(self) -> Self:
        if self.fin < self.debut:
            raise remedy("La fin du traitement précède son début : corrigez les dates.")
        return self


class Delivrance(HealthModel):
    """One product dispensed."""

    produit: Produit
    quantite: Nombre
    unite: Edqm
    completude: Completude | None = None
    ligne: Identifiant | None = Field(default=None, description="the line of the prescription that it fulfils")
    posologie: Posologie | None = Field(default=None, repr=False)
    instructions: Texte | None = Field(default=None, repr=False, description="to the patient")
    notes: Texte | None = Field(default=None, repr=False, description="of the pharmacist who dispensed")
    substitution: Substitution | None = None


class Dispensation(HealthModel):
    """What a pharmacy dispensed at one visit (eDISP-MED 2024.01)."""

    date: Jour
    heure: Annotated[time, AfterValidator(_heure)] | None = Field(default=None, description="of the pharmacy")
    prescription: Prescription | None = None
    dispensateur: Professionnel | None = Field(default=None, description="None: the author of the document")
    delivrances: tuple[Delivrance, ...] = Field(min_length=1, max_length=100)

    @model_validator(mode="after")
    def _lignes_d_une_ordonnance(self) -> Self:
        if self.prescription is None and any(one.ligne for one in self.delivrances):
            raise remedy("Renseignez l’ordonnance : un produit se rapporte à l’une de ses lignes.")
        return self
