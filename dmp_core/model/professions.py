"""The people of a pharmacy in official words: professions (TRE_G15) and sections of the Ordre (TRE_G05).

Labels are those of the value sets JDV_J65 (roles of a VIHF) and JDV_J01 (authorSpecialty).
"""

from collections.abc import Mapping
from typing import Final

from dmp_core.model.practitioner import Practitioner

PROFESSIONS: Final[Mapping[str, str]] = {
    "21": "Pharmacien",
    "39": "Préparateur en pharmacie (officine)",
}
SECTIONS: Final[Mapping[str, str]] = {
    "A": "Pharmacien titulaire d'officine",
    "B": "Pharmacien d'entreprise - industrie",
    "C": "Pharmacien d'entreprise - distribution",
    "D": "Pharmacien adjoint, remplaçant ou gérant",
    "DA": "Pharmacien adjoint",
    "DM": "Pharmacien mutualiste ou minier",
    "E": "Pharmacien d'Outre-Mer",
    "EA": "Pharmacien titulaire d'officine - OM",
    "EB": "Pharmacien d'entreprise - industrie - OM",
    "EC": "Pharmacien d'entreprise - distribution - OM",
    "ED": "Pharmacien adjoint - OM",
    "EG": "Pharmacien biologiste - OM",
    "EH": "Pharmacien d'établissement de santé - OM",
    "G": "Pharmacien biologiste",
    "H": "Pharmacien d'établissement de santé",
    "M": "Pharmacien militaire",
}


def specialty_label(practitioner: Practitioner) -> str:
    """Label of `practitioner.specialty`: the section's where there is one, else the profession's; '' if unknown."""
    if practitioner.section:
        return SECTIONS.get(practitioner.section, "")
    return PROFESSIONS.get(practitioner.profession, "")
