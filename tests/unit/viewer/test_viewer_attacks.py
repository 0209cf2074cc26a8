"""Attacks on a reader's eyes, memory and disk; those on the browser are tested in Chromium."""

import re
from struct import pack

import pytest
from lxml import html
from unit.viewer.hostile_cda import JPEG, document, holding, media, narrative, pdf, png, png_chunk

from dmp_core.documents.viewer import Access, Notice, Removed, attachment_headers, page, render
from dmp_core.documents.viewer.narrative import ELEMENTS
from dmp_core.errors import XmlRefused

HTML = b"<html><script>alert(1)</script></html>"
EXECUTABLE = b"MZ\x90\x00\x03\x00\x00\x00This program cannot be run in DOS mode."
ARCHIVE = b"PK\x03\x04\x14\x00\x00\x00\x08\x00"


# ---------------------------------------------------------------- characters


@pytest.mark.parametrize(
    ("family", "shown"),
    [
        pytest.param("DU\u202ePONT", "DU‹U+202E›PONT", id="row-045 bidirectional override"),
        pytest.param("DU\u200bPONT", "DU‹U+200B›PONT", id="row-045 zero width"),
        pytest.param("DU\u200dPONT", "DU‹U+200D›PONT", id="row-045 joiner"),
        pytest.param("D\u0423PONT", "D‹U+0423›PONT", id="row-045 look-alike letter"),
        pytest.param("\u202e" * 9, "‹U+202E U+202E U+202E, 9 caractères›", id="row-045 a run of overrides"),
        pytest.param("D’ÉLÉGÜE-ŸÆŒ", "D’ÉLÉGÜE-ŸÆŒ", id="an honest French name"),
    ],
)
def test_characters_that_deceive_in_a_name_are_shown_by_number(family, shown):
    view = render(narrative("x", family=family, author=family, title=family))

    head = html.fromstring(view.fragment).find(".//header")
    assert [shown in found.text_content() for found in head.iter("h1", "strong")] == [True, True, True]
    assert view.title == shown
    assert (Notice.ODD_CHARACTERS in view.notices) == (family != shown)


def test_an_override_in_a_dose_is_shown_by_number():
    view = render(narrative("<table><thead><tr><th>D\u202eose</th></tr></thead><tr><td>1\u202e0 mg</td></tr></table>"))

    assert "1‹U+202E›0 mg" in html.fromstring(view.fragment).text_content()
    assert "\u202e" not in page(view).decode()


def test_an_emoji_and_a_soft_hyphen_of_a_text_stay():
    assert "👩‍⚕️ anti\xadbiotique" in render(narrative("👩‍⚕️ anti\xadbiotique")).fragment


# ---------------------------------------------------------------- size


def many_cells(count: int) -> str:
    return f"<table><tbody>{('<tr>' + '<td>1</td>' * 10 + '</tr>') * (count // 10)}</tbody></table>"


@pytest.mark.parametrize(
    ("source", "removed"),
    [
        pytest.param(many_cells(1000), None, id="a thousand cells"),
        pytest.param(many_cells(200_000), Removed.EXCESS, id="row-089 200,000 cells"),
        pytest.param("<list><item>" * 40 + "fond" + "</item></list>" * 40, Removed.DEPTH, id="row-089 forty lists"),
        pytest.param(
            "<list><item>" * 1000 + "fond" + "</item></list>" * 1000, Removed.DEPTH, id="row-089 nested lists"
        ),
        pytest.param("<content>" * 1900 + "fond" + "</content>" * 1900, Removed.DEPTH, id="row-089 nested contents"),
        pytest.param("<list><item>" * 8 + "fond" + "</item></list>" * 8, None, id="eight lists"),
    ],
)
def test_what_is_too_large_or_too_deep_is_capped_with_a_mark(source, removed):
    view = render(narrative(source))

    assert list(view.removed) == ([removed] if removed else [])
    assert view.fragment.count("<td") <= ELEMENTS
    assert ("fond" in source) == ("fond" in view.fragment)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("x" * 20_000_001, id="row-089 more than 20 MB"),
        pytest.param(many_cells(1_000_000), id="row-089 a million cells"),
    ],
)
def test_what_would_fill_the_memory_is_refused_before_it_is_read(source):
    with pytest.raises(XmlRefused, match=r"at most 20000000|more than [0-9]+ elements"):
        render(narrative(source))


