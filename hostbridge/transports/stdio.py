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

from dmp_core.errors import InputError
from hostbridge.methods.seat import OpenApp, PanelAddresses
from hostbridge.methods.table import connect
from hostbridge.protocol import framing
from hostbridge.transports.writer import Writer

_LOOK_EVERY: Final = 0.5  # seconds between two looks for a signal or a dead parent
_BUFFER: Final = 65536


def serve(open_app: OpenApp, panels: Callable[[], PanelAddresses] | None = None) -> int:
    """Speak with the host until it leaves. Gives the exit status: 0 after `shutdown` or a signal, else 1.

    `open_app` opens the app for the structure and the adapter that the host names; `panels` gives the windows of this
    bridge, where it has some. Only the main thread may call this.
    """
    with taken_over() as (source, sink), stop_signals() as stopped:
        leaving = host_leaves(stopped)
        writer = Writer(sink, leaving)
        connection, seat = connect(open_app, writer.send, panels=panels)
        try:
            for body in frames(framing.FrameReader(host_input(source, leaving)), connection.refuse):
                connection.receive(body)
                if connection.status is not None:
                    break
        finally:
            seat.close()
            writer.end()
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


def frames(reader: framing.FrameReader, refuse: Callable[[InputError], object]) -> Iterator[bytes]:
    """The frames that can be read, until the stream ends or is lost; `refuse` hears of each that cannot."""
    while True:
        try:
            body = reader.read()
        except InputError as error:
            refuse(error)
            if isinstance(error, framing.FramingLost):
                return
            continue
        if body is None:
            return
        yield body


def host_leaves(stopped: list[int]) -> Callable[[], bool]:
    """True once a signal asked to stop, or the host that started this process is dead."""
    parent = os.getppid()
    return lambda: bool(stopped) or os.getppid() != parent


def host_input(source: int, leaving: Callable[[], bool]) -> BinaryIO:
    """The host's bytes as a stream, whose end comes when the host closes them, or when it is `leaving`."""
    return io.BufferedReader(_HostInput(source, leaving), _BUFFER)


class _HostInput(io.RawIOBase):
    """The host's bytes; the end comes when the host closes them, when it dies, or when a signal asks to stop.

    Windows has no select on pipes: there the end comes with the closing alone, which a dying parent does too.
    """

    def __init__(self, source: int, leaving: Callable[[], bool]) -> None:
        self._source = source
        self._leaving = leaving

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if sys.platform != "win32":
            while not select.select([self._source], [], [], _LOOK_EVERY)[0]:
                if self._leaving():
                    return 0
        if self._leaving():
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
    stream = os.fdopen(sink, "wb", buffering=0)
    try:
        yield source, stream
    finally:
        with contextlib.suppress(OSError):
            stream.close()
        os.close(source)


def _stopping() -> list[signal.Signals]:
    """The signals that ask to stop; that of a closed terminal unless whoever started us wants it ignored (nohup)."""
    asking = [signal.SIGTERM, signal.SIGINT]
    if sys.platform != "win32" and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        asking.append(signal.SIGHUP)
    return asking


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
def stop_signals(on_stop: Callable[[], object] = lambda: None) -> Iterator[list[int]]:
    """A list that a signal to stop enters; what runs is finished first, nothing is interrupted halfway."""
    stopped: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        stopped.append(number)
        on_stop()

    before = {number: signal.signal(number, stop) for number in _stopping()}
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
