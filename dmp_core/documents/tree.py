"""A CDA as a tree: opening it, finding elements by their names, saying where one stands."""

from itertools import islice
from typing import Final, cast

from dmp_core.errors import DocumentInvalid
from dmp_core.model import limits
from dmp_core.xml import Element, local_name, parse, text_of

HL7: Final = "urn:hl7-org:v3"
ROOT: Final = f"{{{HL7}}}ClinicalDocument"
_MANY: Final = 1000


def open_document(cda: bytes) -> Element:
    """The ClinicalDocument of a CDA, also of one inside an `xsl:stylesheet` (self-presenting).

    Raises XmlRefused, and DocumentInvalid where there is none.
    """
    root = parse(cda, limit=limits.RECEIVED_DOCUMENT)
    found = root if root.tag == ROOT else next(root.iter(ROOT), None)
    if found is None:
        raise DocumentInvalid("no ClinicalDocument")
    return found


def is_self_presenting(document: Element) -> bool:
    """True where the ClinicalDocument stands inside a stylesheet that shows it."""
    return document.getparent() is not None


def first(node: Element, path: str) -> Element | None:
    """The first element at `path`: local names of HL7 v3 elements, separated by slashes."""
    return node.find(_qualified(path))


def every(node: Element, path: str) -> list[Element]:
    """All elements at `path`, in document order."""
    return node.findall(_qualified(path))


def attribute(node: Element, path: str, name: str) -> str:
    """An attribute of the first element at `path`, stripped; '' where either is missing."""
    found = first(node, path) if path else node
    return (found.get(name) or "").strip() if found is not None else ""


def text(node: Element, path: str) -> str:
    """The text of the first element at `path`, '' where there is none. Raises XmlRefused where markup splits it."""
    return text_of(first(node, path))


def path_of(element: Element) -> str:
    """Where an element stands: `/ClinicalDocument/author[2]/time`."""
    steps = []
    node: Element | None = element
    while node is not None:
        steps.append(local_name(node) + _rank(node))
        node = None if node.tag == ROOT else node.getparent()
    return "/" + "/".join(reversed(steps))


def _rank(node: Element) -> str:
    """`[2]` where an element has twins; counted up to a point, so that a hostile document costs nothing."""
    tag = str(node.tag)
    before = sum(1 for _ in islice(node.itersiblings(tag, preceding=True), _MANY))
    if not before and next(node.itersiblings(tag), None) is None:
        return ""
    return f"[{before + 1}]" if before < _MANY else f"[>{_MANY}]"


def line_of(element: Element) -> int | None:
    """The line of the source where an element stands, None for one that was built."""
    return cast("int | None", element.sourceline)  # its stub says another type


def _qualified(path: str) -> str:
    return "/".join(f"{{{HL7}}}{step}" for step in path.split("/"))
