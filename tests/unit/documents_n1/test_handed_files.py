"""Files that the host hands finished: what becomes of each, and what is refused."""

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import pikepdf
import pypdfium2
import pytest
from PIL import Image
from pypdf import PdfReader

from dmp_core.api import Act, FileBody, LaidOut, PdfBody
from dmp_core.documents import checks, pdf, pdfa
from dmp_core.documents.facts import Facts
from dmp_core.documents.files import Carried, conform
from dmp_core.documents.frame import compose, level_1
from dmp_core.documents.layout import print_pdf
from dmp_core.documents.metadata import derive
from dmp_core.documents.tree import attribute, open_document
from dmp_core.errors import (
    DmpError,
    ExtraMissing,
    FileKindRefused,
    FileLies,
    ImageRefused,
    PdfProtected,
    PdfRefused,
)
from dmp_core.model.finding import Severity

PDF = "application/pdf"
RTF = b"{\\rtf1\\ansi Bonjour {\\b DMP}}"


# ---------------------------------------------------------------- PDF


def test_a_pdf_a_1b_keeps_its_bytes(facts: Facts, body: LaidOut) -> None:
    printed = print_pdf(facts, body)

    assert conform(printed, PDF) == Carried(PDF, printed)


def test_a_pdf_a_1a_keeps_its_bytes(facts: Facts, body: LaidOut) -> None:
    printed = print_pdf(facts, body).replace(b"<pdfaid:conformance>B", b"<pdfaid:conformance>A")

    assert pdfa.broken_rules(printed)
    assert conform(printed).content == printed


def test_an_ordinary_pdf_is_made_pdf_a_1b_without_loss(files: Any) -> None:
    made = conform(files.ordinary_pdf())

    assert pdfa.broken_rules(made.content) == ()
    assert PdfReader(BytesIO(made.content)).pages[0].extract_text() == "Bonjour"


def test_a_pdf_without_its_fonts_is_laid_as_images(files: Any) -> None:
    made = conform(files.ordinary_pdf(embedded=False))

    assert pdfa.broken_rules(made.content) == ()
    page = PdfReader(BytesIO(made.content)).pages[0]
    assert len(page.images) == 1
    assert [round(float(side)) for side in page.mediabox[2:]] == [595, 842]


def test_the_image_of_a_page_shows_what_the_page_shows(files: Any) -> None:
    source = files.ordinary_pdf(embedded=False)

    made = conform(source).content

    before, after = (pypdfium2.PdfDocument(one)[0].render().to_pil().convert("L") for one in (source, made))
    differences = [abs(a - b) for a, b in zip(before.tobytes(), after.tobytes(), strict=True)]
    assert sum(differences) / len(differences) < 1


@pytest.mark.parametrize("embedded", [True, False])
def test_the_same_file_gives_the_same_bytes(files: Any, embedded: bool) -> None:
    source = files.ordinary_pdf(embedded=embedded)

    assert conform(source) == conform(source)


@pytest.mark.parametrize(
    ("change", "trace"),
    [
        pytest.param("javascript", b"/JavaScript", id="row-091 JavaScript handed over"),
        pytest.param("open_action", b"/OpenAction", id="row-091 OpenAction handed over"),
        pytest.param("launch", b"/Launch", id="row-091 Launch handed over"),
        pytest.param("embedded_file", b"/EmbeddedFile", id="row-091 embedded file handed over"),
        pytest.param("xfa", b"/XFA", id="row-091 XFA handed over"),
    ],
)
@pytest.mark.parametrize("embedded", [True, False])
def test_what_acts_does_not_leave_the_pharmacy(files: Any, change: str, trace: bytes, embedded: bool) -> None:
    source = files.changed(files.changes[change], files.ordinary_pdf(embedded=embedded))
    assert trace in source

    made = conform(source, PDF)

    assert trace not in made.content
    assert pdfa.broken_rules(made.content) == ()
    if embedded:
        assert PdfReader(BytesIO(made.content)).pages[0].extract_text() == "Bonjour"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param("many_pages", "at most 200", id="row-091 too many pages handed over"),
        pytest.param("no_page", "at least one", id="no page"),
        pytest.param("dynamic_xfa", "XFA", id="row-091 dynamic XFA handed over"),
        pytest.param("portfolio", "portfolio", id="portfolio"),
    ],
)
def test_a_pdf_that_has_no_pages_of_its_own_is_refused(files: Any, change: str, told: str) -> None:
    with pytest.raises(PdfRefused) as refusal:
        conform(files.changed(files.changes[change]))

    assert told in refusal.value.detail


@pytest.mark.parametrize("password", [pytest.param("secret", id="row-091 password handed over"), ""])
def test_a_protected_pdf_is_refused(files: Any, password: str) -> None:
    protection = pikepdf.Encryption(owner="owner", user=password)

    with pytest.raises(PdfProtected):
        conform(files.changed(lambda pdf: None, encryption=protection))


def test_a_bomb_breaks_only_the_process_that_reads_it(files: Any) -> None:
    source = files.changed(
        files.changes["decompression_bomb"],
        compress_streams=False,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
    )
    assert len(source) < 100_000

    with pytest.raises(PdfRefused):
        conform(source)


