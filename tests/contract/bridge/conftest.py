"""A host in memory before the real table of methods and a real app in a folder of its own, whose DMP nobody reaches."""

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dmp_core.app import App
from dmp_core.config import load
from hostbridge.methods.table import connect

CONFIG = """
environment = "simulation"
data = "data"
[software]
name = "essai"
version = "1"
homologation = "ESSAI"
oid = "1.2.250.1.999.1"
[dmp]
url = "https://127.0.0.1:1/services/"
ca = "ca.pem"
[structure.1990000001]
name = "PHARMACIE DES ESSAIS"
[structure.1990000002]
name = "AUTRE PHARMACIE"
"""
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


class Desk:
    """What the host says goes straight in; what it hears is kept."""

    def __init__(self, folder: Path) -> None:
        file = folder / "dmp.toml"
        file.write_text(CONFIG, encoding="utf-8")
        config = load(file)
        self.apps: list[App] = []
        self.reads_notices = threading.Event()
        self.reads_notices.set()
        self._heard: list[dict[str, Any]] = []
        self._news = threading.Condition()
        self._number = 0

        def open_app(structure: str | None, adapter: str | None) -> App:
            self.apps.append(App(config, structure, adapter=adapter))
            return self.apps[-1]

        self.connection, self.seat = connect(open_app, self._hear)

    def _hear(self, body: bytes) -> None:
        heard = json.loads(body)
        if "method" in heard:
            self.reads_notices.wait(20)
        with self._news:
            self._heard.append(heard)
            self._news.notify_all()

    def say(self, body: bytes) -> None:
        self.connection.receive(body)

    def ask(self, method: str, params: dict[str, Any] | None = None) -> dict[str, Any]:
        """The whole answer to one request."""
        self._number += 1
        message = {"jsonrpc": "2.0", "id": self._number, "method": method, "params": params or {}}
        self.say(json.dumps(message).encode())
        return self.wait(lambda heard: heard.get("id") == message["id"])

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


@pytest.fixture
def desk(tmp_path) -> Iterator[Desk]:
    """A desk that did not say `initialize` yet."""
    desk = Desk(tmp_path)
    yield desk
    desk.seat.close()


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
