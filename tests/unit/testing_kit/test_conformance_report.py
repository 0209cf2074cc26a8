"""The report as people, programs and CI systems read it; what the rules on sources see; contents that make no sense."""

import json
from pathlib import Path

import pytest
from lxml import etree

from dmp_core.testing.conformance import nonsense, static
from dmp_core.testing.conformance.report import Outcome, Report, Rule
from dmp_core.testing.projects import Project

RULE = Rule("part.rule", "it is so", "do this")


def report() -> Report:
    results = (RULE.passed(), RULE.failed("broken\u0000 here"), RULE.warned("look"), RULE.skipped("nothing"))
    return Report("zz", "host", "1.0", results)


def test_a_report_with_a_failure_has_not_passed() -> None:
    assert not report().passed
    assert Report("zz", "host", "1.0", (RULE.warned("look"),)).passed


def test_the_text_says_what_was_found_and_what_to_do() -> None:
    text = report().as_text()

    assert "FAILED   part.rule" in text and "do this" in text
    assert text.endswith("1 passed, 1 warned, 1 failed, 1 skipped\n")


def test_the_json_holds_every_result() -> None:
    data = json.loads(report().as_json())

    assert (data["passed"], len(data["results"])) == (False, 4)
    assert data["results"][1] | {"what": ""} == {
        "rule": "part.rule", "title": "it is so", "outcome": "failed", "what": "", "remedy": "do this",
    }  # fmt: skip


def test_the_junit_file_counts_as_ci_systems_do() -> None:
    suite = etree.fromstring(report().as_junit())

    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("4", "1", "1")
    assert [child.tag for case in suite for child in case] == ["failure", "system-out", "skipped"]


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("from dmp_core.services import intake", "static.imports"),
        ("import dmp_core.outbox.sqlite", "static.imports"),
        ("import requests", "static.imports"),
        ("import socket", "static.pure"),
        ("from urllib.request import urlopen", "static.pure"),
        ("open('x')", "static.pure"),
        ("from datetime import datetime\ndatetime.now()", "static.pure"),
        ("eval('1')", "static.pure"),
        ("print('x')", "static.silent"),
        ("import logging", "static.silent"),
        ("def (", "static.imports"),
    ],
)
def test_a_source_that_does_what_no_plugin_may_is_named_with_its_line(line: str, rule: str, tmp_path: Path) -> None:
    package = tmp_path / "zz_plugin"
    package.mkdir()
    (package / "__init__.py").write_text(line + "\n")

    failed = [one for one in static.sources(Project("zz_plugin", package)) if one.outcome is Outcome.FAILED]

    assert [one.rule for one in failed] == [rule]
    assert "zz_plugin/__init__.py" in failed[0].what


def test_what_a_plugin_may_import_is_not_named(tmp_path: Path) -> None:
    (tmp_path / "zz_plugin").mkdir()
    (tmp_path / "zz_plugin" / "__init__.py").write_text(
        "import json\nimport tables\nfrom dmp_core.api import cda\nfrom dmp_core import api\nfrom lxml import etree\n"
    )
    told = {"project": {"dependencies": ["tables>=2"]}}

    results = list(static.sources(Project("zz_plugin", tmp_path / "zz_plugin", pyproject=told)))

    assert {one.outcome for one in results} == {Outcome.PASSED}


def test_wrong_contents_leave_the_right_one_as_it_is() -> None:
    example = {"a": "x", "b": [{"c": 1}]}

    wrong = list(nonsense.contents(example))

    assert example == {"a": "x", "b": [{"c": 1}]}
    names = [name for name, _ in wrong]
    assert {"without a", "null in b.0.c", "a field too many", "no UTF-8"} <= set(names)
    assert len(set(names)) == len(names)
