#!/usr/bin/env python3
"""Writes the types that the clients of other languages share with the bridge, out of its messages.

python tools/client_types.py [--check]      with --check: writes nothing, status 1 where a file is not fresh
"""

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

import hostbridge.protocol
from hostbridge.methods.table import TABLE
from hostbridge.protocol import messages

CLIENTS: Final = Path(__file__).resolve().parent.parent / "hostbridge" / "clients"
GENERATED: Final = "Written by tools/client_types.py out of the bridge's messages: change those, then run it."
Node = Mapping[str, Any]
_RESERVED: Final = """
    abstract as assert base bool boolean break byte case catch char checked class const continue decimal default
    delegate do double else enum event explicit extends extern false final finally fixed float for foreach goto if
    implements implicit import in instanceof int interface internal is lock long namespace native new null object
    operator out override package params private protected public readonly ref return sealed short sizeof static
    string struct super switch synchronized this throw throws transient true try typeof uint unchecked unsafe using
    virtual void volatile while
"""
"""Words of C# or Java that no field may have for its name there."""
_RESERVED_WORDS: Final = frozenset(_RESERVED.split())


def definitions() -> dict[str, Node]:
    """Every model of a parameter, a result or a notice, and what they are made of, by name."""
    for module in iter_modules(hostbridge.protocol.__path__):
        import_module(f"hostbridge.protocol.{module.name}")
    used = {row.params for row in TABLE.values()} | {row.result for row in TABLE.values()}
    models = sorted(used | set(_below(messages.Message)), key=lambda model: model.__name__)
    _, schema = models_json_schema([(model, "validation") for model in models])
    found: dict[str, Node] = schema["$defs"]
    return {_name(name): found[name] for name in sorted(found)}


