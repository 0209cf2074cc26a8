"""The type, with its official codes (JDV_J07, J57, J60; ASS_X04, A12)."""

from typing import Any, Final

from dmp_core.api import DocumentType, value_set
from doc_renouvellement.content import Renouvellement

EXAMPLE: Final[dict[str, Any]] = {
    "date": "2026-01-15",
    "ordonnance": {
        "date": "2025-10-15",
        "prescripteur": {"nom": "EXEMPLE", "prenom": "Camille", "specialite": "médecine générale"},
    },
    "traitements": [
        {"libelle": "Médicament A 10 mg, comprimé", "posologie": "1 comprimé le matin"},
        {"libelle": "Médicament B 50 mg, gélule", "posologie": "1 gélule le soir"},
    ],
    "duree_jours": 30,
    "adaptations": [
        {
            "libelle": "Médicament B 50 mg, gélule",
            "avant": "1 gélule matin et soir",
            "apres": "1 gélule le soir",
            "motif": "Somnolence dans la journée ; protocole de l’exercice coordonné.",
        }
    ],
    "bilan": "Bonne observance. Tension mesurée à 132/78.",
    "prochaine_echeance": "2026-02-14",
}
RENOUVELLEMENT: Final = DocumentType(
    id="renouvellement-correspondant",
    label="Renouvellement d’ordonnance par le pharmacien correspondant",
    type_code=value_set("J07").code("75468-9"),
    class_code=value_set("J57").code("42"),
    format_code=value_set("J60").code("urn:ihe:iti:xds-sd:pdf:2008"),
    content_model=Renouvellement,
    example=EXAMPLE,
)
