"""Rules on coded values of the header: in their value set, under their official label."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

from dmp_core.documents.rules import broken
from dmp_core.documents.tree import every
from dmp_core.model.codes import value_set
from dmp_core.model.finding import Finding
from dmp_core.xml import Element

_ACT: Final = "documentationOf/serviceEvent/performer/assignedEntity"
_CODED: Final = (
    ("code", "J07"),
    ("confidentialityCode", "J08"),
    ("recordTarget/patientRole/patient/administrativeGenderCode", "J143"),
    ("author/functionCode", "J47"),
    ("author/assignedAuthor/code", "J01"),
    ("author/assignedAuthor/representedOrganization/standardIndustryClassCode", "J04"),
    ("legalAuthenticator/assignedEntity/code", "J01"),
    ("legalAuthenticator/assignedEntity/representedOrganization/standardIndustryClassCode", "J04"),
    (f"{_ACT}/code", "J01"),
    (f"{_ACT}/representedOrganization/standardIndustryClassCode", "J04"),
    ("componentOf/encompassingEncounter/code", "J142"),
    ("componentOf/encompassingEncounter/location/healthCareFacility/code", "J02"),
)


def coded_values(document: Element) -> Iterator[Finding]:
    for path, name in _CODED:
        official = value_set(name)
        for element in every(document, path):
            if element.get("nullFlavor"):
                continue
            known = official.find(element.get("code", ""), element.get("codeSystem", ""))
            if known is None:
                yield broken("code-unknown", element, detail=official.name)
            elif _folded(element.get("displayName", "")) != _folded(known.label):
                yield broken("code-label", element, detail=official.name)


def _folded(label: str) -> str:
    """A label without what printers change: accents, case, apostrophes, hyphens, blanks."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", label) if not unicodedata.combining(c))
    return re.sub(r"[\s'’‘\-‐–—]+", " ", plain).strip().casefold()
