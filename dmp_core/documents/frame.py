"""A whole document: header, then the body that a plugin gave."""

from base64 import b64encode

from dmp_core.api.bodies import Body, CdaBody, FileBody, PdfBody
from dmp_core.api.cda import Part, element, part
from dmp_core.api.layout import LaidOut
from dmp_core.documents import files, layout
from dmp_core.documents.facts import Facts
from dmp_core.documents.files import Carried
from dmp_core.documents.header import header
from dmp_core.documents.house_style import HOUSE, HouseStyle
from dmp_core.documents.images import PDF
from dmp_core.documents.tree import HL7
from dmp_core.errors import DocumentInvalid
from dmp_core.model import limits
from dmp_core.xml import Element, parse, serialize


def compose(facts: Facts, body: Body, style: HouseStyle = HOUSE) -> bytes:
    """The CDA of `body`: level 3 for a CdaBody, level 1 for a LaidOut, a FileBody or a PdfBody.

    The same facts give the same bytes. Raises InsNotQualified, XmlRefused (a body that is no XML), ContentInvalid,
    DocumentInvalid, and what `files.conform` and `layout.print_pdf` raise.
    """
    head = header(facts, body)
    component = _structured(facts, body) if isinstance(body, CdaBody) else _unstructured(_carried(facts, body, style))
    return _framed(head, component)


def level_1(facts: Facts, body: Body, carried: Carried) -> bytes:
    """The CDA around a file that is as the DMP takes it."""
    return _framed(header(facts, body), _unstructured(carried))


def _framed(head: list[Part], component: Element) -> bytes:
    root = element(part("ClinicalDocument", head))
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


def _carried(facts: Facts, body: Body, style: HouseStyle) -> Carried:
    match body:
        case LaidOut():
            return Carried(PDF, layout.print_pdf(facts, body, style))
        case FileBody():
            return files.conform(body.content, body.media_type)
        case PdfBody():
            return files.conform(body.pdf, PDF)
    raise DocumentInvalid(f"no body that the core can frame: {type(body).__name__}")


def _unstructured(carried: Carried) -> Element:
    content: Part = part(
        "text", b64encode(carried.content).decode(), mediaType=carried.media_type, representation="B64"
    )
    return element(part("component", part("nonXMLBody", content)))
