#!/usr/bin/env python3
"""Writes hostbridge/protocol/openrpc.json: the whole protocol as OpenRPC 1.3, with a JSON Schema for every message.

python tools/openrpc.py [--check]      with --check: writes nothing, status 1 where the file is not fresh

A notice is a method of the host that nobody answers: it stands under `x-notifications`, which OpenRPC has no word for.
"""

import inspect
import json
import sys
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from hostbridge.methods.table import TABLE
from hostbridge.protocol.jsonrpc import RpcCode
from hostbridge.protocol.messages import PROTOCOL_VERSION
from hostbridge.protocol.told import TOLD

FILE: Final = Path(__file__).resolve().parent.parent / "hostbridge" / "protocol" / "openrpc.json"
_REFERENCE: Final = "#/components/schemas/{model}"
_ASKED: Final[JsonSchemaMode] = "validation"
_TOLD: Final[JsonSchemaMode] = "serialization"


def document() -> dict[str, Any]:
    """The protocol as it is now."""
    wanted: list[tuple[type[BaseModel], JsonSchemaMode]] = []
    for row in TABLE.values():
        wanted += [(row.params, _ASKED), (row.result, _TOLD)]
    wanted += [(model, _TOLD) for model in TOLD.values()]
    found, schemas = models_json_schema(sorted(set(wanted), key=_place), ref_template=_REFERENCE)
    components = schemas["$defs"]
    return {
        "openrpc": "1.3.2",
        "info": {"title": "Bridge of dmp-core", "version": PROTOCOL_VERSION, "license": {"name": "Apache-2.0"}},
        "methods": [_method(name, found, components) for name in sorted(TABLE)],
        "x-notifications": [_notice(name, found) for name in sorted(TOLD)],
        "components": {"schemas": components, "errors": {code.name: _error(code) for code in RpcCode}},
    }


def _place(wanted: tuple[type[BaseModel], str]) -> tuple[str, str, str]:
    model, mode = wanted
    return model.__name__, model.__module__, mode


def _method(name: str, found: Any, components: dict[str, Any]) -> dict[str, Any]:
    row = TABLE[name]
    asked = components[found[(row.params, _ASKED)]["$ref"].rpartition("/")[2]]
    required = asked.get("required", [])
    return {
        "name": name,
        "summary": _first_sentence(row.params),
        "paramStructure": "by-name",
        "params": [
            {"name": field, "required": field in required, "schema": schema}
            for field, schema in asked.get("properties", {}).items()
        ],
        "result": {"name": row.result.__name__, "schema": found[(row.result, _TOLD)]},
        "errors": [{"$ref": f"#/components/errors/{code.name}"} for code in RpcCode],
    }


def _notice(name: str, found: Any) -> dict[str, Any]:
    return {"name": name, "summary": _first_sentence(TOLD[name]), "params": found[(TOLD[name], _TOLD)]}


def _error(code: RpcCode) -> dict[str, Any]:
    return {"code": int(code), "message": code.name.replace("_", " ").lower()}


def _first_sentence(model: type[BaseModel]) -> str:
    return inspect.cleandoc(model.__doc__ or "").split("\n\n")[0].replace("\n", " ")


def text() -> str:
    """The file as it should be."""
    return json.dumps(document(), ensure_ascii=False, indent=1, sort_keys=False) + "\n"


def main(arguments: list[str]) -> int:
    fresh = FILE.is_file() and FILE.read_text(encoding="utf-8") == text()
    if "--check" in arguments:
        print("" if fresh else "not fresh: hostbridge/protocol/openrpc.json")
        return 0 if fresh else 1
    FILE.write_text(text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
