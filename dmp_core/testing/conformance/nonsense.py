"""Wrong contents made from a right one: what hosts send by mistake, and what nobody sends but a test. Pure."""

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any, Final

CANARY: Final = "ZZCANARI-FAUX"
_LONG: Final = CANARY * 2_000
_DEEP: Final = 400  # levels
_MOST_PLACES: Final = 40
_INSTEAD: Final[tuple[tuple[str, Any], ...]] = (
    ("null", None),
    ("a number", -1),
    ("a text", CANARY),
    ("a long text", _LONG),
    ("controls", f"{CANARY}\u0000\u001b[31m\ud7ff\ufffe"),
    ("a list", [CANARY]),
    ("an object", {CANARY: CANARY}),
    ("a truth", True),
    ("a large number", 10**40),
)


def contents(example: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each wrong content."""
    yield "nothing", b""
    yield "no JSON", b"{" + CANARY.encode()
    yield "no UTF-8", b'{"a": "\xff\xfe"}'
    yield "a NaN", b'{"a": NaN}'
    yield "a text", json.dumps(CANARY).encode()
    yield "a list", json.dumps([CANARY]).encode()
    yield "an empty object", b"{}"
    yield "a deep list", b"[" * _DEEP + b"]" * _DEEP
    for name, value in objects(example):
        yield name, json.dumps(value).encode()


def objects(example: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Name and value of each wrong object: a field left out, one too many, another kind of value in each place."""
    yield "a field too many", {**example, CANARY: CANARY}
    for path in _places(example):
        name = ".".join(map(str, path))
        yield f"without {name}", _changed(example, path, leave_out=True)
        for kind, value in _INSTEAD:
            yield f"{kind} in {name}", _changed(example, path, value)


def _places(value: Any, before: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """The place of each value, nearest first."""
    found: list[tuple[str | int, ...]] = []
    inside = [(before, value)]
    while inside and len(found) < _MOST_PLACES:
        path, each = inside.pop(0)
        entries = each.items() if isinstance(each, Mapping) else enumerate(each[:1]) if isinstance(each, list) else ()
        for key, below in entries:
            found.append((*path, key))
            inside.append(((*path, key), below))
    return found[:_MOST_PLACES]


def _changed(
    example: Mapping[str, Any], path: tuple[str | int, ...], value: Any = None, *, leave_out: bool = False
) -> Any:
    whole = deepcopy(dict(example))
    place: Any = whole
    for step in path[:-1]:
        place = place[step]
    if leave_out:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return whole
