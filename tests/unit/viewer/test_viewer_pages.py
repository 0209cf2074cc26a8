"""The pages of a PDF are drawn in the page of the viewer; what cannot be drawn stays a file to open."""

import re
from base64 import b64decode, b64encode
from io import BytesIO

import pytest
from fpdf import FPDF
from PIL import Image
from unit.viewer.hostile_cda import JPEG, holding, media, narrative, pdf

from dmp_core.documents import pages
from dmp_core.documents.pages import Drawing, Page
from dmp_core.documents.viewer import Notice, ViewContext, page, render
from dmp_core.simulator import tiny_pdf

DRAWS = ViewContext(draw=pages.draw)


def letter(count: int) -> bytes:
    written = FPDF()
    written.set_font("helvetica", size=12)
    for number in range(1, count + 1):
        written.add_page()
        written.cell(text=f"Feuille {number}")
    return bytes(written.output())


def pictures(document: bytes, context: ViewContext = DRAWS) -> list[Image.Image]:
    shown = page(render(document, context=context)).decode()
    found = re.findall(r'<img src="data:image/jpeg;base64,([^"]+)"', shown)
    return [Image.open(BytesIO(b64decode(one))) for one in found]


def test_each_page_is_a_picture_of_it():
    first, second = pictures(holding(letter(2), "application/pdf"))

    assert first.size == second.size
    assert 1.38 < first.height / first.width < 1.43  # A4
    assert first.convert("L").getextrema()[0] < 80, "something is written"
    assert first.tobytes() != second.tobytes()


def test_the_text_is_there_for_whoever_does_not_see_the_picture():
    shown = page(render(holding(tiny_pdf.write(["INR : 2,4", "K <b>3,5"]), "application/pdf"), context=DRAWS)).decode()

    assert 'alt="Page 1 sur 1"' in shown
    assert "INR : 2,4" in shown
    assert "K &lt;b&gt;3,5" in shown


def test_the_file_can_still_be_kept():
    content = tiny_pdf.write(["INR : 2,4"])

    shown = page(render(holding(content, "application/pdf"), context=DRAWS))

    assert b64encode(content) in shown


def test_a_long_file_shows_its_first_pages_and_says_where_the_others_are():
    document = holding(letter(pages.MOST + 3), "application/pdf")

    assert len(pictures(document)) == pages.MOST
    assert f"Les pages suivantes, jusqu’à la {pages.MOST + 3}" in page(render(document, context=DRAWS)).decode()


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(pdf()[:-40], id="cut"),
        pytest.param(b"%PDF-1.7\n" + b"\x00" * 3000 + b"\n%%EOF", id="nothing inside"),
    ],
)
def test_what_cannot_be_drawn_stays_a_file(broken: bytes):
    document = holding(broken, "application/pdf")

    assert pages.draw(broken) is None
    assert page(render(document, context=DRAWS)) == page(render(document))


def test_a_refused_file_is_never_drawn():
    asked: list[bytes] = []
    context = ViewContext(draw=lambda content: asked.append(content))
    active = pdf(catalogue=b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>")

    render(holding(active, "application/pdf"), context=context)

    assert asked == []


def test_what_comes_out_of_the_drawing_is_no_picture_and_is_not_shown():
    drawing = Drawing((Page(b"<svg onload=alert(1)>", ""),), 1)

    view = render(holding(pdf(), "application/pdf"), context=ViewContext(draw=lambda _: drawing))

    assert b"svg" not in page(view)
    assert "Fichier" in view.fragment or "fichier" in view.fragment


def test_what_follows_the_end_of_a_picture_is_not_shown():
    drawing = Drawing((Page(JPEG + b"<script>alert(1)</script>", ""),), 1)

    view = render(holding(pdf(), "application/pdf"), context=ViewContext(draw=lambda _: drawing))

    assert b64encode(JPEG + b"<script>").rstrip(b"=")[:-2].decode() not in view.fragment
    assert "data:image/jpeg" in view.fragment


def test_the_text_of_a_font_s_own_is_left_out_and_alarms_nobody():
    told = pages.readable("Dose\u202e : 1\u00a0g\ue000\x07\r\nfin")

    assert told == "Dose : 1 g \nfin"
    view = render(holding(tiny_pdf.write(["Dose"]), "application/pdf"), context=DRAWS)
    assert Notice.ODD_CHARACTERS not in view.notices


def test_three_files_of_a_document_are_drawn_and_the_others_are_files_to_open():
    calls = "".join(f'<renderMultiMedia referencedObject="F{number}"/>' for number in range(5))
    entries = "".join(media(f"F{number}", tiny_pdf.write([f"{number}"]), "application/pdf") for number in range(5))

    assert len(pictures(narrative(calls, entries=entries))) == 3
