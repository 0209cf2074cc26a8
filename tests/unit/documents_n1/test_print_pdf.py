"""What the core prints: PDF/A-1b, always the same, with all that it was told."""

from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO

import pypdfium2
import pytest
import zxingcpp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from dmp_core.api import Act, Block, Bullets, LaidOut, LaidSection, Paragraph, Table
from dmp_core.api import Facts as Pairs
from dmp_core.documents import pdf, pdfa
from dmp_core.documents.datamatrix import ins_text, read_ins_text
from dmp_core.documents.facts import Facts
from dmp_core.documents.house_style import HouseStyle
from dmp_core.documents.layout import print_pdf
from dmp_core.errors import ContentInvalid, DocumentInvalid
from dmp_core.model.identity import IdentityStatus, Sex
from dmp_core.model.oids import InsOid


def words(printed: bytes) -> str:
    """All text, pages one after the other, blanks made one."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(printed)).pages).split())


def one_section(*blocks: Block) -> LaidOut:
    return LaidOut(act=Act(start=date(2026, 1, 15)), sections=(LaidSection(title="Entretien", blocks=blocks),))


def test_what_is_printed_is_pdf_a_1b(facts: Facts, body: LaidOut) -> None:
    printed = print_pdf(facts, body)

    pdf.check(printed)
    assert pdfa.broken_rules(printed) == ()
    assert pdf.declares_pdf_a_1(printed)


def test_the_same_facts_and_body_give_the_same_bytes(facts: Facts, body: LaidOut) -> None:
    assert print_pdf(facts, body) == print_pdf(facts, body)


def test_the_head_says_who_for_whom_when_and_what(facts: Facts, body: LaidOut) -> None:
    told = words(print_pdf(facts, body))

    for expected in (
        "Pharmacie de l’Hôtel de Ville",
        "25 rue Pasteur, 92100 BOULOGNE",
        "01 02 03 04 05",
        "FINESS 750000001",
        "Compte rendu d’entretien pharmaceutique du 15/01/2026",
        "PAT-TROIS DOMINIQUE",
        "DOMINIQUE MARIE-LOUISE",
        "D’EXEMPLE DOMINIQUE",
        "28/03/1979 à DOMPREMY (51215)",
        "Féminin",
        "2 79 03 51 215 189 89 (NIR de test)",
        "Dr Claude EXEMPLE, Pharmacien titulaire d'officine, RPPS 10000000001",
        "15/01/2026 à 10 h 30",
        "Page 1/1",
    ):
        assert expected in told


def test_each_block_is_printed_whole(facts: Facts, body: LaidOut) -> None:
    told = words(print_pdf(facts, body))

    for expected in (
        "Observance « bonne » – l’INR est ≤ 3.",
        "Cœur, 5 µg, 3 €.",
        "• Oubli d’une prise",
        "Traitement Apixaban 5 mg",
        "Date INR",
        "12/01/2026 2,4",
    ):
        assert expected in told


def test_the_datamatrix_is_read_from_the_page(facts: Facts, body: LaidOut) -> None:
    page = pypdfium2.PdfDocument(print_pdf(facts, body))[0].render(scale=200 / 72).to_pil()

    (symbol,) = zxingcpp.read_barcodes(page, zxingcpp.BarcodeFormat.DataMatrix)

    assert symbol.bytes == ins_text(facts.patient)
    assert read_ins_text(symbol.bytes).ins == facts.patient.ins
    assert symbol.symbology_identifier == "]d1"


def test_an_identity_that_is_not_qualified_shows_neither_ins_nor_datamatrix(facts: Facts, body: LaidOut) -> None:
    patient = facts.patient.model_copy(update={"status": IdentityStatus.VALIDEE})

    printed = print_pdf(replace(facts, patient=patient), body)

    page = pypdfium2.PdfDocument(printed)[0].render(scale=200 / 72).to_pil()
    assert zxingcpp.read_barcodes(page) == []
    assert "279035121518989" not in words(printed).replace(" ", "")
    assert "identité non qualifiée" in words(printed)


@pytest.mark.parametrize(
    ("oid", "expected"),
    [(InsOid.NIR, "NIR, numéro d’inscription au répertoire"), (InsOid.NIA, "NIA, numéro identifiant d’attente")],
)
def test_the_register_of_the_ins_is_told_in_words(facts: Facts, body: LaidOut, oid: InsOid, expected: str) -> None:
    ins = facts.patient.ins
    assert ins is not None
    patient = facts.patient.model_copy(update={"ins": ins.model_copy(update={"oid": oid})})

    assert expected in words(print_pdf(replace(facts, patient=patient), body))


def test_the_professional_who_did_the_act_is_told_beside_the_author(facts: Facts, body: LaidOut) -> None:
    second = facts.who.author.model_copy(update={"national_id": "810000000002", "given": "Ève"})
    act = Act(start=datetime(2026, 1, 14, 8, tzinfo=UTC), performer=second)

    told = words(print_pdf(facts, body.model_copy(update={"act": act})))

    assert "Acte réalisé par Dr Ève EXEMPLE" in told
    assert "Date de l’acte 14/01/2026 à 09 h 00" in told


def test_a_table_goes_on_over_pages_with_its_headings(facts: Facts) -> None:
    rows = tuple((f"Médicament {number}", "1 comprimé matin et soir") for number in range(120))

    pages = PdfReader(BytesIO(print_pdf(facts, one_section(Table(headings=("Nom", "Posologie"), rows=rows))))).pages

    texts = [page.extract_text() for page in pages]
    assert len(texts) > 2
    assert all("Posologie" in text and f"Page {number}/{len(texts)}" in text for number, text in enumerate(texts, 1))
    assert all("PAT-TROIS DOMINIQUE, née le 28/03/1979" in text for text in texts[1:])
    assert sum(text.count("Médicament") for text in texts) == 120


def test_a_row_that_is_higher_than_a_page_is_printed_whole(facts: Facts) -> None:
    long = " ".join(f"mot{number}" for number in range(3000))

    printed = print_pdf(facts, one_section(Table(headings=("Nom", "Texte"), rows=(("X", long),))))

    found = words(printed)
    assert all(f"mot{number}" in found for number in range(0, 3000, 100))


def test_a_word_that_is_wider_than_its_cell_stays_inside(facts: Facts) -> None:
    printed = print_pdf(facts, one_section(Table(headings=("A", "B", "C"), rows=(("x" * 200, "y", "z"),))))

    page = pypdfium2.PdfDocument(printed)[0].get_textpage()
    boxes = [page.get_charbox(number) for number in range(page.count_chars()) if page.get_text_range(number, 1) == "x"]
    assert len(boxes) >= 200
    assert max(right for _, _, right, _ in boxes[:200]) < (18 + 174 / 3) / 25.4 * 72


@pytest.mark.parametrize("text", ["Bien 🩺", "שלום", "nul\x00", "bell\x07", "\u202egnirts", "漢字"])
def test_what_cannot_be_shown_is_refused_with_its_place(facts: Facts, text: str) -> None:
    with pytest.raises(ContentInvalid) as refusal:
        print_pdf(facts, one_section(Paragraph(text=text)))

    (finding,) = refusal.value.findings
    assert (finding.path, finding.rule) == ("sections.0", "character")
    assert text not in str(refusal.value)


def test_accents_are_composed_and_signs_never_begin_a_line(facts: Facts) -> None:
    printed = print_pdf(facts, one_section(Paragraph(text="re\u0301sultat\t: bon")))

    assert "résultat : bon" in words(printed)


def test_a_document_of_too_many_pages_is_refused(facts: Facts) -> None:
    with pytest.raises(DocumentInvalid) as refusal:
        print_pdf(facts, one_section(Paragraph(text="\n" * 19_999 + "x")))

    assert "pages" in refusal.value.detail


def test_logo_and_colour_are_those_of_the_pharmacy(facts: Facts, body: LaidOut, files: object) -> None:
    style = HouseStyle(accent="#AA1122", logo=files.png(300, 300))  # type: ignore[attr-defined]

    printed = print_pdf(facts, body, style)

    page = pypdfium2.PdfDocument(printed)[0].render().to_pil().convert("RGB")
    assert pdfa.broken_rules(printed) == ()
    assert (0xAA, 0x11, 0x22) in {colour for _, colour in page.getcolors(100_000)}
    assert len(PdfReader(BytesIO(printed)).pages[0].images) == 1


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"accent": "red"}, "#RRGGBB"),
        ({"logo": b"<svg/>"}, "neither PNG nor JPEG"),
        ({"logo": b"\x89PNG\r\n\x1a\n"}, "header"),
        ({"logo": b"\xff\xd8\xff" + bytes(600_000)}, "at most"),
    ],
)
def test_a_style_that_cannot_be_printed_is_refused(changes: dict[str, object], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        HouseStyle(**changes)  # type: ignore[arg-type]


# ---------------------------------------------------------------- any content

LETTERS = st.characters(max_codepoint=0x17F, exclude_categories=("Cc", "Cf", "Cs", "Cn", "Co")) | st.sampled_from(
    "’–«»œ€≤µ…→✓ \n"
)
TEXTS = st.text(LETTERS, min_size=1, max_size=400)
CELLS = st.text(LETTERS, max_size=40)
NAMES = st.text(st.sampled_from("ABCÉÈÀÇŒÏ' -’"), min_size=1, max_size=90).map(lambda name: f"A{name}".strip())


@st.composite
def tables(draw: st.DrawFn) -> Table:
    columns = draw(st.integers(1, 10))
    row = st.tuples(*[CELLS] * columns)
    rows = draw(st.lists(row, max_size=6)) * draw(st.sampled_from([1, 1, 50]))
    headings = draw(st.tuples(*[CELLS] * columns))
    return Table(headings=headings, rows=tuple(rows))


BLOCKS: st.SearchStrategy[Block] = st.one_of(
    st.builds(Paragraph, text=TEXTS),
    st.builds(Bullets, points=st.lists(TEXTS, min_size=1, max_size=5).map(tuple)),
    st.builds(Pairs, pairs=st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=5).map(tuple)),
    tables(),
)
SECTIONS = st.builds(
    LaidSection, title=st.text(LETTERS, min_size=1, max_size=200), blocks=st.lists(BLOCKS, max_size=4).map(tuple)
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_content_becomes_pdf_a_1b(facts: Facts, data: st.DataObject) -> None:
    first, others = data.draw(NAMES), data.draw(st.none() | NAMES)
    traits = facts.patient.traits.model_copy(
        update={
            "birth_name": data.draw(NAMES),
            "first_birth_given_name": first,
            "birth_given_names": f"{first} {others or ''}"[:100].strip(),
            "used_name": others,
            "sex": data.draw(st.sampled_from([Sex.FEMALE, Sex.MALE])),
            "birth_place_name": others,
            "birth_place_code": data.draw(st.sampled_from([None, "51215"])),
        }
    )
    structure = facts.who.structure.model_copy(
        update={"name": data.draw(TEXTS)[:100], "address": None, "telephone": None}
        if data.draw(st.booleans())
        else {"name": data.draw(NAMES)}
    )
    facts = replace(
        facts,
        patient=facts.patient.model_copy(update={"traits": traits}),
        who=facts.who.model_copy(update={"structure": structure}),
    )
    sections = tuple(data.draw(st.lists(SECTIONS, min_size=1, max_size=3)))

    printed = print_pdf(facts, LaidOut(act=Act(start=date(2026, 1, 15)), sections=sections))

    assert pdfa.broken_rules(printed) == ()
    pdf.check(printed)
