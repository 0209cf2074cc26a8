"""The messages that the page about records prints are those of the bridge."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from hostbridge.methods.table import TABLE
from hostbridge.panels.registry import PANELS
from hostbridge.protocol.connection import checked
from hostbridge.protocol.messages import NOTICES

PAGE = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "read-a-record.md"
TEXT = PAGE.read_text(encoding="utf-8")
BLOCKS = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)
MESSAGES = [json.loads(line) for block in BLOCKS for line in block.splitlines()]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message["method"])
def test_a_printed_message_is_one_of_the_bridge(message: dict[str, Any]) -> None:
    assert checked(TABLE[message["method"]].params, message["params"])


@pytest.mark.parametrize("message", [one for one in MESSAGES if one["method"] == "panel/open"], ids=str)
def test_a_printed_window_takes_what_it_is_opened_with(message: dict[str, Any]) -> None:
    panel = PANELS[message["params"]["panel"]]

    assert checked(panel.opened_with, message["params"].get("params", {})) is not None


def test_the_notices_of_the_page_are_told() -> None:
    assert {"document/importWanted", "document/newerVersion", "dmp/rows"} <= set(NOTICES)
