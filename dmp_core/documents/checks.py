"""All of the project's own checks on a document, whoever wrote it."""

import re
from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import Final

from dmp_core.documents import body_rules, code_rules, header_rules, identity_rules
from dmp_core.documents.rules import broken
from dmp_core.documents.tree import open_document
from dmp_core.errors import DocumentInvalid, XmlRefused
from dmp_core.model import limits
from dmp_core.model.finding import Finding, Severity
from dmp_core.xml import Element

Rule = Callable[[Element], Iterator[Finding]]

RULES: Final[tuple[Rule, ...]] = (
    header_rules.missing_elements,
    header_rules.models,
    header_rules.identifiers,
    header_rules.language,
    header_rules.times,
    header_rules.texts,
    identity_rules.patient,
    identity_rules.professionals,
    code_rules.coded_values,
    body_rules.unstructured,
    body_rules.sections,
    body_rules.entries,
    body_rules.pointers,
    body_rules.links,
)
MOST: Final = 200  # findings told of one document


def check(cda: bytes) -> tuple[Finding, ...]:
    """What is wrong with a document, at most `MOST` findings. A file that is no document: the rule, and the line."""
    if len(cda) > limits.FED_DOCUMENT:
        return (broken("size", "/", detail=f"{len(cda)} bytes, at most {limits.FED_DOCUMENT}"),)
    try:
        document = open_document(cda)
    except XmlRefused as error:
        return (_unreadable(error),)
    except DocumentInvalid:
        return (broken("no-document", "/"),)
    return tuple(islice(chain.from_iterable(rule(document) for rule in RULES), MOST))


def require_valid(cda: bytes, check: Callable[[bytes], tuple[Finding, ...]] = check) -> tuple[Finding, ...]:
    """The warnings of a document that may be sent. Raises DocumentInvalid, with all findings, where one is an error."""
    findings = check(cda)
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if errors:
        told = "; ".join(str(finding) for finding in errors[:5])
        more = f"; and {len(errors) - 5} more" if len(errors) > 5 else ""
        raise DocumentInvalid(told + more, findings=findings)
    return findings


def _unreadable(error: XmlRefused) -> Finding:
    line = re.search(r"line ([0-9]+)", error.detail)
    found = broken("xml", "/", detail=error.detail)
    return Finding(found.path, found.rule, found.remedy, line=int(line[1]) if line else None, detail=found.detail)
