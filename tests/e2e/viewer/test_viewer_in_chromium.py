"""Hostile documents in a real browser. Each attack fires in a page without protection, and never in ours."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest
from e2e.viewer.watching import Site, Watch
from unit.viewer.hostile_cda import document, holding, media, narrative, pdf, png

from dmp_core.documents import pages
from dmp_core.documents.viewer import Access, ViewContext, attachment_headers, page, page_headers, render
from dmp_core.simulator import tiny_pdf

HTML = {"Content-Type": "text/html; charset=utf-8"}
UNTOLD: Mapping[str, str] = {}
SHOWN = "dose : 1 g"


@dataclass(frozen=True)
class Attack:
    """`source` makes the CDA; `naive` what a viewer without care gives the browser, with the headers it would send.

    Both get the address of a server that counts what it is asked.
    """

    source: Callable[[str], bytes]
    naive: Callable[[str], bytes]
    headers: Mapping[str, str]


def in_text(payload: str, *, naive: str | None = None) -> Attack:
    """A payload in a narrative. A naive viewer copies it, elements of CDA renamed to those of HTML."""

    def source(leak: str) -> bytes:
        return narrative(payload.replace("LEAK", leak) + f"<paragraph>{SHOWN}</paragraph>")

    def copied(leak: str) -> bytes:
        copy = payload if naive is None else naive
        for theirs, ours in (("linkHtml", "a"), ("content", "span"), ("paragraph", "p")):
            copy = re.sub(rf"(</?){theirs}\b", rf"\1{ours}", copy)
        return copy.replace("LEAK", leak).encode()

    return Attack(source, copied, HTML)


def in_file(content: str | bytes, claimed: str, headers: Mapping[str, str] | None = None) -> Attack:
    """A file inside a document. A naive viewer opens it as what it claims to be."""
    raw = content.encode() if isinstance(content, str) else content

    def source(leak: str) -> bytes:
        return holding(raw.replace(b"LEAK", leak.encode()), claimed)

    told = {"Content-Type": claimed} if headers is None else headers
    return Attack(source, lambda leak: raw.replace(b"LEAK", leak.encode()), told)


def stylesheet_named(leak: str) -> bytes:
    """A document that asks its reader for a style sheet from elsewhere."""
    return f'<?xml version="1.0"?><?xml-stylesheet type="text/css" href="{leak}"?>'.encode() + narrative(SHOWN)


XHTML = 'xmlns="http://www.w3.org/1999/xhtml"'
ATTACKS = {
    "row-085 HTML": in_file("<script>fetch('LEAK')</script>", "text/html"),
    "row-085 SVG": in_file(
        '<svg xmlns="http://www.w3.org/2000/svg"><script>fetch("LEAK")</script></svg>', "image/svg+xml"
    ),
    "row-085 XHTML": in_file(
        f'<html {XHTML}><body><script>fetch("LEAK")</script></body></html>', "application/xhtml+xml"
    ),
    "row-085 RTF": in_file("{\\rtf1 x}", "text/rtf"),
    "row-085 unknown": in_file(b"\x00\x01\x02", "application/x-unknown"),
    "row-086 javascript": in_text('<linkHtml href="javascript:alert(1)">x</linkHtml>'),
    "row-086 javascript, disguised": in_text(
        '<linkHtml href=" &#9;java&#10;script:alert(1)">x</linkHtml>', naive='<a href="java\nscript:alert(1)">x</a>'
    ),
    "row-086 data": in_text('<linkHtml href="data:text/html,x">x</linkHtml>'),
    "row-086 file": in_text('<linkHtml href="file:///etc/hostname">x</linkHtml>'),
    "row-086 UNC": in_text('<linkHtml href="\\\\127.0.0.1\\share\\x">x</linkHtml>'),
    "row-086 http": in_text('<linkHtml href="LEAK">x</linkHtml>'),
    "row-086 reference": in_text(
        '<reference value="javascript:alert(1)"/>', naive='<a href="javascript:alert(1)">x</a>'
    ),
    "row-087 onmouseover": in_text('<content onmouseover="alert(1)">x</content>'),
    "row-087 onclick on a table": in_text('<table onclick="alert(1)"><tbody><tr><td>x</td></tr></tbody></table>'),
    "row-087 script": in_text("<script>alert(1)</script>"),
    "row-087 styleCode": in_text(
        '<content styleCode="x&quot; onmouseover=&quot;alert(1)">x</content>',
        naive='<span class="x" onmouseover="alert(1)">x</span>',
    ),
    "row-087 identifier": in_text(
        '<linkHtml href="#x&quot; onclick=&quot;alert(1)">x</linkHtml>'
        '<content ID="x&quot; onclick=&quot;alert(1)">y</content>',
        naive='<a href="#x" onclick="alert(1)">x</a>',
    ),
    "row-087 style": in_text('<content style="background:url(LEAK)">x</content>'),
    "row-087 style sheet": in_text("<style>@import url(LEAK)</style>"),
    "row-087 foreign script": in_text(f"<script {XHTML}>alert(1)</script>"),
    "row-087 foreign image": in_text(f'<img {XHTML} src="x" onerror="alert(1)"/>'),
    "row-087 foreign frame": in_text(f'<iframe {XHTML} src="LEAK"></iframe>'),
    "row-087 foreign form": in_text(f'<form {XHTML} action="LEAK"><button>x</button></form>'),
    "row-087 foreign meta": in_text(f'<meta {XHTML} http-equiv="refresh" content="0;url=LEAK"/>'),
    "row-087 SVG": in_text(
        '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', naive='<svg onload="alert(1)">'
    ),
    "row-087 text that looks like markup": in_text(
        "&lt;img src=x onerror=alert(1)&gt;", naive="<img src=x onerror=alert(1)>"
    ),
    "row-087 end of the style sheet": in_text(
        "&lt;/style&gt;&lt;script&gt;alert(1)&lt;/script&gt;", naive="</style><script>alert(1)</script>"
    ),
    "row-088 image": in_text('<img src="LEAK"/>'),
    "row-088 renderMultiMedia": Attack(
        lambda leak: narrative(
            f'<renderMultiMedia referencedObject="i"/><paragraph>{SHOWN}</paragraph>',
            entries='<entry><observationMedia ID="i"><value mediaType="image/png">'
            f'<reference value="{leak}"/></value></observationMedia></entry>',
        ),
        lambda leak: f'<img src="{leak}">'.encode(),
        HTML,
    ),
    "row-088 image of a body": Attack(
        lambda leak: document(
            f'<nonXMLBody><text mediaType="image/png"><reference value="{leak}"/></text></nonXMLBody>'
        ),
        lambda leak: f'<img src="{leak}">'.encode(),
        HTML,
    ),
    "row-090 HTML called PDF": in_file("<html><script>fetch('LEAK')</script>", "application/pdf", UNTOLD),
    "row-092 PDF and HTML at once": in_file("%PDF-1.4\n<script>fetch('LEAK')</script>", "application/pdf", HTML),
    "row-092 PNG and HTML at once": in_file(png(chunks=b"") + b"<script>fetch('LEAK')</script>", "image/png", HTML),
    "row-043 xml-stylesheet": Attack(stylesheet_named, stylesheet_named, {"Content-Type": "text/xml"}),
    "row-060 markup in the title": Attack(
        lambda leak: narrative(SHOWN, title="&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;"),
        lambda leak: b"<title></title><script>alert(1)</script></title>",
        HTML,
    ),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_a_hostile_document_does_nothing_in_our_page(name: str, site: Site, watch: Callable[..., Watch]):
    attack = ATTACKS[name]
    source = attack.source(f"{site.address}/leak")

    seen = watch(page(render(source)), {"Content-Type": "text/html"})

    assert seen.signs() == {}
    assert seen.able == []
    if SHOWN.encode() in source:
        assert SHOWN in seen.page.inner_text("article")


@pytest.mark.parametrize("name", ATTACKS)
def test_the_same_payload_fires_without_protection(name: str, site: Site, watch: Callable[..., Watch]):
    attack = ATTACKS[name]

    seen = watch(attack.naive(f"{site.address}/leak"), attack.headers)

    assert seen.signs() != {} or seen.able != []


@pytest.mark.parametrize("claimed", [pytest.param("text/html", id="row-092 headers")])
def test_a_served_file_is_saved_and_never_run(claimed: str, site: Site, watch: Callable[..., Watch]):
    body = f"<script>fetch('{site.address}/leak')</script>".encode()
    [attachment] = render(holding(body, claimed)).attachments

    seen = watch(attachment.content, attachment_headers(attachment))

    assert attachment.access is Access.WARNED
    assert site.leaks == []
    assert seen.dialogs == []


def test_the_pdf_of_a_page_is_saved_under_our_name_as_it_is(site: Site, watch: Callable[..., Watch]):
    view = render(holding(pdf(), "application/pdf", title="ordonnance\u202efdp.exe"))
    seen = watch(page(view), page_headers())

    with seen.page.expect_download() as started:
        seen.page.click("a[download]")

    assert started.value.suggested_filename == "document-1.pdf"
    assert started.value.path().read_bytes() == pdf()


@pytest.mark.parametrize("characters", [pytest.param("fdp\u202eexe", id="row-045 in Chromium")])
def test_an_override_does_not_reach_the_screen(characters: str, watch: Callable[..., Watch]):
    source = narrative(characters, family=characters, title=characters)

    seen = watch(page(render(source)), HTML)

    assert "\u202e" not in seen.page.inner_text("body")
    assert "\u202e" not in seen.page.title()
    assert seen.page.inner_text("body").count("‹U+202E›") == 4


def test_the_picture_of_a_document_is_drawn(watch: Callable[..., Watch]):
    source = narrative('<renderMultiMedia referencedObject="i"/>', entries=media("i", png(60, 40), "image/png"))

    seen = watch(page(render(source)), page_headers())

    assert seen.page.evaluate("[document.images[0].naturalWidth, document.images[0].naturalHeight]") == [60, 40]


@pytest.mark.parametrize("width", [320, 1024])
def test_a_page_never_scrolls_sideways(width: int, watch: Callable[..., Watch]):
    columns = "".join(f"<th>Une colonne n° {rank}</th>" for rank in range(13))
    cells = "".join(f"<td>valeur {rank}</td>" for rank in range(13))
    table = f"<table><thead><tr>{columns}</tr></thead><tbody><tr>{cells}</tr></tbody></table>"

    seen = watch(page(render(narrative(table))), page_headers())
    seen.page.set_viewport_size({"width": width, "height": 768})

    assert seen.page.evaluate("document.documentElement.scrollWidth") == width
    assert seen.page.evaluate(
        "[...document.querySelectorAll('.table')].every(one => one.scrollWidth <= one.clientWidth)"
    )
    for rank in range(13):
        assert seen.page.get_by_text(f"valeur {rank}", exact=True).is_visible()


def test_the_pages_of_a_pdf_are_drawn_without_a_script_or_a_request(watch: Callable[..., Watch]):
    document = holding(tiny_pdf.write(["INR : 2,4"]), "application/pdf")

    seen = watch(page(render(document, context=ViewContext(draw=pages.draw))), page_headers())

    assert seen.signs() == {}
    assert seen.able == []
    assert seen.page.get_by_alt_text("Page 1 sur 1").evaluate("one => one.complete && one.naturalWidth > 1000")
