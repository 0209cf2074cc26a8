"""Messages as the standard prints them (its examples are typed here), the session of a hub, the follower."""

from copy import deepcopy
from typing import Any

import pytest
from host_fhircast.events import EventRefused, read_event, sync_error
from host_fhircast.follower import Follower
from host_fhircast.sessions import SUBSCRIPTIONS, Session, Subscription
from host_fhircast.settings import ClientSettings, HubSettings
from pydantic import ValidationError
from way_in.counter import Refusal

TOPIC = "fdb2f928-5546-4f52-87a0-0648e9ded065"
BOTH = ("Patient-open", "Patient-close")
PATIENT = {
    "resourceType": "Patient",
    "id": "dossier-1",
    "name": [{"use": "official", "family": "PAT-TROIS", "given": ["DOMINIQUE"]}],
    "birthDate": "1979-03-28",
}
NOTIFICATION: dict[str, Any] = {  # 2.5, « Event Notification Request Example »
    "timestamp": "2018-01-08T01:37:05.14",
    "id": "q9v3jubddqt63n1",
    "event": {
        "hub.topic": TOPIC,
        "hub.event": "Patient-open",
        "context": [
            {
                "key": "patient",
                "resource": {
                    "resourceType": "Patient",
                    "id": "ewUbXT9RWEbSj5wPEdgRaBw3",
                    "identifier": [
                        {
                            "value": "530002010",
                            "type": {
                                "coding": [
                                    {
                                        "system": "http://terminology.hl7.org/CodeSystem/v2-0203",
                                        "value": "MR",
                                        "display": "Medication Record Number",
                                    }
                                ]
                            },
                        }
                    ],
                },
            }
        ],
    },
}
ERROR = {  # 3.2.1, « SyncError »
    "severity": "warning",
    "code": "processing",
    "diagnostics": "Acme Product failed to follow context",
    "details": {
        "coding": [
            {
                "system": "https://fhircast.hl7.org/events/syncerror/eventid",
                "code": "fdb2f928-5546-4f52-87a0-0648e9ded065",
            },
            {"system": "https://fhircast.hl7.org/events/syncerror/eventname", "code": "Patient-open"},
            {"system": "https://fhircast.hl7.org/events/syncerror/subscriber", "code": "Acme Product"},
        ]
    },
}


def told(name: str = "Patient-open", resource: object = PATIENT, at: str = "2026-01-15T09:00:00Z") -> dict[str, Any]:
    context = [{"key": "patient", "resource": resource}]
    return {"timestamp": at, "id": f"e-{at}", "event": {"hub.topic": TOPIC, "hub.event": name, "context": context}}


class Time:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def session(time: Time) -> Session:
    drawn = iter(range(1000))
    return Session(
        TOPIC,
        answer_seconds=10,
        monotonic=time,
        timestamp=lambda: "2026-01-15T09:30:00Z",
        draw=lambda: f"drawn-{next(drawn)}",
    )


def joined(session: Session, *events: str, name: str = "LGO") -> Subscription:
    subscription = session.subscribe(events or (*BOTH, "syncerror"), name, 600, None)
    session.connected(subscription)
    heard(subscription)
    return subscription


def heard(subscription: Subscription) -> list[Any]:
    found = []
    while not subscription.out.empty():
        message = subscription.out.get_nowait()
        found.append(message and (message["event"]["hub.event"] if "event" in message else message["hub.mode"]))
    return found


# ---------------------------------------------------------------- messages


def test_the_notification_of_the_standard_is_read_and_written_as_it_was() -> None:
    assert read_event(NOTIFICATION).as_message() == NOTIFICATION


def test_names_of_events_have_no_case() -> None:
    assert read_event(told("patient-OPEN")).name == "Patient-open"


def test_an_error_is_told_as_the_standard_prints_it() -> None:
    about = read_event(NOTIFICATION | {"id": "fdb2f928-5546-4f52-87a0-0648e9ded065"})

    error = sync_error("1", "2026-01-15T09:30:00Z", about, "Acme Product", "Acme Product failed to follow context")

    assert error.context[0]["resource"]["issue"] == [ERROR]
    assert read_event(error.as_message()) == error


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("event",), None),
        (("id",), ""),
        (("id",), "x" * 201),
        (("timestamp",), "hier"),
        (("event", "hub.event"), "Encounter-open"),
        (("event", "hub.topic"), 3),
        (("event", "context"), {}),
        (("event", "context"), []),
        (("event", "context"), [{"key": "patient"}]),
        (("event", "context"), [{"resource": PATIENT}]),
        (("event", "context"), [{"key": "patient", "resource": {"resourceType": "Patient"}}]),
        (("event", "context"), [{"key": "patient", "resource": PATIENT}] * 2),
        (("event", "context"), [{"key": f"k{n}"} for n in range(11)]),
    ],
)
def test_an_event_that_is_none_is_refused(path: tuple[str, ...], value: object) -> None:
    wrong = deepcopy(NOTIFICATION)
    place: Any = wrong
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value

    with pytest.raises(EventRefused) as refusal:
        read_event(wrong)

    assert refusal.value.status == 400


