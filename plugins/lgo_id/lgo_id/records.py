"""The saved records of the messages `id-host/1`, turned into the contents that `doc_officine` reads.

Only words and codes are translated here; whether a CIS, an ATC or a date is right is for the document's own model.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from dmp_core.api import HealthModel, Practitioner

ACTES: Final = {"primovaccination": "INITIMMUNIZ", "rappel": "BOOSTER", "vaccination": "IMMUNIZ"}
VOIES: Final = {
    "intramusculaire": "20035000",
    "intradermique": "20030000",
    "inhalée": "20020000",
    "orale": "20053000",
    "sous-cutanée": "20066000",
}
SITES: Final = {
    "avant-bras droit": "64262003",
    "avant-bras gauche": "66480008",
    "deltoïde droit": "16217661000119109",
    "deltoïde gauche": "16217701000119102",
    "épaule droite": "91774008",
    "épaule gauche": "91775009",
    "cuisse droite": "11207009",
    "cuisse gauche": "61396006",
    "fesse droite": "723980000",
    "fesse gauche": "723979003",
}


def _one_of(words: Mapping[str, str]) -> Callable[[str], str]:
    def check(word: str) -> str:
        if word not in words:
            raise ValueError(f"Choisissez : {', '.join(words)}.")
        return word

    return check


class Vaccin(HealthModel):
    """The product, as id.'s own medicines file names it; what is left out, the note's plugin looks up."""

    cis: str | None = None
    libelle: str | None = None
    atc: str | None = None
    atc_libelle: str | None = None
    cip: str | None = None


class Vaccinateur(HealthModel):
    """Who vaccinated, where that is not the author; `rpps`: 11 digits, `profession`: TRE_G15, `section`: TRE_G05."""

    rpps: str = Field(pattern=r"^[0-9]{11}$")
    nom: str = Field(min_length=1, max_length=100, repr=False)
    prenom: str = Field(min_length=1, max_length=100, repr=False)
    profession: str = Field(default="21", pattern=r"^[0-9]{2}$")
    section: str | None = Field(default=None, pattern=r"^[A-Z]{1,2}$")

    def practitioner(self) -> Practitioner:
        return Practitioner(
            national_id=f"8{self.rpps}",
            family=self.nom,
            given=self.prenom,
            profession=self.profession,
            section=self.section,
        )


class Reaction(HealthModel):
    """What was observed after the injection; `code`: CIM-10."""

    code: str = Field(repr=False)
    libelle: str = Field(repr=False)
    date: dt.date


class Prescription(HealthModel):
    """The prescription followed: the identifier of its document, an OID (`racine`) and a number under it."""

    racine: str
    identifiant: str | None = None


class Vaccination(HealthModel):
    """One injection. `acte`, `voie`, `site` in the words of `ACTES`, `VOIES`, `SITES`.

    `datamatrix`, the text of the carton's code as scanned, stands in place of `cip`, `lot` and `peremption`.
    """

    date: dt.date
    vaccin: Vaccin = Vaccin()
    datamatrix: str | None = None
    lot: str | None = Field(default=None, validate_default=True)
    peremption: dt.date | None = None
    acte: Annotated[str, AfterValidator(_one_of(ACTES))]
    rang: int | None = None
    voie: Annotated[str, AfterValidator(_one_of(VOIES))] | None = None
    site: Annotated[str, AfterValidator(_one_of(SITES))] | None = None
    reaction: Reaction | None = Field(default=None, repr=False)
    commentaire: str | None = Field(default=None, repr=False)
    vaccinateur: Vaccinateur | None = None
    prescription: Prescription | None = None

    @field_validator("lot")
    @classmethod
    def _lot_or_code(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None and info.data.get("datamatrix") is None:
            raise ValueError("Saisissez le numéro de lot, ou scannez le code de la boîte.")
        return value

    def content(self) -> dict[str, Any]:
        """Content of a `note-vaccination`."""
        return _without_nothing(
            date=self.date.isoformat(),
            vaccin=_without_nothing(
                cis=self.vaccin.cis,
                libelle=self.vaccin.libelle,
                atc=_without_nothing(code=self.vaccin.atc, libelle=self.vaccin.atc_libelle) or None,
                cip=self.vaccin.cip,
                lot=self.lot,
                peremption=self.peremption.isoformat() if self.peremption else None,
                datamatrix=self.datamatrix,
            ),
            acte=ACTES[self.acte],
            rang=self.rang,
            voie=VOIES[self.voie] if self.voie else None,
            site=SITES[self.site] if self.site else None,
            reaction=_json(self.reaction),
            commentaire=self.commentaire,
            vaccinateur=_json(self.vaccinateur and self.vaccinateur.practitioner()),
            prescription=_json(self.prescription),
        )


class CompteRendu(HealthModel):
    """An interview or a review that id. printed: `pdf` is a PDF/A-1 in base64."""

    date: dt.date
    pdf: str = Field(min_length=1, repr=False)

    def content(self) -> dict[str, Any]:
        """Content of an `entretien-pharmaceutique` or a `bilan-medication`."""
        return {"date": self.date.isoformat(), "pdf": self.pdf}


def _json(value: HealthModel | None) -> dict[str, Any] | None:
    return value.model_dump(mode="json", exclude_none=True) if value else None


def _without_nothing(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
