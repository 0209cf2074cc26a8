"""What people read: one row a vaccination, and only the columns that say something."""

from collections.abc import Sequence
from typing import Final

from dmp_core.api import cda, value_set
from dmp_core.api.cda import Part
from doc_historique_vaccinal.content import Absence, Vaccination

_HEADINGS: Final = (
    "Date", "Vaccin", "Lot n°", "Rang", "Voie d’administration", "Région d’administration", "Réaction observée",
    "Commentaire", "Vaccinateur",
)  # fmt: skip


def mark(rank: int) -> str:
    """What opens the IDs of a vaccination, from 1."""
    return f"vac-{rank}"


def table(vaccinations: Sequence[Vaccination]) -> Part:
    rows = [_row(one, mark(rank)) for rank, one in enumerate(vaccinations, 1)]
    kept = [index for index in range(len(_HEADINGS)) if any(row[index] for row in rows)]
    return cda.table([_HEADINGS[index] for index in kept], [[row[index] for index in kept] for row in rows])


def absence(reason: Absence) -> Part:
    return cda.paragraph(cda.marked(f"{mark(1)}-vaccin", value_set("immunization-absent").label(reason)))


def _row(one: Vaccination, row: str) -> tuple[Part | str | None, ...]:
    vaccinator = one.vaccinateur
    return (
        "/".join(reversed(one.date.split("-"))) if one.date else "non connue",
        cda.marked(f"{row}-vaccin", one.vaccin.libelle),
        one.vaccin.lot,
        str(one.rang) if one.rang else None,
        value_set("immunization-route").label(one.voie) if one.voie else None,
        cda.marked(f"{row}-site", value_set("immunization-site").label(one.site)) if one.site else None,
        cda.marked(f"{row}-reaction", one.reaction.libelle) if one.reaction else None,
        cda.marked(f"{row}-commentaire", one.commentaire) if one.commentaire else None,
        f"{vaccinator.given} {vaccinator.family}" if vaccinator else None,
    )
