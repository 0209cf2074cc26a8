"""The bridge as a child process of the host: frames on standard input and output, everything else on standard error.

File descriptors 0 and 1 are taken away first, so that a print of a plugin, of a library or of a child process ends on
standard error and nothing but the bridge reads what the host says.
"""

import contextlib
import io
import logging
import os
import select
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any, BinaryIO, Final

from dmp_core import log
from dmp_core.errors import InputError
from hostbridge.methods.seat import OpenApp, PanelAddresses
from hostbridge.methods.table import connect
from hostbridge.protocol import framing
from hostbridge.protocol.connection import Connection

_LOOK_EVERY: Final = 0.5  # seconds between two looks for a signal or a dead parent
_BUFFER: Final = 65536


def serve(open_app: OpenApp, panels: Callable[[], PanelAddresses] | None = None) -> int:
    """Speak with the host until it leaves. Gives the exit status: 0 after `shutdown` or a signal, else 1.

    `open_app` opens the app for the structure and the adapter that the host names; `panels` gives the windows of this
    bridge, where it has some. Only the main thread may call this.
    """
    with taken_over() as (source, sink), stop_signals() as stopped:
        connection, seat = connect(open_app, Writer(sink).send, panels=panels)
        try:
            _read_all(framing.FrameReader(host_input(source, stopped)), connection)
        finally:
            seat.close()
        status = 0 if stopped else connection.finished()
    return leave(status)


def leave(status: int) -> int:
    """The exit status, or the end itself where a call still hangs on the network.

    Python would wait for the threads of a ThreadPoolExecutor, up to the time-out of a call: the bridge would outlive
    its host. All files are closed here. Ends when the app's threads for the network are daemons.
    """
    if any(thread is not threading.main_thread() and not thread.daemon for thread in threading.enumerate()):
        logging.shutdown()
        os._exit(status)
    return status


def _read_all(reader: framing.FrameReader, connection: Connection) -> None:
    while connection.status is None:
        try:
            body = reader.read()
        except framing.FramingLost as error:
            connection.refuse(error)
            return
        except InputError as error:
            connection.refuse(error)
            continue
        if body is None:
            return
        connection.receive(body)


def host_input(source: int, stopped: list[int], over: Callable[[], bool] = lambda: False) -> BinaryIO:
    """The host's bytes as a stream; its end comes as `_HostInput` says, and when `over` does."""
    return io.BufferedReader(_HostInput(source, stopped, over), _BUFFER)


class Writer:
    """Writes whole messages, one at a time, whichever thread has one. A host that is gone hears nothing more."""

    def __init__(self, sink: BinaryIO) -> None:
        self._sink = sink
        self._lock = threading.Lock()
        self._gone = False

    def send(self, body: bytes) -> None:
        with self._lock:
            if self._gone:
                return
            try:
                self._sink.write(framing.encode(body))
                self._sink.flush()
            except (OSError, ValueError) as error:
                self._gone = True
                log.warning("bridge.host_gone", error=type(error).__name__)


class _HostInput(io.RawIOBase):
    """The host's bytes; the end comes when the host closes them, when it dies, or when a signal asks to stop.

    Windows has no select on pipes: there the end comes with the closing alone, which a dying parent does too.
    """

    def __init__(self, source: int, stopped: list[int], over: Callable[[], bool]) -> None:
        self._source = source
        self._stopped = stopped
        self._over = over
        self._parent = os.getppid()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if sys.platform != "win32":
            while not select.select([self._source], [], [], _LOOK_EVERY)[0]:
                if self._stopped or self._over() or os.getppid() != self._parent:
                    return 0
        if self._stopped:
            return 0
        data = os.read(self._source, len(buffer))
        buffer[: len(data)] = data
        return len(data)


@contextlib.contextmanager
def taken_over() -> Iterator[tuple[int, BinaryIO]]:
    """Descriptor of the host's input and stream of its output; 0 then gives nothing and 1 goes where 2 goes."""
    _open_all_three()
    sys.stdout.flush()
    source, sink = os.dup(0), os.dup(1)
    _binary(source, sink)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    stream = os.fdopen(sink, "wb", buffering=_BUFFER)
    try:
        yield source, stream
    finally:
        with contextlib.suppress(OSError):
            stream.close()
        os.close(source)


def _open_all_three() -> None:
    """A host may give no standard error: the next file opened would become it, and hear what is printed."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(descriptor)


def _binary(*descriptors: int) -> None:
    """Windows would translate line ends and stop at 0x1A."""
    if sys.platform == "win32":
        import msvcrt

        for descriptor in descriptors:
            msvcrt.setmode(descriptor, os.O_BINARY)


@contextlib.contextmanager
def stop_signals() -> Iterator[list[int]]:
    """A list that a signal to stop enters; what runs is finished first, nothing is interrupted halfway."""
    stopped: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        stopped.append(number)

    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
