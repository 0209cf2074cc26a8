"""The two ends of a worker's pipes, used without ever waiting longer than was said; no thread helps.

Linux and macOS poll; Windows cannot poll a pipe, it peeks into it and waits on the process in between.
"""

import errno
import os
import select
import sys
from subprocess import Popen
from typing import Any, Final, Protocol

_CHUNK: Final = 1 << 18
_PEEK_MS: Final = 2


class Closed(Exception):
    """The other end is gone."""


class Pipes(Protocol):
    """Both directions of one process, and what it prints."""

    def write(self, data: memoryview) -> int:
        """How many bytes went in, 0 where it takes none now. Raises Closed."""
        ...

    def read(self, most: int) -> bytes:
        """At most `most` bytes of an answer, none where there are none now. Raises Closed."""
        ...

    def printed(self) -> bytes:
        """What was printed and not read yet, a part of it at most."""
        ...

    def wait(self, seconds: float, *, writing: bool) -> bool:
        """True once something of it can go on; False where nothing did for so long."""
        ...


class PolledPipes:
    """Linux and macOS."""

    _in: int
    _out: int
    _err: int
    _reading: Any
    _both: Any
    _printing: bool

    def __init__(self, process: "Popen[bytes]") -> None:
        if sys.platform == "win32":
            raise NotImplementedError
        assert process.stdin is not None and process.stdout is not None and process.stderr is not None
        self._in, self._out, self._err = (end.fileno() for end in (process.stdin, process.stdout, process.stderr))
        for descriptor in (self._in, self._out, self._err):
            os.set_blocking(descriptor, False)
        self._reading, self._both = select.poll(), select.poll()
        for poll in (self._reading, self._both):
            poll.register(self._out, select.POLLIN)
            poll.register(self._err, select.POLLIN)
        self._both.register(self._in, select.POLLOUT)
        self._printing = True

    def write(self, data: memoryview) -> int:
        try:
            return os.write(self._in, data)
        except BlockingIOError:
            return 0
        except OSError:
            raise Closed from None

    def read(self, most: int) -> bytes:
        data = self._some(self._out, most)
        if data == b"":
            raise Closed
        return data or b""

    def printed(self) -> bytes:
        data = self._some(self._err, _CHUNK) if self._printing else None
        if data == b"":  # it closed it: never ready again
            self._printing = False
            self._reading.unregister(self._err)
            self._both.unregister(self._err)
        return data or b""

    def wait(self, seconds: float, *, writing: bool) -> bool:
        return bool((self._both if writing else self._reading).poll(max(0, int(seconds * 1000 + 0.999))))

    def _some(self, descriptor: int, most: int) -> bytes | None:
        """None where there is nothing now, no bytes at the end."""
        try:
            return os.read(descriptor, min(most, _CHUNK))
        except BlockingIOError:
            return None
        except OSError:
            return b""


if sys.platform == "win32":  # pragma: no cover
    import _winapi
    import ctypes
    import msvcrt

    class PeekedPipes:
        """Windows: PeekNamedPipe says what can be read; a full pipe takes nothing (PIPE_NOWAIT)."""

        def __init__(self, process: "Popen[bytes]") -> None:
            assert process.stdin is not None and process.stdout is not None and process.stderr is not None
            self._in, self._out, self._err = process.stdin.fileno(), process.stdout.fileno(), process.stderr.fileno()
            self._process = int(process._handle)  # type: ignore[attr-defined]
            mode = ctypes.c_ulong(1)
            handle = ctypes.c_void_p(msvcrt.get_osfhandle(self._in))
            ctypes.windll.kernel32.SetNamedPipeHandleState(handle, ctypes.byref(mode), None, None)

        def write(self, data: memoryview) -> int:
            try:
                return os.write(self._in, data[:4096])
            except OSError as error:
                if error.errno == errno.ENOSPC:
                    return 0
                raise Closed from None

        def read(self, most: int) -> bytes:
            return self._some(self._out, most)

        def printed(self) -> bytes:
            try:
                return self._some(self._err, _CHUNK)
            except Closed:
                return b""

        def wait(self, seconds: float, *, writing: bool) -> bool:
            if self._there(self._out) or self._there(self._err):
                return True
            _winapi.WaitForSingleObject(self._process, min(_PEEK_MS, int(seconds * 1000) + 1))
            return writing or seconds > 0

        def _there(self, descriptor: int) -> int:
            try:
                return int(_winapi.PeekNamedPipe(msvcrt.get_osfhandle(descriptor))[0])
            except OSError:
                return 1  # read() will say that it is closed

        def _some(self, descriptor: int, most: int) -> bytes:
            try:
                there = int(_winapi.PeekNamedPipe(msvcrt.get_osfhandle(descriptor))[0])
                return os.read(descriptor, min(most, there, _CHUNK)) if there else b""
            except OSError:
                raise Closed from None


def of(process: "Popen[bytes]") -> Pipes:
    """The pipes of a process that was started with all three."""
    if sys.platform == "win32":  # pragma: no cover
        return PeekedPipes(process)
    return PolledPipes(process)