def test_a_damaged_pdf_is_refused_or_made_whole(files: Any) -> None:
    source = files.ordinary_pdf()
    outcomes = []

    for place in range(100, len(source) - 200, len(source) // 6):
        damaged = source[:place] + b"\0\xff<<" + source[place + 4 :]
        try:
            outcomes.append(pdfa.broken_rules(conform(damaged).content) == ())
        except (PdfRefused, FileKindRefused):
            outcomes.append(True)

    assert all(outcomes)


@pytest.fixture
def no_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """As where the extra `pdf` is not installed."""
    monkeypatch.setitem(sys.modules, "pikepdf", None)  # type: ignore[arg-type]


@pytest.mark.usefixtures("no_extra")
def test_without_the_extra_an_ordinary_pdf_goes_as_it_is_and_a_warning_says_so(facts: Facts, files: Any) -> None:
    source = files.ordinary_pdf()

    document = compose(facts, PdfBody(act=Act(start=date(2026, 1, 15)), pdf=source))

    assert conform(source).content == source
    assert [(one.rule, one.severity) for one in checks.check(document)] == [("pdf-a", Severity.WARNING)]


@pytest.mark.usefixtures("no_extra")
def test_without_the_extra_what_needs_it_says_its_name(facts: Facts, body: LaidOut, files: Any) -> None:
    for work in (lambda: conform(files.png()), lambda: print_pdf(facts, body)):
        with pytest.raises(ExtraMissing) as refusal:
            work()

        assert "dmp-core[pdf]" in refusal.value.detail


def test_without_the_extra_a_protected_pdf_is_refused_all_the_same(files: Any, no_extra: None) -> None:
    with pytest.raises(PdfProtected):
        pdf.check(files.ordinary_pdf().replace(b"trailer\n<<", b"trailer\n<</Encrypt 9 0 R"))


# ---------------------------------------------------------------- images and texts


@pytest.mark.parametrize(
    ("make", "media_type", "format_code"),
    [
        (lambda files: files.jpeg(), "image/jpeg", "urn:ihe:iti-fr:xds-sd:jpeg:2010"),
        (lambda files: files.tiff(), "image/tiff", "urn:ihe:iti-fr:xds-sd:tiff:2010"),
        (lambda files: RTF, "text/rtf", "urn:ihe:iti-fr:xds-sd:rtf:2010"),
        (lambda files: "Tension : 13/8, à revoir.\n".encode(), "text/plain", "urn:ihe:iti:xds-sd:text:2008"),
    ],
)
def test_an_image_or_a_text_is_sent_as_it_is_with_its_own_format(
    facts: Facts, files: Any, make: Callable[[Any], bytes], media_type: str, format_code: str
) -> None:
    content = make(files)
    document = compose(facts, FileBody(act=Act(start=date(2026, 1, 15)), content=content))

    assert conform(content, media_type) == Carried(media_type, content)
    assert attribute(open_document(document), "component/nonXMLBody/text", "mediaType") == media_type
    assert derive(document, facts.document_type).format_code.code == format_code
    assert checks.check(document) == ()


@pytest.mark.parametrize("mode", ["RGBA", "RGB", "L", "P", "1", "LA", "I;16"])
def test_a_png_becomes_a_page_of_a_pdf_a(files: Any, mode: str) -> None:
    made = conform(files.png(600, 400, mode), "image/png")

    assert made.media_type == PDF
    assert pdfa.broken_rules(made.content) == ()


def test_a_transparent_png_lies_on_white(files: Any) -> None:
    made = conform(files.png(100, 100))

    page = pypdfium2.PdfDocument(made.content)[0].render().to_pil().convert("RGB")
    assert page.getpixel((5, 5)) == (255, 255, 255)


def test_a_large_png_is_made_smaller_and_fits_a4(files: Any) -> None:
    made = conform(files.png(6000, 4000, "L"))

    page = PdfReader(BytesIO(made.content)).pages[0]
    image = Image.open(BytesIO(page.images[0].data))
    assert image.width * image.height <= 12_000_000
    assert float(page.mediabox.width) == pytest.approx(595.28, abs=0.1)


@pytest.mark.parametrize("kind", [pytest.param(kind, id=f"row-093 {kind}") for kind in ("PNG", "JPEG", "TIFF")])
@pytest.mark.parametrize("sides", [(30_000, 30_000), (30_001, 10), (65_000, 65_000), (8_000, 7_000), (0, 10)])
def test_an_image_bomb_is_refused_before_it_is_decoded(files: Any, kind: str, sides: tuple[int, int]) -> None:
    with pytest.raises(ImageRefused) as refusal:
        conform(files.promises[kind](*sides))

    assert f"{sides[0]} x {sides[1]} pixels" in refusal.value.detail or 0 in sides


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(lambda files: files.promises["TIFF"](10, 10, following=8), id="row-093 TIFF in a circle"),
        pytest.param(lambda files: files.tiff(101), id="row-093 TIFF of 101 frames"),
        pytest.param(lambda files: files.promises["TIFF"](10, 10, following=9_999), id="TIFF cut"),
        pytest.param(lambda files: files.jpeg()[:-40], id="JPEG cut"),
        pytest.param(lambda files: b"\xff\xd8\xff\xd9" * 20, id="JPEG without a frame"),
        pytest.param(lambda files: b"\x89PNG\r\n\x1a\n" + b"x" * 40, id="PNG without a header"),
        pytest.param(lambda files: files.png()[:60], id="PNG cut"),
        pytest.param(lambda files: b"II*\0\0\0\0\0", id="TIFF empty"),
        pytest.param(lambda files: files.jpeg() + bytes(8_000_000) + b"\xff\xd9", id="too large"),
    ],
)
def test_a_broken_image_is_refused(files: Any, content: Callable[[Any], bytes]) -> None:
    with pytest.raises(ImageRefused):
        conform(content(files))


