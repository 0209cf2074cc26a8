"""The same road in every way to speak with the bridge: a child, HTTP, WebSocket, and a child that joins a bridge."""

import contextlib
import json
import os
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from hostbridge.clients.python import BridgeError, BridgeGone, BridgeTimeout

CASE = json.loads(
    (Path(__file__).resolve().parents[3] / "plugins/lgo_demo/lgo_demo/case.json").read_text(encoding="utf-8")
)
PATIENT = CASE["patients"][0]


def saved(**changes: Any) -> dict[str, Any]:
    note = {"key": "save-1", "record": "record-1", "type_id": "note-vaccination", "content": CASE["vaccination"]}
    return {**note, "patient": PATIENT, **changes}


def until(client: Any, method: str, item: str) -> dict[str, Any]:
    """The next notice of that name about this item."""
    while (notice := client.next_notice(30)) is not None:
        if notice.method == method and notice.params["item"]["item"] == item:
            return notice.params
    raise AssertionError(f"no {method}")


def test_a_document_is_saved_confirmed_sent_listed_and_fetched(connected, make_visit):
    with make_visit(connected).client() as client:
        client.start(connected.introduction | {"adapter": "lgo_id"})
        client.call("patient/opened", {"patient": PATIENT})
        content = {
            "date": "2025-10-14",
            "vaccin": {
                "cis": "68747507",
                "libelle": "VACCIN TETANIQUE",
                "atc": {"code": "J07AM", "libelle": "vaccins tétaniques"},
                "lot": "1",
            },
            "acte": "BOOSTER",
            "rang": 2,
        }
        item = client.call("document/saved", saved(content=content))["item"]
        assert until(client, "window/show", item)["address"] is None, "this host draws its own windows"

        form = client.call("feed/describe", {"item": item})
        preview = client.call("feed/preview", {"item": item})
        client.call("feed/confirm", {"item": item, "title": "Vaccin fait ce matin"})
        finished = until(client, "feed/finished", item)["item"]

        client.call("dmp/open", {"host_id": PATIENT["host_id"]})
        listed = json.dumps(client.call("dmp/list", {"host_id": PATIENT["host_id"], "since": "all"}))
        document = client.call("dmp/fetch", {"host_id": PATIENT["host_id"], "unique_id": finished["unique_id"]})
        assert form["patient_ins"] == PATIENT["ins"]["value"]
        assert "VACCIN" in preview["html"]
        assert (finished["state"], finished["title"]) == ("sent", "Vaccin fait ce matin")
        assert finished["unique_id"] in listed
        assert document["size"] == finished["size"]


def test_an_identity_that_is_qualified_later_lets_what_waited_go_on(house, make_visit):
    unknown = PATIENT | {"status": "provisoire"}
    with make_visit(house).client() as client:
        client.start(house.introduction)
        item = client.call("document/saved", saved(patient=unknown))["item"]
        assert until(client, "outbox/changed", item)["item"]["state"] == "waiting"

        resumed = client.call("patient/updated", {"patient": PATIENT})["resumed"]

        assert resumed == [item]


def test_another_operator_works_at_once(house, make_visit):
    with make_visit(house).client() as client:
        client.start(house.introduction)
        client.call("operator/changed", {"operator": CASE["operator"] | {"rights": []}})
        with pytest.raises(BridgeError) as refused:
            client.call("document/saved", saved())

        client.call("operator/changed", {"operator": CASE["operator"]})

        assert refused.value.data["code"] == "DMP-RIGHT-001"
        assert client.call("document/saved", saved())["state"] == "accepted"


def test_two_documents_under_one_key_are_one_document_in_every_way(house, make_visit):
    with make_visit(house).client() as client:
        client.start(house.introduction)
        first = client.call("document/saved", saved())["item"]

        with pytest.raises(BridgeError) as refused:
            client.call("document/saved", saved(content={"lot": "B"}))

        assert refused.value.data["code"] == "DMP-INPUT-008"
        assert [one["item"] for one in client.call("outbox/list")["items"]] == [first]


def test_a_file_of_ten_megabytes_goes_in_and_comes_back_as_one_item(house, make_visit):
    pdf = "JVBERi0xLjQK" * 1_110_000
    with make_visit(house).client() as client:
        client.start(house.introduction)

        item = client.call("document/saved", saved(content={"pdf": pdf}), timeout=120)["item"]

        assert client.call("outbox/show", {"item": item})["key"] == "save-1"


def test_a_call_that_hangs_is_cancelled_and_the_host_is_served_meanwhile(make_house, make_visit):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        house = make_house(f"https://127.0.0.1:{listener.getsockname()[1]}/services/")
        with make_visit(house).client() as client:
            client.start(house.introduction)
            client.call("patient/opened", {"patient": PATIENT})

            with pytest.raises(BridgeTimeout):
                client.call("dmp/status", {"host_id": PATIENT["host_id"]}, timeout=0.3)

            assert [client.call("outbox/list")["items"] for _ in range(10)] == [[]] * 10


@contextlib.contextmanager
def stopped(client: Any, visit: Any) -> Iterator[None]:
    """The bridge stands still, as one whose process is starved or being debugged."""
    pid = client.pid if visit.bridge is None else visit.bridge.pid
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


