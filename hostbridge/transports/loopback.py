"""The bridge on 127.0.0.1: for hosts that cannot start a child, and for the windows of those that do.

It is loaded only when used. asyncio lives here, in `exchange` and in `wire`, and nowhere else.
"""

import ipaddress
import logging
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import uvicorn

from dmp_core import log
from dmp_core.errors import ConfigInvalid
from dmp_core.model.limits import BRIDGE_FRAME
from dmp_core.ports import Clock, Ids
from hostbridge.methods.seat import OpenApp, Seat
from hostbridge.methods.table import connect
from hostbridge.panels.opening import Addresses
from hostbridge.panels.site import Site
from hostbridge.panels.windows import Windows
from hostbridge.protocol.connection import Connection, Send
from hostbridge.transports.announce import Announcement
from hostbridge.transports.apps import SharedApps
from hostbridge.transports.exchange import Exchange
from hostbridge.transports.gate import Gate
from hostbridge.transports.hosts import Hosts
from hostbridge.transports.secret import Secret
from hostbridge.transports.stdio import leave, stop_signals
from hostbridge.transports.wire import StrictHttp, StrictWebSocket, Wires

LISTEN: Final = "127.0.0.1"
_START_SECONDS: Final = 30
_STOP_SECONDS: Final = 2  # for requests that are still being answered


class Loopback:
    """One server and all that speaks through it. `open_app` None: windows only, for a bridge on stdio."""

    def __init__(
        self, open_app: OpenApp | None, *, clock: Clock, ids: Ids, listen: str = LISTEN, frame: str | None = None
    ) -> None:
        """`frame`: the one origin that may frame windows. Raises ConfigInvalid."""
        self._listener = listening(listen)
        self.address = listen
        self.port: int = self._listener.getsockname()[1]
        self.secret = Secret(ids.token, clock.monotonic) if open_app else None
        self._apps = SharedApps(open_app) if open_app else None
        windows = Windows(ids.token, clock.monotonic)
        self.addresses = Addresses(windows, f"http://{listen}:{self.port}")
        self._hosts = Hosts(self.connect, ids.token)
        self.exchange = Exchange(
            Gate(listen, self.port, self.secret),
            Site(windows, frame),
            port=self.port,
            secret=self.secret,
            hosts=self._hosts,
            connect=self.connect,
        )
        self._server = _Server(self.exchange, self._hosts.close)

    def run(self, on_ready: Callable[[], None]) -> None:
        """Serve until a signal or `stop`. In the main thread, or in one of its own. `on_ready`: it listens now."""
        self._server.on_ready = on_ready
        try:
            self._server.run([self._listener])
        finally:
            self._listener.close()
            self._hosts.close()
            self.exchange.close()
            if self._apps is not None:
                self._apps.close()

    def start(self) -> threading.Thread:  # noqa: TID251 - a thread of the bridge, for its loop
        """Serve in a thread of its own. Gives it once the server listens."""
        ready = threading.Event()
        thread = threading.Thread(target=self.run, args=(ready.set,), name="dmp-loopback", daemon=True)  # noqa: TID251
        thread.start()
        if not ready.wait(_START_SECONDS):
            raise ConfigInvalid("bridge: the loopback server did not start")
        return thread

    def stop(self) -> None:
        self._server.should_exit = True

    def connect(self, send: Send) -> tuple[Connection, Seat]:
        """A host of this server, whose messages go in and out by this process; its seat is closed by the caller."""
        assert self._apps is not None, "without apps nobody gets past the gate"
        return connect(self._apps.open, send, panels=lambda: self.addresses, leave=self._apps.leave)


def serve(
    loopback: Loopback,
    announcement: Announcement,
    *,
    companions: Sequence[Sequence[str]] = (),
    on_ready: Callable[[], None] = lambda: None,
) -> int:
    """Announce the bridge and serve until a signal asks to stop. Gives the exit status. Main thread only.

    `companions`: commands of ways in that are started with it and ended with it. `on_ready`: it can be spoken to now.
    """
    assert loopback.secret is not None, "a bridge that is announced has a token"
    secret, started = loopback.secret, list[subprocess.Popen[bytes]]()

    def announce() -> None:
        announcement.write(loopback.address, loopback.port, secret.token)

    def begin() -> None:
        announce()
        log.event("bridge.announced", pid=announcement.pid)
        started.extend(subprocess.Popen(each, stdin=subprocess.DEVNULL, stdout=2) for each in companions)
        on_ready()

    loopback.exchange.rotated = announce
    with stop_signals(loopback.stop):
        try:
            loopback.run(begin)
        finally:
            announcement.withdraw()
            for process in started:
                process.terminate()
    return leave(0)


@contextmanager
def running(loopback: Loopback) -> Iterator[Loopback]:
    """The server at work in a thread of its own, until the block is left."""
    thread = loopback.start()
    try:
        yield loopback
    finally:
        loopback.stop()
        thread.join()


def listening(address: str) -> socket.socket:
    """A socket on a free port of this machine. Raises ConfigInvalid for an address that others could reach."""
    if not _is_ours(address):
        raise ConfigInvalid("bridge.listen: an address of 127.0.0.0/8")
    # The protocol is named, or asyncio delays small writes.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.bind((address, 0))
    except OSError as error:
        listener.close()
        raise ConfigInvalid(f"bridge.listen: {error.strerror}") from error
    return listener


def _is_ours(address: str) -> bool:
    try:
        return ipaddress.IPv4Address(address).is_loopback
    except ValueError:
        return False


class _Server(uvicorn.Server):
    """uvicorn within our limits, silent, that says when it listens."""

    def __init__(self, application: Exchange, on_stop: Callable[[], None]) -> None:
        logging.getLogger("uvicorn").setLevel(logging.CRITICAL + 1)  # it would log addresses as they were asked
        super().__init__(
            uvicorn.Config(
                application,
                http=type("Wire", (StrictHttp,), {"wires": Wires()}),
                ws=StrictWebSocket,
                ws_max_size=BRIDGE_FRAME,
                ws_per_message_deflate=False,
                loop="asyncio",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                date_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=_STOP_SECONDS,
            )
        )
        self.on_ready: Callable[[], None] = lambda: None
        self._on_stop = on_stop

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self.on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._on_stop()  # whoever waits for notices is answered now
        await super().shutdown(sockets)
