"""The type, with its official codes (JDV_J04, J07, J57, J60; ASS_X04) and a content to copy from."""

from typing import Final

from dmp_core.api import DocumentType, FeedPolicy, value_set
from doc_trod.content import Trod

FORMAT: Final = "urn:ans:ci-sis:trod:2024"
"""Inferred from its label in JDV_J60: ASS_A11 has no row for BIO-TROD (2026-06-29)."""
EXAMPLE: Final = {
    "date": "2026-01-15",
    "heure": "10:15",
    "test": "angine",
    "resultats": [{"examen": "streptocoque-a", "lecture": "negatif", "commentaire": "Mal de gorge depuis deux jours"}],
    "dispositif": {
        "fabricant": "Bionysex",
        "reference": "8029",
        "lot": "B987654",
        "peremption": "2027-12-31",
        "udi": "(01)03612345678903(17)271231(10)B987654",
    },
    "consentement": True,
    "conduite_a_tenir": "Traitement des symptômes ; consulter si la fièvre dure plus de trois jours.",
}
TROD: Final = DocumentType(
    id="trod",
    label="Test rapide d’orientation diagnostique",
    type_code=value_set("J07").code("96173-0"),
    class_code=value_set("J57").code("52"),
    format_code=value_set("J60").code(FORMAT),
    templates=(("1.3.6.1.4.1.19376.1.5.3.1.1.1", None), ("1.2.250.1.213.1.1.1.59", "2024.01")),
    content_model=Trod,
    example=EXAMPLE,
    title_rule="{label} du {date}",
    practice_setting=value_set("J04").code("DEPISTAGE"),
    schematron="CI-SIS_BIO-TROD_2024.01.sch",
    value_sets=("screening-result", "J01", "J04"),
    policy=FeedPolicy.AUTOMATIC,
)
TYPES: Final = (TROD,)
