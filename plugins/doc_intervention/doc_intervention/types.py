"""The type, with its official codes (JDV_J07, J57, J60; ASS_X04, A12)."""

from typing import Any, Final

from dmp_core.api import DocumentType, value_set
from doc_intervention.content import InterventionPharmaceutique

EXAMPLE: Final[dict[str, Any]] = {
    "date": "2026-01-15",
    "ordonnance": {
        "date": "2026-01-14",
        "prescripteur": {"nom": "EXEMPLE", "prenom": "Camille", "specialite": "médecine générale"},
    },
    "medicaments": [{"libelle": "Médicament A 10 mg, comprimé", "posologie": "2 comprimés matin et soir"}],
    "probleme": "4",
    "description": "La dose prescrite dépasse la dose maximale de l’adulte de plus de 65 ans.",
    "intervention": "7",
    "proposition": "Réduire à 1 comprimé matin et soir, et contrôler la fonction rénale dans un mois.",
    "transmission": {"moyen": "telephone", "date": "2026-01-15"},
    "devenir": {"issue": "acceptee", "precision": "Ordonnance corrigée reçue par messagerie sécurisée."},
}
INTERVENTION: Final = DocumentType(
    id="intervention-pharmaceutique",
    label="Intervention pharmaceutique",
    type_code=value_set("J07").code("61357-0"),
    class_code=value_set("J57").code("42"),
    format_code=value_set("J60").code("urn:ihe:iti:xds-sd:pdf:2008"),
    content_model=InterventionPharmaceutique,
    example=EXAMPLE,
)
