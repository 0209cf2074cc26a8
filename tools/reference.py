#!/usr/bin/env python3
"""Writes the pages of docs/reference that follow from the code: configuration, errors, hooks, bridge.

python tools/reference.py [--check]      with --check: writes nothing, status 1 where a page is not fresh
"""

import inspect
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, get_args, get_origin

from pydantic import BaseModel
from wire_cases import wire_cases

from dmp_core import errors
from dmp_core.api import hookspecs
from dmp_core.config import Config
from hostbridge.methods.table import TABLE
from hostbridge.protocol import messages
from hostbridge.protocol.told import TOLD

REFERENCE: Final = Path(__file__).resolve().parent.parent / "docs" / "reference"
GENERATED: Final = "<!-- Written by tools/reference.py: change the code, then run it. -->"


def configuration() -> Iterator[str]:
    yield "# Configuration"
    yield (
        "TOML files in layers, each over the earlier ones: the vendor's, the pharmacy's, the seat's. Relative paths "
        "are taken from the folder of the file that names them. `dmp simulate` writes a complete example."
    )
    yield from _section("", Config)


def _section(path: str, model: type[BaseModel]) -> Iterator[str]:
    """One table of settings, then a section for each model among them."""
    rows, inner = ["| setting | type | default | meaning |", "| --- | --- | --- | --- |"], []
    for name, field in model.model_fields.items():
        found = _model_in(field.annotation)
        if found is not None:
            many = ".ID" if get_origin(field.annotation) is not None and _is_mapping(field.annotation) else ""
            inner.append((f"{path}.{name}{many}".lstrip("."), found))
            continue
        default = "required" if field.is_required() else _shown(field.get_default(call_default_factory=True))
        rows.append(f"| `{name}` | {_type(field.annotation)} | {default} | {field.description or ''} |")
    yield f"## `[{path}]`" if path else "## Top level"
    yield _first_paragraph(model)
    if len(rows) > 2:
        yield "\n".join(rows)
    for name, found in inner:
        yield from _section(name, found)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """The model that a setting holds, alone, optional or by name."""
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        return annotation
    found = [_model_in(argument) for argument in get_args(annotation)]
    return next((model for model in found if model is not None), None)


def _is_mapping(annotation: Any) -> bool:
    origin = get_origin(annotation)
    return inspect.isclass(origin) and issubclass(origin, Mapping)


def _type(annotation: Any) -> str:
    if inspect.isclass(annotation):
        members = getattr(annotation, "__members__", None)
        return ", ".join(f"`{member.value}`" for member in members.values()) if members else f"`{annotation.__name__}`"
    return f"`{annotation}`".replace("typing.", "").replace("collections.abc.", "").replace("|", "\\|")


def _shown(default: Any) -> str:
    if default is None or default == {} or default == ():
        return ""
    if isinstance(default, frozenset):  # whose order changes from run to run
        return f"`{sorted(default)}`"
    return f"`{default.value if hasattr(default, 'value') else default}`"


def error_catalogue() -> Iterator[str]:
    yield "# Errors"
    yield (
        "Every error has a stable code. *Mended by* says who can act; an error that is *transient* may be gone at the "
        "next try. The sentence and the remedy are what the counter reads; a refusal by the DMP keeps the DMP's "
        "own code and words."
    )
    for family in errors.DmpError.__subclasses__():
        yield f"## {family.__name__}"
        yield _first_paragraph(family)
        rows = ["| code | class | sentence and remedy | mended by | transient |", "| --- | --- | --- | --- | --- |"]
        rows += [
            f"| `{leaf.code}` | {leaf.__name__} | {leaf.sentence} {leaf.remedy} | {leaf.mender} | "
            f"{'yes' if leaf.transient else 'no'} |"
            for leaf in _leaves(family)
        ]
        yield "\n".join(rows)
    yield from wire_cases()


def _leaves(family: type[errors.DmpError]) -> Iterator[type[errors.DmpError]]:
    for kind in family.__subclasses__():
        yield kind
        yield from _leaves(kind)


