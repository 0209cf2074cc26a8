"""The body of a document: title and narrative of each section, as they follow each other, or the file that it holds."""

from typing import Final

from dmp_core.documents.tree import HL7, attribute, first
from dmp_core.documents.viewer.files import Files
from dmp_core.documents.viewer.narrative import Narrative
from dmp_core.documents.viewer.texts import one_line
from dmp_core.documents.viewer.view import Removed
from dmp_core.documents.viewer.writer import Writer
from dmp_core.xml import Element

_SECTION: Final = f"{{{HL7}}}section"
_COMPONENT: Final = f"{{{HL7}}}component"
_SECTIONS: Final = 2000
_LOWEST: Final = 6  # h6
_TITLE: Final = 500  # characters


def write(document: Element, files: Files, out: Writer) -> None:
    """The body. Raises nothing for what it does not know: it marks it."""
    unstructured = first(document, "component/nonXMLBody/text")
    if unstructured is not None:
        with out.inside("div", class_="body"):
            files.write(unstructured, "Contenu du document", out)
    structured = first(document, "component/structuredBody")
    if structured is not None:
        _sections(structured, Narrative(out, files), out)
    if structured is None and unstructured is None:
        out.leaf("p", "Ce document n’a pas de contenu lisible.", class_="nothing")


def _sections(body: Element, narrative: Narrative, out: Writer) -> None:
    """Without recursion: a section's rank is one more than that of the section around it."""
    ranks: dict[Element, int] = {body: 1}
    for section in body.iter(_SECTION):
        component = section.getparent()
        around = component.getparent() if component is not None and component.tag == _COMPONENT else None
        if around is None or around not in ranks:
            continue
        if len(ranks) > _SECTIONS:
            out.mark(Removed.EXCESS)
            return
        ranks[section] = ranks[around] + 1
        _section(section, min(ranks[section], _LOWEST), narrative, out)


def _section(section: Element, rank: int, narrative: Narrative, out: Writer) -> None:
    with out.inside("section", class_=f"rank-{rank}"):
        out.leaf(
            f"h{rank}",
            one_line(first(section, "title"), _TITLE)
            or attribute(section, "code", "displayName")
            or "Section sans titre",
        )
        text = first(section, "text")
        if text is not None:
            narrative.write(text)
        elif first(section, "component") is None:
            out.leaf("p", "Cette section n’a pas de texte lisible.", class_="nothing")
