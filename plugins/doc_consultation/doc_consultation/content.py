"""What the host hands over, in the words of the counter. Each validator's French text is shown to whoever typed it."""

from typing import Annotated, ClassVar

from pydantic import Field, StringConstraints

from dmp_core.api import Report

Texte = Annotated[str, StringConstraints(min_length=1, max_length=10_000, strip_whitespace=True)]
Point = Annotated[str, StringConstraints(min_length=1, max_length=2_000, strip_whitespace=True)]


class ConsultationPharmaceutique(Report):
    """One consultation with the pharmacist. `fichier` stands in place of all that follows it."""

    needed: ClassVar[frozenset[str]] = frozenset({"motif", "conclusions"})

    motif: Texte | None = Field(default=None, repr=False)
    anamnese: Texte | None = Field(default=None, repr=False, description="histoire, antécédents, traitements en cours")
    observance: Texte | None = Field(default=None, repr=False)
    conclusions: Texte | None = Field(default=None, repr=False)
    conseils: Annotated[tuple[Point, ...], Field(max_length=50)] | None = Field(default=None, repr=False)
    suite: Texte | None = Field(default=None, repr=False, description="orientation, prochain rendez-vous")
