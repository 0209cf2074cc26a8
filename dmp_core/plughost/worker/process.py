"""One worker as the core sees it: started when it is first asked, killed when it takes too long, started again.

It runs only while it is asked: between two questions it is stopped (SIGSTOP), so that nothing that a plugin left
running goes on by itself. The caller waits; no thread is started.
"""

import os
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import PIPE, Popen
from types import MappingProxyType
from typing import Any, Final

from dmp_core.model.limits import FED_DOCUMENT
from dmp_core.plughost.worker import frames, pipes
from dmp_core.plughost.worker.exchange import Exchange
from dmp_core.plughost.worker.places import Place, environment, packages, readable

MOST_ANSWERED: Final = FED_DOCUMENT + 4_000_000
"""Bytes of one answer."""
_CHILD: Final = Path(__file__).with_name("child.py")
_NO_WINDOW: Final = 0x08000000  # CREATE_NO_WINDOW


class WorkerFailed(Exception):
    """No answer, and the process is gone; the text says why and holds nothing that the plugin wrote."""


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """What a worker may take: seconds to start, to import the plugin, for each hook; bytes of address space."""

    start: float = 15.0
    load: float = 5.0
    hooks: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    memory: int = 512_000_000

    def of(self, hook: str) -> float:
        """Seconds of one call of `hook`: as configured, else as the api says."""
        return self.hooks.get(hook, _SECONDS.get(hook, _SECONDS[hook.partition("_")[0]]))


_SECONDS: Final = {"on": 1.0, "provide": 2.0, "resolve": 2.0, "resolve_document": 5.0}