def test_spans_cannot_make_a_table_larger_than_its_cells():
    cells = '<tr><td colspan="64" rowspan="200">x</td></tr>' * 100

    view = render(narrative(f"<table>{cells}</table>"))

    assert view.fragment.count('colspan="64" rowspan="200"') == 3
    assert view.fragment.count("<td") == 100


def test_a_thousand_sections_one_in_the_other_are_shown():
    inner = "<component><section><title>t</title><text>u</text>" * 1000 + "</section></component>" * 1000

    view = render(document(f"<structuredBody>{inner}</structuredBody>"))

    assert view.fragment.count("<section") == 1000
    assert "<h6>" in view.fragment


def test_one_image_called_a_thousand_times_is_shown_once():
    calls = '<renderMultiMedia referencedObject="i"/>' * 1000

    view = render(narrative(calls, entries=media("i", png(), "image/png")))

    assert view.fragment.count("<img") == 1
    assert view.removed == {Removed.REPEATED: 999}


# ---------------------------------------------------------------- files


@pytest.mark.parametrize(
    ("content", "claimed", "access", "name"),
    [
        pytest.param(pdf(), "application/pdf", Access.OPEN, "document-1.pdf", id="an honest PDF"),
        pytest.param(HTML, "application/pdf", Access.REFUSED, "document-1.bin", id="row-090 HTML called PDF"),
        pytest.param(EXECUTABLE, "application/pdf", Access.REFUSED, "document-1.bin", id="row-090 program called PDF"),
        pytest.param(ARCHIVE, "application/pdf", Access.REFUSED, "document-1.bin", id="row-090 ZIP called PDF"),
        pytest.param(HTML, "image/png", Access.REFUSED, "document-1.bin", id="row-090 HTML called PNG"),
        pytest.param(EXECUTABLE, "text/plain", Access.REFUSED, "document-1.bin", id="row-090 program called text"),
        pytest.param(HTML, "text/rtf", Access.REFUSED, "document-1.bin", id="row-090 HTML called RTF"),
        pytest.param(
            b"%PDF-1.4\n" + HTML, "application/pdf", Access.REFUSED, "document-1.bin", id="row-092 PDF and HTML at once"
        ),
        pytest.param(HTML, "text/html", Access.WARNED, "document-1.bin", id="row-085 HTML"),
        pytest.param(b"<svg onload='x()'/>", "image/svg+xml", Access.WARNED, "document-1.bin", id="row-085 SVG"),
        pytest.param(HTML, "application/xhtml+xml", Access.WARNED, "document-1.bin", id="row-085 XHTML"),
        pytest.param(b"{\\rtf1 x}", "text/rtf", Access.WARNED, "document-1.rtf", id="row-085 RTF"),
        pytest.param(b"?", "application/x-unknown", Access.WARNED, "document-1.bin", id="row-085 unknown"),
        pytest.param(EXECUTABLE, "application/x-unknown", Access.REFUSED, "document-1.bin", id="row-085 a program"),
        pytest.param(b"II*\x00" + b"\x00" * 9, "image/tiff", Access.WARNED, "document-1.tif", id="row-093 TIFF"),
        pytest.param(
            b"\x00\x00\x00\x0cjP  ", "image/jpeg", Access.REFUSED, "document-1.bin", id="row-093 JPEG 2000 called JPEG"
        ),
        pytest.param(png(), "image/png", Access.SHOWN, "document-1.png", id="a small PNG"),
        pytest.param(JPEG, "image/jpeg", Access.SHOWN, "document-1.jpg", id="a small JPEG"),
        pytest.param(png(), "image/jpeg", Access.SHOWN, "document-1.png", id="a PNG called JPEG, as ANS does"),
        pytest.param(b"Dosage", "text/plain", Access.SHOWN, "document-1.txt", id="a text"),
    ],
)
def test_a_file_is_taken_for_what_its_bytes_are(content, claimed, access, name):
    [attachment] = render(holding(content, claimed)).attachments

    assert (attachment.access, attachment.name) == (access, name)


