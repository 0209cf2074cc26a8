"""Elements of ebRIM 3.0 as XDS uses them: slots, classifications, identifiers, associations, packages and objects.

Every function adds to an element in the order of the schema: slots, name, description, classifications, identifiers.
Source: IHE ITI TF-3 4.2.1; OASIS regrep-rim-3.0.
"""

from typing import Final

from lxml import etree

from dmp_core.model.document import Code, XdsAuthor
from dmp_core.model.oids import Xds
from dmp_core.xml import Element

RIM: Final = "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"
LCM: Final = "urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0"
HAS_MEMBER: Final = "urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember"
SIGNS: Final = "urn:ihe:iti:2007:AssociationType:signs"
REPLACES: Final = "urn:ihe:iti:2007:AssociationType:RPLC"
UPDATES_STATUS: Final = "urn:ihe:iti:2010:AssociationType:UpdateAvailabilityStatus"
_OBJECT_TYPE: Final = "urn:oasis:names:tc:ebxml-regrep:ObjectType:RegistryObject"
_XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"


def rim(tag: str) -> str:
    return f"{{{RIM}}}{tag}"


def submit_objects_request(parent: Element | None = None) -> tuple[Element, Element]:
    """`lcm:SubmitObjectsRequest`, inside `parent` or alone, and its `rim:RegistryObjectList` to fill."""
    tag, names = f"{{{LCM}}}SubmitObjectsRequest", {"lcm": LCM, "rim": RIM}
    request = etree.Element(tag, nsmap=names) if parent is None else etree.SubElement(parent, tag, nsmap=names)
    return request, etree.SubElement(request, rim("RegistryObjectList"))


def registry_package(objects: Element, object_id: str) -> Element:
    return etree.SubElement(objects, rim("RegistryPackage"), {"id": object_id})


def extrinsic_object(objects: Element, object_id: str, mime_type: str) -> Element:
    """A DocumentEntry, empty."""
    attributes = {"id": object_id, "mimeType": mime_type, "objectType": str(Xds.DOCUMENT_ENTRY)}
    return etree.SubElement(objects, rim("ExtrinsicObject"), attributes)


def association(objects: Element, kind: str, source: str, target: str) -> Element:
    """An association between two objects; slots are the caller's to add."""
    number = sum(1 for _ in objects.iterchildren(rim("Association"))) + 1
    attributes = {
        "id": f"Association{number:02}",
        "associationType": kind,
        "sourceObject": source,
        "targetObject": target,
        "objectType": f"{_OBJECT_TYPE}:Association",
    }
    return etree.SubElement(objects, rim("Association"), attributes)


def member(objects: Element, package: str, entry: str) -> Element:
    """HasMember of an original entry of a submission set."""
    made = association(objects, HAS_MEMBER, package, entry)
    slot(made, "SubmissionSetStatus", "Original")
    return made


def slot(parent: Element, name: str, *values: str | None) -> None:
    """A slot with those `values` that are there; no slot where none is."""
    present = [value for value in values if value]
    if not present:
        return
    value_list = etree.SubElement(etree.SubElement(parent, rim("Slot"), {"name": name}), rim("ValueList"))
    for value in present:
        etree.SubElement(value_list, rim("Value")).text = value


def name(parent: Element, text: str) -> None:
    _localized(parent, "Name", text)


def description(parent: Element, text: str) -> None:
    _localized(parent, "Description", text)


def classification(parent: Element, scheme: Xds, code: Code) -> None:
    """The coded value that `scheme` asks for, with its coding scheme and label."""
    made = _classification(parent, {"classificationScheme": str(scheme), "nodeRepresentation": code.code})
    slot(made, "codingScheme", code.system)
    if code.label:
        name(made, code.label)


def author(parent: Element, scheme: Xds, who: XdsAuthor) -> None:
    """An author: a classification without code, whose slots hold HL7 v2 strings."""
    made = _classification(parent, {"classificationScheme": str(scheme), "nodeRepresentation": ""})
    slot(made, "authorPerson", who.person)
    slot(made, "authorSpecialty", *who.specialty)
    slot(made, "authorInstitution", *who.institution)
    slot(made, "authorRole", *who.role)


def node(parent: Element, classification_node: Xds) -> None:
    """What `parent` is: `urn:uuid:a54d6aa5…` marks a submission set."""
    _classification(parent, {"classificationNode": str(classification_node)})


def external_identifier(parent: Element, scheme: Xds, label: str, value: str) -> None:
    """An identifier, e.g. `XDSDocumentEntry.uniqueId`, which `label` names."""
    owner = parent.get("id", "")
    number = sum(1 for _ in parent.iterchildren(rim("ExternalIdentifier"))) + 1
    attributes = {
        "id": f"{owner}-id{number}",
        "identificationScheme": str(scheme),
        "registryObject": owner,
        "value": value,
        "objectType": f"{_OBJECT_TYPE}:ExternalIdentifier",
    }
    name(etree.SubElement(parent, rim("ExternalIdentifier"), attributes), label)


def _classification(parent: Element, attributes: dict[str, str]) -> Element:
    owner = parent.get("id", "")
    number = sum(1 for _ in parent.iterchildren(rim("Classification"))) + 1
    fixed = {
        "id": f"{owner}-c{number}",
        "classifiedObject": owner,
        "objectType": f"{_OBJECT_TYPE}:Classification",
    }
    return etree.SubElement(parent, rim("Classification"), fixed | attributes)


def _localized(parent: Element, tag: str, text: str) -> None:
    """In the charset and language that the official examples declare."""
    attributes = {"charset": "UTF8", _XML_LANG: "FR", "value": text}
    etree.SubElement(etree.SubElement(parent, rim(tag)), rim("LocalizedString"), attributes)
