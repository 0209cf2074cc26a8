"""The value sets and associations of ANS, as data files of this package: `value_set("J01").label("G15_21/A")`.

One file each: name, OID, version, concepts. `tools/value_sets.py` writes those that ANS publishes as files;
J57, J60 and the associations (ASS_X04, ASS_A11, ASS_A12, French models) are typed from its terminology pages.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any, Final

from dmp_core.errors import DocumentInvalid
from dmp_core.model.document import Code

CLASS: Final = "J57"
FORMAT: Final = "J60"


@dataclass(frozen=True, slots=True)
class ValueSet:
    """One JDV. A code stands in one system; where it stood in two, `system` tells which is meant."""

    name: str
    oid: str
    version: str
    concepts: Mapping[tuple[str, str], Code] = field(repr=False)
    by_code: Mapping[str, Code] = field(repr=False)

    def find(self, code: str, system: str | None = None) -> Code | None:
        """The concept, None where the value set has none."""
        return self.by_code.get(code) if system is None else self.concepts.get((code, system))

    def contains(self, code: str, system: str | None = None) -> bool:
        return self.find(code, system) is not None

    def code(self, code: str, system: str | None = None) -> Code:
        """The concept with its official label. Raises DocumentInvalid, with the value set's name."""
        found = self.find(code, system)
        if found is None:
            raise DocumentInvalid(f"a code outside {self.name}")
        return found

    def label(self, code: str, system: str | None = None) -> str:
        """The official label. Raises DocumentInvalid."""
        return self.code(code, system).label


@cache
def value_set(name: str) -> ValueSet:
    """The value set of that file: `J01`, `immunization-route`... Raises FileNotFoundError, a mistake of ours."""
    data = _load(name)
    codes = [Code(code=code, system=system, label=label) for code, system, label in data["concepts"]]
    return ValueSet(
        name=data["name"],
        oid=data["oid"],
        version=data["version"],
        concepts={(code.code, code.system): code for code in codes},
        by_code={code.code: code for code in codes},
    )


def class_of(type_code: str) -> Code | None:
    """The class of a type of document (ASS_X04)."""
    class_code = _pairs("type-class").get(type_code)
    return value_set(CLASS).find(class_code) if class_code else None


def format_of_template(root: str) -> Code | None:
    """The XDS format of a structured document that declares this templateId (ASS_A11)."""
    format_code = _pairs("template-format").get(root)
    return value_set(FORMAT).find(format_code) if format_code else None


def format_of_media(media_type: str) -> Code | None:
    """The XDS format of an unstructured document of this media type (ASS_A12)."""
    format_code = _pairs("media-format").get(media_type)
    return value_set(FORMAT).find(format_code) if format_code else None


def french_template(root: str) -> str | None:
    """The CI-SIS templateId that must stand beside this IHE PCC or CCD one."""
    return _pairs("french-template").get(root)


@cache
def _pairs(name: str) -> Mapping[str, str]:
    pairs: dict[str, str] = _load(name)["pairs"]
    return pairs


def _load(name: str) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(resources.files(__name__).joinpath(f"{name}.json").read_text(encoding="utf-8"))
    return data
