"""A bridge on stdio that is the front of another one: who starts it speaks with the bridge that runs already."""

import contextlib
import threading
from pathlib import Path

from dmp_core.errors import ConfigInvalid
from hostbridge.clients.python.websocket import Line
from hostbridge.protocol import framing
from hostbridge.transports.stdio import Writer, host_input, stop_signals, taken_over


def join(announce: Path) -> int:
    """Carry messages between the host and the announced bridge until one of them leaves; 0 where the bridge did last.

    Raises ConfigInvalid where no bridge is announced there. Main thread only.
    """
    try:
        line = Line.to(announce)
    except OSError as error:
        raise ConfigInvalid(f"join: no bridge answers there: {error}") from error
    with taken_over() as (source, sink), stop_signals() as stopped:
        told = threading.Thread(target=_tell_host, args=(line, Writer(sink)), daemon=True)  # noqa: TID251 - a pump
        told.start()
        reader = framing.FrameReader(host_input(source, stopped, lambda: not told.is_alive()))
        with contextlib.suppress(framing.FramingLost):
            while (body := reader.read()) is not None:
                line.write(body)
        line.leave()
        told.join()
        line.close()
    return 0


def _tell_host(line: Line, writer: Writer) -> None:
    with contextlib.suppress(OSError, ValueError):
        while (body := line.read()) is not None:
            writer.send(body)
