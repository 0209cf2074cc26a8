"""The pages of the viewer for every reader: rules of axe-core (WCAG 2.1 AA), paper, a folded document."""

from collections.abc import Callable

import pytest
from e2e.viewer.watching import Site, Watch
from playwright.sync_api import Page
from unit.viewer.hostile_cda import holding, media, narrative, pdf, png

from dmp_core.documents.viewer import ViewContext, page, render
from dmp_core.model.document import RecordEntry
from dmp_core.model.oids import Status

HTML = {"Content-Type": "text/html; charset=utf-8"}
RICH = narrative(
    "<paragraph><caption>À jeun</caption><content styleCode='Bold'>g</content></paragraph>"
    "<paragraph><content revised='delete'>2</content></paragraph>"
    "<list listType='ordered'><caption>Ordre</caption><item>un<footnoteRef IDREF='n'/></item></list>"
    "<table><caption>Bilan</caption><thead><tr><th>Examen</th><th/></tr></thead>"
    "<tbody><tr><th>Na</th><td>140</td></tr></tbody></table>"
    "<footnote ID='n'>note</footnote><linkHtml href='http://example.org/'>ailleurs</linkHtml>"
    "<renderMultiMedia referencedObject='i'><caption>Radio</caption></renderMultiMedia>\u202e",
    entries=media("i", png(60, 40), "image/png"),
)
FOREIGN = RecordEntry(
    unique_id="1",
    entry_uuid="u",
    status=str(Status.DEPRECATED),
    patient_id="184067511622297^^^&1.2.250.1.213.1.4.10&ISO^NH",
)
PAGES = {
    "narrative": (RICH, ViewContext()),
    "PDF": (holding(pdf(), "application/pdf"), ViewContext()),
    "file after a warning": (holding(b"<p>x", "text/html"), ViewContext()),
    "text": (holding(b"Compte rendu", "text/plain"), ViewContext()),
    "another patient": (RICH, ViewContext(row=FOREIGN)),
}


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(name: str, axe: str, watch: Callable[..., Watch]):
    source, context = PAGES[name]

    tab = watch(page(render(source, context=context)), HTML).page
    tab.evaluate(axe)
    found = tab.evaluate("axe.run()")

    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found["violations"]] == []
    assert len(found["passes"]) > 10


@pytest.mark.parametrize("name", [pytest.param("another patient", id="row-057 in Chromium")])
def test_the_document_of_another_patient_is_folded_until_the_reader_opens_it(name: str, tab: Page, site: Site):
    source, context = PAGES[name]
    site.pages["/folded"] = (page(render(source, context=context)), HTML)
    site.pages["/open"] = (page(render(source)), HTML)

    tab.goto(f"{site.address}/open")
    assert tab.get_by_text("ailleurs").is_visible()
    tab.goto(f"{site.address}/folded")
    assert not tab.get_by_text("ailleurs").is_visible()
    assert tab.get_by_role("alert").inner_text().startswith("Ce document n’est pas celui du patient ouvert.")
    tab.get_by_text("Afficher quand même ce document").click()
    assert tab.get_by_text("ailleurs").is_visible()


def test_a_page_prints_with_everything_on_it(tab: Page, site: Site):
    site.pages["/print"] = (page(render(RICH)), HTML)
    tab.goto(f"{site.address}/print")
    tab.emulate_media(media="print")

    assert all(tab.get_by_text(text, exact=True).first.is_visible() for text in ("140", "Radio", "note"))
    assert tab.pdf(format="A4").count(b"/Type /Page\n") == 1
