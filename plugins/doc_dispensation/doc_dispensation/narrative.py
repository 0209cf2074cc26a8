"""What people read: one row a product, and only the columns that say something."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from dmp_core.api import cda, value_set
from dmp_core.api.cda import Part
from doc_dispensation.content import Delivrance, Posologie, Quantite, UniteDeTemps

_HEADINGS: Final = (
    "Médicament", "Quantité délivrée", "Délivrance", "Durée du traitement", "Fréquence d’administration", "Dose",
    "Rythme d’administration", "Voie d’administration", "Substitution", "Lot n°", "Péremption",
    "Instructions au patient", "Notes du dispensateur",
)  # fmt: skip
_NO_NOTE: Final = "Aucune note"


def mark(rank: int) -> str:
    """The ID of a product's row, from 1."""
    return f"med-{rank}"


def has_note(one: Delivrance) -> bool:
    """Whether a note of the dispenser is written: the rules want one beside any other relation, so it may be empty."""
    return any((one.notes, one.ligne, one.instructions, one.posologie, one.substitution))


def table(deliveries: Sequence[Delivrance]) -> Part:
    rows = [_row(one, mark(rank)) for rank, one in enumerate(deliveries, 1)]
    kept = [index for index in range(len(_HEADINGS)) if any(row[index] for row in rows)]
    return cda.table(
        [_HEADINGS[index] for index in kept],
        [[row[index] for index in kept] for row in rows],
        ids=[mark(rank) for rank in range(1, len(rows) + 1)],
    )


def _row(one: Delivrance, row: str) -> tuple[Part | str | None, ...]:
    product = one.produit
    return (
        cda.marked(f"{row}-produit", product.libelle),
        f"{_number(one.quantite)} {one.unite.libelle}",
        value_set("dispensation-completeness").label(one.completude) if one.completude else None,
        *_dosage(one.posologie, row),
        cda.marked(f"{row}-substitution", value_set("substitution").label(one.substitution))
        if one.substitution
        else None,
        product.lot,
        _day(product.peremption) if product.peremption else None,
        cda.marked(f"{row}-instructions", one.instructions) if one.instructions else None,
        cda.marked(f"{row}-notes", one.notes or _NO_NOTE) if has_note(one) else None,
    )


def _dosage(content: Posologie | None, row: str) -> tuple[Part | None, ...]:
    if content is None:
        return (None,) * 5
    unit = "h" if content.unite is UniteDeTemps.HEURES else "jour(s)"
    return (
        cda.marked(f"{row}-duree", f"du {_day(content.debut)} au {_day(content.fin)}"),
        cda.marked(f"{row}-frequence", f"toutes les {_number(content.toutes_les)} {unit}"),
        cda.marked(f"{row}-dose", _range(content.dose)) if content.dose else None,
        cda.marked(f"{row}-rythme", _range(content.rythme)) if content.rythme else None,
        cda.marked(f"{row}-voie", content.voie.libelle) if content.voie else None,
    )


def _range(content: Quantite) -> str:
    low, high = _number(content.min), _number(content.max)
    return f"{low if low == high else f'{low} à {high}'} {content.libelle or content.unite}"


def _number(value: Decimal) -> str:
    """As people write it: `1,5`, and no zeros at the end."""
    plain = format(value, "f")
    return plain.rstrip("0").rstrip(".").replace(".", ",") if "." in plain else plain


def _day(day: date) -> str:
    return day.strftime("%d/%m/%Y")
