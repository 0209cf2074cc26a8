"""The type, with its official codes (JDV_J07, J57, J60; ASS_X04, A11) and a content to copy from."""

from typing import Final

from dmp_core.api import DocumentType, FeedPolicy, value_set
from doc_historique_vaccinal.content import HistoriqueVaccinal

EXAMPLE: Final = {
    "date": "2026-01-15",
    "vaccinations": [
        {"date": "1975", "vaccin": {"libelle": "BCG", "atc": {"code": "J07AN", "libelle": "vaccins antituberculeux"}}},
        {
            "date": "2025-10-20",
            "vaccin": {
                "cis": "68747507",
                "libelle": "VACCIN TETANIQUE PASTEUR",
                "atc": {"code": "J07AM", "libelle": "vaccins tétaniques"},
                "lot": "4456672",
            },
            "acte": "BOOSTER",
            "rang": 3,
        },
    ],
}
HISTORIQUE: Final = DocumentType(
    id="historique-vaccinal",
    label="Historique des vaccinations",
    type_code=value_set("J07").code("11369-6"),
    class_code=value_set("J57").code("52"),
    format_code=value_set("J60").code("urn:asip:ci-sis:vac:2019"),
    templates=(("1.3.6.1.4.1.19376.1.5.3.1.1.18.1.2", None), ("1.2.250.1.213.1.1.1.37", "2023.01")),
    content_model=HistoriqueVaccinal,
    example=EXAMPLE,
    title_rule="{label} au {date}",
    schematron="CI-SIS_VAC_2023.01.sch",
    value_sets=("immunization-act", "immunization-absent", "immunization-route", "immunization-site", "J01"),
    policy=FeedPolicy.MANUAL,  # the DMP makes a history of its own out of the notes de vaccination
)
TYPES: Final = (HISTORIQUE,)
