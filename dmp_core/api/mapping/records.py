"""The records of a host's file, whatever its format, seen one way: fields by path, lists of records by path."""

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any, Final, Protocol

from dmp_core import xml
from dmp_core.api.mapping.language import FileForm
from dmp_core.errors import ContentInvalid, XmlRefused
from dmp_core.model.finding import Finding
from dmp_core.model.limits import BRIDGE_FRAME
from dmp_core.xml import Element

_MAX_RECORDS: Final = 10_000
_SAYS_ENCODING: Final = re.compile(rb"(\xef\xbb\xbf)?<\?xml[^>]*\sencoding\s*=")


class Record(Protocol):
    """One record of a file."""

    def text(self, path: str) -> str | None:
        """The field of that path, stripped; None where there is none, or several, or no text."""
        ...

    def each(self, path: str) -> "Iterator[Record]":
        """The records under that path."""
        ...


def read(data: bytes, form: FileForm) -> list[Record]:
    """The records of a file, in its order. Raises ContentInvalid, with what is wrong and never a value."""
    if len(data) > BRIDGE_FRAME:
        raise refused("fichier", "too_large", f"Réduisez le fichier : {BRIDGE_FRAME} octets au plus.")
    records = list(_READERS[form.format](data, form))
    if len(records) > _MAX_RECORDS:
        raise refused("fichier", "too_many", f"Découpez le fichier : {_MAX_RECORDS} enregistrements au plus.")
    return records


def refused(path: str, rule: str, remedy: str) -> ContentInvalid:
    """The error that one finding makes."""
    finding = Finding(path, rule, remedy)
    return ContentInvalid(str(finding), findings=(finding,))


class _Line:
    """A line of CSV. It has no list in it."""

    def __init__(self, fields: dict[str, str]) -> None:
        self._fields = fields

    def text(self, path: str) -> str | None:
        return self._fields.get(path.removeprefix("/"), "").strip() or None

    def each(self, path: str) -> Iterator[Record]:  # noqa: ARG002 - as every record
        return iter(())


class _Value:
    """An object of JSON."""

    def __init__(self, value: object, whole: object) -> None:
        self._value = value
        self._whole = whole

    def text(self, path: str) -> str | None:
        found = self._at(path)
        if isinstance(found, bool):
            return "true" if found else "false"
        return str(found).strip() or None if isinstance(found, str | int | float) else None

    def each(self, path: str) -> Iterator[Record]:
        found = self._at(path)
        several = found if isinstance(found, list) else [] if found is None else [found]
        return (_Value(one, self._whole) for one in several)

    def _at(self, path: str) -> object:
        found = self._whole if path.startswith("/") else self._value
        for name in filter(None, path.split("/")):
            found = found.get(name) if isinstance(found, dict) else None
        return found


class _Node:
    """An element of XML."""

    def __init__(self, element: Element, root: Element) -> None:
        self._element = element
        self._root = root

    def text(self, path: str) -> str | None:
        steps = [step for step in path.split("/") if step]
        attribute = steps.pop()[1:] if steps and steps[-1].startswith("@") else None
        found = self._at(path, steps)
        if len(found) != 1:
            return None
        if attribute:
            return (found[0].get(attribute) or "").strip() or None
        return (found[0].text or "").strip() or None if len(found[0]) == 0 else None

    def each(self, path: str) -> Iterator[Record]:
        return (_Node(one, self._root) for one in self._at(path, [step for step in path.split("/") if step]))

    def _at(self, path: str, steps: list[str]) -> list[Element]:
        found = [self._root if path.startswith("/") else self._element]
        for step in steps:
            found = [child for one in found for child in xml.children(one) if xml.local_name(child) == step]
        return found


def _text(data: bytes, form: FileForm) -> str:
    try:
        return data.decode("utf-8-sig" if form.encoding == "utf-8" else form.encoding)
    except UnicodeDecodeError:
        remedy = f"Enregistrez le fichier en {form.encoding}, ou corrigez `encoding` dans la table de correspondance."
        raise refused("fichier", "encoding", remedy) from None


def _csv(data: bytes, form: FileForm) -> Iterator[Record]:
    text = _text(data, form)
    lines = csv.DictReader(io.StringIO(text, newline=""), delimiter=form.delimiter, strict=True)
    try:
        headings = [heading.strip() for heading in lines.fieldnames or ()]
        if len(set(headings)) != len(headings) or not headings:
            raise refused("fichier", "headings", "La première ligne donne un nom différent à chaque colonne.")
        lines.fieldnames = headings
        for number, line in enumerate(lines, 2):
            if None in line or None in line.values():
                raise refused(f"ligne {number}", "columns", "Corrigez cette ligne : son nombre de colonnes diffère.")
            yield _Line(line)
    except csv.Error:
        raise refused("fichier", "csv", "Le fichier n’est pas du CSV correct : vérifiez les guillemets.") from None


def _json(data: bytes, form: FileForm) -> Iterator[Record]:
    try:
        whole = json.loads(_text(data, form), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise refused("fichier", "json", "Le fichier n’est pas du JSON correct.") from None
    root = _Value(whole, whole)
    if form.each is None:
        return iter((root,))
    return root.each(form.each)


def _no_number(_name: str) -> Any:
    raise ValueError


def _xml(data: bytes, form: FileForm) -> Iterator[Record]:
    if form.encoding != "utf-8" and not _SAYS_ENCODING.match(data):
        data = _text(data, form).encode()
    try:
        root = xml.parse(data, limit=BRIDGE_FRAME)
    except XmlRefused as error:
        raise refused("fichier", "xml", f"Le fichier n’est pas du XML acceptable ({error.detail}).") from None
    whole = _Node(root, root)
    return iter((whole,)) if form.each is None else whole.each(form.each)


_READERS: Final = {"csv": _csv, "json": _json, "xml": _xml}
