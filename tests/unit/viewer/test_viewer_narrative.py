"""The narrative of CDA R2, element by element; what stands in no list of ours is marked and loses no text."""

import random

import pytest
from lxml import etree, html
from unit.viewer.hostile_cda import document, media, narrative, png

from dmp_core.documents.viewer import Notice, Removed, render

TAGS = {
    "a", "article", "br", "caption", "dd", "del", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "header",
    "img", "ins", "li", "ol", "p", "pre", "section", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot",
    "th", "thead", "tr", "u", "ul",
}  # fmt: skip
ATTRIBUTES = {
    "alt", "aria-label", "class", "colspan", "data-label", "href", "id", "role", "rowspan", "scope", "src", "tabindex",
    "type",
}  # fmt: skip
BODY = "</h2>"


def body(text: str, **facts: str) -> str:
    """The HTML of the only section, after its heading."""
    return render(narrative(text, **facts)).fragment.split(BODY, 1)[1].removesuffix("</section>")


@pytest.mark.parametrize(
    ("source", "written"),
    [
        (
            "<paragraph>Un</paragraph><paragraph>Deux</paragraph>",
            '<p class="paragraph">Un</p><p class="paragraph">Deux</p>',
        ),
        ('<content styleCode="Bold">g</content>', "<strong>g</strong>"),
        ('<content styleCode="Italics">i</content>', "<em>i</em>"),
        ('<content styleCode="Underline">s</content>', "<u>s</u>"),
        ('<content styleCode="Emphasis">e</content>', "<em>e</em>"),
        ('<content styleCode="Bold Underline">x</content>', "<strong><u>x</u></strong>"),
        ('<content styleCode="BoldItalics">x</content>', "<strong><em>x</em></strong>"),
        ('<content revised="delete">2</content><content revised="insert">3</content>', "<del>2</del><ins>3</ins>"),
        ("H<sub>2</sub>O, 10<sup>9</sup><br/>/L", "H<sub>2</sub>O, 10<sup>9</sup><br>/L"),
        ("a &lt; b &amp; c", "a &lt; b &amp; c"),
        ("dose<!-- c --> : 2<?p i?> mg", "dose : 2 mg"),
        ("<list><item>a</item><item>b</item></list>", "<ul><li>a</li><li>b</li></ul>"),
        (
            '<list listType="ordered" styleCode="LittleRoman"><caption>Ordre</caption><item>a</item></list>',
            '<p class="caption">Ordre</p><ol type="i"><li>a</li></ol>',
        ),
        (
            "<list><item><caption>Titre</caption>a</item></list>",
            '<ul><li><span class="caption">Titre</span>a</li></ul>',
        ),
        (
            'voir<footnoteRef IDREF="n1"/><footnote ID="n1">note</footnote>',
            'voir<sup><a href="#n-n1">note</a></sup><span class="note" role="note" id="n-n1">note</span>',
        ),
        (
            '<linkHtml href="#d1">voir</linkHtml><paragraph ID="d1">ici</paragraph>',
            '<a href="#n-d1">voir</a><p class="paragraph" id="n-d1">ici</p>',
        ),
        ('<paragraph ID="never-called">x</paragraph>', '<p class="paragraph">x</p>'),
    ],
)
def test_an_element_of_the_narrative_is_written_as(source: str, written: str):
    assert body(source) == written


def test_a_table_says_of_what_its_headers_are_headers():
    source = (
        "<table><caption>Bilan</caption><thead><tr><th>Examen</th><th/></tr></thead>"
        '<tbody><tr><th>Na</th><td align="right">140</td></tr><tr><td colspan="2">normal</td></tr></tbody></table>'
    )

    written = html.fromstring(body(source))

    assert [(cell.text_content(), cell.get("scope")) for cell in written.iter("th")] == [
        ("Examen", "col"),
        ("Na", "row"),
    ]
    assert written.findtext(".//caption") == "Bilan"
    assert [(cell.get("class"), cell.get("colspan")) for cell in written.iter("td")] == [
        (None, None), ("right", None), (None, "2"),
    ]  # fmt: skip


def test_a_cell_repeats_its_header_only_where_the_table_is_regular():
    regular = "<table><thead><tr><th>Dose</th></tr></thead><tbody><tr><td>2</td></tr></tbody></table>"
    with_rows = regular.replace("<td>", '<td rowspan="2">')

    assert html.fromstring(body(regular)).find(".//td").get("data-label") == "Dose"
    assert html.fromstring(body(with_rows)).find(".//td").get("data-label") is None


