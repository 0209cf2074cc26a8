"""Prints a document without a structured model: sections and tables become PDF/A-1b in the pharmacy's house style."""

from html import escape
from importlib.resources import as_file
from io import BytesIO
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel

from dmp_core.api.layout import LaidOut, LaidSection
from dmp_core.documents import header, heading, pdfa
from dmp_core.documents.blocks import section
from dmp_core.documents.facts import Facts
from dmp_core.documents.house_style import HOUSE, HouseStyle
from dmp_core.documents.sheet import BODY, BOTTOM, GREY, LEFT, RIGHT, RULE, TOP, Box, Font, Mark, Picture, Sheet, Words
from dmp_core.documents.typeface import file_of, printable
from dmp_core.errors import DocumentInvalid, ExtraMissing

if TYPE_CHECKING:
    from fpdf import FPDF

_FIRST_TOP: Final = 15.0  # the first page has no running head
MOST_PAGES: Final = 100
_FAMILY: Final = "House"
_RUNNING: Final = Font(7.5, colour=GREY)
_XMP: Final = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/" pdfaid:part="1" pdfaid:conformance="B" xmp:CreateDate="{date}">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
</rdf:Description></rdf:RDF></x:xmpmeta>"""


def print_pdf(facts: Facts, body: LaidOut, style: HouseStyle = HOUSE) -> bytes:
    """The PDF/A-1b of `body`. The same facts, body and style give the same bytes.

    Raises ContentInvalid (a character that cannot be shown), DocumentInvalid (too many pages, a trait that INSi cannot
    have given, or a mistake of ours that the gate of PDF/A stopped), ExtraMissing.
    """
    title = printable(header.title(facts, body), "title").replace("\n", " ")
    sheet = Sheet(style, y=_FIRST_TOP)
    heading.letterhead(sheet, facts.who.structure)
    heading.title(sheet, title)
    heading.patient_block(sheet, facts.patient)
    heading.authorship(sheet, facts, body)
    for number, one in enumerate(body.sections):
        section(sheet, _printable(one, f"sections.{number}"))
        if len(sheet.pages) > MOST_PAGES:
            raise DocumentInvalid(f"more than {MOST_PAGES} pages")
    _running_lines(sheet, title, printable(heading.identity_line(facts.patient), "patient.traits"))
    return _as_pdf_a(_drawn(sheet, facts, title))


def _printable(one: LaidSection, path: str) -> LaidSection:
    """The same section in characters that can be printed. Raises ContentInvalid."""

    def clean(value: object) -> object:
        if isinstance(value, str):
            return printable(value, path)
        if isinstance(value, tuple):
            return tuple(clean(inner) for inner in value)
        if isinstance(value, BaseModel):
            return value.model_copy(update={name: clean(getattr(value, name)) for name in type(value).model_fields})
        return value

    cleaned = clean(one)
    assert isinstance(cleaned, LaidSection)
    return cleaned


def _running_lines(sheet: Sheet, title: str, patient: str) -> None:
    """At the foot of each page its number and the title; at the head of the later ones, the patient."""
    total = len(sheet.pages)
    for number, page in enumerate(sheet.pages, 1):
        told = f"Page {number}/{total}"
        width = _RUNNING.width(told)
        page += [
            Box(LEFT, BOTTOM + 5.0, BODY, 0.2, RULE),
            Words(LEFT, BOTTOM + 9.0, _RUNNING.cut(title, BODY - width - 8.0), _RUNNING),
            Words(RIGHT - width, BOTTOM + 9.0, told, _RUNNING),
        ]
        if number > 1:
            page += [
                Words(LEFT, TOP - 6.5, _RUNNING.cut(patient, BODY), _RUNNING),
                Box(LEFT, TOP - 4.5, BODY, 0.2, RULE),
            ]


def _drawn(sheet: Sheet, facts: Facts, title: str) -> bytes:
    try:
        from fpdf import FPDF
    except ImportError as error:
        raise ExtraMissing(f"{error.name}: install dmp-core[pdf]") from error
    pdf = FPDF(format="A4", enforce_compliance="PDFA_1B")
    pdf.set_auto_page_break(False)
    pdf.alias_nb_pages(None)  # type: ignore[arg-type]  # its own words: None takes the substitution away
    pdf.set_lang("fr-FR")
    pdf.set_creation_date(facts.written_at)
    pdf.set_title(title)
    author = printable(facts.who.structure.name, "structure.name")
    pdf.set_author(author)
    pdf.set_xmp_metadata(
        _XMP.format(
            date=facts.written_at.isoformat(timespec="seconds"),
            title=escape(title),
            author=escape(author),
        )
    )
    with as_file(file_of(bold=False)) as regular, as_file(file_of(bold=True)) as bold:
        pdf.add_font(_FAMILY, "", regular)
        pdf.add_font(_FAMILY, "B", bold)
        for page in sheet.pages:
            pdf.add_page()
            for mark in page:
                _draw(pdf, mark)
        return bytes(pdf.output())


def _draw(pdf: "FPDF", mark: Mark) -> None:
    match mark:
        case Words():
            pdf.set_font(_FAMILY, "B" if mark.font.bold else "", mark.font.size)
            pdf.set_text_color(*mark.font.colour)
            pdf.text(mark.x, mark.y, mark.text)
        case Box():
            pdf.set_fill_color(*mark.colour)
            pdf.rect(mark.x, mark.y, mark.width, mark.height, style="F")
        case Picture():
            pdf.image(BytesIO(_opaque(mark.content)), mark.x, mark.y, mark.width, mark.height)


def _opaque(image: bytes) -> bytes:
    """The image on white: PDF/A-1 knows no transparency."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(BytesIO(image)) as opened:
            picture = opened.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise DocumentInvalid("the logo of the pharmacy cannot be read") from error
    paper = Image.new("RGB", picture.size, "white")
    paper.paste(picture, mask=picture.getchannel("A"))
    written = BytesIO()
    paper.save(written, "PNG")
    return written.getvalue()


def _as_pdf_a(drawn: bytes) -> bytes:
    with pdfa.opened(drawn) as pdf:
        del pdf.Root["/OpenAction"]  # fpdf2 always writes one; PDF/A-1 needs none
        try:
            return pdfa.sealed(pdf)
        except pdfa.NotPdfA as error:
            raise DocumentInvalid(f"printed, and no PDF/A-1b: {error}") from error
