"""A whole document: header, then the body that a plugin gave."""

from base64 import b64encode

from dmp_core.api.bodies import Body, CdaBody, PdfBody
from dmp_core.api.cda import Part, element, part
from dmp_core.documents import pdf
from dmp_core.documents.facts import Facts
from dmp_core.documents.header import header
from dmp_core.documents.tree import HL7
from dmp_core.errors import DocumentInvalid
from dmp_core.model import limits
from dmp_core.xml import Element, parse, serialize


def compose(facts: Facts, body: Body) -> bytes:
    """The CDA of `body`: level 3 for a CdaBody, level 1 for a PdfBody. The same facts give the same bytes.

    Raises InsNotQualified, PdfRefused, XmlRefused (a body that is no XML), ContentInvalid, DocumentInvalid.
    """
    component = _structured(facts, body) if isinstance(body, CdaBody) else _unstructured(body)
    root = element(part("ClinicalDocument", header(facts, body)))
    root.append(component)
    return serialize(root)


def _structured(facts: Facts, body: CdaBody) -> Element:
    if not facts.document_type.templates:
        raise DocumentInvalid("a structured body, and a type that declares no templateId")
    inner = parse(body.structured_body, limit=limits.FED_DOCUMENT)
    if inner.tag != f"{{{HL7}}}structuredBody":
        raise DocumentInvalid("the structured body of the plugin is no structuredBody")
    component = element(part("component"))
    component.append(inner)
    return component


def _unstructured(body: Body) -> Element:
    if not isinstance(body, PdfBody):
        raise DocumentInvalid(f"no body that the core can frame: {type(body).__name__}")
    pdf.check(body.pdf)
    content: Part = part("text", b64encode(body.pdf).decode(), mediaType="application/pdf", representation="B64")
    return element(part("component", part("nonXMLBody", content)))
