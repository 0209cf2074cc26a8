"""The switchboard behaves the same on the lowest pluggy that we allow and on the newest."""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SCRIPT = Path(__file__).with_name("pluggy_behaviour.py")


def allowed() -> str:
    """The lowest version of pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    (line,) = (each for each in project["dependencies"] if each.startswith("pluggy"))
    match = re.fullmatch(r"pluggy>=([0-9.]+)", line)
    assert match
    return match[1] + ".0" * (2 - match[1].count("."))


def behaviour(path: str) -> dict[str, object]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([path, str(ROOT)])}
    done = subprocess.run([sys.executable, str(SCRIPT)], capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr[-2000:]
    told: dict[str, object] = json.loads(done.stdout)
    return told


@pytest.fixture(scope="module")
def lowest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the lowest pluggy, from the index that pip is configured for; without one the test is skipped."""
    folder = tmp_path_factory.mktemp("pluggy")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder)]
    done = subprocess.run([*command, f"pluggy=={allowed()}"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        if os.environ.get("CI") == "true":
            raise AssertionError(done.stderr[-2000:])
        pytest.skip(f"pluggy {allowed()} cannot be installed: the lowest version that we allow is NOT tested here")
    return folder


def test_the_lowest_and_the_newest_pluggy_behave_the_same(lowest: Path) -> None:
    old, new = behaviour(str(lowest)), behaviour("")

    assert (old.pop("pluggy"), new.pop("pluggy") != allowed()) == (allowed(), True)
    assert old == new
    assert old["order"] == ["first", "second", "third"]
