"""One run of the bridge as a child process: frames over its pipes."""

import contextlib
import os
import select
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from queue import SimpleQueue
from typing import IO, Any

from .outgoing import Outgoing
from .wire import Wire

_LAST_WORDS = 10.0  # seconds: its output is read to the end
_HEAD = 8192  # bytes of the header lines of one message
_ROOM = 4096  # bytes: a pipe that is ready takes so many at once (PIPE_BUF; POSIX, pipe(7))


class Child(Wire):
    """A bridge that runs for this program alone."""

    def __init__(
        self, command: Sequence[str], notices: SimpleQueue[dict[str, Any]], environment: Mapping[str, str] | None
    ) -> None:
        """Raises OSError where the command does not start."""
        super().__init__(notices)
        self._process = subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **environment} if environment else None,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # no console flashes before the counter
        )
        stdin, _ = _pipes(self._process)
        self._outgoing = Outgoing(self._at_once, self._written, stdin.close)
        # In the host's process, not in the core.
        self._reader = threading.Thread(target=self._read_all, name="dmp-bridge", daemon=True)  # noqa: TID251
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def end(self, seconds: float) -> int:
        """Close the pipe, wait for the bridge to leave, kill it where it does not. Gives its exit status."""
        _, stdout = _pipes(self._process)
        self._outgoing.end()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join(_LAST_WORDS)
        self._outgoing.join(_LAST_WORDS)
        stdout.close()
        return self._process.returncode

    def _write(self, body: bytes) -> None:
        self._outgoing.put(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    def _at_once(self, frame: bytes) -> int:
        """Write a short frame where the pipe has room for it; the bytes that it took."""
        if sys.platform == "win32" or len(frame) > _ROOM:
            return 0
        stdin, _ = _pipes(self._process)
        room = select.poll()
        with contextlib.suppress(OSError, ValueError):
            room.register(stdin, select.POLLOUT)
            if room.poll(0) == [(stdin.fileno(), select.POLLOUT)]:
                return os.write(stdin.fileno(), frame)
        return 0

    def _written(self, frame: bytes) -> None:
        stdin, _ = _pipes(self._process)
        stdin.write(frame)
        stdin.flush()

    def _read_all(self) -> None:
        _, stdout = _pipes(self._process)
        why = ""
        try:
            while (body := _read_frame(stdout)) is not None:
                self._arrived(body)
            why = self._ending()
        except (OSError, ValueError):
            self._process.kill()  # what cannot be read any more is of no use
            why = "what the command prints on standard output are no messages of the bridge"
        finally:
            self._fail_all(why)

    def _ending(self) -> str:
        """How the process ended, for the developer."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            status = self._process.wait(1.0)
            return f"the bridge ended with status {status}; its standard error says why"
        return "the bridge closed its output"


def _read_frame(stream: IO[bytes]) -> bytes | None:
    """The next body, None at the end. Raises ValueError for what is no frame."""
    length, left = None, _HEAD
    while (line := stream.readline(left)) != b"\r\n":
        if not line:
            return None
        left -= len(line)
        name, colon, value = line.partition(b":")
        if not colon or left <= 0:
            raise ValueError("no header")
        if name.lower() == b"content-length":
            length = int(value)
    if length is None:
        raise ValueError("Content-Length is missing")
    body = stream.read(length)
    return body if len(body) == length else None


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    assert process.stdin is not None and process.stdout is not None, "both were asked for as pipes"
    return process.stdin, process.stdout
