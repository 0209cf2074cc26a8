"""One installed set of rules, applied to documents: XSD, general schematrons, the type's own."""

import json
import threading
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Final

from dmp_core.documents.tree import every, line_of, open_document, path_of
from dmp_core.errors import DocumentInvalid, ExtraMissing, XmlRefused
from dmp_core.model.finding import Finding, Severity
from dmp_core.rules import ruleset
from dmp_core.rules.process import USUAL, Found, Limits, Worker, WorkerFailed
from dmp_core.rules.ruleset import STYLESHEETS, Test
from dmp_core.rules.schema import Schema
from dmp_core.rules.translation import NAME
from dmp_core.xml import Element, children, local_name, serialize

MOST: Final = 200  # findings told of one document
LONGEST: Final = 500  # characters of what a rule says: those of the header list all that they would allow
UNAVAILABLE: Final = "rules-unavailable"

_OF_THE_HEADER: Final = "ASIP-STRUCT-MIN-StrucMin.sch"
_REMEDY: Final = "Signalez-le à l’éditeur du logiciel qui a produit le document."
_HEADER_REMEDY: Final = (
    "Vérifiez la fiche du patient, celle du professionnel et celle de la pharmacie, puis enregistrez de nouveau ; "
    "si cela continue, signalez-le à l’éditeur du logiciel."
)
_UNAVAILABLE_REMEDY: Final = "Les règles de l’ANS n’ont pas pu être vérifiées : signalez-le à l’éditeur du logiciel."


class RuleBook:
    """The rules of one folder. Safe to use from several threads; `close` it."""

    def __init__(self, folder: Path, limits: Limits = USUAL) -> None:
        """Raises RulesAbsent."""
        self.set = ruleset.read(folder)
        self._folder = folder
        self._worker = Worker(folder / STYLESHEETS, limits)
        self._tests: dict[str, Sequence[Test]] = {}
        self._turn = threading.Lock()

    @property
    def name(self) -> str:
        return self.set.name

    def check(self, cda: bytes) -> tuple[Finding, ...]:
        """What the rules find, at most `MOST`; a warning where they could not run, never silence about it.

        Nothing of a file that is no document: the project's own checks say that.
        """
        try:
            document = open_document(cda)
        except (XmlRefused, DocumentInvalid):
            return ()
        root = document.getroottree().getroot()
        with self._turn:
            return tuple(islice(self._findings(document, root), MOST))

    def close(self) -> None:
        """End the process that runs the schematrons."""
        self._worker.close()

    def _findings(self, document: Element, root: Element) -> Iterator[Finding]:
        yield from self._schema.check(root, _REMEDY)
        declared = {one.get("root", ""): one.get("extension", "") for one in every(document, "templateId")}
        try:
            verdict = self._worker.check(self.set.for_document(declared), serialize(root, declaration=False))
        except (WorkerFailed, ExtraMissing) as error:
            yield _unavailable(error.reason if isinstance(error, WorkerFailed) else error.detail)
            return
        for name in verdict.failed:
            yield _unavailable(name)
        for one in verdict.found:
            yield self._finding(one, root)

    def _finding(self, found: Found, root: Element) -> Finding:
        name, number, place = found
        test, element = self._tests_of(name)[number], _at(root, place)
        return Finding(
            path=path_of(element) if place else "/",
            rule=name,
            remedy=_HEADER_REMEDY if name == _OF_THE_HEADER else _REMEDY,
            severity=Severity.ERROR if test.role not in ("warning", "info") else Severity.WARNING,
            line=line_of(element),
            detail=test.message.replace(NAME, local_name(element))[:LONGEST],
        )

    def _tests_of(self, name: str) -> Sequence[Test]:
        if name not in self._tests:
            told = json.loads((self._folder / STYLESHEETS / f"{name}.json").read_bytes())
            self._tests[name] = [Test.model_validate(one) for one in told]
        return self._tests[name]

    @cached_property
    def _schema(self) -> Schema:
        return Schema(self._folder, self.set.schema_entry)


def _unavailable(reason: str) -> Finding:
    return Finding("/", UNAVAILABLE, _UNAVAILABLE_REMEDY, Severity.WARNING, detail=reason)


def _at(root: Element, place: str) -> Element:
    """The element whose ranks among the elements, from the root, are `0/3/1`."""
    element = root
    for rank in place.split("/")[1:]:
        element = next(islice(children(element), int(rank), None))
    return element