def hooks() -> Iterator[str]:
    yield "# Hooks"
    yield (
        "A hook is a plain function `(event, ctx)` marked with `dmp_core.api.hookimpl`. It returns values; the core "
        "checks them and does what they ask."
    )
    for name, function in inspect.getmembers(hookspecs, inspect.isfunction):
        if name.startswith(("on_", "resolve_", "provide_")):
            signature = str(inspect.signature(function)).replace("dmp_core.api.", "").replace("collections.abc.", "")
            yield f"## `{name}`"
            yield f"```text\n{name}{signature}\n```"
            yield inspect.cleandoc(function.__doc__ or "")


def bridge() -> Iterator[str]:
    yield "# Bridge"
    yield (
        "JSON-RPC 2.0: in frames of `Content-Length` on standard input and output, in the body of `POST /rpc`, or one "
        f"frame a message of a WebSocket ([how](../how-to/speak-over-http.md)). Version of the protocol: "
        f"{messages.PROTOCOL_VERSION}. `hostbridge/protocol/openrpc.json` has all of it as OpenRPC, with a JSON Schema "
        "for every message."
    )
    yield inspect.cleandoc(messages.__doc__ or "").split("\n\n", 1)[1]
    yield "The host notifies `initialized`, `exit` and `$/cancelRequest`. It asks:"
    rows = ["| method | parameters | result |", "| --- | --- | --- |"]
    rows += [f"| `{name}` | {_fields(row.params)} | {_fields(row.result)} |" for name, row in sorted(TABLE.items())]
    yield "\n".join(rows)
    yield "The bridge notifies:"
    told = ["| notice | fields |", "| --- | --- |"]
    yield "\n".join(told + [f"| `{name}` | {_fields(model)} |" for name, model in sorted(TOLD.items())])
    yield "## What each message means"
    named = {row.params for row in TABLE.values()} | {row.result for row in TABLE.values()} | set(TOLD.values())
    for model in sorted(named, key=lambda model: (model.__name__, model.__module__)):
        if model.model_fields:
            yield f"### {model.__name__}"
            yield _first_paragraph(model)
            yield "\n".join(_described(model))


def _described(model: type[BaseModel]) -> Iterator[str]:
    """One line for each field: its type, and what it means where it says so."""
    yield "| field | type | meaning |"
    yield "| --- | --- | --- |"
    for name, field in model.model_fields.items():
        asked = "" if field.is_required() else "?"
        yield f"| `{name}{asked}` | {_kind(field.annotation)} | {field.description or ''} |"


def _kind(annotation: Any) -> str:
    """A type as a reader of messages needs it: values of a closed set, names of models, plain types."""
    if inspect.isclass(annotation) and get_origin(annotation) is None:
        members = getattr(annotation, "__members__", None)
        return ", ".join(f"`{member.value}`" for member in members.values()) if members else f"`{annotation.__name__}`"
    arguments = [_kind(each) for each in get_args(annotation) if each not in (type(None), ...) and not _is_rule(each)]
    several = {tuple: "list of ", frozenset: "set of ", list: "list of ", dict: "by name: "}
    many = several.get(get_origin(annotation), "")
    return many + (" or ".join(dict.fromkeys(arguments)) or f"`{annotation}`").replace("|", "\\|")


def _is_rule(argument: Any) -> bool:
    """What stands beside a type to restrict it."""
    return not inspect.isclass(argument) and get_origin(argument) is None and not isinstance(argument, str)


def _fields(model: type[BaseModel]) -> str:
    return (
        ", ".join(f"`{name}`" if field.is_required() else f"`{name}?`" for name, field in model.model_fields.items())
        or "nothing"
    )


def _first_paragraph(model: type) -> str:
    return inspect.cleandoc(model.__doc__ or "").split("\n\n")[0].replace("\n", " ")


PAGES: Final = {"configuration.md": configuration, "errors.md": error_catalogue, "hooks.md": hooks, "bridge.md": bridge}


def page(name: str) -> str:
    """The page as it should be."""
    return "\n\n".join([GENERATED, *PAGES[name]()]) + "\n"


def main(arguments: list[str]) -> int:
    stale = [name for name in PAGES if not _is_fresh(name)]
    if "--check" in arguments:
        print("\n".join(f"not fresh: docs/reference/{name}" for name in stale))
        return 1 if stale else 0
    for name in PAGES:
        (REFERENCE / name).write_text(page(name), encoding="utf-8")
    return 0


def _is_fresh(name: str) -> bool:
    file = REFERENCE / name
    return file.is_file() and file.read_text(encoding="utf-8") == page(name)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
