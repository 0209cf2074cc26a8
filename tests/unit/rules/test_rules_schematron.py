"""What schematrons mean, run through the whole of it: package, translation, worker, findings."""

from collections.abc import Callable
from typing import Any

import pytest

from dmp_core.errors import RulesRefused
from dmp_core.model.finding import Severity
from dmp_core.rules.book import RuleBook

DOCUMENT = """<ClinicalDocument xmlns="urn:hl7-org:v3"><templateId root="1.2.3"/>
<code code="Z" displayName="SECRET"/>
<!-- a comment -->
<author><time value="1"/></author>
<author><time value="2"/></author></ClinicalDocument>"""

Make = Callable[..., Any]


def told(book: RuleBook, document: str = DOCUMENT) -> list[tuple[str, str]]:
    return [(one.path, one.detail) for one in book.check(document.encode())]


def test_an_assert_fails_where_it_is_false_and_a_report_where_it_is_true(
    make_book: Make, make_schematron: Make, make_rule: Make
) -> None:
    tests = ('<assert test="@value = 1">one</assert>', '<report test="@value = 1" role="warning">two</report>')
    book = make_book(make_schematron(make_rule("cda:author/cda:time", *tests)))

    found = book.check(DOCUMENT.encode())

    assert [(one.path, one.detail, one.severity, one.line, one.rule) for one in found] == [
        ("/ClinicalDocument/author[1]/time", "two", Severity.WARNING, 4, "IHE.sch"),
        ("/ClinicalDocument/author[2]/time", "one", Severity.ERROR, 5, "IHE.sch"),
    ]


def test_the_first_rule_of_a_pattern_that_matches_wins(make_book: Make, make_schematron: Make) -> None:
    wins = '<rule context="cda:code[@code=\'Z\']"><assert test="false()">first</assert></rule>'
    loses = '<rule context="cda:code"><assert test="false()">second</assert></rule>'
    book = make_book(make_schematron(f"<pattern>{wins}{loses}</pattern>", f"<pattern>{loses}</pattern>"))

    assert [detail for _, detail in told(book)] == ["first", "second"]


def test_only_the_patterns_of_the_default_phase_run(make_book: Make, make_schematron: Make) -> None:
    patterns = "".join(
        f'<pattern id="{name}"><rule context="cda:code"><assert test="false()">{name}</assert></rule></pattern>'
        for name in ("on", "off")
    )
    phase = '<phase id="usual"><active pattern="on"/></phase>'
    book = make_book(make_schematron(phase, patterns, top='defaultPhase="usual"'))

    assert [detail for _, detail in told(book)] == ["on"]


def test_a_rule_that_extends_another_has_its_tests_and_its_variables(make_book: Make, make_schematron: Make) -> None:
    root = '<rule abstract="true" id="ROOT"><let name="v" value="@code"/><assert test="$v=\'A\'">root</assert></rule>'
    middle = '<rule abstract="true" id="MIDDLE"><extends rule="ROOT"/><assert test="false()">middle</assert></rule>'
    last = '<rule context="cda:code"><extends rule="MIDDLE"/><report test="$v=\'Z\'">own</report></rule>'
    book = make_book(make_schematron(f"<pattern>{root}{middle}</pattern><pattern>{last}</pattern>"))

    assert [detail for _, detail in told(book)] == ["root", "middle", "own"]


def test_an_abstract_pattern_is_filled_in_and_opens_its_value_set(make_book: Make, make_schematron: Make) -> None:
    test = "document($file)//svs:Concept[@code=$code]"
    abstract = f"""<pattern abstract="true" id="in-set"><rule context="$where"><let name="code" value="@code"/>
    <assert test="{test}"><value-of select="$shown"/> [<value-of select="$code"/>] in <value-of select="$file"/>
    </assert>    </rule></pattern>"""
    used = """<pattern is-a="in-set"><param name="where" value="cda:code"/><param name="shown" value="document/code"/>
    <param name="file" value="$set"/></pattern>"""
    let = '<let name="set" value="\'../../jeuxDeValeurs/CONFIDENTIALITY.xml\'"/>'
    book = make_book(make_schematron(let, abstract, used))

    assert told(book) == [("/ClinicalDocument/code", "document/code […] in CONFIDENTIALITY.xml")]
    assert told(book, DOCUMENT.replace('"Z"', '"N"')) == []


def test_a_message_names_the_element_and_quotes_no_value(
    make_book: Make, make_schematron: Make, make_rule: Make
) -> None:
    message = (
        '<name/> <value-of select="local-name()"/> <value-of select="@displayName"/> <value-of select="\'kept\'"/>'
    )
    book = make_book(make_schematron(make_rule("cda:code", f'<assert test="false()">{message}</assert>')))

    assert told(book) == [("/ClinicalDocument/code", "code code … kept")]


