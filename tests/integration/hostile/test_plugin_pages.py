"""The page on shipping plugins: its commands work as they are printed, one after the other."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from plugin_wheels import make_plugin

from dmp_core.cli import main
from dmp_core.cli.simulate import prepare, write_config
from dmp_core.config import Plugins

PAGE = Path(__file__).resolve().parents[3] / "docs/how-to/ship-a-plugin.md"


def test_the_commands_of_the_page_work_as_printed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands = re.findall(r"^    dmp (plugins .+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    prepare(tmp_path)
    write_config(tmp_path, "https://127.0.0.1:1/services/")
    monkeypatch.chdir(tmp_path)
    for version in ("1.0.0", "1.1.0"):
        wheel = make_plugin(tmp_path, "mon_lgo", version, distribution="mon-lgo")
        assert wheel.name == f"mon_lgo-{version}-py3-none-any.whl"

    results = {}
    for command in commands:
        done = CliRunner().invoke(main, command.split())
        results[command] = done.exit_code, done.output
        if command.startswith("plugins keygen"):
            with Path("dmp.toml").open("a", encoding="utf-8") as file:
                file.write(f'\n[plugins.keys]\nediteur = "{done.output.strip()}"\n')
        if command.startswith("plugins sign"):
            CliRunner().invoke(main, command.replace("1.0.0", "1.1.0").split())

    assert len(commands) == 10
    assert {command: told for command, told in results.items() if told[0]} == {}


def test_the_settings_of_the_page_are_settings() -> None:
    import tomllib

    (text, manifest) = re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)

    plugins = Plugins.model_validate(tomllib.loads(text)["plugins"])

    assert plugins.signed_only
    assert tomllib.loads(manifest)["settings"]["catalogue"]["type"] == "path"
