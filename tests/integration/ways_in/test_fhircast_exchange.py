"""FHIRcast as it is spoken: our hub with @medplum/core's client and a plain one, our client with a hub, the bridge."""

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from hostbridge.clients.python import BridgeClient

TOPIC = "poste-1-session"
FORM = {"hub.channel.type": "websocket", "hub.mode": "subscribe", "hub.topic": TOPIC}


@pytest.fixture(scope="module")
def hub(seat, start, tmp_path_factory) -> Any:
    folder = tmp_path_factory.mktemp("hub")
    settings = folder / "fhircast.toml"
    lines = f'announce = "run/fhircast.json"\ntopic = "{TOPIC}"\nheartbeat_seconds = 1\n'
    settings.write_text(lines + seat.operator(), encoding="utf-8")
    return start("host_fhircast", settings, "hub", announced=folder / "run" / "fhircast.json")


def patient_there(bridge: BridgeClient) -> str | None:
    found: str | None = bridge.call("patient/current")["host_id"]
    return found


def until(bridge: BridgeClient, host_id: str | None) -> None:
    """Wait until the bridge shows that patient; a notice, or a tenth of a second, between two looks."""
    for _ in range(300):
        if patient_there(bridge) == host_id:
            return
        bridge.next_notice(0.1)
    raise AssertionError("the bridge did not follow")


def event(name: str, resource: dict[str, Any], identifier: str, at: str | None = None) -> dict[str, Any]:
    """It happens now, unless it is said when."""
    at = at or datetime.now(UTC).isoformat()
    context = [{"key": "patient", "resource": resource}]
    return {"timestamp": at, "id": identifier, "event": {"hub.topic": TOPIC, "hub.event": name, "context": context}}


class Plain:
    """A subscriber by websockets and httpx, which knows nothing but the standard."""

    def __init__(self, stack: ExitStack, hub: Any, events: str = "patient-open,patient-close,syncerror") -> None:
        answer = httpx.post(hub.url, data=FORM | {"hub.events": events}, headers=hub.bearer)
        assert answer.status_code == 202
        self.endpoint = str(answer.json()["hub.channel.endpoint"])
        self.socket = stack.enter_context(connect(self.endpoint, proxy=None))
        self.confirmed = self.next()

    def next(self, beats: bool = False) -> dict[str, Any]:
        """The next message; heartbeats only where they are asked for."""
        while True:
            told: dict[str, Any] = json.loads(self.socket.recv(timeout=20))
            if beats or told.get("event", {}).get("hub.event") != "heartbeat":
                return told

    def answer(self, told: dict[str, Any], status: str) -> None:
        self.socket.send(json.dumps({"id": told["id"], "status": status}))


@pytest.fixture
def subscriber(hub) -> Iterator[Callable[..., Plain]]:
    with ExitStack() as stack:
        yield lambda *events: Plain(stack, hub, *events)


def publish(hub: Any, told: dict[str, Any]) -> int:
    return httpx.post(hub.url, json=told, headers=hub.bearer).status_code


