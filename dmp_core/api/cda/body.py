"""Sections, and the body that they make."""

from collections.abc import Iterable, Sequence

from dmp_core.api.cda.part import Part, part, walk, written
from dmp_core.api.cda.values import coded
from dmp_core.model.document import Code


def section(
    code: Code,
    *,
    title: str,
    identifier: Part,
    narrative: Sequence[Part | str],
    entries: Sequence[Part] = (),
    templates: Sequence[Part] = (),
    authors: Sequence[Part] = (),
) -> Part:
    """A section. Every `entries` item becomes an `entry`, unless it is one (with models or a type of its own).

    The French rules want title, identifier and narrative.
    """
    return part(
        "section",
        templates,
        identifier,
        coded("code", code),
        part("title", title),
        part("text", narrative),
        authors,
        [entry if entry.tag == "entry" else part("entry", entry) for entry in entries],
    )


def structured_body(sections: Sequence[Part]) -> bytes:
    """The serialised `structuredBody` of those sections, for `CdaBody`.

    Raises ValueError where an entry points at an ID that no narrative carries, or two pieces carry the same;
    ContentInvalid where a text holds a character that XML forbids.
    """
    marks, pointers = _marks_and_pointers(sections)
    if len(marks) != len(set(marks)):
        raise ValueError("two pieces of the narrative carry the same ID")
    if missing := sorted(pointers - {f"#{mark}" for mark in marks}):
        raise ValueError(f"entries point at {len(missing)} ID(s) that no narrative carries: {', '.join(missing)[:200]}")
    body = part("structuredBody", [part("component", one) for one in sections])
    return written(body)


def _marks_and_pointers(sections: Iterable[Part]) -> tuple[list[str], set[str]]:
    """The IDs that the narratives carry, and the addresses that the entries point at."""
    marks: list[str] = []
    pointers: set[str] = set()
    for one in walk(sections):
        for name, value in one.attributes:
            if name == "ID":
                marks.append(value)
            elif name == "value" and one.tag == "reference":
                pointers.add(value)
    return marks, pointers
