"""What a plugin returned, checked: only values of the api, whole and bounded. Pure.

A value is rebuilt from its fields, so that one made around the validation (`model_construct`) is refused as well.
"""

import json
from collections.abc import Sequence
from typing import Any, Final

from pydantic import BaseModel, ValidationError

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


class AnswerRefused(Exception):
    """What came back is no answer to this hook; the text names types and fields, no value."""


def checked(hook: str, answer: Any) -> Any:
    """`answer` as a value or a tuple of values that `hook` may return. Raises AnswerRefused."""
    if hook in ONE_ANSWER:
        return _value(hook, answer)
    if type(answer) not in (list, tuple):
        raise AnswerRefused(f"{hook} gave {type(answer).__name__[:40]}, not a list or a tuple")
    values: Sequence[Any] = answer
    if len(values) > MOST:
        raise AnswerRefused(f"{hook} gave {len(values)} values, at most {MOST}")
    whole = tuple(_value(hook, value) for value in values)
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
        whole: BaseModel = kind.model_validate(value.model_dump(warnings="none"))
    except ValidationError as error:
        fields = ", ".join(sorted({str(e["loc"][0]) for e in error.errors(include_input=False) if e["loc"]}))
        raise AnswerRefused(f"{kind.__name__} of {hook} is wrong in {fields or 'itself'}") from None
    _must_fit(whole)
    return whole


def _must_fit(value: BaseModel) -> None:
    size, most = _size(value)
    if size > most:
        raise AnswerRefused(f"the body has {size} bytes, at most {most}")
    if isinstance(value, SavedDocument):
        try:
            json.dumps(value.content, allow_nan=False)
        except (TypeError, ValueError):
            raise AnswerRefused("the content of SavedDocument is no JSON") from None


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
