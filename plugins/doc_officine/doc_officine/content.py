"""What the host hands over, in the words of the counter. Each validator's French text is shown to whoever typed it."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Base64Bytes, Field, StringConstraints

from dmp_core.api import HealthModel, Practitioner, remedy, value_set

Libelle = Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]


def _voie(code: str) -> str:
    if not value_set("immunization-route").contains(code):
        raise remedy("Choisissez une voie d’administration de la liste.")
    return code


def _site(code: str) -> str:
    if not value_set("immunization-site").contains(code):
        raise remedy("Choisissez une région d’administration de la liste.")
    return code


class Acte(StrEnum):
    """HL7 ActSubstanceAdministrationImmunizationCode."""

    PREMIERE_SERIE = "INITIMMUNIZ"
    RAPPEL = "BOOSTER"
    VACCINATION = "IMMUNIZ"


class Atc(HealthModel):
    code: str = Field(pattern=r"^[A-Z][0-9]{2}[A-Z]{1,2}([0-9]{2})?$")
    libelle: Libelle


class Vaccin(HealthModel):
    """The product given. The note wants its CIS, its ATC and its batch."""

    cis: str = Field(pattern=r"^[0-9]{8}$")
    libelle: Libelle
    atc: Atc
    cip: str | None = Field(default=None, pattern=r"^([0-9]{7}|[0-9]{13})$")
    lot: Annotated[str, StringConstraints(min_length=1, max_length=50, strip_whitespace=True)]
    peremption: date | None = None


class Reaction(HealthModel):
    """What was observed after the injection; CIM-10."""

    code: str = Field(pattern=r"^[A-Z][0-9]{2}(\.[0-9]{1,2})?$", repr=False)
    libelle: Libelle = Field(repr=False)
    date: date


class Prescription(HealthModel):
    """The prescription followed, by the identifier that its document carries."""

    racine: str = Field(pattern=r"^[0-2](\.(0|[1-9][0-9]*))+$", description="OID")
    identifiant: str = Field(default="", max_length=100)


class NoteVaccination(HealthModel):
    """One vaccination: a note holds exactly one (VAC-NOTE 2023.01)."""

    date: date
    vaccin: Vaccin
    acte: Acte
    rang: int | None = Field(default=None, ge=1, le=20)
    voie: Annotated[str, AfterValidator(_voie)] | None = Field(default=None, description="EDQM")
    site: Annotated[str, AfterValidator(_site)] | None = Field(default=None, description="SNOMED CT")
    reaction: Reaction | None = Field(default=None, repr=False)
    commentaire: Annotated[str, StringConstraints(min_length=1, max_length=2000)] | None = Field(
        default=None, repr=False
    )
    vaccinateur: Practitioner | None = Field(default=None, description="None: the author of the note")
    prescription: Prescription | None = None


class RenduPdf(HealthModel):
    """A report that the host printed itself: PDF/A-1, and the day of the act."""

    date: date
    pdf: Base64Bytes = Field(repr=False)
