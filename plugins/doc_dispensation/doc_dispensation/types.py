"""The type, with its official codes (JDV_J07, J57, J60; ASS_X04, A11) and a content to copy from."""

from typing import Final

from dmp_core.api import DocumentType, FeedPolicy, value_set
from doc_dispensation.content import Dispensation

EXAMPLE: Final = {
    "date": "2026-01-15",
    "heure": "09:00",
    "prescription": {"racine": "1.2.250.1.213.1.1.1.39.1.1"},
    "delivrances": [
        {
            "produit": {
                "libelle": "PARACETAMOL VIATRIS 500 mg, comprimé",
                "cip": "3400933516390",
                "atc": {"code": "N02BE01", "libelle": "paracétamol"},
                "lot": "12345",
            },
            "quantite": 2,
            "unite": {"code": "30009000", "libelle": "Boîte"},
            "completude": "FFC",
            "instructions": "À prendre au cours d’un repas",
            "substitution": "G",
        }
    ],
}
DISPENSATION: Final = DocumentType(
    id="dispensation",
    label="Dispensation médicamenteuse",
    type_code=value_set("J07").code("60593-1"),
    class_code=value_set("J57").code("43"),
    format_code=value_set("J60").code("urn:ihe:pharm:dis:2010"),
    templates=(
        ("1.3.6.1.4.1.19376.1.5.3.1.1.1", None),
        ("1.3.6.1.4.1.19376.1.9.1.1.3", None),
        ("1.2.250.1.213.1.1.1.54", "2024.01"),
    ),
    content_model=Dispensation,
    example=EXAMPLE,
    title_rule="{label} du {date}",
    schematron="CI-SIS_eDISP-MED_2024.01.sch",
    value_sets=("dispensation-completeness", "substitution", "J01"),
    policy=FeedPolicy.AUTOMATIC,
)
TYPES: Final = (DISPENSATION,)