def test_a_bridge_that_stands_still_keeps_the_host_for_the_time_given_and_no_longer(house, make_visit):
    visit, large = make_visit(house), saved(content={"pdf": "JVBERi0xLjQK" * 400_000})
    with visit.client() as client:
        client.start(house.introduction)
        with stopped(client, visit):
            for method, params in [("document/saved", large)] * 12 + [("outbox/list", {})] * 12:
                with pytest.raises(BridgeTimeout):
                    client.call(method, params, timeout=0.05)

        assert client.call("document/saved", large)["item"], "each repeats the same document"
        assert [one["key"] for one in client.call("outbox/list")["items"]] == ["save-1"]


def test_a_host_leaves_a_bridge_that_stands_still(house, make_visit):
    visit = make_visit(house)
    client = visit.client()
    client.start(house.introduction)

    with stopped(client, visit):
        with pytest.raises(BridgeTimeout):
            client.call("outbox/list", timeout=0.05)
        client.close(timeout=0.5)
        with pytest.raises(BridgeGone):
            client.call("outbox/list")

    assert visit.way == "stdio" or house.announce.exists(), "the bridge of others stays"


def test_a_bridge_that_stands_still_when_a_host_comes_keeps_it_no_longer_and_lets_it_in_later(house, make_visit):
    visit = make_visit(house)
    if visit.bridge is None:
        pytest.skip("a child has not started yet")
    with visit.client() as first, visit.client() as client:
        first.start(house.introduction)
        with stopped(first, visit):
            with pytest.raises(BridgeTimeout):
                client.start(house.introduction, timeout=0.05)
            with pytest.raises(BridgeTimeout):
                client.call("document/saved", saved(), timeout=0.05)

        assert client.call("document/saved", saved())["item"]


def test_a_thousand_calls_of_many_threads_are_each_answered_once_with_their_own(house, make_visit):
    with make_visit(house).client() as client, ThreadPoolExecutor(32) as hosts:
        client.start(house.introduction)
        keys = [f"save-{number}" for number in range(40)]
        calls = [("outbox/status", {"keys": [keys[number % 40], f"nobody-{number}"]}) for number in range(1000)]
        for key in keys:
            client.call("document/saved", saved(key=key, record=key))

        answers = list(hosts.map(lambda call: client.call(*call, timeout=240), calls))

        told = [([one["key"] for one in answer["items"]], answer["unknown"]) for answer in answers]
        assert told == [([keys[number % 40]], [f"nobody-{number}"]) for number in range(1000)]


def test_a_bridge_that_was_killed_is_found_again_and_hears_what_it_must_know(house, make_visit):
    visit = make_visit(house)
    with visit.client(back_off=(0.0, 0.1, 0.2, 0.5, 1.0)) as client:
        client.start(house.introduction)
        client.call("patient/opened", {"patient": PATIENT})
        first = client.call("document/saved", saved())["item"]

        if visit.bridge is None:
            os.kill(client.pid, signal.SIGKILL)
        else:
            visit.bridge.kill()
            visit.leave()
            visit.arrive()
        again = client.call("document/saved", saved())["item"]

        assert again == first
        with pytest.raises(BridgeError) as refused:
            client.call("dmp/status", {"host_id": PATIENT["host_id"]})
        assert refused.value.data["code"] == "DMP-NET-001", "the patient is open in the new bridge too"


def test_status_health_tells_supervision_how_the_bridge_is_and_nothing_of_a_patient(house, make_visit):
    with make_visit(house).client() as client:
        client.start({"host": {"name": "supervision", "version": "1"}} | {"operator": CASE["operator"]})
        item = client.call("document/saved", saved())["item"]
        until(client, "outbox/changed", item)

        health = client.call("status/health")

        assert health["accepting"] is True
        assert (health["environment"], health["outbox"]["waiting"]) == ("simulation", 1)
        assert health["oldest"] > 0
        words = (PATIENT["host_id"], PATIENT["ins"]["value"], PATIENT["traits"]["birth_name"], item)
        assert [word for word in words if word in json.dumps(health)] == []


def test_capabilities_are_what_both_have(house, make_visit):
    visit = make_visit(house)
    with visit.client() as client:
        plain = client.start(house.introduction)["capabilities"]
        with pytest.raises(BridgeError) as refused:
            client.call("panel/open", {"panel": "about"})
    with visit.client() as client:
        shown = client.start(house.introduction | {"capabilities": {"panels": True}})["capabilities"]
        address = client.call("panel/open", {"panel": "about"})["address"]

    assert (plain["panels"], shown["panels"]) == (False, True)
    assert refused.value.data["code"] == "DMP-INPUT-009"
    assert address.startswith("http://127.0.0.1:")


def test_leaving_takes_the_operator_along(house, make_visit):
    visit = make_visit(house)
    with visit.client() as client:
        client.start(house.introduction)

    with visit.client() as client:
        client.start({"host": {"name": "other", "version": "1"}})
        with pytest.raises(BridgeError) as refused:
            client.call("document/saved", saved())

    assert refused.value.data["code"] == "DMP-RIGHT-003"
