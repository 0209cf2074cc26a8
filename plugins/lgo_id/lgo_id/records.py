"""The saved records of the messages `id-host/1`, turned into the contents that `doc_officine` reads.

Only words and codes are translated here; whether a CIS, an ATC or a date is right is for the document's own model.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field

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
    """The product, as id.'s own medicines file names it."""

    cis: str
    libelle: str
    atc: str
    atc_libelle: str
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


class Vaccination(HealthModel):
    """One injection. `acte`, `voie`, `site` in the words of `ACTES`, `VOIES`, `SITES`."""

    date: dt.date
    vaccin: Vaccin
    lot: str
    peremption: dt.date | None = None
    acte: Annotated[str, AfterValidator(_one_of(ACTES))]
    rang: int | None = None
    voie: Annotated[str, AfterValidator(_one_of(VOIES))] | None = None
    site: Annotated[str, AfterValidator(_one_of(SITES))] | None = None
    commentaire: str | None = Field(default=None, repr=False)
    vaccinateur: Vaccinateur | None = None

    def content(self) -> dict[str, Any]:
        """Content of a `note-vaccination`."""
        vaccinator = self.vaccinateur.practitioner() if self.vaccinateur else None
        return _without_nothing(
            date=self.date.isoformat(),
            vaccin=_without_nothing(
                cis=self.vaccin.cis,
                libelle=self.vaccin.libelle,
                atc={"code": self.vaccin.atc, "libelle": self.vaccin.atc_libelle},
                cip=self.vaccin.cip,
                lot=self.lot,
                peremption=self.peremption.isoformat() if self.peremption else None,
            ),
            acte=ACTES[self.acte],
            rang=self.rang,
            voie=VOIES[self.voie] if self.voie else None,
            site=SITES[self.site] if self.site else None,
            commentaire=self.commentaire,
            vaccinateur=vaccinator.model_dump(mode="json", exclude_none=True) if vaccinator else None,
        )


class CompteRendu(HealthModel):
    """An interview or a review that id. printed: `pdf` is a PDF/A-1 in base64."""

    date: dt.date
    pdf: str = Field(min_length=1, repr=False)

    def content(self) -> dict[str, Any]:
        """Content of an `entretien-pharmaceutique` or a `bilan-medication`."""
        return {"date": self.date.isoformat(), "pdf": self.pdf}


def _without_nothing(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}
