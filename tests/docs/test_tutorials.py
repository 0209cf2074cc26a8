"""The tutorials, block by block, from an empty folder with the core's wheel and nothing else of this repository."""

import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import hatchling.build
import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "docs" / "tutorial" / name for name in ("first-document-type.md", "first-adapter.md")]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
FILE = re.compile(r"`([\w./-]+\.\w+)`[^`]*$")
MINE = re.compile(r"^(dmp[_-]|lgo_|doc_|host_|way_in|_?_?editable|_editable_impl_dmp|dmp_core|hostbridge)")
SECONDS = 240


@dataclass
class Reader:
    """Somebody in an empty folder who does what the page says."""

    folder: Path
    environment: dict[str, str]
    left_running: list[subprocess.Popen[bytes]] = field(default_factory=list)
    here: str = "."
    said: str = ""

    def write(self, name: str, text: str) -> None:
        file = self.folder / self.here / name
        assert file.parent.is_dir(), f"the page writes {name} into a folder that is not there"
        file.write_text(text, encoding="utf-8")

    def type(self, commands: str) -> None:
        """Run the lines of a block; the folder that `cd` led to is kept for the next one."""
        if commands.startswith("dmp simulate"):
            self._leave_running(commands)
            return
        script = f"set -e\ncd {self.here}\n{self._activated()}{commands}\npwd > '{self.folder}/.here'\n"
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        self.said = done.stdout
        assert done.returncode == 0, f"{commands}\n{done.stdout}"
        self.here = os.path.relpath((self.folder / ".here").read_text().strip(), self.folder)

    def sees(self, shown: str) -> None:
        """Each line that the page shows was said, in that order."""
        rest = self.said
        for line in filter(None, (line.strip() for line in shown.splitlines())):
            assert line in rest, f"the page shows {line!r}, the command said:\n{self.said}"
            rest = rest[rest.index(line) + len(line) :]

    def leave(self) -> None:
        for process in self.left_running:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=30)

    def _leave_running(self, command: str) -> None:
        process = subprocess.Popen(
            ["bash", "-c", f"cd {self.here}\n{self._activated()}exec {command}"],
            cwd=self.folder,
            env=self.environment | {"PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
        )
        self.left_running.append(process)
        assert process.stdout is not None
        while line := process.stdout.readline():
            if b"Ctrl+C" in line:
                return
        raise AssertionError("the simulator did not start")

    def _activated(self) -> str:
        activate = self.folder / ".venv" / "bin" / "activate"
        return f". '{activate}'\n" if activate.exists() else ""


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `wheels/` (the core's) and `libraries/` (what it needs, as this environment has it)."""
    shelf = tmp_path_factory.mktemp("shelf")
    (shelf / "wheels").mkdir()
    (shelf / "libraries").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        hatchling.build.build_wheel(str(shelf / "wheels"))
    for place in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}:
        for entry in Path(place).iterdir():
            if (
                not MINE.match(entry.name)
                and entry.suffix != ".pth"
                and not (shelf / "libraries" / entry.name).exists()
            ):
                (shelf / "libraries" / entry.name).symlink_to(entry)
    return shelf


@pytest.fixture
def reader(shelf: Path, tmp_path: Path) -> Iterator[Reader]:
    kept = {name: os.environ[name] for name in ("HOME", "LANG", "TMPDIR") if name in os.environ}
    environment = {
        **kept,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "PYTHONPATH": str(shelf / "libraries"),
        "PYTHONUTF8": "1",
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(shelf / "wheels"),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "",
    }
    reader = Reader(tmp_path, {name: value for name, value in environment.items() if value})
    yield reader
    reader.leave()


@pytest.mark.skipif(shutil.which("bash") is None or os.name == "nt", reason="the pages are typed into a POSIX shell")
@pytest.mark.parametrize("tutorial", PAGES, ids=lambda file: file.stem)
def test_whoever_does_what_the_page_says_has_a_working_plugin(tutorial: Path, reader: Reader) -> None:
    text = tutorial.read_text(encoding="utf-8")

    for block in BLOCK.finditer(text):
        language, content = block[1], block[2]
        if language == "sh":
            reader.type(content)
        elif language == "text":
            reader.sees(content)
        else:
            named = FILE.search(text[: block.start()].rstrip().rpartition("\n\n")[2])
            assert named, f"no file is named before the block that begins with {content[:60]!r}"
            reader.write(named[1], content)

    assert list(reader.folder.glob("*/dist/*.whl"))
