"""`run.py` on machines that lack something: one sentence says what mends it."""

import importlib.util
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

import pytest

RUN = Path(__file__).resolve().parents[2] / "run.py"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.setenv("DMP_VENV", str(tmp_path / "venv"))
    spec = importlib.util.spec_from_file_location("run_py", RUN)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_without_a_command_it_says_what_it_can_do(run: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert run.main([]) == 0
    assert "python3 run.py demo" in capsys.readouterr().out


def test_an_unknown_command_is_an_error(run: ModuleType) -> None:
    assert run.main(["dmeo"]) == 2


def test_an_old_python_is_told_which_one_is_needed(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "OLDEST", (99, 0))

    assert run.main(["demo"]) == 1
    assert "Python 99.0 or later" in capsys.readouterr().err


def test_without_venv_and_without_root_the_command_that_mends_it_is_printed(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "_has_venv", lambda: False)
    monkeypatch.setattr(run.os, "geteuid", lambda: 1000, raising=False)

    with pytest.raises(SystemExit) as stopped:
        run.main(["demo"])

    assert stopped.value.code == 1
    assert "apt-get install python3." in capsys.readouterr().err


def test_of_two_commands_that_begin_at_once_the_second_waits_and_finds_all_installed(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, may_end, installed, coming, lock = threading.Event(), threading.Event(), [], [], run._wait_for_the_lock

    def wait_for_the_lock(descriptor: int) -> None:
        coming.append(descriptor)
        if len(coming) == 2:
            may_end.set()
        lock(descriptor)

    def install(*command: str | Path) -> int:
        installed.append(command[1])
        begun.set()
        assert may_end.wait(30)
        run.PYTHON.parent.mkdir(parents=True, exist_ok=True)
        run.PYTHON.touch()
        return 0

    monkeypatch.setattr(run, "_has_venv", lambda: True)
    monkeypatch.setattr(run, "_run", install)
    monkeypatch.setattr(run, "_wait_for_the_lock", wait_for_the_lock)
    with ThreadPoolExecutor(2) as commands:
        first = commands.submit(run._prepare, "dev")
        assert begun.wait(30)
        second = commands.submit(run._prepare, "dev")
        first.result(30)
        second.result(30)

    assert len(installed) == 2, "one environment, one installation"


def test_only_the_standard_library_is_imported() -> None:
    lines = RUN.read_text(encoding="utf-8").splitlines()
    modules = {line.split()[1].split(".")[0] for line in lines if line.startswith(("import ", "from "))}

    assert modules <= sys.stdlib_module_names
