"""What the page about the doctor says is so."""

import re
from pathlib import Path

from click.testing import CliRunner

from dmp_core.cli import main

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "how-to" / "doctor.md").read_text(encoding="utf-8")


def test_every_command_and_option_of_the_page_exists() -> None:
    commands = set(re.findall(r"dmp (doctor|certificate \w+|support)", PAGE))
    options = {
        "doctor": {"--all", "--json", "--code"},
        "certificate import": {"--password-file"},
        "support": {"--log"},
    }

    assert commands >= {
        "doctor",
        "certificate import",
        "certificate list",
        "certificate use",
        "certificate remove",
        "support",
    }
    for command in commands:
        told = CliRunner().invoke(main, [*command.split(), "--help"])
        assert told.exit_code == 0, command
        assert all(option in told.output for option in options.get(command, ()))
    assert all(option in PAGE for known in options.values() for option in known)


def test_the_notice_of_the_page_is_one_of_the_bridge() -> None:
    from hostbridge.protocol.messages import NOTICES

    assert "care/needed" in NOTICES
    assert "care/needed" in PAGE
