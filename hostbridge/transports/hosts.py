"""The programs that speak HTTP with this bridge: each its connection and seat, found again by the name it was given."""

from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import Future
from threading import Lock
from typing import Final

from hostbridge.methods.seat import Seat
from hostbridge.protocol.connection import Connection, Send

HOSTS: Final = 16  # programs of one counter at a time: the one that spoke least recently goes
NOTICES: Final = 10_000  # notices that a program which does not ask for them leaves behind

Connect = Callable[[Send], tuple[Connection, Seat]]


class Host:
    """One program. Its notices wait until it asks for them."""

    def __init__(self, connect: Connect, identifier: str) -> None:
        self.id = identifier
        self._notices: deque[bytes] = deque(maxlen=NOTICES)
        self._woken: Callable[[], None] = lambda: None
        self.connection, self.seat = connect(self._tell)

    def ask(self, body: bytes) -> Future[bytes | None]:
        """Do the calls of one frame; the future gives its answer, None where it asks for none."""
        answer: Future[bytes | None] = Future()
        if not self.connection.receive(body, answer.set_result):
            answer.set_result(None)
        return answer

    def notices(self) -> list[bytes]:
        """What was told since the last time, oldest first."""
        found = []
        while self._notices:
            found.append(self._notices.popleft())
        return found

    def when_told(self, woken: Callable[[], None]) -> None:
        """Call `woken`, on whichever thread it happens, as soon as there is a notice; at once where one waits."""
        self._woken = woken
        if self._notices:
            woken()

    def close(self) -> None:
        self.seat.close()
        self._woken()

    def _tell(self, body: bytes) -> None:
        self._notices.append(body)
        self._woken()


class Hosts:
    """All programs that speak HTTP. Safe for threads."""

    def __init__(self, connect: Connect, draw: Callable[[int], bytes]) -> None:
        self._connect = connect
        self._draw = draw
        self._lock = Lock()
        self._hosts: OrderedDict[str, Host] = OrderedDict()

    def arrived(self) -> Host:
        """A program that nobody knows yet: `keep` it once it introduced itself, else `close` it."""
        return Host(self._connect, self._draw(16).hex())

    def keep(self, host: Host) -> None:
        with self._lock:
            self._hosts[host.id] = host
            gone = [self._hosts.popitem(last=False)[1] for _ in range(len(self._hosts) - HOSTS)]
        for each in gone:
            each.close()

    def find(self, identifier: str) -> Host | None:
        with self._lock:
            host = self._hosts.get(identifier)
            if host is not None:
                self._hosts.move_to_end(identifier)
        return host

    def leave(self, host: Host) -> None:
        with self._lock:
            self._hosts.pop(host.id, None)
        host.close()

    def close(self) -> None:
        """All of them: the token was changed, or the bridge ends."""
        with self._lock:
            gone = list(self._hosts.values())
            self._hosts.clear()
        for each in gone:
            each.close()