@pytest.mark.parametrize(
    "inside",
    [
        rb"\object\objemb", rb"{\*\objdata 0105}", rb"{\field{\*\fldinst HYPERLINK x}}", rb"{\*\template \\\\host\\x}",
        rb"\bin5 xxxxx", rb"\OBJECT ", rb"{\object\objupdate}",
    ],
)  # fmt: skip
def test_an_rtf_with_objects_or_links_is_refused(inside: bytes) -> None:
    with pytest.raises(FileKindRefused):
        conform(b"{\\rtf1 a " + inside + b" b}")


def test_an_rtf_whose_words_only_resemble_is_sent() -> None:
    content = b"{\\rtf1\\ansi\\binary0 \\fieldless{\\*\\themedata 50}\\par}"

    assert conform(content).media_type == "text/rtf"


# ---------------------------------------------------------------- files that lie


@pytest.mark.parametrize(
    ("declared", "content"),
    [
        pytest.param(PDF, b"<!DOCTYPE html><html><script>x()</script></html>", id="row-090 HTML as PDF, handed over"),
        pytest.param(PDF, b"MZ\x90\x00\x03", id="row-090 EXE as PDF, handed over"),
        pytest.param(PDF, b"PK\x03\x04\x14\x00", id="row-090 ZIP as PDF, handed over"),
        pytest.param(PDF, b"<html>\n%PDF-1.4", id="row-092 polyglot handed over"),
        pytest.param("image/jpeg", b"\x89PNG\r\n\x1a\n", id="PNG as JPEG"),
        pytest.param("text/plain", RTF, id="RTF as text"),
        pytest.param("text/plain", b"%PDF-1.4", id="PDF as text"),
        pytest.param("text/html", b"bonjour", id="text as HTML"),
    ],
)
def test_a_file_that_lies_is_refused(declared: str, content: bytes) -> None:
    with pytest.raises(FileLies):
        conform(content, declared)


@pytest.mark.parametrize(
    "content",
    [
        b"", b"<!doctype html>", b"  <html>", b"<svg xmlns='x'></svg>", b"<?xml version='1.0'?><a/>", b"<script >",
        b"\xef\xbb\xbf<div>", b"PK\x03\x04docx", b"MZ\x90", b"\x7fELF\x02", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"GIF89a", b"RIFF\0\0\0\0WEBPVP8 ", b"\0\0\0\x18ftypheic", b"\0\0\0\x0cjP  \r\n", b"BM\x36",
        b"\x1f\x8b\x08", b"\0\1\2", "Élève".encode("latin-1"), "texte".encode("utf-16"), b"II+\0\x08\0\0\0",
    ],
)  # fmt: skip
def test_what_the_dmp_does_not_take_is_refused_with_a_remedy(content: bytes) -> None:
    with pytest.raises(FileKindRefused) as refusal:
        conform(content)

    assert "PDF" in refusal.value.remedy


def test_other_names_of_a_media_type_are_understood(files: Any) -> None:
    assert conform(RTF, "application/rtf").media_type == "text/rtf"
    assert conform(files.jpeg(), "image/JPG").media_type == "image/jpeg"
    assert conform(b"bonjour", "text/plain; charset=utf-8").media_type == "text/plain"


def test_a_refusal_holds_nothing_of_the_file(facts: Facts) -> None:
    body = FileBody(act=Act(start=date(2026, 1, 15)), content=b"<html>SECRET</html>", media_type="application/pdf")

    with pytest.raises(DmpError) as refusal:
        compose(replace(facts), body)

    assert "SECRET" not in f"{refusal.value}{refusal.value.as_data()}"


@pytest.mark.parametrize("media_type", ["image/jpeg", "image/tiff", "text/rtf", "text/plain"])
def test_a_finished_document_whose_file_lies_is_found(facts: Facts, files: Any, media_type: str) -> None:
    body = FileBody(act=Act(start=date(2026, 1, 15)), content=files.png())

    document = level_1(facts, body, Carried(media_type, body.content))

    (finding,) = checks.check(document)
    assert (finding.rule, finding.severity) == ("media-type", Severity.ERROR)