@pytest.mark.parametrize(
    "source",
    [
        "<table>astray<tbody>astray<tr>astray<td>x</td></tr></tbody></table>",
        "<table><tr><td>x</td></tr>astray</table>",
        "<table><tbody><paragraph>astray</paragraph></tbody></table>",
        "<item>astray</item>",
        "<td>astray</td>",
        "<list>astray<item/></list>",
        "<list><paragraph>astray</paragraph></list>",
        "<paragraph><table><tr><td>astray</td></tr></table></paragraph>",
    ],
)
def test_a_text_out_of_its_place_is_shown(source: str):
    written = html.fromstring(f"<div>{body(source)}</div>").text_content()

    assert written.count("astray") == source.count("astray")


def test_an_image_inside_the_document_is_shown_and_described():
    source = '<renderMultiMedia referencedObject="i1"><caption>Radio</caption></renderMultiMedia>'

    view = render(narrative(source, entries=media("i1", png(), "image/png")))

    image = html.fromstring(view.fragment).find(".//img")
    assert image.get("alt") == "Radio"
    assert image.get("src").startswith("data:image/png;base64,")
    assert view.removed == {}


def test_sections_inside_sections_keep_their_rank():
    inner = "<component><section><title>Deux</title><text>b</text></section></component>"
    outer = f"<component><section><title>Un</title><text>a</text>{inner}</section></component>"

    written = html.fromstring(render(document(f"<structuredBody>{outer}</structuredBody>")).fragment)

    assert [(one.tag, one.text) for one in written.iter("h2", "h3")] == [("h2", "Un"), ("h3", "Deux")]


def test_a_section_without_text_says_so():
    body = "<structuredBody><component><section><title>Vide</title></section></component></structuredBody>"

    assert "Cette section n’a pas de texte lisible." in render(document(body)).fragment


def test_a_section_hidden_in_a_narrative_is_no_section():
    view = render(narrative("<section><title>faux</title><text>x</text></section>"))

    assert view.removed[Removed.UNKNOWN] == 3
    assert len(html.fromstring(view.fragment).findall(".//h2")) == 1


def test_what_is_removed_is_said_on_top():
    view = render(narrative('<linkHtml href="http://example.org/">lien</linkHtml>'))

    assert Notice.REMOVED in view.notices
    assert "lien<span" in view.fragment
    assert "[contenu retiré : lien – http://example.org/]" in view.fragment


NAMES = (
    "paragraph", "content", "list", "item", "table", "tbody", "thead", "tr", "td", "th", "caption", "br", "sub",
    "linkHtml", "footnote", "footnoteRef", "renderMultiMedia", "script", "p", "iframe", "section", "col",
)  # fmt: skip
KEYS = ("styleCode", "href", "ID", "IDREF", "onclick", "style", "src", "colspan", "rowspan", "scope", "align")
VALUES = ("Bold", "#a", "a", "javascript:x()", "http://x", '"><img src=x>', "3", "999", "ordered", "x" * 90)
TEXTS = ("", "", "mot", "suite", "<b>", "&amp;", "\u202e", "</td>", " ", "'\"", "\n")


def tree(chance: random.Random, depth: int = 0) -> etree._Element:
    attributes = {chance.choice(KEYS): chance.choice(VALUES) for _ in range(chance.randrange(3))}
    node = etree.Element("{urn:hl7-org:v3}" + chance.choice(NAMES), attributes)
    node.text, node.tail = chance.choice(TEXTS), chance.choice(TEXTS)
    node.extend([tree(chance, depth + 1) for _ in range(chance.randrange(4) if depth < 4 else 0)])
    return node


@pytest.mark.parametrize("seed", range(200))
def test_whatever_the_narrative_only_listed_markup_comes_out(seed: int):
    chance = random.Random(seed)
    nodes = [tree(chance) for _ in range(3)]
    source = "".join(etree.tostring(node, encoding="unicode") for node in nodes)

    written = html.fromstring(f"<div>{render(narrative(source)).fragment}</div>")

    for element in written.iter():
        assert element.tag in TAGS
        assert set(element.attrib) <= ATTRIBUTES
        assert element.get("href", "#").startswith("#")
    for shown in ("mot", "suite"):
        assert written.text_content().count(shown) == sum(_count(node, shown) for node in nodes)


def _count(node: etree._Element, shown: str) -> int:
    """How often a text stands in a tree, what an active element holds left out."""
    if etree.QName(node).localname in ("script", "iframe"):
        return int(node.tail == shown)
    return (node.text == shown) + (node.tail == shown) + sum(_count(child, shown) for child in node)
