"""What a plugin returned, checked: only values of the api, whole and bounded. Pure.

A value is rebuilt from its fields, so that one made around the validation (`model_construct`) is refused as well.
"""

import json
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any, Final
from unicodedata import category

from pydantic import BaseModel, ValidationError

from dmp_core.api.actions import Action, Badge, FeedDocument, ShowMessage, ShowStatus
from dmp_core.api.bodies import CdaBody, FileBody, PdfBody
from dmp_core.api.documents import DocumentType
from dmp_core.api.events import SavedDocument
from dmp_core.api.layout import LaidOut
from dmp_core.model.limits import FED_DOCUMENT
from dmp_core.plughost.hooks import ANSWERS, ONE_ANSWER

MOST: Final = 100
"""Values in one answer."""
LAID_OUT: Final = 2_000_000
"""Bytes of text that the core prints."""

_STEERS: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})  # categories: control, format, half a character, separators
_JOINS: Final = frozenset("\n\t\u00ad\u200c\u200d")  # of these, what a plain text may hold
_FLAT: Final = frozenset(kind for kinds in ANSWERS.values() for kind in kinds if issubclass(kind, Action))
"""Values that hold no other ones: their fields are checked as they are."""


class AnswerRefused(Exception):
    """What came back is no answer to this hook; the text names types and fields, no value."""


def checked(hook: str, answer: Any) -> Any:
    """`answer` as a value or a tuple of values that `hook` may return. Raises AnswerRefused."""
    return checker(hook)(answer)


@cache
def checker(hook: str) -> Callable[[Any], Any]:
    """What checks the answers of `hook`: made once, because a fact is told to many plugins."""
    if hook in ONE_ANSWER:
        return partial(_value, hook)
    empty = frozenset(kind for kind in ANSWERS[hook] if not kind.model_fields)

    def check(answer: Any) -> tuple[BaseModel, ...]:
        kind = type(answer)
        if kind is not list and kind is not tuple:
            raise AnswerRefused(f"{hook} gave {kind.__name__[:40]}, not a list or a tuple")
        if len(answer) > MOST:
            raise AnswerRefused(f"{hook} gave {len(answer)} values, at most {MOST}")
        for value in answer:
            if type(value) not in empty:
                return _whole(hook, answer)
        return tuple(answer)  # values without a field: there is nothing in them to check

    return check


def _whole(hook: str, answer: Sequence[Any]) -> tuple[BaseModel, ...]:
    whole = tuple([_value(hook, value) for value in answer])
    ids = [value.id for value in whole if isinstance(value, DocumentType)]
    if len(set(ids)) != len(ids):
        raise AnswerRefused(f"{hook} gave one type twice")
    return whole


def _value(hook: str, value: Any) -> BaseModel:
    kind = type(value)
    if kind not in ANSWERS[hook]:
        allowed = ", ".join(allowed.__name__ for allowed in ANSWERS[hook])
        raise AnswerRefused(f"{hook} gave {kind.__name__[:40]}, allowed: {allowed}")
    try:
        fields = value.__dict__ if kind in _FLAT else value.model_dump(warnings="none")
        whole: BaseModel = kind.__pydantic_validator__.validate_python(fields)
    except ValidationError as error:
        fields = ", ".join(sorted({str(e["loc"][0]) for e in error.errors(include_input=False) if e["loc"]}))
        raise AnswerRefused(f"{kind.__name__} of {hook} is wrong in {fields or 'itself'}") from None
    _must_fit(whole)
    return whole


def _must_fit(value: BaseModel) -> None:
    size, most = _size(value)
    if size > most:
        raise AnswerRefused(f"the body has {size} bytes, at most {most}")
    if isinstance(value, ShowMessage | ShowStatus | Badge) and not _can_be_shown(value.text):
        raise AnswerRefused(f"the text of {type(value).__name__} holds a character that cannot be shown")
    if isinstance(value, SavedDocument | FeedDocument) and value.content is not None:
        try:
            size = len(json.dumps(value.content, allow_nan=False))
        except (TypeError, ValueError, RecursionError):
            raise AnswerRefused(f"the content of {type(value).__name__} is no JSON") from None
        if size > FED_DOCUMENT:
            raise AnswerRefused(f"the content has {size} bytes, at most {FED_DOCUMENT}")


def _can_be_shown(text: str) -> bool:
    """No character that steers a terminal or turns the direction of a text; French spaces and emoji are fine."""
    return text.isprintable() or not any(
        category(character) in _STEERS and character not in _JOINS for character in text
    )


def _size(value: BaseModel) -> tuple[int, int]:
    """Of a body: its bytes, and how many it may have."""
    match value:
        case PdfBody():
            return len(value.pdf), FED_DOCUMENT
        case FileBody():
            return len(value.content), FED_DOCUMENT
        case CdaBody():
            return len(value.structured_body), FED_DOCUMENT
        case LaidOut():
            return len(value.model_dump_json()), LAID_OUT
    return 0, 0
