"""A host before the real table of methods and a real app in a folder of its own, whose DMP nobody reaches.

The same host speaks in memory (as over stdio: the same connection, without pipes), over HTTP and over a WebSocket.
"""

import contextlib
import http.client
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from counters import OFFLINE
from published_schemas import answered, asked, told

from dmp_core.app import App
from dmp_core.config import load
from dmp_core.system import SystemClock, SystemIds
from hostbridge.clients.python import announced
from hostbridge.clients.python.websocket import Line
from hostbridge.methods.table import connect
from hostbridge.transports.announce import Announcement
from hostbridge.transports.loopback import Loopback

CONFIG = (
    OFFLINE
    + """
[structure.1990000001]
name = "PHARMACIE DES ESSAIS"
[structure.1990000002]
name = "AUTRE PHARMACIE"
"""
)
PRACTITIONER = {"national_id": "899700000001", "family": "TITULAIRE", "given": "CAMILLE", "profession": "21"}
PATIENT = {
    "host_id": "dossier-1",
    "traits": {
        "birth_name": "PAT-TROIS",
        "birth_given_names": "DOMINIQUE",
        "first_birth_given_name": "DOMINIQUE",
        "sex": "F",
        "birth_date": "1979-03-28",
        "birth_place_code": "51215",
    },
    "ins": {"value": "279035121518989", "oid": "1.2.250.1.213.1.4.10"},
    "status": "qualifiee",
}


def operator(*rights: str, **changes: Any) -> dict[str, Any]:
    return {"id": "operateur-1", "rights": list(rights), "practitioner": PRACTITIONER} | changes


def saved(**changes: Any) -> dict[str, Any]:
    """Parameters of `document/saved`."""
    note = {"key": "save-1", "record": "record-1", "type_id": "note-vaccination", "content": {"lot": "A1"}}
    return {**note, "patient": PATIENT, **changes}


class Memory:
    """What the host says goes straight in."""

    def __init__(self, open_app: Any, hear: Callable[[bytes], None], folder: Path) -> None:
        self._connection, self._seat = connect(open_app, hear)

    def say(self, body: bytes) -> None:
        self._connection.receive(body)

    def close(self) -> None:
        self._seat.close()


class Server:
    """A loopback server in this process, announced as a real one."""

    def __init__(self, open_app: Any, hear: Callable[[bytes], None], folder: Path) -> None:
        self._hear = hear
        self._loopback = Loopback(open_app, clock=SystemClock(), ids=SystemIds())
        self._thread = self._loopback.start()
        self._announcement = Announcement(folder / "run" / "bridge.json")
        secret = self._loopback.secret
        assert secret is not None
        self._announcement.write(self._loopback.address, self._loopback.port, secret.token)
        self.announce = folder / "run" / "bridge.json"

    def close(self) -> None:
        self._loopback.stop()
        self._thread.join()
        self._announcement.withdraw()


class WebSocket(Server):
    def __init__(self, open_app: Any, hear: Callable[[bytes], None], folder: Path) -> None:
        super().__init__(open_app, hear, folder)
        self._line = Line.to(self.announce)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def say(self, body: bytes) -> None:
        self._line.write(body)

    def close(self) -> None:
        self._line.leave()
        self._reader.join(20)
        self._line.close()
        super().close()

    def _read(self) -> None:
        with ThreadPoolExecutor(1) as notices:  # a host that is busy with them hears its answers all the same
            while (body := self._line.read()) is not None:
                if "method" in json.loads(body):
                    notices.submit(self._hear, body)
                else:
                    self._hear(body)


class Http(Server):
    """Each frame is a request of its own; another one waits for notices."""

    def __init__(self, open_app: Any, hear: Callable[[bytes], None], folder: Path) -> None:
        super().__init__(open_app, hear, folder)
        self._bridge = announced.read(self.announce)
        self._name: str | None = None
        self._gone = threading.Event()
        self._posts = ThreadPoolExecutor(8)
        self._first = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def say(self, body: bytes) -> None:
        """A host hears that `initialized` was taken before it asks on: two requests at once have no order."""
        if self._name is None or b'"initialized"' in body:
            self._post(body)
        else:
            self._posts.submit(self._post, body)

    def close(self) -> None:
        self._gone.set()
        self._first.set()
        super().close()
        self._posts.shutdown()
        self._reader.join(20)

    def _post(self, body: bytes) -> None:
        answer = self._exchange("POST", "/rpc", body)
        if answer:
            self._hear(answer)

    def _exchange(self, method: str, path: str, body: bytes | None = None) -> bytes:
        connection = announced.connect(self._bridge)
        headers = {"Authorization": f"Bearer {self._bridge.token}", "Content-Type": "application/json"}
        if self._name:
            headers["Dmp-Connection"] = self._name
        if method == "GET":
            headers["Prefer"] = "wait=5"
        with contextlib.closing(connection):
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            data = answer.read()
        assert answer.status in (200, 204), answer.status
        if self._name is None and answer.getheader("Dmp-Connection"):
            self._name = answer.getheader("Dmp-Connection")
            self._first.set()
        return data

    def _read(self) -> None:
        self._first.wait(60)
        with contextlib.suppress(OSError, AssertionError, http.client.HTTPException):  # the server left
            while not self._gone.is_set():
                for notice in json.loads(self._exchange("GET", "/notices") or b"[]"):
                    self._hear(json.dumps(notice).encode())


