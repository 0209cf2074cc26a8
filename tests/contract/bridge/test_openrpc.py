"""The published description of the protocol is the protocol."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

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


def test_every_message_is_closed_in_the_schemas_too(published):
    open_ones = [
        name
        for name, schema in published["components"]["schemas"].items()
        if schema.get("type") == "object" and schema.get("additionalProperties", True) is not False
    ]

    assert open_ones == []
