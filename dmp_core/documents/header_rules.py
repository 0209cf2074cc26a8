"""Rules on the header: what must be there, identifiers, version, language, times, texts."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from dmp_core.documents.rules import broken
from dmp_core.documents.times import is_full_time, is_time
from dmp_core.documents.tree import HL7, attribute, every, first
from dmp_core.model import limits
from dmp_core.model.finding import Finding, Severity
from dmp_core.model.oids import CI_SIS, HL7_FRANCE, XDS_SD
from dmp_core.xml import Element, local_name

_REQUIRED: Final = (
    "realmCode", "typeId", "id", "code", "title", "effectiveTime", "confidentialityCode", "languageCode", "setId",
    "versionNumber", "recordTarget/patientRole/id", "recordTarget/patientRole/patient/name",
    "recordTarget/patientRole/patient/administrativeGenderCode", "recordTarget/patientRole/patient/birthTime",
    "author/time", "author/assignedAuthor/id", "custodian/assignedCustodian/representedCustodianOrganization/id",
    "legalAuthenticator/time", "legalAuthenticator/assignedEntity/id", "documentationOf/serviceEvent/performer",
    "documentationOf/serviceEvent/effectiveTime/low",
    "documentationOf/serviceEvent/performer/assignedEntity/representedOrganization/standardIndustryClassCode",
    "componentOf/encompassingEncounter/effectiveTime",
    "componentOf/encompassingEncounter/location/healthCareFacility/code", "component",
)  # fmt: skip
_OID: Final = re.compile(r"[0-2](?:\.(?:0|[1-9][0-9]*))+")
_UUID: Final = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_TEXTS: Final = frozenset({"title", "family", "given", "name", "softwareName", "manufacturerModelName"})
_NAMES: Final = frozenset({"family", "given"})
_TIMES: Final = frozenset({"time", "effectiveTime", "birthTime"})
_PATIENT: Final = "recordTarget/patientRole/patient"
_DAY: Final = 8  # digits of a TS that names a day
_BOUNDS: Final = frozenset({"low", "high", "center"})


def missing_elements(document: Element) -> Iterator[Finding]:
    for path in _REQUIRED:
        if first(document, path) is None:
            yield broken("header-missing", f"/ClinicalDocument/{path}")


def models(document: Element) -> Iterator[Finding]:
    """HL7 France and CI-SIS always; level 1: the XDS-SD model beside, and nothing else."""
    roots = [template.get("root") for template in every(document, "templateId")]
    wanted = {HL7_FRANCE, CI_SIS}
    if first(document, "component/nonXMLBody") is not None:
        right = len(roots) == 3 and set(roots) == wanted | {XDS_SD}
    else:
        right = wanted < set(roots)
    if not right:
        yield broken("header-templates", "/ClinicalDocument/templateId")


def identifiers(document: Element) -> Iterator[Finding]:
    """The document's identifier fits XDS; the set's is another; the version counts from 1."""
    own, of_set = _identifier(document, "id"), _identifier(document, "setId")
    place = first(document, "id")
    if place is not None and (not _is_root(attribute(place, "", "root")) or len(own) > limits.UNIQUE_ID):
        yield broken("unique-id", place, detail=f"an OID or a UUID, at most {limits.UNIQUE_ID} characters")
    place = first(document, "setId")
    if place is not None and (of_set == own or not _is_root(attribute(place, "", "root"))):
        yield broken("set-id", place)
    place = first(document, "versionNumber")
    if place is not None and not re.fullmatch(r"[1-9][0-9]{0,8}", attribute(place, "", "value")):
        yield broken("version-number", place)


def language(document: Element) -> Iterator[Finding]:
    place = first(document, "languageCode")
    if place is not None and place.get("code") != "fr-FR":
        yield broken("language", place)


def times(document: Element) -> Iterator[Finding]:
    """Dates that exist, zones that are `±ZZzz`; the document's own time is complete.

    A warning where nothing of the DMP depends on it.
    """
    place = first(document, "effectiveTime")
    if place is not None and not is_full_time(attribute(place, "", "value")):
        yield broken("effective-time", place)
    told = {
        *every(document, "documentationOf/serviceEvent/effectiveTime/low"),
        *every(document, f"{_PATIENT}/birthTime"),
    }
    for element in document.iter(f"{{{HL7}}}*"):
        value = element.get("value")
        if value is None or element is place or not _holds_time(element):
            continue
        if not is_time(value):
            yield broken("time-format", element, severity=None if element in told else Severity.WARNING)
        elif len(value) > _DAY and not is_full_time(value):
            yield broken("time-zone", element)


def texts(document: Element) -> Iterator[Finding]:
    """No comment inside a name or a title, no invisible character, no foreign letter, no title that XDS cannot hold."""
    component = first(document, "component")
    for element in document.iter(f"{{{HL7}}}*"):
        if element is component:
            break
        if local_name(element) not in _TEXTS:
            continue
        if local_name(element) != "name" and len(element):
            yield broken("split-text", element)
        elif any(_is_invisible(character) for character in element.text or ""):
            yield broken("invisible-character", element)
        elif local_name(element) in _NAMES and any(_is_foreign(character) for character in element.text or ""):
            yield broken("foreign-letter", element)
    title = first(document, "title")
    if title is not None and len((title.text or "").strip()) > limits.TITLE:
        yield broken("title-length", title, detail=f"at most {limits.TITLE} characters")


def _identifier(document: Element, tag: str) -> str:
    root, extension = attribute(document, tag, "root"), attribute(document, tag, "extension")
    return f"{root}^{extension}" if extension else root


def _is_root(value: str) -> bool:
    return bool(_OID.fullmatch(value) or _UUID.fullmatch(value))


def _holds_time(element: Element) -> bool:
    name, parent = local_name(element), element.getparent()
    if name in _BOUNDS:
        return parent is not None and local_name(parent) in _TIMES and element.get("unit") is None
    return name in _TIMES


def _is_foreign(character: str) -> bool:
    """A letter of another alphabet: the civil register writes names in Latin letters, a look-alike is another name."""
    return unicodedata.category(character).startswith("L") and not unicodedata.name(character, "").startswith("LATIN")


def _is_invisible(character: str) -> bool:
    """Controls, bidirectional marks, zero-width joiners: what nobody sees and everybody compares."""
    return character not in "\t\n\r" and unicodedata.category(character) in ("Cc", "Cf", "Co", "Cn", "Cs")
