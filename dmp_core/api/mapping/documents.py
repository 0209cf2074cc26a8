"""The documents of a host's file, by its mapping."""

import base64
import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, Final

from pydantic import ValidationError

from dmp_core.api.events import SavedDocument
from dmp_core.api.mapping.language import DocumentMapping, Expression, FileMapping, operator
from dmp_core.api.mapping.records import Record, read, refused
from dmp_core.errors import ContentInvalid
from dmp_core.model.finding import Finding

Attachments = Callable[[str], bytes]
"""Gives the bytes of the file of that name beside the mapped one. Raises ContentInvalid."""
_NAMES: Final = {"key": "clé", "record": "enregistrement", "type_id": "type", "content": "contenu"}


def documents(mapping: FileMapping, data: bytes, attachments: Attachments | None = None) -> tuple[SavedDocument, ...]:
    """What the file's records save, in their order; a record that no `[[document]]` takes is passed over.

    Raises ContentInvalid with the record's rank, from 1, the field and its remedy; never a value.
    """
    found = []
    for rank, record in enumerate(read(data, mapping.file), 1):
        for wanted in mapping.document:
            if _applies(wanted, record):
                found.append(_document(wanted, mapping, _Reader(record, attachments, f"enregistrement {rank}")))
                break
    return tuple(found)


def _applies(wanted: DocumentMapping, record: Record) -> bool:
    return all(
        record.text(path) in ((words,) if isinstance(words, str) else words) for path, words in wanted.when.items()
    )


def _document(wanted: DocumentMapping, mapping: FileMapping, reader: "_Reader") -> SavedDocument:
    values = {
        "key": reader.value(wanted.key, "clé"),
        "record": reader.value(wanted.record, "enregistrement"),
        "type_id": wanted.type if isinstance(wanted.type, str) else reader.value(wanted.type, "type"),
        "patient": reader.value(mapping.patient if wanted.patient is None else wanted.patient, "patient"),
        "content": reader.value(wanted.content, "contenu") if wanted.content else {},
    }
    given = {name: value for name, value in values.items() if value is not None}
    try:
        return SavedDocument.model_validate(given)
    except ValidationError as error:
        findings = tuple(
            Finding(
                f"{reader.place} : {_NAMES.get(str(each['loc'][0]), each['loc'][0])}"
                + "".join(f".{step}" for step in each["loc"][1:]),
                str(each["type"]),
                "Renseignez cette rubrique dans le logiciel, ou corrigez la table de correspondance.",
            )
            for each in error.errors(include_input=False, include_url=False)
        )
    raise ContentInvalid("; ".join(str(finding) for finding in findings)[:400], findings=findings)


class _Reader:
    """Evaluates expressions against one record. `place` names it in findings."""

    def __init__(self, record: Record, attachments: Attachments | None, place: str) -> None:
        self._record = record
        self._attachments = attachments
        self.place = place

    def value(self, expression: Expression, field: str) -> Any:
        """What the expression gives; None where the record does not say. Raises ContentInvalid."""
        if isinstance(expression, str):
            return self._record.text(expression)
        match operator(expression):
            case "from":
                return self._field(expression, field)
            case "constant":
                return expression["constant"]
            case "join":
                parts = [self._record.text(path) for path in expression["join"]]
                return None if None in parts else str(expression.get("with", "")).join(filter(None, parts))
            case "each":
                items = (
                    _Reader(one, self._attachments, self.place).value(expression["item"], f"{field}[{number}]")
                    for number, one in enumerate(self._record.each(expression["each"]))
                )
                return [item for item in items if item is not None] or None
            case "file":
                return self._file(expression["file"], field)
        return self._object(expression, field)

    def _object(self, expression: Mapping[str, Any], field: str) -> dict[str, Any] | None:
        """The fields that have a value; None where nothing but constants has one."""
        values = {name: self.value(inner, f"{field}.{name}") for name, inner in expression.items()}
        given = {name: value for name, value in values.items() if value is not None}
        varying = [name for name, inner in expression.items() if isinstance(inner, str) or "constant" not in inner]
        return given if not varying or any(name in given for name in varying) else None

    def _field(self, expression: Mapping[str, Any], field: str) -> Any:
        text = self._record.text(expression["from"])
        if text is None:
            return expression.get("default")
        if (words := expression.get("words")) is not None:
            if text not in words:
                raise self._refused(field, "word", "Ajoutez ce mot du logiciel à la table de correspondance.")
            return words[text]
        if form := expression.get("date"):
            return self._date(text, form, field)
        if mark := expression.get("decimal"):
            return self._number(text, mark, field)
        return text

    def _date(self, text: str, form: str, field: str) -> str:
        try:
            return dt.datetime.strptime(text, form).date().isoformat()  # noqa: DTZ007 - a day, without hour or zone
        except ValueError:
            raise self._refused(field, "date", f"Corrigez cette date : sa forme est {form}.") from None

    def _number(self, text: str, mark: str, field: str) -> float | int:
        plain = text.replace("\u00a0", "").replace("\u202f", "").replace(" ", "").replace(mark, ".")
        try:
            number = float(plain)
        except ValueError:
            raise self._refused(field, "number", "Corrigez ce nombre.") from None
        return int(number) if number.is_integer() else number

    def _file(self, path: str, field: str) -> str | None:
        name = self._record.text(path)
        if name is None:
            return None
        if self._attachments is None:
            raise self._refused(field, "file", "Ici, aucun fichier joint ne peut être lu.")
        return base64.b64encode(self._attachments(name)).decode()

    def _refused(self, field: str, rule: str, remedy: str) -> ContentInvalid:
        return refused(f"{self.place} : {field}", rule, remedy)
