"""HL7 v2 strings of XDS metadata: authors as XCN, XON and CE (IHE ITI TF-3 4.2.3.1.4; CI-SIS)."""

from typing import Final

from dmp_core.model.document import XdsAuthor
from dmp_core.model.oids import AUTHOR_SPECIALTY, PS_IDNAT, STRUCT_IDNAT
from dmp_core.model.practitioner import Practitioner, Structure
from dmp_core.model.professions import specialty_label

_ESCAPES: Final = str.maketrans({"\\": "\\E\\", "|": "\\F\\", "^": "\\S\\", "&": "\\T\\", "~": "\\R\\"})
_NATIONAL_PREFIXES: Final = ("0", "8")  # ADELI, RPPS; the others name somebody inside a structure


def escape(text: str) -> str:
    r"""`text` as one component: separators written as HL7 v2 escapes (HL7 v2.5, 2.7.1).

    >>> escape("A & B")
    'A \\T\\ B'
    """
    return text.translate(_ESCAPES)


def author_person(practitioner: Practitioner) -> str:
    """XCN of a professional: `8<RPPS>^NOM^PRENOM^^^^^^&1.2.250.1.71.4.2.1&ISO^D^^^IDNPS`."""
    number = practitioner.national_id
    kind = "IDNPS" if number.startswith(_NATIONAL_PREFIXES) else "RI"
    names = f"{escape(practitioner.family)}^{escape(practitioner.given)}"
    return f"{escape(number)}^{names}^^^^^^&{PS_IDNAT}&ISO^D^^^{kind}"


def author_institution(structure: Structure) -> str:
    """XON of a pharmacy: `NOM^^^^^&1.2.250.1.71.4.2.2&ISO^IDNST^^^<Struct_IdNat>`."""
    return f"{escape(structure.name)}^^^^^&{STRUCT_IDNAT}&ISO^IDNST^^^{structure.national_id}"


def author_specialty(practitioner: Practitioner, label: str) -> str:
    """CE of JDV_J01: `G15_21/A^Pharmacien titulaire d'officine^1.2.250.1.213.1.1.4.5`."""
    return f"{practitioner.specialty}^{escape(label)}^{AUTHOR_SPECIALTY}"


def xds_author(practitioner: Practitioner, structure: Structure) -> XdsAuthor:
    """The author of XDS metadata who works as `practitioner` in `structure`."""
    return XdsAuthor(
        person=author_person(practitioner),
        specialty=(author_specialty(practitioner, specialty_label(practitioner)),),
        institution=(author_institution(structure),),
    )
