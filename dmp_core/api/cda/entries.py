"""Entries that several models of ANS share: a comment, a health product (CI-SIS, « Modèles de contenus CDA »)."""

from collections.abc import Sequence
from datetime import date

from dmp_core.api.cda.part import Part, part
from dmp_core.api.cda.values import coded, null, status, templates, text, time
from dmp_core.model.document import Code
from dmp_core.model.oids import LOINC


def comment(narrative_id: str, words: str | None = None) -> Part:
    """FR-Commentaire-ER: an `act` that points at the remark in the narrative, and may repeat its words."""
    return part(
        "act",
        templates("2.16.840.1.113883.10.20.1.40", "1.3.6.1.4.1.19376.1.5.3.1.4.2", "1.2.250.1.213.1.1.3.32"),
        coded("code", Code(code="48767-8", system=LOINC, label="Commentaire")),
        text(narrative_id, words),
        status("completed"),
        classCode="ACT",
        moodCode="EVN",
    )


def product(
    narrative_id: str,
    *,
    code: Code | None = None,
    translations: Sequence[Code] = (),
    name: str | None = None,
    form: Code | None = None,
    lot: str | None = None,
    expiry: date | None = None,
    details: Sequence[Part] = (),
) -> Part:
    """FR-Produit-de-sante: the `manufacturedProduct` of a medicine or a vaccine.

    `code` is its CIS (None: unknown, or none as for a preparation); CIP and ATC are `translations`; `form` is EDQM;
    `details` are parts of the `pharm` extension that close the material (`pharm:asSpecializedKind`...).
    """
    material = part(
        "manufacturedMaterial",
        _product_code(narrative_id, code, translations),
        part("name", name) if name else null("name", "NA"),
        coded("pharm:formCode", form) if form else None,
        part("lotNumberText", lot) if lot else None,
        time(expiry, tag="pharm:expirationTime") if expiry else None,
        details,
    )
    return part(
        "manufacturedProduct",
        templates("2.16.840.1.113883.10.20.1.53", "1.3.6.1.4.1.19376.1.5.3.1.4.7.2", "1.2.250.1.213.1.1.3.43"),
        material,
    )


def _product_code(narrative_id: str, code: Code | None, translations: Sequence[Code]) -> Part:
    if code is not None:
        return coded("code", code, text=narrative_id, translations=translations)
    pointer = part("originalText", part("reference", value=f"#{narrative_id}"))
    return part("code", pointer, [coded("translation", other) for other in translations], nullFlavor="NA")
