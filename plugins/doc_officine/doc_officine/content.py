"""What the host hands over, in the words of the counter. Each validator's French text is shown to whoever typed it."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Final

from pydantic import (
    AfterValidator,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from dmp_core.api import HealthModel, Practitioner, remedy, value_set

UN_SEUL: Final = "Enregistrez une note pour chaque vaccin : une note n’en porte qu’un."

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
    libelle: Libelle | None = Field(default=None, description="None: from the configured file")


class Vaccin(HealthModel):
    """The product given. The note wants its CIS, its label, its ATC and its batch.

    What is left out comes from `datamatrix` (CIP, batch, expiry) and from the configured files (CIS, label, ATC).
    """

    cis: str | None = Field(default=None, pattern=r"^[0-9]{8}$")
    libelle: Libelle | None = None
    atc: Atc | None = None
    cip: str | None = Field(default=None, pattern=r"^([0-9]{7}|[0-9]{13})$")
    lot: Annotated[str, StringConstraints(min_length=1, max_length=50, strip_whitespace=True)] | None = None
    peremption: date | None = None
    datamatrix: Annotated[str, StringConstraints(min_length=1, max_length=300)] | None = Field(
        default=None, description="GS1 text of the carton as scanned, in place of cip, lot and peremption"
    )

    @field_validator("datamatrix")
    @classmethod
    def _stands_alone(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and any(info.data.get(name) is not None for name in ("cip", "lot", "peremption")):
            raise remedy("Transmettez soit le code scanné, soit le CIP, le lot et la péremption.")
        return value


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
    """One vaccination: a note holds exactly one (VAC-NOTE 2023.01), so a host saves one for each vaccine."""

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

    @field_validator("vaccin", mode="before")
    @classmethod
    def _is_one(cls, value: Any) -> Any:
        if isinstance(value, list):
            raise remedy(UN_SEUL)
        return value

    @model_validator(mode="before")
    @classmethod
    def _holds_one(cls, content: Any) -> Any:
        if isinstance(content, dict) and "vaccins" in content:
            raise remedy(UN_SEUL)
        return content
