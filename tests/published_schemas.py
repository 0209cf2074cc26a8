"""What `openrpc.json` says of each message, read by a validator of JSON Schema that is not ours."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

FILE = Path(__file__).resolve().parents[1] / "hostbridge" / "protocol" / "openrpc.json"


@cache
def published() -> dict[str, Any]:
    """The whole document."""
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def params_schema(method: dict[str, Any]) -> dict[str, Any]:
    """The parameters of an OpenRPC method, which stand one by one, as one object."""
    return {
        "type": "object",
        "properties": {each["name"]: each["schema"] for each in method["params"]},
        "required": [each["name"] for each in method["params"] if each["required"]],
        "additionalProperties": False,
    }


@cache
def asked(method: str) -> Draft202012Validator:
    """What a host may say with this method."""
    return _validator(params_schema(_named("methods", method)))


@cache
def answered(method: str) -> Draft202012Validator:
    """What the bridge answers to it."""
    return _validator(_named("methods", method)["result"]["schema"])


@cache
def told(notice: str) -> Draft202012Validator:
    """What the bridge tells by itself."""
    return _validator(_named("x-notifications", notice)["params"])


def _named(kind: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in published()[kind] if each["name"] == name)
    return found


def _validator(schema: dict[str, Any]) -> Draft202012Validator:
    return Draft202012Validator({**schema, "components": published()["components"]})
