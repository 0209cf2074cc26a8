"""The worker as whoever asks it sees it: started at the first question, started again after it died."""

import json
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from dmp_core import log
from dmp_core.errors import ExtraMissing

MODULE: Final = "dmp_core.rules.worker"


@dataclass(frozen=True, slots=True)
class Limits:
    """What the worker may take: bytes of memory, seconds to compile what a question needs, seconds to check."""

    memory: int = 600_000_000
    compile: float = 120
    check: float = 30


USUAL: Final = Limits()


class WorkerFailed(Exception):
    """No answer; stays in this package. `reason`: `stopped` (killed, too long, too much), or what the worker says."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


Found = tuple[str, int, str]
"""The schematron, the number of its rule, the place of the element: ranks from the root, `0/3/1`; the document: ''."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found, and the schematrons that could not run on this document."""

    found: Sequence[Found]
    failed: Sequence[str]


class Worker:
    """One process over one folder of stylesheets. Safe to use from several threads: they take turns."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        self._folder = folder
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._turn = threading.Lock()

    def compile(self, name: str) -> None:
        """Compile one stylesheet. Raises WorkerFailed with the compiler's words, ExtraMissing."""
        self._ask([name], b"")

    def check(self, names: Sequence[str], document: bytes) -> Verdict:
        """What these rules find in a document. Raises WorkerFailed, ExtraMissing."""
        answer = self._ask(names, document)
        return Verdict([(name, number, place) for name, number, place in answer["found"]], answer["failed"])

    def close(self) -> None:
        """End the process, if there is one."""
        with self._turn:
            self._stop()

    def _ask(self, names: Sequence[str], document: bytes) -> dict[str, Any]:
        head = json.dumps({"rules": list(names), "bytes": len(document)}).encode()
        with self._turn:
            process = self._running()
            assert process.stdin is not None, "it was started with pipes"
            assert process.stdout is not None, "it was started with pipes"
            try:
                process.stdin.write(head + b"\n" + document)
                process.stdin.flush()
                answer: dict[str, Any] = json.loads(process.stdout.readline())
            except (OSError, ValueError):
                status = self._stop()
                log.warning("rules.worker_stopped", status=status)
                raise WorkerFailed("stopped") from None
        if "error" in answer:
            raise WorkerFailed(answer["error"])
        return answer

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is not None:
            self._stop()
        if self._process is None:
            if find_spec("saxonche") is None:
                raise ExtraMissing("validate: the rules of ANS are XSLT 2, which needs saxonche")
            command = [sys.executable, "-P", "-m", MODULE, str(self._folder), json.dumps(asdict(self._limits))]
            try:
                self._process = subprocess.Popen(
                    command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=self._folder
                )
            except OSError as error:
                raise WorkerFailed("not started") from error
        return self._process

    def _stop(self) -> int | None:
        process, self._process = self._process, None
        if process is None:
            return None
        process.kill()
        process.communicate()
        return process.returncode
