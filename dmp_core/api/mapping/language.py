"""The mapping language: which records a file holds, and where each value of a document stands in them.

A value is written as
    "nom"                                  the field of that path
    { from = "nom", default = "..." }      the same, with what to take where it is missing or empty
    { from = "acte", words = { V = "vaccination" } }   the host's word, translated; another word is an error
    { from = "date", date = "%d/%m/%Y" }   a date of the host's form, as ISO 8601
    { from = "dose", decimal = "," }       a number with the host's decimal mark
    { join = ["id", "version"], with = "/" }   several fields in one text
    { each = "lignes/ligne", item = { ... } }   a list, with one item for each record under that path
    { constant = "fr" }                    always the same
    { file = "fichier" }                   base64 of the file that the field names, beside this one
    { ... other names ... }                an object of such values; left out where only constants give one

A path names fields from the record inwards (`patient/nom`, in XML `@id` for an attribute); `/` first: from the whole
file. In CSV a path is a column's heading. XML namespaces are not looked at.
"""

import tomllib
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator, model_validator

from dmp_core.errors import ConfigInvalid

Path = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Expression = str | Mapping[str, Any]
OPERATORS: Final = {
    "from": frozenset({"from", "default", "words", "date", "decimal"}),
    "join": frozenset({"join", "with"}),
    "each": frozenset({"each", "item"}),
    "constant": frozenset({"constant"}),
    "file": frozenset({"file"}),
}


class _Closed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True)


class FileForm(_Closed):
    """`[file]`: the form of the files. `each`: path of the records; None: the whole file is one (in CSV: each line)."""

    format: Literal["csv", "json", "xml"]
    each: Path | None = None
    encoding: Literal["utf-8", "cp1252", "iso-8859-15"] = Field(default="utf-8", description="unless XML says its own")
    delimiter: str = Field(default=";", min_length=1, max_length=1, description="of CSV")

    @model_validator(mode="after")
    def _lines_are_the_records_of_csv(self) -> Self:
        if self.format == "csv" and self.each:
            raise ValueError("each: in CSV every line is a record")
        return self


class DocumentMapping(_Closed):
    """`[[document]]`: which records are documents (`when`: field -> word or words, all must hold), and their values."""

    when: Mapping[Path, str | tuple[str, ...]] = Field(default_factory=dict)
    type: Expression = Field(description="type of document, as the plugins name it; a text here is the type itself")
    key: Expression
    record: Expression
    patient: Expression | None = Field(default=None, description="in the place of the mapping's own `patient`")
    content: Mapping[str, Any] = Field(default_factory=dict)

    @field_validator("key", "record", "patient", "content")
    @classmethod
    def _values_are_expressions(cls, value: Any) -> Any:
        if value is not None:
            check(value)
        return value

    @field_validator("type")
    @classmethod
    def _type_is_said(cls, value: Expression) -> Expression:
        if not isinstance(value, str):
            check(value)
        return value


class FileMapping(_Closed):
    """A whole mapping. `patient`: the same for every document, unless one has its own."""

    file: FileForm
    patient: Mapping[str, Any] = Field(default_factory=dict)
    document: tuple[DocumentMapping, ...] = Field(min_length=1)

    @field_validator("patient")
    @classmethod
    def _patient_is_an_expression(cls, value: Mapping[str, Any]) -> Mapping[str, Any]:
        if value:
            check(value)
        return value


def operator(expression: Mapping[str, Any]) -> str | None:
    """Which operator a table is; None for an object of values."""
    return next((name for name in OPERATORS if name in expression), None)


def check(expression: object) -> None:
    """Raises ValueError, with the place, for what is no expression."""
    if isinstance(expression, str):
        if not expression:
            raise ValueError("a path is empty")
        return
    if not isinstance(expression, Mapping) or not expression:
        raise ValueError("a value is a path or a table")
    name = operator(expression)
    if name is None:
        for field, inner in expression.items():
            try:
                check(inner)
            except ValueError as error:
                raise ValueError(f"{field}: {error}") from None
        return
    _check_operator(name, expression)


def _check_operator(name: str, expression: Mapping[str, Any]) -> None:
    unknown = sorted(expression.keys() - OPERATORS[name])
    if unknown:
        raise ValueError(
            f"{name} goes with {', '.join(sorted(OPERATORS[name] - {name})) or 'nothing'}, not {unknown[0]}"
        )
    if name == "each":
        check(expression.get("item"))
    if name == "join" and not (isinstance(expression["join"], list | tuple) and expression["join"]):
        raise ValueError("join takes a list of paths")
    if name in ("from", "each", "file") and not (isinstance(expression[name], str) and expression[name]):
        raise ValueError(f"{name} takes a path")
    if name == "from" and not isinstance(expression.get("words", {}), Mapping):
        raise ValueError("words is a table: the host's word = ours")


def read_mapping(source: str | bytes | Mapping[str, Any]) -> FileMapping:
    """The mapping of a TOML text, or of a table that was read already. Raises ConfigInvalid with each wrong place."""
    try:
        if isinstance(source, bytes):
            source = source.decode("utf-8-sig")
        return FileMapping.model_validate(tomllib.loads(source) if isinstance(source, str) else source)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigInvalid(f"mapping: not TOML: {error}") from None
    except ValidationError as error:
        places = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'mapping'}: {e['msg']}" for e in error.errors())
        raise ConfigInvalid(f"mapping: {places}") from None