def test_an_independent_client_opens_and_closes_a_patient_at_the_bridge(hub, bridge, resource, medplum) -> None:
    node = ["node", "subscriber.mjs"]
    process = subprocess.Popen(node, cwd=medplum, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin and process.stdout

    def do(**wanted: Any) -> None:
        process.stdin.write(json.dumps(wanted) + "\n")
        process.stdin.flush()

    def heard(*kinds: str) -> dict[str, Any]:
        """What comes until each kind came once."""
        found: dict[str, Any] = {}
        while set(kinds) - set(found):
            line = process.stdout.readline()
            assert line, "the client ended"
            found |= json.loads(line)
        return found

    do(base=hub.url.removesuffix("hub"), url=hub.url, token=hub.told["token"], topic=TOPIC)
    heard("connected")
    do(do="publish", event="Patient-open", context=[{"key": "patient", "resource": resource}])
    opened = heard("published", "heard")["heard"]
    until(bridge, resource["id"])
    do(do="context")
    context = heard("context")["context"]
    do(do="publish", event="Patient-close", context=[{"key": "patient", "resource": resource}])
    closed = heard("published", "heard")["heard"]
    until(bridge, None)
    do(do="unsubscribe")
    heard("unsubscribed", "disconnected")
    do(do="leave")
    process.communicate(timeout=20)

    assert (opened["event"]["hub.event"], opened["event"]["context"][0]["resource"]) == ("Patient-open", resource)
    assert (context["context.type"], context["context"][0]["resource"]["id"]) == ("Patient", resource["id"])
    assert closed["event"]["hub.event"] == "Patient-close"


def test_a_subscription_is_confirmed_and_hears_heartbeats(subscriber) -> None:
    plain = subscriber()

    beat = plain.next(beats=True)

    assert plain.confirmed == {
        "hub.mode": "subscribe",
        "hub.topic": TOPIC,
        "hub.events": "Patient-open,Patient-close,syncerror",
        "hub.lease_seconds": 7200,
    }
    assert beat["event"]["context"] == [{"key": "period", "decimal": "1"}]


def test_our_client_follows_a_hub_and_answers(seat, hub, start, bridge, subscriber, resource, tmp_path) -> None:
    token = tmp_path / "token"
    token.write_text(hub.told["token"], encoding="ascii")
    token.chmod(0o600)
    settings = tmp_path / "client.toml"
    lines = f'hub_url = "{hub.url}"\ntopic = "{TOPIC}"\ntoken_file = "token"\n'
    settings.write_text(lines + seat.operator(), encoding="utf-8")
    other = resource | {"id": "dossier-du-client"}
    assert publish(hub, event("Patient-open", other, "c-1")) == 202
    until(bridge, "dossier-du-client")
    client = start("host_fhircast", settings, "client", announced=tmp_path / "none")
    watch = subscriber("syncerror")

    assert publish(hub, event("Patient-open", resource | {"id": "faux", "name": []}, "c-2")) == 202

    who = {_who(watch.next()), _who(watch.next())}
    until(bridge, None)
    assert who == {"DMP"}
    assert client.stop() == 0


def _who(told: dict[str, Any]) -> str:
    issue = told["event"]["context"][0]["resource"]["issue"][0]
    found: str = issue["details"]["coding"][2]["code"]
    return found


def test_who_comes_later_hears_the_present_context_and_a_refusal_is_told_to_the_others(
    hub, subscriber, resource
) -> None:
    assert publish(hub, event("Patient-open", resource, "p-1")) == 202
    refuses, other = subscriber(), subscriber()

    told = refuses.next()
    refuses.answer(told, "409")
    other.answer(other.next(), "200")
    error = other.next()

    assert told["id"] == "p-1"
    assert error["event"]["hub.event"] == "syncerror"
    assert error["event"]["context"][0]["resource"]["issue"][0]["details"]["coding"][0]["code"] == "p-1"


def test_an_endpoint_is_for_one_connection_and_ends_with_its_subscription(hub, subscriber) -> None:
    plain = subscriber("patient-close")
    with pytest.raises((InvalidStatus, ConnectionClosed)), connect(plain.endpoint, proxy=None) as second:
        second.recv(timeout=20)

    form = FORM | {"hub.mode": "unsubscribe", "hub.channel.endpoint": plain.endpoint}
    answer = httpx.post(hub.url, data=form, headers=hub.bearer)

    assert answer.status_code == 202
    assert plain.next()["hub.mode"] == "denied"
    with pytest.raises(ConnectionClosed):
        plain.next()


@pytest.mark.parametrize(
    ("form", "headers", "status"),
    [
        ({}, {"Authorization": "Bearer faux"}, 401),
        ({}, {"Host": "attaquant.exemple"}, 421),
        ({}, {"Origin": "https://attaquant.exemple"}, 403),
        ({"hub.topic": "autre-session"}, {}, 404),
        ({"hub.channel.type": "webhook"}, {}, 400),
        ({"hub.mode": "denied"}, {}, 400),
        ({"hub.events": "Encounter-open"}, {}, 400),
        ({"hub.lease_seconds": "-1"}, {}, 400),
        ({"hub.channel.endpoint": "ws://ailleurs.exemple/x"}, {}, 404),
        ({"hub.mode": "unsubscribe"}, {}, 400),
    ],
)
def test_a_subscription_that_is_not_right_is_refused(hub, form, headers, status) -> None:
    told = FORM | {"hub.events": "patient-open"} | form

    assert httpx.post(hub.url, data=told, headers=hub.bearer | headers).status_code == status


def test_an_event_that_is_not_right_is_refused(hub, resource) -> None:
    old = event("Patient-open", resource, "o-1", "2001-01-01T00:00:00Z")

    assert publish(hub, old) == 409
    assert publish(hub, {"event": 1}) == 400
    assert (
        httpx.post(hub.url, content=b"{", headers=hub.bearer | {"Content-Type": "application/json"}).status_code == 400
    )
    assert httpx.post(hub.url, content=b"x" * 300_000, headers=hub.bearer).status_code == 413
    assert httpx.post(hub.url, content=b"x", headers=hub.bearer | {"Content-Type": "text/plain"}).status_code == 415


def test_what_the_hub_can_do_is_told_and_the_context_is_not_for_strangers(hub) -> None:
    configuration = httpx.get(f"{hub.url}/.well-known/fhircast-configuration").json()

    assert configuration["websocketSupport"] is True
    assert (configuration["fhircastVersion"], configuration["getCurrentSupport"]) == ("STU3", True)
    assert httpx.get(f"{hub.url}/{TOPIC}").status_code == 401
    assert httpx.get(f"{hub.url}/autre-session", headers=hub.bearer).status_code == 404
    with pytest.raises((InvalidStatus, ConnectionClosed)), connect(_socket(hub), proxy=None) as socket:
        socket.recv(timeout=20)


def _socket(hub: Any) -> str:
    return f"{hub.url.replace('http', 'ws', 1)}/ws/{'a' * 43}"
