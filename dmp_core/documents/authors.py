"""Who wrote and who answers for a document, out of its header, as XDS writes them (HL7 v2 XCN, XON, CE)."""

from dmp_core.documents.tree import attribute, first, text
from dmp_core.model.document import XdsAuthor
from dmp_core.model.hl7v2 import escape
from dmp_core.model.oids import PS_IDNAT, STRUCT_IDNAT, InsOid
from dmp_core.xml import Element

_INS_ROOTS = frozenset(str(oid) for oid in InsOid)
_NATIONAL_PREFIXES = ("0", "8")  # ADELI, RPPS


def xds_author(author: Element) -> XdsAuthor:
    """One `author` of the header: person or device, profession, structure, functional role."""
    assigned = first(author, "assignedAuthor")
    role = attribute(author, "functionCode", "displayName")
    if assigned is None:
        return XdsAuthor(role=(role,) if role else ())
    specialty, institution = _specialty(assigned), _institution(assigned)
    is_structure = attribute(assigned, "id", "root") == STRUCT_IDNAT  # a pharmacy is an institution, no person
    return XdsAuthor(
        person=None if is_structure else xcn(assigned) or None,
        specialty=(specialty,) if specialty else (),
        institution=(institution,) if institution else (),
        role=(role,) if role else (),
    )


def xcn(assigned: Element) -> str:
    """XCN of an assignedAuthor or assignedEntity; '' where it carries no identifier.

    Person: `<id>^NOM^PRENOM^^^^^^&<root>&ISO^D^^^IDNPS` (`RI` for an internal number); device: software, model, `U`;
    patient: `L` and `NH`.
    """
    root, number = attribute(assigned, "id", "root"), attribute(assigned, "id", "extension")
    if not number:
        return ""
    family, given = _names(assigned)
    device = first(assigned, "assignedAuthoringDevice") is not None
    if root in _INS_ROOTS:
        name_type, kind = "L", "NH"
    else:
        national = root == PS_IDNAT and number.startswith(_NATIONAL_PREFIXES)
        name_type, kind = "U" if device else "D", "IDNPS" if national and not device else "RI"
    return f"{escape(number)}^{escape(family)}^{escape(given)}^^^^^^&{root}&ISO^{name_type}^^^{kind}"


def _names(assigned: Element) -> tuple[str, str]:
    device = first(assigned, "assignedAuthoringDevice")
    if device is not None:
        return text(device, "softwareName"), text(device, "manufacturerModelName")
    return text(assigned, "assignedPerson/name/family"), text(assigned, "assignedPerson/name/given")


def _specialty(assigned: Element) -> str:
    code, system = attribute(assigned, "code", "code"), attribute(assigned, "code", "codeSystem")
    return f"{escape(code)}^{escape(attribute(assigned, 'code', 'displayName'))}^{system}" if code else ""


def _institution(assigned: Element) -> str:
    """XON of the structure: `NOM^^^^^&<root>&ISO^IDNST^^^<id>`."""
    organization = first(assigned, "representedOrganization")
    if organization is None:
        return ""
    name = escape(text(organization, "name"))
    root, number = attribute(organization, "id", "root"), attribute(organization, "id", "extension")
    if not number:
        return name
    return f"{name}^^^^^&{root}&ISO^{'IDNST' if root == STRUCT_IDNAT else 'RI'}^^^{escape(number)}"
