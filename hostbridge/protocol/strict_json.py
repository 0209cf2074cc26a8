"""JSON as the bridge accepts it: RFC 8259 without what two readers could understand differently."""

import json
import math
from typing import Any, Final

from dmp_core.errors import MessageInvalid

DEPTH: Final = 64
COMMAS: Final = 100_000  # a bound on the number of elements, known before anything is built
_DIGITS = 19
_MARKS: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


class _Refused(ValueError):
    """A rule of ours, raised inside the parser of the standard library."""


def loads(data: bytes) -> Any:
    """The value of `data`.

    Raises MessageInvalid for bad UTF-8, a BOM, a lone surrogate, NaN and Infinity, numbers beyond what is exact,
    a key that stands twice, more than 64 levels or 100 000 commas. It tells the place, and never what stands there.
    """
    if len(data) > COMMAS and data.count(b",") > COMMAS:
        raise MessageInvalid(f"more than {COMMAS} elements")
    if data.startswith(_MARKS):
        raise MessageInvalid("UTF-8 without a mark at its beginning (BOM); UTF-16 is not spoken here")
    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_float=_float,
            parse_int=_int,
        )
        if _may_be_refused(data):
            _walk(value)
    except _Refused as error:
        raise MessageInvalid(str(error)) from None
    except UnicodeDecodeError as error:
        raise MessageInvalid(f"no UTF-8 at byte {error.start}: a text of Windows-1252 is converted first") from None
    except UnicodeEncodeError:
        raise MessageInvalid("a text holds half of a surrogate pair") from None
    except json.JSONDecodeError as error:
        raise MessageInvalid(f"no JSON: wrong at line {error.lineno}, column {error.colno}") from None
    except (ValueError, RecursionError):
        raise MessageInvalid("no JSON") from None
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Refused("a key stands twice in one object")
    return found


def _constant(_name: str) -> Any:
    raise _Refused("NaN and Infinity are no JSON")


def _float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise _Refused("a number is too large")
    return number


def _int(text: str) -> int:
    if len(text) > _DIGITS:
        raise _Refused(f"a whole number has {_DIGITS} characters at most")
    return int(text)


def _may_be_refused(data: bytes) -> bool:
    """True where the value must be walked: for its depth, or for half of a surrogate pair, which `\\u` alone writes."""
    escaped = b"\\" in data and b"\\u" in data
    return escaped or _stands_often(b"[", data) or _stands_often(b"{", data)


def _stands_often(mark: bytes, data: bytes) -> bool:
    """True where both marks together may stand more than DEPTH times; `count` would take four times as long."""
    place = -1
    return all((place := data.find(mark, place + 1)) >= 0 for _ in range(DEPTH // 2))


def _walk(value: Any) -> None:
    """Refuse what is too deep, and text that is no Unicode (a lone surrogate cannot be encoded)."""
    level: list[Any] = [[value]]  # in a list of ours, so that a text alone is looked at too
    depth = -1
    while any(isinstance(one, dict | list) for one in level):
        depth += 1
        if depth > DEPTH:
            raise _Refused(f"more than {DEPTH} levels")
        level = [inner for one in level for inner in _inside(one)]
        for one in level:
            if isinstance(one, str) and not one.isascii():
                one.encode()


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    return value if isinstance(value, list) else []
