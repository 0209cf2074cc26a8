"""What `dmp bench` measures of the bridge: both sides of a case answer. How fast they are is for the command to say."""

import tempfile
from pathlib import Path

import pytest

from dmp_core.cli.bench_bridge import STARTED
from dmp_core.cli.bench_cases import CASES, Case

WAYS = ("bridge.stdio", "bridge.http", "bridge.websocket", "bridge.saved-50k")


@pytest.mark.parametrize("case", [case for case in CASES if case.name in WAYS], ids=lambda case: case.name)
def test_the_work_of_a_case_and_its_floor_can_be_done_again_and_again(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    with STARTED:
        work, floor = case.prepare()

        for _ in range(3):
            work()
            floor()
