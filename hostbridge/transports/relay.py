"""A bridge on stdio that is the front of another one: who starts it speaks with the bridge that runs already."""

import contextlib
import threading
from pathlib import Path

from dmp_core.errors import ConfigInvalid
from hostbridge.clients.python.websocket import Line
from hostbridge.protocol import framing, jsonrpc
from hostbridge.transports.stdio import frames, host_input, host_leaves, stop_signals, taken_over
from hostbridge.transports.writer import Writer


def join(announce: Path) -> int:
    """Carry messages between the host and the announced bridge until one of them leaves; 0 where the bridge did last.

    Raises ConfigInvalid where no bridge is announced there. Main thread only.
    """
    try:
        line = Line.to(announce)
    except OSError as error:
        raise ConfigInvalid(f"join: no bridge answers there: {error}") from error
    with taken_over() as (source, sink), stop_signals() as stopped:
        leaving = host_leaves(stopped)
        writer = Writer(sink, leaving)
        told = threading.Thread(target=_tell_host, args=(line, writer), daemon=True)  # noqa: TID251 - a pump
        told.start()
        reader = framing.FrameReader(host_input(source, lambda: leaving() or not told.is_alive()))
        for body in frames(reader, lambda error: writer.send(jsonrpc.unreadable(error))):
            line.write(body)
        line.leave()
        told.join()
        writer.end()
        line.close()
    return 0


def _tell_host(line: Line, writer: Writer) -> None:
    with contextlib.suppress(OSError, ValueError):
        while (body := line.read()) is not None:
            writer.send(body)
