"""The type, with its official codes (JDV_J07, J57, J60; ASS_X04, A12)."""

from typing import Any, Final

from dmp_core.api import DocumentType, value_set
from doc_consultation.content import ConsultationPharmaceutique

EXAMPLE: Final[dict[str, Any]] = {
    "date": "2026-01-15",
    "motif": "Fatigue depuis la modification du traitement, à la demande du patient.",
    "anamnese": "Traitement modifié il y a trois semaines. Pas d’automédication.",
    "observance": "Deux oublis par semaine, le soir.",
    "conclusions": "Fatigue liée à l’horaire de prise ; pas d’interaction retrouvée.",
    "conseils": ["Prendre le traitement au dîner.", "Utiliser un pilulier hebdomadaire."],
    "suite": "Nouvel échange dans un mois ; voir le médecin traitant si la fatigue persiste.",
}
CONSULTATION: Final = DocumentType(
    id="consultation-pharmaceutique",
    label="Compte rendu de consultation pharmaceutique",
    type_code=value_set("J07").code("93024-8"),
    class_code=value_set("J57").code("10"),
    format_code=value_set("J60").code("urn:ihe:iti:xds-sd:pdf:2008"),
    content_model=ConsultationPharmaceutique,
    example=EXAMPLE,
)
