"""What is wrong with a message, for the developer who wrote it: places, rules and names of ours, never a value."""

from collections.abc import Iterable
from typing import Any, Final, get_args

from pydantic import BaseModel, ValidationError

_PLACES: Final = 5  # that are told of one message
_NEAR: Final = 0.75


def of(error: ValidationError, model: type[BaseModel]) -> str:
    """The first places that are wrong and why. A field that the host made up stays unnamed: it may hold anything."""
    lines = dict[str, None]()
    for one in error.errors(include_url=False, include_context=False, include_input=False):
        place, why = [str(part)[:40] for part in one["loc"]], one["msg"][:120]
        if one["type"] == "extra_forbidden":
            known = _fields(model, one["loc"][:-1])
            why = nearest("field", place[-1], known) + (f"; there are {', '.join(known)}" if known else "")
            place[-1:] = ["?"]
        lines[f"{'.'.join(place) or 'params'}: {why}"] = None
    return "; ".join(tuple(lines)[:_PLACES])


def nearest(what: str, asked: str, known: Iterable[str]) -> str:
    """That there is no such thing, and which of ours may be meant."""
    from difflib import get_close_matches  # only where a name is wrong

    near = get_close_matches(asked, known, n=1, cutoff=_NEAR)
    return f"no such {what}" + (f"; is {near[0]} meant?" if near else "")


def _fields(model: type[BaseModel], place: tuple[int | str, ...]) -> tuple[str, ...]:
    """The fields that an object at that place has; empty where it has no model of its own."""
    for part in place:
        if isinstance(part, int):
            continue
        field = model.model_fields.get(part)
        inner = _model(field.annotation) if field else None
        if inner is None:
            return ()
        model = inner
    return tuple(model.model_fields)


def _model(annotation: Any) -> type[BaseModel] | None:
    """The model in an annotation: itself, or inside Optional, a tuple, a list."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model, get_args(annotation))), None)
