"""Rows of a patient's record: an ebRIM 3.0 ExtrinsicObject becomes a RecordEntry (IHE ITI TF-3 4.2.3.2).

One walk per entry, no XPath: a record of 500 documents is read while a screen is drawn.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from dmp_core import xml
from dmp_core.errors import AnswerUnreadable, XmlRefused
from dmp_core.model.document import Code, RecordEntry, XdsAuthor
from dmp_core.model.oids import Xds
from dmp_core.xml import Element

RIM: Final = "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"
EXTRINSIC_OBJECT: Final = f"{{{RIM}}}ExtrinsicObject"
OBJECT_REF: Final = f"{{{RIM}}}ObjectRef"
_SLOT: Final = f"{{{RIM}}}Slot"
_VALUE: Final = f"{{{RIM}}}Value"
_NAME: Final = f"{{{RIM}}}Name"
_DESCRIPTION: Final = f"{{{RIM}}}Description"
_LOCALIZED: Final = f"{{{RIM}}}LocalizedString"
_CLASSIFICATION: Final = f"{{{RIM}}}Classification"
_IDENTIFIER: Final = f"{{{RIM}}}ExternalIdentifier"
_VERSION: Final = f"{{{RIM}}}VersionInfo"
_SIZE: Final = re.compile(r"[0-9]{1,18}")
T = TypeVar("T")
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"

_ONE_CODE: Final[dict[str, str]] = {
    Xds.TYPE_CODE: "type_code",
    Xds.CLASS_CODE: "class_code",
    Xds.FORMAT_CODE: "format_code",
    Xds.HEALTHCARE_FACILITY: "healthcare_facility",
    Xds.PRACTICE_SETTING: "practice_setting",
}
_CODE_LISTS: Final[dict[str, str]] = {Xds.CONFIDENTIALITY_CODE: "confidentiality", Xds.EVENT_CODE: "event_codes"}
_IDENTIFIERS: Final[dict[str, str]] = {Xds.UNIQUE_ID: "unique_id", Xds.PATIENT_ID: "patient_id"}
_ONE_VALUE: Final = {
    "repositoryUniqueId": "repository_id",
    "languageCode": "language",
    "creationTime": "creation_time",
    "serviceStartTime": "service_start_time",
    "serviceStopTime": "service_stop_time",
    "legalAuthenticator": "legal_authenticator",
    "sourcePatientId": "source_patient_id",
    "hash": "hash",
}


def read(objects: Iterable[Element]) -> Iterator[RecordEntry]:
    """One row for each ExtrinsicObject. Raises AnswerUnreadable with the rank, from 1, of the one that is unusable."""
    return read_each(objects, entry, "entry")


def read_each(objects: Iterable[Element], reader: Callable[[Element], T], what: str) -> Iterator[T]:
    """What `reader` makes of each object. Raises AnswerUnreadable with `what` and the rank of an unusable one."""
    for rank, element in enumerate(objects, 1):
        try:
            yield reader(element)
        except ValidationError as error:
            names = sorted({str(each["loc"][0]) for each in error.errors(include_input=False) if each["loc"]})
            raise AnswerUnreadable(f"{what} {rank}: {', '.join(names)}") from None
        except (XmlRefused, AnswerUnreadable) as error:
            raise AnswerUnreadable(f"{what} {rank}: {error.detail}") from None


def entry(element: Element) -> RecordEntry:
    """One row. What IHE requires of any answer and is missing is refused: id, objectType, status, uniqueId.

    Raises ValidationError, XmlRefused, AnswerUnreadable: `read_each` makes one of them.
    """
    if not element.get("objectType"):
        raise AnswerUnreadable("objectType is missing")
    fields: dict[str, Any] = {"authors": [], "confidentiality": [], "event_codes": []}
    for child in element:
        if take := _TAKE.get(child.tag):
            take(child, fields)
    return RecordEntry(
        entry_uuid=element.get("id") or None,
        logical_id=element.get("lid") or None,
        status=element.get("status") or None,
        home_community_id=element.get("home") or None,
        mime_type=element.get("mimeType", ""),
        **fields,
    )


def _take_slot(slot: Element, fields: dict[str, Any]) -> None:
    name, found = slot.get("name", ""), values(slot)
    if not found:
        return
    if field := _ONE_VALUE.get(name):
        fields[field] = found[0]
    elif name == "sourcePatientInfo":
        fields["source_patient_info"] = found
    elif name == "size" and _SIZE.fullmatch(found[0]):
        fields["size"] = int(found[0])


def _take_classification(classification: Element, fields: dict[str, Any]) -> None:
    scheme = classification.get("classificationScheme", "")
    if name := _ONE_CODE.get(scheme):
        if name not in fields:
            fields[name] = code(classification)
    elif name := _CODE_LISTS.get(scheme):
        fields[name].append(code(classification))
    elif scheme == Xds.AUTHOR:
        fields["authors"].append(author(classification))


def _take_identifier(identifier: Element, fields: dict[str, Any]) -> None:
    if name := _IDENTIFIERS.get(identifier.get("identificationScheme", "")):
        fields[name] = identifier.get("value", "").strip()


def _take_name(name: Element, fields: dict[str, Any]) -> None:
    fields["title"] = localized(name)


def _take_description(description: Element, fields: dict[str, Any]) -> None:
    fields["comments"] = localized(description)


def _take_version(version: Element, fields: dict[str, Any]) -> None:
    fields["version"] = version.get("versionName")


_TAKE: Final[dict[str, Callable[[Element, dict[str, Any]], None]]] = {
    _SLOT: _take_slot,
    _CLASSIFICATION: _take_classification,
    _IDENTIFIER: _take_identifier,
    _NAME: _take_name,
    _DESCRIPTION: _take_description,
    _VERSION: _take_version,
}


def code(classification: Element) -> Code:
    system, label = "", ""
    for child in classification:
        tag = child.tag
        if tag == _SLOT and child.get("name") == "codingScheme":
            system = next(iter(values(child)), "")
        elif tag == _NAME:
            label = localized(child)
    return _coded(classification.get("nodeRepresentation", ""), system, label)


@lru_cache(1024)
def _coded(code: str, system: str, label: str) -> Code:
    """The same few codes stand in every row."""
    return Code(code=code, system=system, label=label)


def author(classification: Element) -> XdsAuthor:
    slots = {slot.get("name", ""): values(slot) for slot in classification.iterchildren(_SLOT)}
    return XdsAuthor(
        person=next(iter(slots.get("authorPerson", ())), None),
        specialty=slots.get("authorSpecialty", ()),
        institution=slots.get("authorInstitution", ()),
        role=slots.get("authorRole", ()),
    )


def values(slot: Element) -> tuple[str, ...]:
    """The values of a slot, stripped, empty ones left out. Raises XmlRefused where markup splits one."""
    return tuple([text for each in slot for value in each if value.tag == _VALUE and (text := xml.text_of(value))])


def localized(element: Element) -> str:
    """The text of a Name or Description: the French one where there is one, else the first that is not empty."""
    if len(element) == 1 and element[0].tag == _LOCALIZED:
        return element[0].get("value", "")
    texts = [(each.get(_LANG, "").lower(), each.get("value", "")) for each in element.iterchildren(_LOCALIZED)]
    french = (text for lang, text in texts if lang.startswith("fr") and text)
    return next(french, next((text for _, text in texts if text), ""))