def test_attributes_texts_and_the_document_are_contexts_too(make_book: Make, make_schematron: Make) -> None:
    fails = '<assert test="false()">x</assert>'
    rules = "".join(
        f'<pattern><rule context="{context}">{fails}</rule></pattern>'
        for context in ("/", "cda:code/@code", "cda:a/text()")
    )
    book = make_book(make_schematron(rules))

    places = [path for path, _ in told(book, DOCUMENT.replace("<author>", "<a>t</a><author>", 1))]

    assert places == ["/", "/ClinicalDocument/code", "/ClinicalDocument/a"]


def test_includes_are_put_in_whatever_their_case(
    make_book: Make, make_schematron: Make, make_rule: Make, files: dict[str, str]
) -> None:
    part = make_rule("cda:code", '<assert test="false()">included</assert>')
    files["schematrons/include/part.sch"] = part.replace(
        "<pattern>", '<pattern xmlns="http://purl.oclc.org/dsdl/schematron">'
    )
    book = make_book(make_schematron('<include href="../include/PART.sch"/>', '<include href="absent.sch"/>'))

    assert [detail for _, detail in told(book)] == ["included"]
    assert book.set.notes == ["IHE.sch includes schematrons/profils/absent.sch, which is not there"]


def test_a_rule_that_opens_a_value_set_that_is_not_there_cannot_run_and_says_so(
    make_book: Make, make_schematron: Make, make_rule: Make
) -> None:
    test = "doc('absent.xml')//@code = @code"
    book = make_book(make_schematron(make_rule("cda:code", f'<assert test="{test}">x</assert>')))

    (found,) = book.check(DOCUMENT.encode())

    assert book.set.notes == ["IHE.sch opens absent.xml, which is not there"]
    assert (found.rule, found.severity, found.detail) == ("rules-unavailable", Severity.WARNING, "IHE.sch")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ('queryBinding="xslt2"', "IHE.sch: queryBinding is not xslt2"),
        ("cda:nothing", "IHE.sch: Error"),
        ("true()", "IHE.sch: Error"),
        ("<pattern>", "IHE.sch: uses function"),
        ("</schema>", "schematrons/profils/IHE.sch: not well formed"),
    ],
)
def test_a_schematron_that_cannot_be_run_is_refused_with_the_reason(
    change: str, reason: str, make_book: Make, files: dict[str, str]
) -> None:
    function = '<xsl:function xmlns:xsl="http://www.w3.org/1999/XSL/Transform" name="cda:f"/><pattern>'
    broken = {"<pattern>": function, "</schema>": "", 'queryBinding="xslt2"': ""}.get(change, "((")

    with pytest.raises(RulesRefused, match=reason):
        make_book(files["schematrons/profils/IHE.sch"].replace(change, broken))


def test_includes_that_go_round_in_circles_are_refused(make_book: Make, make_schematron: Make) -> None:
    with pytest.raises(RulesRefused, match="circles"):
        make_book(make_schematron('<include href="IHE.sch"/>'))


@pytest.mark.exigence("REC_2.1-1080", "EX_2.1-1071")
def test_the_schematron_of_a_type_runs_where_its_model_is_declared(make_book: Make) -> None:
    declared = DOCUMENT.replace("1.2.3", "1.2.250.1.213.1.1.1.46")
    exact = declared.replace('.1.46"', '.1.46" extension="2023.01"')
    book = make_book()

    assert [told(book, one) for one in (DOCUMENT, exact)] == [[], []]
    assert told(book, declared) == [("/ClinicalDocument", "the model")]


def test_of_two_versions_the_one_declared_runs_else_the_newest(make_book: Make, files: dict[str, str]) -> None:
    path = "schematrons/CI-SIS_VAC-NOTE_2023.01.sch"
    files[path.replace("2023.01", "2021.01")] = files[path].replace("2023.01", "2021.01")
    book = make_book()
    models = {"1.2.250.1.213.1.1.1.46": "2021.01"}

    assert book.set.for_document(models)[4:] == ["CI-SIS_VAC-NOTE_2021.01.sch"]
    assert book.set.for_document(dict.fromkeys(models, "2019.01"))[4:] == ["CI-SIS_VAC-NOTE_2023.01.sch"]
    assert book.set.for_document({"1.2.3": ""})[4:] == []


def test_the_xsd_is_checked_and_its_messages_quote_no_value(make_book: Make) -> None:
    wrong = DOCUMENT.replace("<ClinicalDocument", '<ClinicalDocument classCode="SECRET"')

    (found,) = make_book().check(wrong.encode())

    assert (found.rule, found.path, found.line) == ("CDA_extended.xsd", "/ClinicalDocument", 1)
    assert "classCode" in found.detail
    assert "SECRET" not in found.detail
