"""Sections, and the body that they make."""

from collections.abc import Iterable, Iterator, Sequence

from dmp_core.api.cda.part import Part, element, part
from dmp_core.api.cda.values import coded
from dmp_core.model.document import Code
from dmp_core.xml import serialize


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
    marks = [value for name, value in _attributes(sections) if name == "ID"]
    if len(marks) != len(set(marks)):
        raise ValueError("two pieces of the narrative carry the same ID")
    pointers = {value for name, value in _references(sections) if name == "value"}
    if missing := sorted(pointers - {f"#{mark}" for mark in marks}):
        raise ValueError(f"entries point at {len(missing)} ID(s) that no narrative carries: {', '.join(missing)[:200]}")
    body = part("structuredBody", [part("component", one) for one in sections])
    return serialize(element(body), declaration=False)


def _walk(parts: Iterable[Part | str]) -> Iterator[Part]:
    for one in parts:
        if isinstance(one, Part):
            yield one
            yield from _walk(one.content)


def _attributes(parts: Iterable[Part]) -> Iterator[tuple[str, str]]:
    for one in _walk(parts):
        yield from one.attributes


def _references(parts: Iterable[Part]) -> Iterator[tuple[str, str]]:
    for one in _walk(parts):
        if one.tag == "reference":
            yield from one.attributes
