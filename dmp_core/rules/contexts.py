"""Contexts of rules (XPath, used as XSLT patterns) made cheap to try, without a change of what they match.

A document is tried against 2,500 contexts; most need a model that it does not declare, or fail on a long predicate
although the parent's name would have settled it.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

_NAME: Final = re.compile(r"[A-Za-z_][\w.-]*:[A-Za-z_][\w.-]*")
_OF_MODEL: Final = re.compile(
    r"\s*(?://)?(?:\*|[\w.-]+:[\w.-]+)\s*\[\s*[\w.-]+:templateId\s*/\s*@root\s*=\s*('[^']*'|\"[^\"]*\")\s*\]\s*(?=[/\[]|$)"
)


def needed_models(contexts: Iterable[str]) -> list[str] | None:
    """XPath literals of the models of which one must be declared, for any of the contexts to match; None: unknown."""
    found = []
    for context in contexts:
        match = _OF_MODEL.match(context)
        if match is None or _marks(context, "|"):
            return None
        found.append(match[1])
    return found


def guarded(context: str) -> str:
    """`a:b/c:d/*[p]` as `a:b/c:d/*[parent::c:d/parent::a:b][p]`: the names first, they are cheap."""
    slashes = _marks(context, "/")
    if not slashes or _marks(context, "|"):
        return context
    last = slashes[-1] + 1
    parents = []
    for before, slash in zip(reversed([-1, *slashes[:-1]]), reversed(slashes), strict=True):
        name = _NAME.match(context, before + 1)
        if name is None or context[slash - 1] == "/":
            break
        parents.append(f"parent::{name[0]}")
    if not context.startswith("*[", last) or not parents:
        return context
    return f"{context[: last + 1]}[{'/'.join(parents[:2])}]{context[last + 1 :]}"


def axes(contexts: Iterable[str]) -> str:
    """What is visited beside the elements, as XPath: the document, attributes, texts, where a context asks for it."""
    bare = "|".join("".join(character for _, character in _outside(context)) for context in contexts)
    asked = (re.search(r"(^|\|)\s*/\s*(\||$)", bare), "@" in bare or "attribute::" in bare, "text()" in bare)
    return "".join(axis for axis, wanted in zip(("|/", "|//@*", "|//text()"), asked, strict=True) if wanted)


def _marks(context: str, mark: str) -> list[int]:
    return [place for place, character in _outside(context) if character == mark]


def _outside(context: str) -> Iterator[tuple[int, str]]:
    """The characters outside of quotes, and of what brackets enclose, with their places."""
    depth, quote = 0, ""
    for place, character in enumerate(context):
        if quote:
            quote = "" if character == quote else quote
            continue
        if character in "'\"":
            quote = character
            continue
        depth -= character in "])"
        if not depth:
            yield place, character
        depth += character in "[("