def _below(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for each in model.__subclasses__():
        yield each
        yield from _below(each)


def _name(reference: str) -> str:
    """`Rows` of `hostbridge__protocol__messages__Rows`."""
    return reference.rsplit("/", 1)[-1].rsplit("__", 1)[-1]


def _alternatives(node: Node) -> tuple[list[Node], bool]:
    """What a value may be, and whether it may be null."""
    several = list(node.get("anyOf", [node]))
    plain = [each for each in several if each.get("type") != "null"]
    return plain, len(plain) < len(several)


def _first_sentence(node: Node) -> str:
    return re.split(r"(?<=\.)\s|:\s|:$", " ".join(str(node.get("description", "")).split()))[0]


def _is_object(node: Node) -> bool:
    return "properties" in node


def _is_text(node: Node) -> bool:
    return node.get("type") == "string" or "enum" in node or isinstance(node.get("const"), str)


# ---------------------------------------------------------------- TypeScript


def typescript() -> Iterator[str]:
    yield f"// {GENERATED}\n"
    for name, node in definitions().items():
        if note := _first_sentence(node):
            yield f"/** {note} */"
        if _is_object(node):
            required = set(node.get("required", ()))
            yield f"export interface {name} {{"
            for field, inner in node["properties"].items():
                yield f"  {field}{'' if field in required else '?'}: {_in_typescript(inner)};"
            yield "}\n"
        else:
            yield f"export type {name} = {_in_typescript(node)};\n"
    yield "export interface Methods {"
    for method, row in sorted(TABLE.items()):
        yield f'  "{method}": {{ params: {row.params.__name__}; result: {row.result.__name__} }};'
    yield "}"


def _in_typescript(node: Node) -> str:
    plain, nullable = _alternatives(node)
    shown = list(dict.fromkeys(_one_in_typescript(each) for each in plain)) + (["null"] if nullable else [])
    return " | ".join(shown) or "{}"


def _one_in_typescript(node: Node) -> str:
    if "$ref" in node:
        return _name(node["$ref"])
    if "enum" in node:
        return " | ".join(f'"{value}"' for value in node["enum"])
    if "const" in node:
        return f'"{node["const"]}"'
    match node.get("type"):
        case "string":
            return "string"
        case "integer" | "number":
            return "number"
        case "boolean":
            return "boolean"
        case "array":
            inner = _in_typescript(node.get("items", {}))
            return f"({inner})[]" if "|" in inner else f"{inner}[]"
        case "object" if isinstance(node.get("additionalProperties"), Mapping):
            return f"{{ [name: string]: {_in_typescript(node['additionalProperties'])} }}"
        case "object":
            return "{ [name: string]: unknown }"
    return "unknown"


# ---------------------------------------------------------------- languages with classes


@dataclass(frozen=True, slots=True)
class Words:
    """How a language writes each kind of value; `many` and `by_name` have a place for what they hold."""

    text: str
    integer: str
    number: str
    boolean: str
    anything: str
    many: str
    by_name: str

    def of(self, node: Node) -> str:
        """The type of a value: that of its one alternative, or anything."""
        plain, _ = _alternatives(node)
        shown = {self._one(each) for each in plain}
        return shown.pop() if len(shown) == 1 else self.anything

    def _one(self, node: Node) -> str:
        if "$ref" in node:
            target = definitions_by_reference(node["$ref"])
            return _name(node["$ref"]) if _is_object(target) else self._one(target)
        if _is_text(node):
            return self.text
        match node.get("type"):
            case "integer":
                return self.integer
            case "number":
                return self.number
            case "boolean":
                return self.boolean
            case "array":
                return self.many.format(self.of(node.get("items", {})))
            case "object" if isinstance(node.get("additionalProperties"), Mapping):
                return self.by_name.format(self.of(node["additionalProperties"]))
            case "object":
                return self.by_name.format(self.anything)
        return self.anything


CSHARP: Final = Words("string", "long", "double", "bool", "object", "{}[]", "Dictionary<string, {}>")
JAVA: Final = Words("String", "Long", "Double", "Boolean", "JsonElement", "List<{}>", "Map<String, {}>")


# ---------------------------------------------------------------- C#


def csharp() -> Iterator[str]:
    yield f"// {GENERATED}"
    yield "using System.Collections.Generic;\nusing System.Runtime.Serialization;\n"
    yield "namespace Dmp.Types\n{"
    for name, node in definitions().items():
        if not _is_object(node):
            continue
        if note := _first_sentence(node):
            yield f"    /// <summary>{_escaped(note)}</summary>"
        yield f"    [DataContract]\n    public sealed class {name}\n    {{"
        for field, inner in node["properties"].items():
            shown = f"@{field}" if field in _RESERVED_WORDS else field
            yield "        [DataMember(EmitDefaultValue = false)]"
            yield f"        public {_in_csharp(inner, field in node.get('required', ()))} {shown} {{ get; set; }}"
        yield "    }\n"
    yield "}"


def _in_csharp(node: Node, required: bool) -> str:
    _, nullable = _alternatives(node)
    shown = CSHARP.of(node)
    return f"{shown}?" if shown in ("long", "double", "bool") and (nullable or not required) else shown


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


# ---------------------------------------------------------------- Java


def java() -> Iterator[str]:
    yield f"// {GENERATED}"
    yield "package fr.dmp.bridge;\n\nimport com.google.gson.JsonElement;"
    yield "import com.google.gson.annotations.SerializedName;\nimport java.util.List;\nimport java.util.Map;\n"
    yield "/** The messages of the bridge; what is not said is null. */\npublic final class Types {"
    yield "    private Types() {}"
    for name, node in definitions().items():
        if not _is_object(node):
            continue
        if note := _first_sentence(node):
            yield f"\n    /** {_escaped(note)} */"
        fields = ",\n            ".join(
            f'@SerializedName("{field}") {JAVA.of(inner)} {field}_'
            if field in _RESERVED_WORDS
            else f"{JAVA.of(inner)} {field}"
            for field, inner in node["properties"].items()
        )
        yield f"    public record {name}({fields}) {{}}"
    yield "}"


# ---------------------------------------------------------------- names, for C and Pascal


def c() -> Iterator[str]:
    yield f"/* {GENERATED} */\n#ifndef DMP_NAMES_H\n#define DMP_NAMES_H\n\n/* Methods. */"
    yield from (f'#define DMP_METHOD_{_constant(name)} "{name}"' for name in sorted(TABLE))
    yield "\n/* Notices. */"
    yield from (f'#define DMP_NOTICE_{_constant(name)} "{name}"' for name in sorted(messages.NOTICES))
    for name, node in _words():
        yield f"\n/* {name}. */"
        yield from (f'#define DMP_{_constant(name)}_{_constant(value)} "{value}"' for value in node["enum"])
    yield "\n#endif"


def pascal() -> Iterator[str]:
    yield f"{{ {GENERATED} }}\nunit DmpNames;\n\ninterface\n\nconst\n  {{ Methods. }}"
    yield from (f"  MethodOf{_pascal(name)} = '{name}';" for name in sorted(TABLE))
    yield "\n  { Notices. }"
    yield from (f"  NoticeOf{_pascal(name)} = '{name}';" for name in sorted(messages.NOTICES))
    for name, node in _words():
        yield f"\n  {{ {name}. }}"
        yield from (f"  {name}{_pascal(str(value))} = '{value}';" for value in node["enum"])
    yield "\nimplementation\n\nend."


def _words() -> Iterator[tuple[str, Node]]:
    return ((name, node) for name, node in definitions().items() if "enum" in node and _is_text(node))


def _constant(name: str) -> str:
    return re.sub(r"[^A-Z0-9]+", "_", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).upper()).strip("_")


def _pascal(name: str) -> str:
    return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z0-9]+", name))


_BY_REFERENCE: dict[str, Node] = {}


def definitions_by_reference(reference: str) -> Node:
    if not _BY_REFERENCE:
        _BY_REFERENCE.update(definitions())
    return _BY_REFERENCE[_name(reference)]


FILES: Final = {
    "typescript/types.ts": typescript,
    "csharp/Types.cs": csharp,
    "java/fr/dmp/bridge/Types.java": java,
    "c/dmp_names.h": c,
    "pascal/dmpnames.pas": pascal,
}


def main(arguments: list[str]) -> int:
    stale = []
    for name, write in FILES.items():
        file, text = CLIENTS / name, "\n".join(write()) + "\n"
        if file.exists() and file.read_text(encoding="utf-8") == text:
            continue
        stale.append(name)
        if "--check" not in arguments:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    for name in stale:
        print(f"{'stale' if '--check' in arguments else 'written'}: {name}")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
