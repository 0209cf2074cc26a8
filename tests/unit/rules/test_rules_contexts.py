"""Contexts of rules keep what they match when they are made cheap to try."""

import pytest

from dmp_core.rules.contexts import axes, guarded, needed_models


@pytest.mark.parametrize(
    ("context", "cheaper"),
    [
        ("a:b/c:d/*[p]", "a:b/c:d/*[parent::c:d/parent::a:b][p]"),
        ("//a:b[x/y]/*[not(self::c:d)]", "//a:b[x/y]/*[parent::a:b][not(self::c:d)]"),
        ("//a:b/c:d[. = '/']/*[p]", "//a:b/c:d[. = '/']/*[parent::c:d/parent::a:b][p]"),
        ("a:b//*[p]", "a:b//*[p]"),
        ("*[p]", "*[p]"),
        ("a:b/*[p] | c:d/*[q]", "a:b/*[p] | c:d/*[q]"),
        ("a:b/c:d", "a:b/c:d"),
    ],
)
def test_the_names_of_the_parents_come_first(context: str, cheaper: str) -> None:
    assert guarded(context) == cheaper


@pytest.mark.parametrize(
    ("contexts", "models"),
    [
        (["*[cda:templateId/@root='1.2']"], ["'1.2'"]),
        (['//cda:act[cda:templateId/@root = "1.2"]/cda:code', "*[cda:templateId/@root='1.3'][2]"], ['"1.2"', "'1.3'"]),
        (["*[cda:templateId/@root='1.2']", "cda:entry"], None),
        (["*[cda:templateId/@root='1.2'] | cda:entry"], None),
        (["*[cda:templateId/@root='1.2' or @x]"], None),
        (["*[not(cda:templateId/@root='1.2')]"], None),
    ],
)
def test_the_models_without_which_nothing_matches_are_known(contexts: list[str], models: list[str] | None) -> None:
    assert needed_models(contexts) == models


@pytest.mark.parametrize(
    ("contexts", "visited"),
    [
        (["cda:a[@b]/cda:c[. = '/']"], ""),
        (["/"], "|/"),
        (["cda:a", "cda:b/@code"], "|//@*"),
        (["cda:a | /", "cda:title/text()"], "|/|//text()"),
    ],
)
def test_what_is_no_element_is_visited_where_a_context_asks_for_it(contexts: list[str], visited: str) -> None:
    assert axes(contexts) == visited
