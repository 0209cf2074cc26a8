"""The published description of the protocol is the protocol."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from jsonschema import Draft7Validator, Draft202012Validator
from jsonschema.protocols import Validator
from published_schemas import asked, params_schema

from hostbridge.methods.table import TABLE
from hostbridge.protocol.messages import NOTICES
from hostbridge.protocol.told import TOLD

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def published() -> dict:
    return json.loads((ROOT / "hostbridge" / "protocol" / "openrpc.json").read_text(encoding="utf-8"))


def test_the_published_description_is_fresh():
    checked = subprocess.run(
        [sys.executable, ROOT / "tools" / "openrpc.py", "--check"], capture_output=True, text=True, check=False
    )

    assert checked.returncode == 0, f"{checked.stdout}{checked.stderr}run: python tools/openrpc.py"


def test_every_method_and_every_notice_is_described(published):
    assert [method["name"] for method in published["methods"]] == sorted(TABLE)
    assert [notice["name"] for notice in published["x-notifications"]] == sorted(NOTICES)
    assert set(TOLD) == set(NOTICES)


def test_every_message_says_in_a_sentence_what_it_is(published):
    described = published["methods"] + published["x-notifications"]

    assert [one["name"] for one in described if not one["summary"]] == []


def test_every_reference_leads_to_a_schema(published):
    schemas = {f"#/components/schemas/{name}" for name in published["components"]["schemas"]}
    errors = {f"#/components/errors/{name}" for name in published["components"]["errors"]}

    assert _references(published) <= schemas | errors


def _references(value: object) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if isinstance(value.get("$ref"), str) else set()
        return own.union(*(_references(inner) for inner in value.values()), set())
    if isinstance(value, list):
        return set().union(*map(_references, value), set())
    return set()


@pytest.mark.parametrize("draft", [Draft7Validator, Draft202012Validator], ids=["that OpenRPC names", "that is ours"])
def test_every_schema_is_one_to_a_validator_that_is_not_ours(draft: type[Validator], published):
    schemas = dict(published["components"]["schemas"])
    schemas |= {f"{method['name']} asked": params_schema(method) for method in published["methods"]}
    schemas |= {f"{method['name']} answered": method["result"]["schema"] for method in published["methods"]}
    schemas |= {notice["name"]: notice["params"] for notice in published["x-notifications"]}

    for schema in schemas.values():
        draft.check_schema(schema)

    assert len(schemas) > 2 * len(TABLE)


def test_the_document_has_what_openrpc_asks_for(published):
    """https://spec.open-rpc.org: required fields, names that are there once, required parameters first or by name."""
    names = [method["name"] for method in published["methods"]]

    assert published["openrpc"].startswith("1.")
    assert {"title", "version"} <= set(published["info"])
    assert len(names) == len(set(names))
    for method in published["methods"]:
        fields = [param["name"] for param in method["params"]]
        assert len(fields) == len(set(fields))
        assert method["paramStructure"] == "by-name"
        assert {"name", "schema"} <= set(method["result"])
    for error in published["components"]["errors"].values():
        assert isinstance(error["code"], int) and error["message"]


WRONG = {
    "a field that is not known": {"item": "a", "other": 1},
    "a field that is missing": {},
    "a number for a text": {"item": 1},
}


@pytest.mark.parametrize("params", WRONG.values(), ids=WRONG)
def test_the_schemas_refuse_what_the_bridge_refuses(params):
    assert not asked("outbox/show").is_valid(params)
    assert asked("outbox/show").is_valid({"item": "0" * 32})


def test_every_message_is_closed_in_the_schemas_too(published):
    open_ones = [
        name
        for name, schema in published["components"]["schemas"].items()
        if schema.get("type") == "object" and schema.get("additionalProperties", True) is not False
    ]

    assert open_ones == []