WAYS = {"memory": Memory, "http": Http, "websocket": WebSocket}


class Desk:
    """What the host hears is kept; all that is said on both sides is held against the published schemas."""

    def __init__(self, folder: Path, way: str = "memory") -> None:
        file = folder / "dmp.toml"
        file.write_text(CONFIG, encoding="utf-8")
        config = load(file)
        self.apps: list[App] = []
        self.reads_notices = threading.Event()
        self.reads_notices.set()
        self._heard: list[dict[str, Any]] = []
        self._against: list[str] = []
        self._news = threading.Condition()
        self._number = 0

        def open_app(structure: str | None, adapter: str | None) -> App:
            self.apps.append(App(config, structure, adapter=adapter))
            return self.apps[-1]

        self.way = way
        self._host = WAYS[way](open_app, self._hear, folder)

    def _hear(self, body: bytes) -> None:
        heard = json.loads(body)
        if "method" in heard:
            self.reads_notices.wait(20)
            self._against += [
                f"{heard['method']}: {one.message}" for one in told(heard["method"]).iter_errors(heard["params"])
            ]
        with self._news:
            self._heard.append(heard)
            self._news.notify_all()

    def say(self, body: bytes) -> None:
        self._host.say(body)

    def close(self) -> None:
        """The host and its bridge leave."""
        self._host.close()
        assert self._against == []

    def ask(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        """The whole answer to one request."""
        self._number += 1
        message = {"jsonrpc": "2.0", "id": self._number, "method": method, "params": params or {}}
        self.say(json.dumps(message).encode())
        answer = self.wait(lambda heard: heard.get("id") == message["id"])
        if "result" in answer:
            asked(method).validate(params or {})
            answered(method).validate(answer["result"])
        return answer

    def wait(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first message heard that is `wanted`, once it is there."""
        with self._news:
            assert self._news.wait_for(lambda: any(wanted(heard) for heard in self._heard), timeout=20)
            return next(heard for heard in self._heard if wanted(heard))

    def notices(self, method: str) -> list[dict[str, Any]]:
        """Parameters of what was told so far, in its order."""
        with self._news:
            return [heard["params"] for heard in self._heard if heard.get("method") == method]

    def result(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        answer = self.ask(method, params)
        assert "result" in answer, answer
        return answer["result"]

    def fault(self, method: str, params: dict[str, Any] | None = None) -> tuple[int, str]:
        """Code of the protocol and code of the core of a request that fails."""
        error = self.ask(method, params)["error"]
        return error["code"], error["data"]["code"]

    def start(self, **changes: Any) -> dict[str, Any]:
        params = {
            "protocol_version": "1.0",
            "host": {"name": "essai", "version": "1"},
            "structure": "1990000001",
            "operator": operator("read", "feed"),
        }
        result = self.result("initialize", params | changes)
        self.say(b'{"jsonrpc":"2.0","method":"initialized"}')
        return result


@pytest.fixture(params=WAYS)
def desk(tmp_path, request) -> Iterator[Desk]:
    """A desk that did not say `initialize` yet."""
    desk = Desk(tmp_path, request.param)
    yield desk
    desk.close()


@pytest.fixture
def open_desk(desk) -> Desk:
    """A desk at which a pharmacist with all rights works."""
    desk.start()
    return desk


@pytest.fixture
def make_operator() -> Callable[..., dict[str, Any]]:
    return operator


@pytest.fixture
def make_saved() -> Callable[..., dict[str, Any]]:
    return saved


@pytest.fixture
def patient() -> dict[str, Any]:
    return PATIENT
