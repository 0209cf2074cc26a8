"""Rules on the body: the file of a level 1 document; sections, models and pointers of a level 3 one."""

import re
from base64 import b64decode
from collections.abc import Iterator
from typing import Final

from dmp_core.documents import pdf
from dmp_core.documents.images import kind_of
from dmp_core.documents.rules import broken
from dmp_core.documents.tree import HL7, every, first
from dmp_core.errors import PdfRefused
from dmp_core.model.codes import format_of_media, french_template
from dmp_core.model.finding import Finding
from dmp_core.xml import Element, local_name

_BLANKS: Final = re.compile(r"\s+")
_SECTION_MODELS: Final = "1.2.250.1.213.1.1.2."


def unstructured(document: Element) -> Iterator[Finding]:
    """A known media type that the bytes bear out, base64 that says so, a whole PDF (that calls itself PDF/A-1)."""
    place = first(document, "component/nonXMLBody/text")
    if place is None:
        return
    media_type = place.get("mediaType", "")
    if format_of_media(media_type) is None:
        yield broken("media-type", place)
    if place.get("representation") != "B64":
        yield broken("representation", place)
    try:
        content = b64decode(_BLANKS.sub("", place.text or ""), validate=True)
    except ValueError:
        content = b""
    if not content:
        yield broken("base64", place)
    elif media_type == "application/pdf":
        yield from _pdf(place, content)
    elif format_of_media(media_type) is not None and (seen := kind_of(content)) != media_type:
        yield broken("media-type", place, detail=f"the bytes show {seen}")


def _pdf(place: Element, content: bytes) -> Iterator[Finding]:
    try:
        pdf.check(content)
    except PdfRefused as error:
        yield broken("pdf", place, detail=error.detail)
        return
    if not pdf.declares_pdf_a_1(content):
        yield broken("pdf-a", place)


def sections(document: Element) -> Iterator[Finding]:
    """Each section has a title, a narrative (its own or that of sections inside), an identifier, a French model."""
    for section in document.iter(f"{{{HL7}}}section"):
        if not _has_text(section, "title"):
            yield broken("section-title", section)
        if not _has_text(section, "text") and first(section, "component/section") is None:
            yield broken("section-text", section)
        if first(section, "id") is None:
            yield broken("section-id", section)
        if not any(template.get("root", "").startswith(_SECTION_MODELS) for template in every(section, "templateId")):
            yield broken("section-template", section)


def entries(document: Element) -> Iterator[Finding]:
    """Where an entry follows an IHE or CCD model, the French model that goes with it stands beside."""
    for template in document.iter(f"{{{HL7}}}templateId"):
        holder = template.getparent()
        wanted = french_template(template.get("root", ""))
        if holder is None or wanted is None or local_name(holder) == "section":
            continue
        if wanted not in {beside.get("root") for beside in every(holder, "templateId")}:
            yield broken("entry-template", holder)


def pointers(document: Element) -> Iterator[Finding]:
    """Each ID of the narrative is there once, each pointer finds its own; an address (`http:`) points outside."""
    known: set[str] = set()
    for element in document.iter(f"{{{HL7}}}*"):
        mark = element.get("ID")
        if mark is not None and mark in known:
            yield broken("id-duplicate", element)
        elif mark is not None:
            known.add(mark)
    for reference in document.iter(f"{{{HL7}}}reference"):
        value = reference.get("value")
        if value is None or (":" in value and not value.startswith("#")):
            continue
        if value.removeprefix("#") not in known:
            yield broken("reference-dangling", reference)
        elif not value.startswith("#"):
            yield broken("reference-form", reference, detail="no # before the ID")


def links(document: Element) -> Iterator[Finding]:
    """A document shows itself alone: no link leaves it (EX_2.1-1115)."""
    for link in document.iter(f"{{{HL7}}}linkHtml"):
        if not link.get("href", "").startswith("#"):
            yield broken("narrative-link", link)


def _has_text(section: Element, tag: str) -> bool:
    found = first(section, tag)
    return found is not None and (len(found) > 0 or bool((found.text or "").strip()))