# ---------------------------------------------------------------- the hub's session


def test_whoever_is_subscribed_hears_and_whoever_comes_later_hears_the_present_context(session: Session) -> None:
    first, closes = joined(session), joined(session, "Patient-close")

    session.take(read_event(told()))
    later = session.subscribe(BOTH, "x", 600, None)
    session.connected(later)

    assert (heard(first), heard(closes)) == (["Patient-open"], [])
    assert heard(later) == ["subscribe", "Patient-open"]


def test_the_present_context_is_told_until_it_is_closed(session: Session) -> None:
    empty = session.current()
    session.take(read_event(told()))
    opened = session.current()
    session.take(read_event(told("Patient-close", at="2026-01-15T09:01:00Z")))

    assert (empty["context.type"], empty["context"]) == ("", [])
    assert (opened["context.type"], opened["context"][0]["resource"]["id"]) == ("Patient", "dossier-1")
    assert session.current()["context"] == []
    assert len({empty["context.versionId"], opened["context.versionId"], session.current()["context.versionId"]}) == 3


def test_closing_another_patient_leaves_the_context(session: Session) -> None:
    session.take(read_event(told()))

    session.take(read_event(told("Patient-close", PATIENT | {"id": "autre"}, "2026-01-15T09:01:00Z")))

    assert session.current()["context.type"] == "Patient"


def test_an_older_event_and_another_session_are_refused(session: Session) -> None:
    session.take(read_event(told()))

    with pytest.raises(EventRefused) as older:
        session.take(read_event(told(at="2026-01-15T08:00:00Z")))
    with pytest.raises(EventRefused) as other:
        session.take(read_event(NOTIFICATION | {"event": NOTIFICATION["event"] | {"hub.topic": "x"}}))

    assert (older.value.status, other.value.status) == (409, 404)


@pytest.mark.parametrize(
    ("answer", "others"),
    [
        ({"status": "200"}, []),
        ({"status": 202}, []),
        ({}, []),
        ({"status": "409"}, ["syncerror"]),
        ({"status": "500"}, ["syncerror"]),
    ],
)
def test_a_refusal_is_told_to_the_others(session: Session, answer: dict[str, Any], others: list[str]) -> None:
    refuses, other = joined(session, name="A"), joined(session, name="B")
    session.take(read_event(told()))
    heard(refuses), heard(other)

    session.answered(refuses, {"id": "e-2026-01-15T09:00:00Z"} | answer)

    assert (heard(refuses), heard(other)) == ([], others)


def test_whoever_does_not_answer_is_let_go_and_the_others_hear_of_it(session: Session, time: Time) -> None:
    silent, other = joined(session, name="A"), joined(session, name="B")
    session.take(read_event(told()))
    session.answered(other, {"id": "e-2026-01-15T09:00:00Z", "status": "200"})
    heard(silent), heard(other)

    time.now = 11
    session.beat(read_event(told()))

    assert heard(silent) == ["denied", None]
    assert heard(other) == ["syncerror", "Patient-open"]


def test_a_connection_that_is_lost_is_told_unless_it_said_goodbye(session: Session) -> None:
    first, second, third = joined(session), joined(session), joined(session)
    session.take(read_event(told()))
    for each in (first, second, third):
        heard(each)

    session.lost(first, normally=True)
    quiet = heard(third)
    session.lost(second, normally=False)

    assert (quiet, heard(third)) == ([], ["syncerror"])


def test_a_subscription_ends_with_its_lease_or_where_nobody_connects(session: Session, time: Time) -> None:
    held, never = joined(session), session.subscribe(BOTH, "x", 600, None)

    time.now = 31
    session.beat(read_event(told()))
    with pytest.raises(EventRefused):
        session.find(never.secret)
    heard(held)
    time.now = 601
    session.beat(read_event(told()))

    assert heard(held) == ["denied", None]


def test_a_subscription_can_be_changed_and_is_confirmed_again(session: Session) -> None:
    held = joined(session)

    session.subscribe(("Patient-close",), "x", 600, held.secret)
    session.take(read_event(told()))

    assert heard(held) == ["subscribe"]


