"""A CDA becomes a view: head, notices, narrative, files."""

import re
from typing import Final

from dmp_core.documents.tree import ROOT, attribute, first
from dmp_core.documents.viewer import heading, notices, sections
from dmp_core.documents.viewer.characters import visible
from dmp_core.documents.viewer.files import Files
from dmp_core.documents.viewer.texts import one_line
from dmp_core.documents.viewer.view import Notice, View, ViewContext
from dmp_core.documents.viewer.writer import Writer
from dmp_core.errors import DocumentInvalid
from dmp_core.model import limits
from dmp_core.model.codes import value_set
from dmp_core.model.document import Code
from dmp_core.xml import Element, parse

_LANGUAGE: Final = re.compile(r"[a-z]{2}(?:-[A-Z]{2})?")
_VERSION: Final = re.compile(r"[0-9]{1,9}")
_NO_CONTEXT: Final = ViewContext()


def render(document: bytes, *, context: ViewContext = _NO_CONTEXT) -> View:
    """The document as a view, whatever it holds: what may not be shown is marked, the rest is there.

    Raises XmlRefused (no XML, a DOCTYPE, more than 20 MB) and DocumentInvalid (no ClinicalDocument).
    """
    cda = _open(document)
    type_code = _type_of(cda)
    class_code = notices.class_code_of(type_code.code, context.row)
    version = attribute(cda, "versionNumber", "value")
    number = int(version) if _VERSION.fullmatch(version) else 1
    language = attribute(cda, "languageCode", "code")
    title = one_line(first(cda, "title"), limits.TITLE) or type_code.label or "Document sans titre"
    out, files = Writer(), Files(cda, context.draw)
    heading.write(cda, out, title=title, type_label=type_code.label, time_zone=context.time_zone)
    sections.write(cda, files, out)
    said = list(notices.of_document(document, cda, context, number))
    if notices.is_by_patient(type_code.code, class_code):
        said.append(Notice.BY_PATIENT)
    if out.odd:
        said.append(Notice.ODD_CHARACTERS)
    if out.removed:
        said.append(Notice.REMOVED)
    return View(
        title=visible(title, name=True),
        type_code=type_code,
        class_code=class_code,
        unique_id=attribute(cda, "id", "root"),
        version=number,
        language=language if _LANGUAGE.fullmatch(language) else "fr",
        fragment=out.html(),
        notices=tuple(said),
        attachments=tuple(files.attachments),
        removed=dict(out.removed),
    )


def _open(document: bytes) -> Element:
    """The ClinicalDocument, also inside a stylesheet that shows it; as deep as it likes, for depth is capped later."""
    root = parse(document, limit=limits.RECEIVED_DOCUMENT, deep=True)
    found = root if root.tag == ROOT else next(root.iter(ROOT), None)
    if found is None:
        raise DocumentInvalid("no ClinicalDocument")
    return found


def _type_of(cda: Element) -> Code:
    """The type with its official label; with the document's own where ANS knows none."""
    code, system = attribute(cda, "code", "code"), attribute(cda, "code", "codeSystem")
    known = value_set("J07").find(code, system)
    return known or Code(code=code, system=system, label=attribute(cda, "code", "displayName"))