@pytest.mark.parametrize("access", [Access.WARNED])
def test_a_file_that_is_not_shown_is_offered_after_a_warning(access):
    shown = html.fromstring(page(render(holding(HTML, "text/html"))))

    warning = shown.find(".//section[@class='files']//details")
    link = warning.find("p/a")
    assert "Ce fichier n’a pas été vérifié." in warning.text_content()
    assert link.get("download") == "document-1.bin"
    assert link.get("href").startswith("data:application/octet-stream;base64,")


def test_a_refused_file_is_never_handed_out():
    view = render(holding(HTML, "application/pdf"))

    assert view.removed == {Removed.FILE: 1}
    assert "son contenu n’est pas celui qu’il annonce" in view.fragment
    assert b"download" not in page(view)
    with pytest.raises(ValueError, match="refused"):
        attachment_headers(view.attachments[0])


@pytest.mark.parametrize(
    ("active", "why"),
    [
        pytest.param(
            pdf(catalogue=b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>"), "JavaScript", id="row-091 JavaScript"
        ),
        pytest.param(
            pdf(catalogue=b"/OpenAction<</S/Java#53cript/JS(1)>>"), "JavaScript", id="row-091 JavaScript, escaped"
        ),
        pytest.param(
            pdf(packed=b"5 0 <</S/JavaScript/JS(app.alert(1))>>"), "JavaScript", id="row-091 JavaScript, compressed"
        ),
        pytest.param(pdf(packed=b"5 0 " + b" " * 70_000_000), "illisibles", id="row-091 a bomb of objects"),
        pytest.param(
            pdf(objects=b"9 0 obj\n<</Type/ObjStm>>\nstream\nnot zlib\nendstream\nendobj\n"),
            "illisibles",
            id="row-091 objects out of the ordinary",
        ),
        pytest.param(pdf(catalogue=b"/OpenAction<</S/Launch/F(cmd.exe)>>"), "action", id="row-091 Launch"),
        pytest.param(pdf(catalogue=b"/AA<</O<</S/URI/URI(http://x)>>>>"), "adresse", id="row-091 URI at opening"),
        pytest.param(pdf(catalogue=b"/Names<</EmbeddedFiles 5 0 R>>"), "fichier caché", id="row-091 embedded file"),
        pytest.param(pdf(catalogue=b"/AcroForm<</XFA 5 0 R>>"), "XFA", id="row-091 XFA"),
        pytest.param(pdf(pages=2001), "2000 pages", id="row-091 pages"),
        pytest.param(
            pdf(objects=b"5 0 obj<</Type/Font/FontMatrix[1 2 3 4 5 (1\\); alert\\('origin')]>>endobj\n"),
            "police",
            id="row-091 font script",
        ),
        pytest.param(pdf().replace(b"/Root", b"/Encrypt 5 0 R/Root"), "mot de passe", id="row-091 password"),
        pytest.param(
            pdf(objects=b"% stream\n5 0 obj<</S/JavaScript/JS(1)>>endobj\n% endstream\n"),
            "JavaScript",
            id="row-091 JavaScript in what looks like a stream",
        ),
    ],
)
def test_a_pdf_that_acts_is_refused(active, why):
    [attachment] = render(holding(active, "application/pdf")).attachments

    assert attachment.access is Access.REFUSED
    assert why in attachment.reason


@pytest.mark.parametrize(
    "harmless",
    [
        pytest.param(pdf(packed=b"5 0 <</Type/Font>>"), id="compressed objects"),
        pytest.param(pdf(catalogue=b"/OpenAction[10 0 R/Fit]"), id="opens at a page"),
        pytest.param(pdf(objects=b"5 0 obj<</S/URI/URI(https://ansm.sante.fr)>>endobj\n"), id="a link to click"),
        pytest.param(pdf(pages=2000), id="two thousand pages"),
    ],
)
def test_a_pdf_that_does_nothing_by_itself_is_opened(harmless):
    [attachment] = render(holding(harmless, "application/pdf")).attachments

    assert (attachment.access, attachment.reason) == (Access.OPEN, "")


def jpeg_of(width: int, height: int) -> bytes:
    return JPEG.replace(b"\x08\x00\x04\x00\x08", b"\x08" + pack(">HH", height, width))


@pytest.mark.parametrize(
    ("image", "kind", "why"),
    [
        pytest.param(png(30_000, 30_000, pixels=b""), "image/png", "trop grande", id="row-093 PNG of 900 megapixels"),
        pytest.param(png(30_000, 1, pixels=b""), "image/png", "trop grande", id="row-093 PNG too wide"),
        pytest.param(jpeg_of(30_000, 30_000), "image/jpeg", "trop grande", id="row-093 JPEG of 900 megapixels"),
        pytest.param(png(pixels=b"\x00" * 50_000_000), "image/png", "abîmée", id="row-093 PNG that unpacks to more"),
        pytest.param(png()[:-20], "image/png", "abîmée", id="row-093 PNG cut"),
        pytest.param(JPEG[:-2], "image/jpeg", "abîmée", id="row-093 JPEG cut"),
        pytest.param(
            JPEG.replace(b"\xff\xda", JPEG[JPEG.index(b"\xff\xda") : -2] * 70 + b"\xff\xda"),
            "image/jpeg",
            "abîmée",
            id="row-093 JPEG of 71 scans",
        ),
        pytest.param(png()[:8] + b"\x00" * 40, "image/png", "illisible", id="row-093 PNG without a header"),
    ],
)
def test_an_image_that_would_fill_the_memory_is_never_decoded(image, kind, why):
    [attachment] = render(holding(image, kind)).attachments

    assert attachment.access is Access.REFUSED
    assert why in attachment.reason


def test_an_image_is_written_anew_without_what_it_hides():
    text = png_chunk(b"tEXt", b"Comment\x00<script>alert(1)</script>")
    hiding = png(chunks=text + png_chunk(b"acTL", b"\x00" * 8), tail=b"PK\x03\x04 a second file")

    assert render(holding(hiding, "image/png")).attachments[0].content == png()


def test_a_photograph_keeps_its_orientation_and_nothing_else():
    exif = b"Exif\x00\x00II*\x00\x08\x00\x00\x00\x02\x00"
    exif += pack("<HHII", 0x010F, 2, 4, 0x00414243) + pack("<HHIHH", 0x0112, 3, 1, 6, 0) + b"\x00" * 4 + b"GPS 48.8"
    photograph = JPEG[:2] + b"\xff\xe1" + pack(">H", len(exif) + 2) + exif + JPEG[2:] + b"<script>"

    shown = render(holding(photograph, "image/jpeg")).attachments[0].content

    assert b"GPS" not in shown
    assert b"<script>" not in shown
    assert b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06" in shown
    assert len(shown) == len(JPEG) + 36


def test_a_file_that_is_elsewhere_is_never_fetched():
    view = render(
        document(
            '<nonXMLBody><text mediaType="application/pdf"><reference value="file:///etc/passwd"/></text></nonXMLBody>'
        )
    )

    assert view.attachments == ()
    assert view.removed == {Removed.REMOTE: 1}


def test_base64_that_is_none_and_compression_are_refused():
    bad = holding(b"x", "application/pdf").replace(b">eA==<", b">e!A<")
    packed = holding(b"x", "application/pdf").replace(b'representation="B64"', b'representation="B64" compression="GZ"')

    assert [render(one).attachments[0].access for one in (bad, packed)] == [Access.REFUSED, Access.REFUSED]


@pytest.mark.parametrize(
    "title",
    [
        pytest.param("..\\..\\windows\\system32\\evil", id="row-094 climbing"),
        pytest.param("CON", id="row-094 reserved"),
        pytest.param("n" * 300, id="row-094 long"),
        pytest.param("ordonnance\u202efdp.exe", id="row-094 right to left"),
        pytest.param('x" onclick="alert(1)', id="row-094 quotes"),
    ],
)
def test_a_file_is_named_by_us_alone(title):
    view = render(holding(pdf(), "application/pdf", title=title.replace('"', "&quot;")))

    [attachment] = view.attachments
    assert attachment.name == "document-1.pdf"
    assert attachment_headers(attachment)["Content-Disposition"] == 'attachment; filename="document-1.pdf"'
    assert re.findall(rb'download="([^"]*)"', page(view)) == [b"document-1.pdf"]
