"""What a pharmacist looks for in a record: the sections, their labels, and which one a document stands in.

`codes/sections.json` maps types and classes to them; the type decides first. No national text defines such sections.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

from dmp_core.model.document import RecordEntry

OTHER: Final = "other"
CONTACTS: Final = "contacts"


@dataclass(frozen=True, slots=True)
class Section:
    """One section; `label` is what the pharmacist reads."""

    id: str
    label: str


@dataclass(frozen=True, slots=True)
class _Sections:
    known: tuple[Section, ...]
    by_type: Mapping[str, str]
    by_class: Mapping[str, str]


def sections() -> tuple[Section, ...]:
    """All of them, in the order in which they are shown."""
    return _read().known


def section_of(entry: RecordEntry) -> str:
    """The id of the section that a document stands in: by its type, else by its class, else `other`."""
    read = _read()
    by_type = read.by_type.get(entry.type_code.code) if entry.type_code else None
    by_class = read.by_class.get(entry.class_code.code) if entry.class_code else None
    return by_type or by_class or OTHER


def words(kind: str) -> Mapping[str, str]:
    """French words about a record: `labels`, `questions`, `empty`, `relations`, `statuses`..."""
    found: dict[str, str] = _load("record-words")[kind]
    return found


@cache
def _read() -> _Sections:
    told = _load("sections")["sections"]
    return _Sections(
        known=tuple(Section(one["id"], one["label"]) for one in told),
        by_type={code: one["id"] for one in told for code in one["types"]},
        by_class={code: one["id"] for one in told for code in one["classes"]},
    )


@cache
def _load(name: str) -> dict[str, Any]:
    file = resources.files("dmp_core.model.codes").joinpath(f"{name}.json")
    data: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return data
