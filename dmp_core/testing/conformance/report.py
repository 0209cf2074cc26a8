"""What came of a check: one result for each rule, as text, JSON or a JUnit file."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from itertools import groupby
from typing import Final

from lxml import etree

from dmp_core.xml import Element, serialize


class Outcome(StrEnum):
    """`warned`: it runs, and its author should look; `skipped`: the rule asks for something that is not there."""

    PASSED = "passed"
    WARNED = "warned"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Result:
    """One rule. `what` was found, `remedy`: what to do; both empty where it passed. Never a value of an event."""

    rule: str
    title: str
    outcome: Outcome
    what: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """`id` is `part.name`; `remedy` is the usual one."""

    id: str
    title: str
    remedy: str

    def passed(self) -> Result:
        return Result(self.id, self.title, Outcome.PASSED)

    def failed(self, what: str, remedy: str = "") -> Result:
        return Result(self.id, self.title, Outcome.FAILED, what, remedy or self.remedy)

    def warned(self, what: str, remedy: str = "") -> Result:
        return Result(self.id, self.title, Outcome.WARNED, what, remedy or self.remedy)

    def skipped(self, why: str) -> Result:
        return Result(self.id, self.title, Outcome.SKIPPED, why)

    def judged(self, found: Iterable[str], *, warn: bool = False) -> Iterator[Result]:
        """Failed once for each different thing that was found, passed where there is none."""
        each = dict.fromkeys(found)
        for what in each:
            yield self.warned(what) if warn else self.failed(what)
        if not each:
            yield self.passed()


_MARKS: Final = {Outcome.PASSED: "ok", Outcome.WARNED: "warning", Outcome.FAILED: "FAILED", Outcome.SKIPPED: "skipped"}


@dataclass(frozen=True, slots=True)
class Report:
    """All results of one plugin."""

    plugin: str
    kind: str
    version: str
    results: tuple[Result, ...]

    @property
    def passed(self) -> bool:
        return not any(result.outcome is Outcome.FAILED for result in self.results)

    def of(self, rule: str) -> tuple[Result, ...]:
        """The results of one rule."""
        return tuple(result for result in self.results if result.rule == rule)

    def as_text(self) -> str:
        lines = [f"{self.plugin} {self.version} ({self.kind})", ""]
        for (outcome, rule, title, remedy), results in groupby(self.results, _head):
            lines.append(f"{_MARKS[outcome]:8} {rule:28} {title}")
            lines += [f"{'':8} {text}" for text in (*(result.what for result in results), remedy) if text]
        counts = [f"{self._count(outcome)} {outcome}" for outcome in Outcome]
        return "\n".join([*lines, "", ", ".join(counts)]) + "\n"

    def as_json(self) -> str:
        data = {"plugin": self.plugin, "kind": self.kind, "version": self.version, "passed": self.passed}
        results = [asdict(result) for result in self.results]
        return json.dumps({**data, "results": results}, ensure_ascii=False, indent=2) + "\n"

    def as_junit(self) -> bytes:
        """The JUnit file that CI systems read: a test case for each result."""
        counts = {"failures": Outcome.FAILED, "skipped": Outcome.SKIPPED}
        suite = etree.Element("testsuite", name=f"dmp plugins check {self.plugin}", tests=str(len(self.results)))
        for name, outcome in counts.items():
            suite.set(name, str(self._count(outcome)))
        for result in self.results:
            suite.append(_case(self.plugin, result))
        return serialize(suite)

    def _count(self, outcome: Outcome) -> int:
        return sum(result.outcome is outcome for result in self.results)


def _head(result: Result) -> tuple[Outcome, str, str, str]:
    """What is said once of one rule, however much was found."""
    return result.outcome, result.rule, result.title, result.remedy


def _case(plugin: str, result: Result) -> Element:
    case = etree.Element(
        "testcase", classname=f"{plugin}.{result.rule.partition('.')[0]}", name=f"{result.rule}: {result.title}"
    )
    told = _printable("\n".join(text for text in (result.what, result.remedy) if text))
    tag = {Outcome.FAILED: "failure", Outcome.SKIPPED: "skipped", Outcome.WARNED: "system-out"}.get(result.outcome)
    if tag is not None:
        child = etree.SubElement(case, tag)
        child.text = told
        if result.outcome is not Outcome.WARNED:
            child.set("message", _printable(result.what))
    return case


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() or c == "\n" else " " for c in text)
