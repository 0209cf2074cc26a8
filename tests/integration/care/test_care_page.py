"""The messages that the page of this area prints are those of the bridge."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from dmp_core.documents.datamatrix import read_ins_text
from hostbridge.methods.table import TABLE

PAGE = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "identity-consent-correction.md"
BLOCKS = re.findall(r"```json\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
MESSAGES = [json.loads(line) for block in BLOCKS for line in block.splitlines()]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message["method"])
def test_a_printed_message_is_one_of_the_bridge(message: dict[str, Any]) -> None:
    params = TABLE[message["method"]].params

    assert params.model_validate_json(json.dumps(message["params"]), strict=True)


def test_the_page_shows_every_method_of_the_area() -> None:
    shown = {message["method"] for message in MESSAGES}

    areas = ("identity/", "consent/", "acts/")
    further = {"feed/corrections", "feed/withdraw", "feed/setVisibility", "feed/archive", "feed/replace"}
    assert shown == {name for name in TABLE if name.startswith(areas)} | further | {
        "outbox/authorLeft",
        "outbox/takeOver",
    }


def test_the_datamatrix_of_the_page_is_that_of_the_simulated_patient() -> None:
    (scan,) = [message["params"] for message in MESSAGES if message["method"] == "identity/scan"]

    assert read_ins_text(scan["datamatrix"].encode()).birth_name == "PAT-TROIS"
