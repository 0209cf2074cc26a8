"""One run of the bridge as a child process: frames over its pipes, answers by id, notices in their order."""

import contextlib
import json
import os
import subprocess
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from queue import SimpleQueue
from typing import IO, Any

from hostbridge.clients.python.errors import BridgeError

_EXIT_SECONDS = 10.0


class Child:
    """A bridge that runs. Once it ended it never comes back: make another one."""

    def __init__(
        self, command: Sequence[str], notices: SimpleQueue[dict[str, Any]], environment: Mapping[str, str] | None
    ) -> None:
        self._process = subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **environment} if environment else None,
        )
        self._notices = notices
        self._lock = threading.Lock()
        self._writing = threading.Lock()  # apart: answers are taken off the pipe while a long message goes out
        self._waiting: dict[int, Future[Any]] = {}
        self._next_id = 0
        self._ended = False
        # This thread lives in the host's process, not in the core: it keeps the bridge's pipe empty.
        self._reader = threading.Thread(target=self._read_all, name="dmp-bridge", daemon=True)  # noqa: TID251
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return not self._ended

    def ask(self, method: str, params: Mapping[str, Any]) -> tuple[int, Future[Any]]:
        """Send a request; the future gives its result, BridgeError, or ConnectionError where the bridge ended."""
        future: Future[Any] = Future()
        with self._lock:
            self._next_id += 1
            identifier = self._next_id
            if self._ended:
                future.set_exception(ConnectionError())
                return identifier, future
            self._waiting[identifier] = future
        self._write({"jsonrpc": "2.0", "id": identifier, "method": method, "params": params})
        return identifier, future

    def tell(self, method: str, params: Mapping[str, Any]) -> None:
        """Send a notification."""
        self._write({"jsonrpc": "2.0", "method": method, "params": params})

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

    def _write(self, message: Mapping[str, Any]) -> None:
        body = json.dumps(message, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
        stdin, _ = _pipes(self._process)
        with self._writing:
            try:
                stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
                stdin.flush()
            except (OSError, ValueError):
                pass  # the bridge ended: the reader sees it and fails what waits

    def _read_all(self) -> None:
        _, stdout = _pipes(self._process)
        try:
            while (body := _read_frame(stdout)) is not None:
                self._arrived(json.loads(body))
        except (OSError, ValueError):
            self._process.kill()  # what cannot be read any more is of no use
        finally:
            self._fail_all()

    def _arrived(self, message: Any) -> None:
        for one in message if isinstance(message, list) else [message]:
            if "method" in one:
                self._notices.put(one)
                continue
            with self._lock:
                future = self._waiting.pop(one.get("id"), None)
            if future is not None:
                _settle(future, one)

    def _fail_all(self) -> None:
        with self._lock:
            self._ended = True
            left = list(self._waiting.values())
            self._waiting.clear()
        for future in left:
            future.set_exception(ConnectionError())


def _settle(future: Future[Any], answer: dict[str, Any]) -> None:
    if "error" in answer:
        error = answer["error"]
        future.set_exception(BridgeError(error["code"], error["message"], error.get("data")))
    else:
        future.set_result(answer["result"])


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
