"""The DMP fails, or somebody answers in its place: the document waits or is looked up, and is in the registry once."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from dmp_core.errors import OutboxFull
from dmp_core.model.item import State, WaitReason
from dmp_core.simulator.answers import Reply
from dmp_core.simulator.patients import RecordState
from dmp_core.system import SystemClock


def confirmed(road: Any) -> Any:
    item = road.until(road.save(), State.AWAITING_CONFIRMATION)
    return road.app.delivery.confirm(item.id, road.who)


def sooner(road: Any, item: Any) -> Any:
    """*Réessayer maintenant*: do not wait for the time of the next try."""
    return road.app.delivery.retry(item.id, road.who)


def test_row_048_an_answer_that_was_lost_is_looked_up_and_nothing_is_sent_twice(road: Any) -> None:
    road.fault.drop_after.add("TD2.1")
    item = road.until(confirmed(road), State.UNCERTAIN)

    sooner(road, item)
    item = road.until(item, State.SENT)

    assert [document.unique_id for document in road.registered()] == [item.frozen.unique_id]
    assert road.fault.asked.count("TD2.1") == 1


def test_a_request_that_was_lost_is_sent_again_after_the_look_up(road: Any) -> None:
    road.fault.drop_before.add("TD2.1")
    item = road.until(confirmed(road), State.UNCERTAIN)
    assert road.registered() == []

    road.fault.drop_before.clear()
    sooner(road, item)
    item = road.until(item, State.SENT)

    assert [document.unique_id for document in road.registered()] == [item.frozen.unique_id]
    assert road.fault.asked.count("TD2.1") == 2


def test_while_the_look_up_fails_nothing_is_sent(road: Any) -> None:
    road.fault.drop_before.update({"TD2.1", "TD3.1", "TD3.1 reference"})
    item = road.until(confirmed(road), State.UNCERTAIN)

    for _ in range(3):
        sooner(road, item)
        road.steps()

    assert road.app.outbox.get(item.id).state is State.UNCERTAIN
    assert road.fault.asked.count("TD2.1") == 1


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, "text/html", b"<html><body>Bienvenue sur le portail</body></html>"),
        Reply(503, "text/html", b"<html>Service Unavailable</html>"),
        Reply(200, "application/soap+xml", b"<Envelope"),
        Reply(302, "text/html", b""),
    ],
    ids=["portal", "503", "broken", "redirect"],
)
def test_whoever_answers_in_place_of_the_dmp_the_document_arrives_once(road: Any, reply: Reply) -> None:
    road.fault.instead["TD2.1"] = reply
    item = road.until(confirmed(road), State.UNCERTAIN)

    road.fault.instead.clear()
    sooner(road, item)
    item = road.until(item, State.SENT)

    assert [document.unique_id for document in road.registered()] == [item.frozen.unique_id]


@pytest.mark.exigence("SC.DMP/ALI/PROG.07")
def test_a_dmp_that_answers_too_late_is_asked_before_anything_is_sent_again(make_road: Callable[..., Any]) -> None:
    road = make_road(extra='[dmp.timeouts]\n"TD2.1" = 0.5')
    road.fault.late["TD2.1"] = 1.5
    item = road.until(confirmed(road), State.UNCERTAIN)
    assert item.fault.code == "DMP-NET-003"

    road.fault.late.clear()
    item = sooner(road, item)
    item = road.until(item, State.SENT, steps=40)

    assert [document.unique_id for document in road.registered()] == [item.frozen.unique_id]


@pytest.mark.exigence("SC.DMP/ALI/PROG.06")
def test_an_unreachable_dmp_makes_the_document_wait_for_the_network(make_road: Callable[..., Any]) -> None:
    road = make_road(extra='[dmp]\nurl = "https://127.0.0.1:1/si-dmp-server/v2/services/"')

    item = road.until(confirmed(road), State.WAITING)

    assert (item.reason, item.fault.code, item.resume) == (WaitReason.NETWORK, "DMP-NET-001", State.READY)
    assert item.due_at is not None


@pytest.mark.exigence("PRE_ERR")
def test_a_closed_record_refuses_the_document_with_the_words_of_the_dmp(road: Any) -> None:
    cx = road.patient.ins.cx
    road.simulator.patients.add(replace(road.simulator.patients.find(cx), state=RecordState.CLOSED))

    item = road.until(confirmed(road), State.REFUSED)

    assert (item.fault.code, item.fault.origin) == ("DMP-SRV-006", "DMPClosed")
    assert item.fault.dmp_text


class Stopped(SystemClock):
    """The time of day goes on; what is measured stands still until a test moves it."""

    seconds = 0.0

    def monotonic(self) -> float:
        return self.seconds


def test_no_second_ever_holds_more_than_four_feeds(make_road: Callable[..., Any]) -> None:
    clock = Stopped()
    road = make_road(clock=clock)
    items = [road.until(road.save(f"save-{n}", f"record-{n}"), State.AWAITING_CONFIRMATION) for n in range(6)]
    for item in items:
        road.app.delivery.confirm(item.id, road.who)

    road.steps(2)
    in_the_first_second = len(road.registered())
    clock.seconds = 1.0
    road.steps(2)

    assert (in_the_first_second, len(road.registered())) == (4, 6)


def test_a_disk_too_full_to_tidy_the_outbox_keeps_nothing_from_being_sent(
    road: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def refuse() -> None:
        asked.append("checkpoint")
        raise OutboxFull

    monkeypatch.setattr(road.app.outbox, "checkpoint", refuse)

    item = road.send(road.save())

    assert item.state is State.SENT
    assert asked


def test_a_store_that_takes_nothing_is_not_asked_again_at_once(road: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    item = road.save()

    def refuse(*_: object, **__: object) -> None:
        raise OutboxFull

    with monkeypatch.context() as full:
        full.setattr(road.app.outbox, "change", refuse)
        again = road.app.delivery.step()

    assert again > road.app.clock.now()
    assert road.send(item).state is State.SENT
