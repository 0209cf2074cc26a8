"""What the host hands over, in the words of the counter. Each validator's French text is shown to whoever typed it."""

import re
from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from dmp_core.api import HealthModel, Practitioner, Structure, remedy, value_set


def _profession(person: Practitioner) -> Practitioner:
    if not value_set("J01").contains(person.specialty):
        raise remedy("Choisissez la profession et la spécialité de cette personne dans la liste officielle.")
    return person


def _voie(code: str) -> str:
    if not value_set("immunization-route").contains(code):
        raise remedy("Choisissez une voie d’administration de la liste.")
    return code


def _site(code: str) -> str:
    if not value_set("immunization-site").contains(code):
        raise remedy("Choisissez une région d’administration de la liste.")
    return code


def _jour_mois_ou_annee(value: str) -> str:
    try:
        written = re.fullmatch(r"[0-9]{4}(-[0-9]{2}){0,2}", value)
        known = date.fromisoformat(f"{value}-01-01"[:10]) if written else date.min
    except ValueError:
        known = date.min
    if known < date(1900, 1, 1):
        raise remedy("Écrivez une date (2009-08-25), un mois (2009-08) ou une année (2009).")
    return value


Libelle = Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]
Jour = Annotated[date, Field(ge=date(1900, 1, 1))]
Moment = Annotated[str, AfterValidator(_jour_mois_ou_annee)]


class Acte(StrEnum):
    """HL7 ActSubstanceAdministrationImmunizationCode."""

    PREMIERE_SERIE = "INITIMMUNIZ"
    RAPPEL = "BOOSTER"
    VACCINATION = "IMMUNIZ"


class Absence(StrEnum):
    """Why the history holds no vaccination (jdv-absent-or-unknown-immunization-cisis)."""

    AUCUN_VACCIN_CONNU = "no-known-immunizations"
    PAS_D_INFORMATION = "no-immunization-info"


class Atc(HealthModel):
    code: str = Field(pattern=r"^[A-Z][0-9]{2}[A-Z]{1,2}([0-9]{2})?$")
    libelle: Libelle


class Vaccin(HealthModel):
    """The product given; of an old vaccination often the label alone is known."""

    libelle: Libelle
    cis: str | None = Field(default=None, pattern=r"^[0-9]{8}$")
    atc: Atc | None = None
    cip: str | None = Field(default=None, pattern=r"^([0-9]{7}|[0-9]{13})$")
    lot: Annotated[str, StringConstraints(min_length=1, max_length=50, strip_whitespace=True)] | None = None


class Reaction(HealthModel):
    """What was observed after the injection; CIM-10."""

    code: str = Field(pattern=r"^[A-Z][0-9]{2}(\.[0-9]{1,2})?$", repr=False)
    libelle: Libelle = Field(repr=False)
    date: Jour


class Vaccination(HealthModel):
    """One vaccination of the history."""

    date: Moment | None = Field(default=None, description="day, month or year; None: not known")
    vaccin: Vaccin
    acte: Acte = Acte.VACCINATION
    rang: int | None = Field(default=None, ge=1, le=20)
    voie: Annotated[str, AfterValidator(_voie)] | None = Field(default=None, description="EDQM")
    site: Annotated[str, AfterValidator(_site)] | None = Field(default=None, description="SNOMED CT")
    reaction: Reaction | None = Field(default=None, repr=False)
    commentaire: Annotated[str, StringConstraints(min_length=1, max_length=2000)] | None = Field(
        default=None, repr=False
    )
    vaccinateur: Annotated[Practitioner, AfterValidator(_profession)] | None = None
    structure: Structure | None = Field(default=None, description="where the vaccinator works")


class HistoriqueVaccinal(HealthModel):
    """The vaccinations that the pharmacy knows of, or why there is none (VAC 2023.01)."""

    date: Jour = Field(description="day of the summary")
    vaccinations: tuple[Vaccination, ...] = Field(default=(), max_length=300)
    absence: Absence | None = None

    @model_validator(mode="after")
    def _vaccinations_ou_absence(self) -> Self:
        if bool(self.vaccinations) == bool(self.absence):
            raise remedy("Saisissez les vaccinations, ou indiquez pourquoi il n’y en a pas.")
        return self
