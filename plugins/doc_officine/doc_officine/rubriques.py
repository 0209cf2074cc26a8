"""What an interview and a medication review share: pieces of content, a finished file, and their words on paper."""

import datetime as dt
from enum import StrEnum
from typing import Annotated

from pydantic import Base64Bytes, Field, StringConstraints

from dmp_core.api import Block, Bullets, Facts, HandedFile, HealthModel, LaidSection, Paragraph, Table

Mots = Annotated[str, StringConstraints(min_length=1, max_length=300, strip_whitespace=True)]
Texte = Annotated[str, StringConstraints(min_length=1, max_length=8000, strip_whitespace=True)]


class Lieu(StrEnum):
    """Where the patient was seen."""

    OFFICINE = "officine"
    DOMICILE = "domicile"
    EHPAD = "ehpad"
    DISTANCE = "distance"


LIEUX = {
    Lieu.OFFICINE: "À l’officine",
    Lieu.DOMICILE: "Au domicile du patient",
    Lieu.EHPAD: "En EHPAD",
    Lieu.DISTANCE: "À distance",
}


class Traitement(HealthModel):
    """A medicine as the patient takes it."""

    medicament: Mots = Field(repr=False)
    dosage: Mots | None = Field(default=None, repr=False)
    posologie: Mots | None = Field(default=None, repr=False)
    indication: Mots | None = Field(default=None, repr=False)
    depuis: dt.date | None = Field(default=None, repr=False)
    prescripteur: Mots | None = Field(default=None, repr=False)

    @property
    def nom(self) -> str:
        return " ".join(filter(None, (self.medicament, self.dosage)))


class Observance(HealthModel):
    """`girerd`: how many of Girerd's six questions were answered by yes."""

    girerd: int | None = Field(default=None, ge=0, le=6, repr=False)
    commentaire: Texte | None = Field(default=None, repr=False)


class RendezVous(HealthModel):
    date: dt.date
    objet: Mots | None = Field(default=None, repr=False)


class RenduPdf(HealthModel):
    """A report that the host printed itself, and the day of the act."""

    date: dt.date
    pdf: Base64Bytes = Field(repr=False)


class RenduFichier(HealthModel):
    """A report as a finished file: PDF, JPEG, PNG, TIFF, RTF or text."""

    date: dt.date
    fichier: HandedFile = Field(repr=False)


class Quelle(HealthModel, extra="ignore"):
    """Which of the contents of a type this is."""

    pdf: object = Field(default=None, repr=False)
    fichier: object = Field(default=None, repr=False)

    @property
    def rendu(self) -> type[RenduPdf | RenduFichier] | None:
        """The model of a finished report; None for one to be laid out."""
        if self.fichier is not None:
            return RenduFichier
        return RenduPdf if self.pdf is not None else None


# ---------------------------------------------------------------- on paper


def section(title: str, *blocks: Block | None) -> LaidSection | None:
    """A section of what there is; None where there is nothing."""
    there = tuple(block for block in blocks if block is not None)
    return LaidSection(title=title, blocks=there) if there else None


def there(*sections: LaidSection | None) -> tuple[LaidSection, ...]:
    return tuple(one for one in sections if one is not None)


def facts(*pairs: tuple[str, str | None]) -> Facts | None:
    """Labels and values; what is not known is left out."""
    known = tuple((label, value) for label, value in pairs if value)
    return Facts(pairs=known) if known else None


def table(headings: tuple[str, ...], rows: list[tuple[str | None, ...]], widths: tuple[float, ...]) -> Table | None:
    """A table without the columns in which nothing stands; None where there is no row."""
    if not rows:
        return None
    kept = [place for place in range(len(headings)) if any(row[place] for row in rows)]
    return Table(
        headings=tuple(headings[place] for place in kept),
        rows=tuple(tuple(row[place] or "" for place in kept) for row in rows),
        widths=tuple(widths[place] for place in kept),
    )


def bullets(points: tuple[str, ...]) -> Bullets | None:
    return Bullets(points=points) if points else None


def paragraph(text: str | None) -> Paragraph | None:
    return Paragraph(text=text) if text else None


def traitements(title: str, all_of_them: tuple[Traitement, ...]) -> LaidSection | None:
    """Medicines, one a row."""
    rows: list[tuple[str | None, ...]] = [
        (one.nom, one.posologie, one.indication, day(one.depuis), one.prescripteur) for one in all_of_them
    ]
    headings = ("Médicament", "Posologie", "Indication", "Depuis le", "Prescripteur")
    return section(title, table(headings, rows, (3, 2.6, 2.4, 1.3, 1.7)))


def observance(one: Observance | None) -> LaidSection | None:
    if one is None:
        return None
    score = None
    if one.girerd is not None:
        told = "bonne" if one.girerd == 0 else "minimes problèmes" if one.girerd < 3 else "mauvaise"
        score = f"Observance : {told} ({one.girerd} « oui » sur 6)"
    return section("Observance", facts(("Test de Girerd", score)), paragraph(one.commentaire))


def day(when: dt.date | None) -> str | None:
    return f"{when:%d/%m/%Y}" if when else None


def number(value: float | None, unit: str = "") -> str | None:
    """`2,5 mL/min`."""
    return f"{value:g}".replace(".", ",") + (f" {unit}" if unit else "") if value is not None else None


def yes_no(value: bool | None) -> str | None:
    return None if value is None else "Oui" if value else "Non"
