"""Events on their way to a worker, answers on their way back: values of the api as JSON, their bytes beside it.

A value is described by its class, the rank of its JSON among the parts of the frame, and the rank of each field that
holds bytes. A class that a value names crosses as its JSON schema, which is all that the core asks of it.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, JsonValue, RootModel, ValidationError, create_model
from pydantic_core import from_json, to_json

from dmp_core.api.documents import DocumentType
from dmp_core.api.events import Event
from dmp_core.plughost.hooks import ANSWERS, HOOKS

_MODEL: Final = "content_model"
_LARGEST_SCHEMA: Final = 500_000


class ValueRefused(Exception):
    """What came is no value that may come; the text names types and fields, no value."""


def describe(value: BaseModel, parts: list[bytes], without: Sequence[str] = ()) -> dict[str, Any]:
    """The description of `value`, whose JSON and bytes are added to `parts`; the fields `without` stay here."""
    held = {name: field for name, field in value if type(field) is bytes and name not in without}
    told: dict[str, Any] = {"type": type(value).__name__, "json": len(parts), "bytes": {}}
    left_out = {*held, *without, *([_MODEL] if isinstance(value, DocumentType) else [])}
    parts.append(value.model_dump_json(exclude=left_out).encode())
    for name, field in held.items():
        told["bytes"][name] = len(parts)
        parts.append(field)
    if isinstance(value, DocumentType) and value.content_model is not None:
        told["schema"] = len(parts)
        parts.append(to_json(value.content_model.model_json_schema()))
    return told


def event_of(hook: str, told: Mapping[str, Any], parts: Sequence[bytes], without: Sequence[str]) -> Event:
    """The event of `hook`; the fields that the plugin may not read are None."""
    event: Event = _read(_blind(HOOKS[hook], tuple(without)), told, parts)
    return event


def answer_of(hook: str, told: Mapping[str, Any], parts: Sequence[bytes]) -> BaseModel:
    """A value that `hook` may give. Raises ValueRefused."""
    kind = {kind.__name__: kind for kind in ANSWERS[hook]}.get(str(told.get("type"))[:60])
    if kind is None:
        raise ValueRefused(f"{hook} gave a value of a type that is not allowed")
    try:
        value: BaseModel = _read(kind, told, parts)
        if isinstance(value, DocumentType) and told.get("schema") is not None:
            value = value.model_copy(update={_MODEL: _stand_in(_schema(parts[told["schema"]]))})
        return value
    except ValidationError as error:
        fields = ", ".join(sorted({str(e["loc"][0])[:60] for e in error.errors(include_input=False) if e["loc"]}))
        raise ValueRefused(f"{kind.__name__} of {hook} is wrong in {fields or 'itself'}") from None
    except (IndexError, KeyError, TypeError, AttributeError, ValueError, RecursionError):
        raise ValueRefused(f"{kind.__name__} of {hook} is not described as it should be") from None


def _read(kind: type[Any], told: Mapping[str, Any], parts: Sequence[bytes]) -> Any:
    held: dict[str, int] = told["bytes"]
    fields = {name for name, field in kind.model_fields.items() if field.annotation in (bytes, bytes | None)}
    if not held.keys() <= fields:
        raise ValueRefused(f"{kind.__name__} has other fields of bytes")
    if not held:
        return kind.model_validate_json(parts[told["json"]])
    empty = from_json(parts[told["json"]]) | dict.fromkeys(held, "")  # JSON has no bytes: put in afterwards
    value = kind.model_validate_json(to_json(empty))
    return value.model_copy(update={name: parts[rank] for name, rank in held.items()})


@cache
def _blind(kind: type[Event], without: tuple[str, ...]) -> type[Event]:
    """The same event whose fields `without` are None."""
    if not without:
        return kind
    hidden: dict[str, Any] = dict.fromkeys(without, (None, None))
    return create_model(kind.__name__, __base__=kind, **hidden)


def _schema(data: bytes) -> dict[str, Any]:
    if len(data) > _LARGEST_SCHEMA:
        raise ValueRefused(f"a schema of {len(data)} bytes, at most {_LARGEST_SCHEMA}")
    schema: dict[str, Any] = dict(from_json(data))
    return schema


def _stand_in(schema: dict[str, Any]) -> type[BaseModel]:
    """A model that tells the schema of the plugin's own, and checks nothing: the plugin does, in its worker."""
    told: Callable[..., dict[str, Any]] = lambda *_args, **_named: schema  # noqa: E731 - takes what pydantic's takes
    inner: Any = RootModel[dict[str, JsonValue]]
    return type("ContentModel", (inner,), {"model_config": ConfigDict(), "model_json_schema": staticmethod(told)})
