"""The XSD of an installed set, loaded from its folder and from nowhere else."""

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from lxml import etree

from dmp_core.documents.tree import line_of, path_of
from dmp_core.errors import RulesRefused
from dmp_core.model.finding import Finding
from dmp_core.xml import Element, children, local_name

# Of these libxml2 tells names of elements and attributes; the messages of all others may quote a value.
_ABOUT_NAMES: Final = re.compile(r"SCHEMAV_(ELEMENT_CONTENT|CVC_ELT_[12]|CVC_AU|CVC_COMPLEX_TYPE_[0-9_]+)")
_BEFORE_VALUE: Final = re.compile(r"Element '[^']*'(, attribute '[^']*')?:( \[facet '[a-zA-Z]+'\])?")


class Schema:
    """Checks documents. Not for several threads at once."""

    def __init__(self, folder: Path, entry: str) -> None:
        """Raises RulesRefused where the schema cannot be loaded."""
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
        parser.resolvers.add(_Inside(folder))
        self._name = Path(entry).name
        try:
            self._schema = etree.XMLSchema(etree.parse(str(folder.resolve() / entry), parser))
        except (etree.LxmlError, OSError) as error:
            raise RulesRefused(f"{entry}: {error}") from error

    def check(self, root: Element, remedy: str) -> Iterator[Finding]:
        """What is wrong, names of elements told, values left out."""
        if self._schema.validate(root):
            return
        for error in self._schema.error_log:  # type: ignore[attr-defined] # lxml's stubs forget that it is a list
            place = _element(root, error.path or "")
            yield Finding(path_of(place), self._name, remedy, line=line_of(place), detail=_told(error))


class _Inside(etree.Resolver):
    """Opens what lies in one folder, refuses all else."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()

    def resolve(self, system_url: str, public_id: str, context: object) -> object:  # type: ignore[override] # noqa: ARG002
        from urllib.request import url2pathname  # late: it brings http and email along

        path = url2pathname(urlsplit(system_url).path) if system_url.startswith("file:") else system_url
        if not Path(path).resolve().is_relative_to(self._folder):
            raise OSError(f"outside of the rules: {system_url}")
        return self.resolve_filename(system_url, context)  # type: ignore[attr-defined]


def _element(root: Element, path: str) -> Element:
    """The element at a path as libxml2 tells it: `/*/*[3]/p:name[2]`. Walked: a path is never evaluated."""
    element = root
    for step in path.split("/")[2:]:
        name, _, rank = step.rstrip("]").partition("[")
        same = (one for one in children(element) if name in ("*", _prefixed(one)))
        found = next(islice(same, int(rank or 1) - 1, None), None)
        if found is None:
            break
        element = found
    return element


def _prefixed(element: Element) -> str:
    return f"{element.prefix}:{local_name(element)}" if element.prefix else local_name(element)


def _told(error: etree._LogEntry) -> str:
    if _ABOUT_NAMES.fullmatch(error.type_name):
        return str(error.message)
    before = _BEFORE_VALUE.match(error.message)
    return f"{before[0] if before else ''} {error.type_name}".strip()
