"""The public surface of the api as text: `python tests/contract/api/surface.py` writes it beside this file."""

import enum
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from dmp_core import api
from dmp_core.api import hookspecs
from dmp_core.plughost.hooks import ANSWERS, HOOKS, Read

GOLDEN = Path(__file__).with_name("surface.txt")


def lines() -> Iterator[str]:
    """Every name that a plugin may import, every hook, every field: one a line, by name."""
    yield f"version {api.API_VERSION}"
    for hook in sorted(HOOKS):
        yield f"hook {hook}{inspect.signature(getattr(hookspecs, hook))}"
        yield f"hook {hook} may give {', '.join(sorted(kind.__name__ for kind in ANSWERS[hook]))}"
    yield f"reads {', '.join(sorted(Read))}"
    for name in sorted(api.__all__):
        yield from _of(name, getattr(api, name))
    for name in sorted(api.cda.__all__):
        yield from _of(f"cda.{name}", getattr(api.cda, name))


def _of(name: str, value: Any) -> Iterator[str]:
    if inspect.ismodule(value):
        yield f"module {name}"
    elif inspect.isclass(value) and issubclass(value, BaseModel):
        yield f"model {name}"
        for field, info in value.model_fields.items():
            yield f"model {name}.{field}: {_type(info.annotation)}{'' if info.is_required() else '?'}"
    elif inspect.isclass(value) and issubclass(value, enum.Enum):
        yield f"enum {name}: {', '.join(f'{each.name}={each.value}' for each in value)}"
    elif inspect.isclass(value):
        yield f"class {name}{inspect.signature(value)}"
    elif inspect.isfunction(value):
        yield f"function {name}{inspect.signature(value)}"
    else:
        yield f"value {name}: {type(value).__name__}"


def _type(annotation: Any) -> str:
    text = annotation.__name__ if inspect.isclass(annotation) and not hasattr(annotation, "__args__") else annotation
    return str(text).replace("typing.", "").replace("collections.abc.", "").replace("dmp_core.", "")


def text() -> str:
    return "\n".join(lines()) + "\n"


if __name__ == "__main__":
    GOLDEN.write_text(text(), encoding="utf-8")
