"""Several programs speak with one bridge: what each may do, and in whose name, is what it said itself."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from listening_bridge import CONFIG

from dmp_core.app import App
from dmp_core.config import load
from dmp_core.system import SystemClock, SystemIds
from hostbridge.clients.python import BridgeClient, BridgeError
from hostbridge.transports.announce import Announcement
from hostbridge.transports.loopback import Loopback, running

OTHER = {"national_id": "899700000002", "family": "ADJOINTE", "given": "LOU", "profession": "21"}
SECOND = """
[structure.1990000002]
name = "AUTRE PHARMACIE"
"""


class Counter:
    """A bridge that listens, and the programs that speak with it."""

    def __init__(self, announce: Path, apps: list[App]) -> None:
        self._announce = announce
        self.apps = apps
        self.clients: list[BridgeClient] = []

    def arrives(self, name: str, **said: Any) -> BridgeClient:
        client = BridgeClient.at(self._announce, "websocket")
        client.start({"host": {"name": name, "version": "1"}, "structure": "1990000001"} | said)
        self.clients.append(client)
        return client

    def is_left(self) -> None:
        """Wait until nobody works there: the bridge sees to it just after the host has gone."""
        end = time.monotonic() + 20
        while self.apps[0].session.who is not None:
            assert time.monotonic() < end
            threading.Event().wait(0.01)

    def audited(self, action: str) -> list[str | None]:
        """Operators of the records of that action, oldest first."""
        records = self.apps[0].audit.records()
        return [record.get("operator") for record in records if record["action"] == action]


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Counter]:
    file = tmp_path / "dmp.toml"
    file.write_text(CONFIG + SECOND, encoding="utf-8")
    config, apps = load(file), list[App]()

    def open_app(structure: str | None, adapter: str | None) -> App:
        apps.append(App(config, structure, adapter=adapter))
        return apps[-1]

    with running(Loopback(open_app, clock=SystemClock(), ids=SystemIds())) as loopback:
        assert loopback.secret is not None
        announcement = Announcement(tmp_path / "run" / "bridge.json")
        announcement.write(loopback.address, loopback.port, loopback.secret.token)
        counter = Counter(tmp_path / "run" / "bridge.json", apps)
        yield counter
        for client in counter.clients:
            client.close()
        announcement.withdraw()


def refusal(client: BridgeClient, method: str, params: dict[str, Any]) -> str:
    with pytest.raises(BridgeError) as refused:
        client.call(method, params)
    return refused.value.data["code"]


def test_an_operator_works_for_the_program_that_named_them(counter, make_operator, make_saved):
    one = counter.arrives("one", operator=make_operator("read", "feed"))
    two = counter.arrives("two", operator=make_operator("read", id="operateur-2", practitioner=OTHER))

    item = one.call("document/saved", make_saved())["item"]
    code = refusal(two, "document/saved", make_saved(key="save-2"))
    two.call("operator/changed", {"operator": None})

    assert code == "DMP-RIGHT-001"
    assert counter.apps[0].outbox.get(item).who.operator.id == "operateur-1"
    assert counter.audited("refused.document/saved") == ["operateur-2"]
    assert one.call("document/saved", make_saved(key="save-3", record="record-3"))["state"] == "accepted"
    assert refusal(two, "document/saved", make_saved(key="save-4")) == "DMP-RIGHT-003"


def test_a_way_in_beside_the_lgo_leaves_the_operator_of_the_counter_alone(counter, make_operator, make_saved):
    counter.arrives("lgo", operator=make_operator("read", "feed"))
    folder = counter.arrives("folder", beside=True, operator=make_operator("feed", id="dossier", practitioner=OTHER))
    unnamed = counter.arrives("unnamed")

    fed = folder.call("document/saved", make_saved())["item"]
    saved = unnamed.call("document/saved", make_saved(key="save-2", record="record-2"))["item"]

    operators = [counter.apps[0].outbox.get(item).who.operator.id for item in (fed, saved)]
    assert operators == ["dossier", "operateur-1"]


def test_the_operator_of_the_counter_leaves_with_the_program_that_named_them(counter, make_operator, make_saved):
    lgo = counter.arrives("lgo", operator=make_operator("read", "feed"))
    unnamed = counter.arrives("unnamed")
    assert unnamed.call("document/saved", make_saved())["item"]

    lgo.close()
    counter.is_left()

    assert refusal(unnamed, "document/saved", make_saved(key="save-2")) == "DMP-RIGHT-003"


def test_another_pharmacy_in_the_same_data_folder_is_refused_and_the_first_goes_on(counter, make_operator, make_saved):
    one = counter.arrives("one", operator=make_operator("read", "feed"))

    with pytest.raises(BridgeError) as refused:
        counter.arrives("two", structure="1990000002", operator=make_operator("read", "feed"))

    assert refused.value.data["code"] == "DMP-OUT-001"
    assert one.call("document/saved", make_saved())["state"] == "accepted"
