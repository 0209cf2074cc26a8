"""The plugin listened to: no value of a patient in what it prints, logs, raises, or names a file after."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from dmp_core.testing.conformance import nonsense
from dmp_core.testing.conformance.report import Result, Rule
from dmp_core.testing.conformance.subject import Subject, own_path
from dmp_core.testing.events import CANARY, canaries_of

PRINTS: Final = Rule("privacy.prints", "nothing of a patient is printed or logged", "print nothing; return ShowMessage")
FILES: Final = Rule(
    "privacy.files", "no file is written, none named after a patient", "return an action; a plugin keeps nothing"
)
NETWORK: Final = Rule("privacy.network", "no connection is opened", "return an action; the core speaks to the DMP")
PROCESSES: Final = Rule("privacy.processes", "no process is started", "do it in the hook, or leave it out")
ERRORS: Final = Rule(
    "privacy.errors", "nothing of a patient stands in an error", "raise ContentInvalid, which names fields"
)
_SECONDS: Final = 120


def listened_to(subject: Subject) -> Iterator[Result]:
    """One run over the whole corpus, in a process and a folder of its own."""
    silent = _canaries(subject)
    with tempfile.TemporaryDirectory(prefix="dmp-check-") as place:
        folder = Path(place)
        (folder / "work").mkdir()
        run = _run(subject, folder)
        if run is None:
            yield PRINTS.failed(f"its run over the corpus took more than {_SECONDS} s", "do less in a hook")
            return
        report = folder / "report.json"
        if not report.exists():
            yield PRINTS.skipped("it could not be run outside its worker")
            return
        heard = json.loads(report.read_text(encoding="utf-8"))
        left = [path.relative_to(folder / "work").as_posix() for path in (folder / "work").rglob("*")]
    printed = run.stdout + run.stderr + bytes(subject.printed)
    yield from PRINTS.judged(_printed(printed, silent))
    files = [what for kind, what in heard["heard"] if kind == "file" and not what.startswith("open /dev/")]
    yield from FILES.judged(_named([*files, *left], silent))
    yield from NETWORK.judged(what for kind, what in heard["heard"] if kind == "network")
    yield from PROCESSES.judged(what for kind, what in heard["heard"] if kind == "process")
    yield from ERRORS.judged("a failure names a value" for what in heard["failures"] if _any(what, silent))


def _run(subject: Subject, folder: Path) -> "subprocess.CompletedProcess[bytes] | None":
    project = subject.project
    asked: dict[str, Any] = {
        "folder": str(subject.found.folder),
        "manifest": subject.manifest.model_dump(mode="json"),
        "corpus": str(project.corpus) if project.corpus else None,
        "settings": dict(project.settings),
        "path": own_path(project),
        "report": str(folder / "report.json"),
    }
    try:
        return subprocess.run(
            [sys.executable, "-m", "dmp_core.testing.conformance.listener"],
            input=json.dumps(asked).encode(),
            capture_output=True,
            cwd=folder / "work",
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return None


def _canaries(subject: Subject) -> tuple[str, ...]:
    own = (canary for case in subject.corpus.cases for canary in case.canaries)
    return tuple(dict.fromkeys((*canaries_of(CANARY), nonsense.CANARY, *own)))


def _printed(printed: bytes, silent: Iterable[str]) -> Iterator[str]:
    """Which canaries stand in it, never more than their kind: a report is read by others than the author."""
    text = printed.decode("utf-8", "replace")
    count = sum(canary in text for canary in silent)
    if count:
        yield f"{count} values of a patient or of a content stand in what it prints or logs"


def _named(files: Iterable[str], silent: tuple[str, ...]) -> Iterator[str]:
    for file in dict.fromkeys(files):
        if _any(file, silent):
            yield "a file is named after a patient or a content"
        else:
            yield f"it writes: {file[:200]}"


def _any(text: str, silent: Iterable[str]) -> bool:
    return any(canary in text for canary in silent)
