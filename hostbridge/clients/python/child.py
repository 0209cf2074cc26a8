"""One run of the bridge as a child process: frames over its pipes."""

import contextlib
import os
import subprocess
import threading
from collections.abc import Mapping, Sequence
from queue import SimpleQueue
from typing import IO, Any

from hostbridge.clients.python.wire import Wire

_EXIT_SECONDS = 10.0


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
        )
        self._writing = threading.Lock()  # apart: answers are taken off the pipe while a long message goes out
        # This thread lives in the host's process, not in the core: it keeps the bridge's pipe empty.
        self._reader = threading.Thread(target=self._read_all, name="dmp-bridge", daemon=True)  # noqa: TID251
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def end(self) -> int:
        """Close the pipe, wait for the bridge to leave, kill it where it does not. Gives its exit status."""
        stdin, stdout = _pipes(self._process)
        with contextlib.suppress(OSError):  # it is gone already
            stdin.close()
        try:
            self._process.wait(_EXIT_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join(_EXIT_SECONDS)
        stdout.close()
        return self._process.returncode

    def _write(self, body: bytes) -> None:
        stdin, _ = _pipes(self._process)
        with self._writing, contextlib.suppress(OSError, ValueError):  # it ended: the reader fails what waits
            stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
            stdin.flush()

    def _read_all(self) -> None:
        _, stdout = _pipes(self._process)
        try:
            while (body := _read_frame(stdout)) is not None:
                self._arrived(body)
        except (OSError, ValueError):
            self._process.kill()  # what cannot be read any more is of no use
        finally:
            self._fail_all()


def _read_frame(stream: IO[bytes]) -> bytes | None:
    """The next body, None at the end. Raises ValueError for what is no frame."""
    length = None
    while (line := stream.readline(8192)) != b"\r\n":
        if not line:
            return None
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    if length is None:
        raise ValueError("Content-Length is missing")
    body = stream.read(length)
    return body if len(body) == length else None


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    assert process.stdin is not None and process.stdout is not None, "both were asked for as pipes"
    return process.stdin, process.stdout
