"""What the host hands over, in the words of the counter. Each validator's French text is shown to whoever typed it."""

from collections.abc import Sequence
from datetime import date, time
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from dmp_core.api import HealthModel, Practitioner, remedy, value_set
from doc_trod.kinds import KINDS, Examen, Test


def _profession(person: Practitioner) -> Practitioner:
    if not value_set("J01").contains(person.specialty):
        raise remedy("Choisissez la profession et la spécialité de cette personne dans la liste officielle.")
    return person


def _heure(value: time) -> time:
    if value.tzinfo is not None:
        raise remedy("Écrivez l’heure de la pharmacie, sans fuseau horaire (par exemple 11:36).")
    return value


def _consentement(given: bool) -> bool:
    if not given:
        raise remedy("Recueillez le consentement du patient : sans lui, le test ne peut pas entrer dans le DMP.")
    return given


Court = Annotated[str, StringConstraints(min_length=1, max_length=100, strip_whitespace=True)]
Texte = Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]
Jour = Annotated[date, Field(ge=date(1900, 1, 1))]


class Lecture(StrEnum):
    """What the test showed (jdv-resultat-depistage-cisis)."""

    POSITIF = "positif"
    NEGATIF = "negatif"
    INDETERMINE = "indetermine"
    ECHANTILLON_INSATISFAISANT = "echantillon-insatisfaisant"


class Resultat(HealthModel):
    """One thing that the test looked for, and what it showed."""

    examen: Examen
    lecture: Lecture = Field(repr=False)
    commentaire: Texte | None = Field(default=None, repr=False, description="remark, or why the test was done")


class Dispositif(HealthModel):
    """The test kit; the UDI as its label prints it: `(01)03612345678903(17)251231(10)B987654`."""

    fabricant: Court
    reference: Court
    lot: Court
    peremption: Jour | None = None
    udi: str | None = Field(default=None, pattern=r"^((\(01\)|01)[0-9]{14}|[+=&])[!-~]{0,150}$")


class Trod(HealthModel):
    """One rapid test (BIO-TROD 2024.01)."""

    date: Jour
    heure: Annotated[time, AfterValidator(_heure)] = Field(description="of the pharmacy")
    test: Test
    resultats: tuple[Resultat, ...] = Field(description="one for each thing that the test looks for")
    dispositif: Dispositif
    consentement: Annotated[bool, AfterValidator(_consentement)] = Field(description="of the patient to the test")
    conduite_a_tenir: Texte | None = Field(default=None, repr=False, description="advice, referral, what was dispensed")
    realisateur: Annotated[Practitioner, AfterValidator(_profession)] | None = Field(
        default=None, description="who did the test; None: the author of the document"
    )

    @model_validator(mode="after")
    def _un_resultat_par_examen(self) -> Self:
        if sorted(one.examen for one in self.resultats) != sorted(KINDS[self.test].exams):
            raise remedy("Donnez un résultat, et un seul, pour chaque recherche de ce test.")
        return self

    def ordered(self) -> Sequence[Resultat]:
        """The results in the order of the test."""
        return sorted(self.resultats, key=lambda one: KINDS[self.test].exams.index(one.examen))