def test_subscriptions_and_unread_messages_have_a_limit(session: Session) -> None:
    held = joined(session)
    for n in range(200):
        session.take(read_event(told(at=f"2026-01-15T09:{n // 60:02}:{n % 60:02}Z")))
    for _ in range(SUBSCRIPTIONS - 1):
        session.subscribe(BOTH, "x", 600, None)

    with pytest.raises(EventRefused):
        session.subscribe(BOTH, "x", 600, None)
    session.remove(held, "full")

    assert held.out.qsize() <= 100
    assert heard(held)[-1] is None


# ---------------------------------------------------------------- the bridge follows


class Bridge:
    """The end of the bridge that a follower sees."""

    def __init__(self) -> None:
        self.done: list[tuple[str, str]] = []
        self.refuses = False

    def open(self, patient: Any) -> None:
        if self.refuses:
            raise Refusal("DMP-INPUT-001", "Non.", "Non.")
        self.done.append(("open", patient.host_id))

    def close(self, host_id: str) -> None:
        self.done.append(("close", host_id))


def test_one_patient_at_a_time_and_the_former_is_closed_first() -> None:
    bridge = Bridge()
    follower = Follower(bridge)  # type: ignore[arg-type]

    follower.follow(read_event(told()))
    follower.follow(read_event(told(resource=PATIENT | {"id": "dossier-2"}, at="2026-01-15T09:01:00Z")))
    follower.follow(read_event(told("Patient-close", at="2026-01-15T09:02:00Z")))
    follower.follow(read_event(told("Patient-close", PATIENT | {"id": "dossier-2"}, "2026-01-15T09:03:00Z")))

    assert bridge.done == [("open", "dossier-1"), ("close", "dossier-1"), ("open", "dossier-2"), ("close", "dossier-2")]


def test_an_older_event_is_ignored() -> None:
    bridge = Bridge()
    follower = Follower(bridge)  # type: ignore[arg-type]
    follower.follow(read_event(told()))

    follower.follow(read_event(told("Patient-close", at="2026-01-15T08:00:00Z")))

    assert bridge.done == [("open", "dossier-1")]


@pytest.mark.parametrize("by_bridge", [True, False])
def test_where_the_new_patient_is_refused_nobody_is_open(by_bridge: bool) -> None:
    bridge = Bridge()
    follower = Follower(bridge)  # type: ignore[arg-type]
    follower.follow(read_event(told()))
    bridge.refuses = by_bridge
    wrong = PATIENT | {"id": "dossier-2"} | ({} if by_bridge else {"name": []})

    with pytest.raises(Refusal):
        follower.follow(read_event(told(resource=wrong, at="2026-01-15T09:01:00Z")))

    assert bridge.done == [("open", "dossier-1"), ("close", "dossier-1")]


def test_what_a_hub_tells_at_the_start_counts_whatever_was_before() -> None:
    bridge = Bridge()
    follower = Follower(bridge)  # type: ignore[arg-type]
    follower.follow(read_event(told()))

    follower.stand(read_event(told(resource=PATIENT | {"id": "dossier-2"}, at="0001-01-02T00:00:00Z")))
    follower.stand(None)

    assert bridge.done == [("open", "dossier-1"), ("close", "dossier-1"), ("open", "dossier-2"), ("close", "dossier-2")]


# ---------------------------------------------------------------- settings

OPERATOR: dict[str, Any] = {"operator": {"id": "comptoir", "rights": ["read"]}}


@pytest.mark.parametrize(
    "wrong",
    [
        {"listen": "0.0.0.0"},
        {"listen": "0.0.0.0", "public_url": "http://exemple.fr"},
        {"public_url": "https://exemple.fr/chemin"},
        {"topic": "court"},
        {"origins": ["*"]},
    ],
)
def test_a_hub_is_never_open_in_the_clear(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        HubSettings.model_validate(OPERATOR | wrong)


def test_a_hub_behind_a_proxy_with_tls_may_listen_elsewhere() -> None:
    assert HubSettings.model_validate(OPERATOR | {"listen": "10.0.0.1", "public_url": "https://exemple.fr"})


@pytest.mark.parametrize("url", ["http://exemple.fr/hub", "ftp://127.0.0.1/", "exemple.fr", "ws://127.0.0.1/"])
def test_a_client_speaks_with_no_hub_in_the_clear(url: str) -> None:
    with pytest.raises(ValidationError):
        ClientSettings.model_validate(OPERATOR | {"hub_url": url, "topic": "t"})