class WorkerProcess:
    """The process of one plugin. Safe to use from several threads: they take turns, each of several steps with `turn`.

    `printed` hears what the plugin prints, in pieces. `isolation`: what confines the process, once it runs.
    """

    def __init__(
        self,
        place: Place,
        manifest: Mapping[str, Any],
        limits: WorkerLimits,
        monotonic: Callable[[], float],
        printed: Callable[[bytes], None],
    ) -> None:
        self.isolation: Mapping[str, str] = MappingProxyType({})
        self.starts = 0
        self._place = place
        self._manifest = manifest
        self.limits = limits
        self._monotonic = monotonic
        self._printed = printed
        self._process: Popen[bytes] | None = None
        self._pipes: pipes.Pipes | None = None
        self._ready = False
        self._closed = False
        self._number = 0
        self._scratch: tempfile.TemporaryDirectory[str] | None = None
        self.turn = threading.RLock()

    @property
    def running(self) -> bool:
        """True where it can be asked; one that died while nobody asked it must be started again."""
        with self.turn:
            return self._ready and self._process is not None and self._process.poll() is None

    def prepare(self) -> None:
        """Start the process and wait for nothing, so that several start at once. Raises WorkerFailed."""
        with self.turn:
            self._spawn()

    def start(self) -> None:
        """Start the process and wait until it is confined. Raises WorkerFailed."""
        with self.turn:
            self._spawn()
            if not self._ready:
                self._begin()

    def ask(
        self, head: Mapping[str, Any], parts: Sequence[bytes], seconds: float
    ) -> tuple[dict[str, Any], list[bytes]]:
        """The answer to one question to a running worker. Raises WorkerFailed."""
        with self.turn:
            if not self._ready:
                raise WorkerFailed("its process is gone")
            self._number += 1
            frame = frames.pack({"number": self._number, **head}, parts)
            answer, held = self._exchanged(frame, seconds, str(head.get("hook", "its import")))
            if answer.get("number") != self._number:
                raise self._failed("it answered another question")
            return answer, held

    def close(self) -> None:
        """End the process, if there is one, for good; a question that waits for it gets no answer."""
        self._closed = True
        process = self._process
        if process is not None:
            _kill(process)
        with self.turn:
            self._stop()

    def _spawn(self) -> None:
        if self._closed:
            raise WorkerFailed("its service has ended")
        if self._process is not None and self._process.poll() is not None:
            self._stop()  # it died while nobody asked it: that is no failure of a call
        if self._process is not None:
            return
        self._scratch = tempfile.TemporaryDirectory(prefix="dmp-plugin-", ignore_cleanup_errors=True)
        try:
            self._process = Popen(
                [sys.executable, "-I", "-S", "-B", "-X", "utf8", str(_CHILD)],
                stdin=PIPE,
                stdout=PIPE,
                stderr=PIPE,
                bufsize=0,
                cwd=self._scratch.name,
                env=environment(),
                close_fds=True,
                **_apart(),
            )
        except OSError as error:
            self._stop()
            raise WorkerFailed(f"its process cannot be started: {error.strerror}") from error
        self._pipes = pipes.of(self._process)
        self._ready = False
        self.starts += 1

    def _begin(self) -> None:
        assert self._scratch is not None, "it was spawned"
        found = packages(self._place)
        start = {
            "places": {name: str(folder) for name, folder in found.items()},
            "roots": [str(root) for root in self._place.roots],
            "readable": [str(path) for path in readable(self._place, found)],
            "folder": str(self._place.folder),
            "manifest": self._manifest,
            "scratch": self._scratch.name,
            "memory": self.limits.memory,
        }
        told, _ = self._exchanged(frames.pack(start), self.limits.start, "its start")
        isolation = told.get("isolation", {})
        self.isolation = MappingProxyType({str(name): str(state) for name, state in isolation.items()})
        self._ready = True

    def _exchanged(self, frame: bytes, seconds: float, what: str) -> tuple[dict[str, Any], list[bytes]]:
        """Write, then read one frame. Whatever goes wrong ends the process."""
        process = self._process
        assert process is not None, "it was spawned"
        assert self._pipes is not None, "it was spawned"
        exchange = Exchange(self._pipes, self._monotonic, self._monotonic() + seconds, self._printed)
        try:
            exchange.write(frame, began=lambda: _go_on(process))
            head = exchange.read(frames.HEAD_SIZE)
            answer = frames.unpack(head, exchange.read(frames.left(head, MOST_ANSWERED)))
        except TimeoutError:
            raise self._failed(f"{what} took more than {seconds:g} s: killed") from None
        except pipes.Closed:
            raise self._failed(f"its process ended in {what}") from None
        except frames.FrameRefused as error:
            raise self._failed(f"{what} was answered by {error}") from None
        except BaseException:
            self._stop()
            raise
        _hold(process)
        return answer

    def _failed(self, why: str) -> WorkerFailed:
        status = self._stop()
        if status is not None and status != -signal.SIGTERM and "killed" not in why:
            why += f" ({_status(status)})"
        return WorkerFailed(why)

    def _stop(self) -> int | None:
        """End the process with all that it started; its exit status where it ended by itself."""
        process, self._process, self._ready = self._process, None, False
        status = None
        if process is not None:
            ended = process.poll() is None
            _kill(process)
            status = process.wait()
            if self._pipes is not None:
                self._printed(self._pipes.printed())
            for end in (process.stdin, process.stdout, process.stderr):
                if end is not None:
                    end.close()
            status = None if ended and status == -getattr(signal, "SIGKILL", 9) else status
        self._pipes = None
        if self._scratch is not None:
            self._scratch.cleanup()
            self._scratch = None
        return status


def printable(text: object) -> str:
    """What a plugin's process says of its failure, as one short line: it may say anything."""
    return "".join(c if c.isprintable() else " " for c in str(text)[:1000]).strip() or "no reason"


def _apart() -> dict[str, Any]:
    return {"creationflags": _NO_WINDOW} if sys.platform == "win32" else {"process_group": 0}


def _go_on(process: "Popen[bytes]") -> None:
    if sys.platform != "win32":
        _signalled(process, signal.SIGCONT)


def _hold(process: "Popen[bytes]") -> None:
    if sys.platform != "win32":
        _signalled(process, signal.SIGSTOP)


def _kill(process: "Popen[bytes]") -> None:
    if sys.platform == "win32":
        process.kill()
        return
    _signalled(process, signal.SIGKILL)


def _signalled(process: "Popen[bytes]", number: int) -> None:
    """To the process and all of its group; to nobody once it was waited for, since its number may be another's."""
    if sys.platform == "win32" or process.returncode is not None:
        return
    try:
        os.killpg(process.pid, number)
    except (ProcessLookupError, PermissionError):
        process.send_signal(number)


def _status(status: int) -> str:
    """How a process ended: a signal's name, or its exit status."""
    if status >= 0:
        return f"exit status {status}"
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"signal {-status}"
