"""A schematron (ISO 19757-3, query language XSLT 2) with its parts put together: includes, abstract patterns, phase."""

import copy
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from dmp_core.errors import RulesRefused
from dmp_core.rules.package import Package
from dmp_core.xml import Element, children, local_name, namespace

SCH: Final = "http://purl.oclc.org/dsdl/schematron"
_XSLT: Final = "http://www.w3.org/1999/XSL/Transform"
_NESTED: Final = 20  # includes in includes
# Models of CI-SIS documents; 1.2.250.1.213.1.1.1.1 itself is the header that all have.
_MODEL: Final = re.compile(
    r"templateId\s*\[\s*@root\s*=\s*(['\"])(1\.2\.250\.1\.213\.1\.1\.1\.(?!1\1)[0-9.]+)\1"
    r"(?:\s*and\s*@extension\s*=\s*(['\"])([^'\"]+)\3)?\s*\]"
)


def tag(name: str) -> str:
    """The qualified name of an element of schematron."""
    return f"{{{SCH}}}{name}"


@dataclass(slots=True)
class Schematron:
    """One schematron of the package. `missing`: what it includes and the package has not."""

    path: str
    root: Element
    missing: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        return posixpath.basename(self.path)

    def patterns(self) -> Iterator[Element]:
        """The patterns to run, in their order, parameters put in; those outside the default phase are left out."""
        abstract = {one.get("id"): one for one in self.root.iter(tag("pattern")) if _is_abstract(one)}
        active = self._active()
        for pattern in self.root.iter(tag("pattern")):
            if not _is_abstract(pattern) and (active is None or pattern.get("id") in active):
                yield self._filled(pattern, abstract) if pattern.get("is-a") else pattern

    def lets(self) -> Iterator[Element]:
        """The variables of the schema and of its patterns, active or not: ISO makes them global."""
        yield from self.root.iterchildren(tag("let"))
        abstract = {one.get("id"): one for one in self.root.iter(tag("pattern")) if _is_abstract(one)}
        for pattern in self.root.iter(tag("pattern")):
            if not _is_abstract(pattern):
                yield from (self._filled(pattern, abstract) if pattern.get("is-a") else pattern).iterchildren(
                    tag("let")
                )

    def abstract_rules(self) -> dict[str, Element]:
        return {one.get("id", ""): one for one in self.root.iter(tag("rule")) if _is_abstract(one)}

    def models(self) -> dict[str, str]:
        """The CI-SIS models that a document of this schematron must declare: root -> extension, '' where any does."""
        found: dict[str, str] = {}
        for rule in self.root.iter(tag("rule")):
            if posixpath.basename(rule.get("context", "").strip()).rpartition(":")[2] != "ClinicalDocument":
                continue
            for test in (one.get("test", "") for one in rule.iterchildren(tag("assert"))):
                if not re.search(r"\sor\s", test):
                    found.update({match[2]: match[4] or "" for match in _MODEL.finditer(test)})
        return found

    def _active(self) -> set[str] | None:
        name = self.root.get("defaultPhase")
        phase = next((one for one in self.root.iter(tag("phase")) if one.get("id") == name), None)
        if name in (None, "#ALL") or phase is None:
            return None
        return {one.get("pattern", "") for one in phase.iterchildren(tag("active"))}

    def _filled(self, pattern: Element, abstract: dict[str | None, Element]) -> Element:
        if pattern.get("is-a") not in abstract:
            raise RulesRefused(f"{self.name}: no abstract pattern {pattern.get('is-a')}")
        filled = copy.deepcopy(abstract[pattern.get("is-a")])
        values = {one.get("name", ""): one.get("value", "") for one in pattern.iter(tag("param"))}
        if values:
            _put_in(filled, values)
        return filled


def read(package: Package, path: str) -> Schematron:
    """A schematron of the package, what it includes put in. Raises RulesRefused where it cannot be translated."""
    missing: list[str] = []
    root = _with_includes(package, path, missing, 0)
    schematron = Schematron(path, root, missing)
    if not root.get("queryBinding", "").startswith("xslt"):
        raise RulesRefused(f"{schematron.name}: queryBinding is not xslt2")
    foreign = {local_name(one) for one in root.iter(f"{{{_XSLT}}}*")}
    if foreign or root.find(f".//{tag('pattern')}[@documents]") is not None:
        raise RulesRefused(f"{schematron.name}: uses {', '.join(sorted(foreign)) or 'pattern/@documents'}")
    return schematron


def _with_includes(package: Package, path: str, missing: list[str], depth: int) -> Element:
    if depth > _NESTED:
        raise RulesRefused(f"{path}: includes go round in circles")
    root = package.read(path)
    if namespace(root) != SCH:
        raise RulesRefused(f"{path}: no schematron")
    for include in list(root.iter(tag("include"))):
        wanted = posixpath.join(posixpath.dirname(path), include.get("href", ""))
        found, parent = package.find(wanted), include.getparent()
        if parent is None:
            raise RulesRefused(f"{path}: is an include")
        if found is None:
            missing.append(posixpath.normpath(wanted))
            parent.remove(include)
        else:
            part = _with_includes(package, found, missing, depth + 1)
            part.tail = include.tail
            parent.replace(include, part)
    return root


def _put_in(pattern: Element, values: dict[str, str]) -> None:
    """Replace `$name` by the parameter's text, everywhere; in a message, a parameter that stands alone is text."""
    names = re.compile(rf"\$({'|'.join(map(re.escape, values))})(?![\w.-])")
    for element in list(pattern.iter(f"{{{SCH}}}*")):
        alone = names.fullmatch(element.get("select", "").strip())
        if element.tag == tag("value-of") and alone:
            element.set("text", values[alone[1]])
        for name, value in element.attrib.items():
            if name != "text":
                element.set(name, names.sub(lambda found: values[found[1]], str(value)))


def _is_abstract(element: Element) -> bool:
    return element.get("abstract") == "true"


def bodies(rule: Element) -> list[Element]:
    """What a rule is made of, in order: let, assert, report, extends."""
    return [one for one in children(rule) if one.tag in map(tag, ("let", "assert", "report", "extends"))]
