"""A patient who opposes feeding: nothing more leaves, wherever the document stood."""

from typing import Any

import pytest

from dmp_core.errors import PatientOpposed
from dmp_core.model.consent import ConsentKind
from dmp_core.model.item import State
from dmp_core.services.notices import FeedFinished

OPPOSED = ConsentKind.OPPOSED_TO_FEEDING


def oppose(care: Any, *, given: bool = True) -> Any:
    return care.app.consents.record(care.patient.host_id, OPPOSED, care.who, given=given)


def bring(care: Any, state: State) -> Any:
    item = care.until(care.save(), State.AWAITING_CONFIRMATION)
    return care.app.delivery.confirm(item.id, care.who) if state is State.READY else item


@pytest.mark.parametrize("state", [State.AWAITING_CONFIRMATION, State.READY])
@pytest.mark.exigence("SC.DMP/ALI/PROG.04", "SC.DMP/CONF.09")
def test_what_waits_is_cancelled_with_its_reason_and_the_host_hears_of_it(care: Any, state: State) -> None:
    item = bring(care, state)

    _, cancelled = oppose(care)
    care.app.delivery.step()

    item = care.app.outbox.get(item.id)
    assert [one.id for one in cancelled] == [item.id]
    assert (item.state, item.fault.code) == (State.CANCELLED, "DMP-CONS-001")
    assert [one.item.id for one in care.notices if isinstance(one, FeedFinished)] == [item.id]
    assert care.registered() == []


def test_a_later_save_is_kept_cancelled_with_its_reason(care: Any) -> None:
    oppose(care)

    item = care.until(care.save(), State.CANCELLED)

    assert item.fault.code == "DMP-CONS-001"
    assert care.fault.asked == []


def test_an_answer_that_was_lost_is_looked_up_and_what_did_not_arrive_is_not_sent_again(care: Any) -> None:
    item = bring(care, State.READY)
    care.fault.drop_before.add("TD2.1")
    item = care.until(item, State.UNCERTAIN)
    oppose(care)
    care.fault.drop_before.clear()
    care.app.outbox.change(item, State.UNCERTAIN, now=care.app.clock.now(), due_at=care.app.clock.now())

    item = care.until(item, State.CANCELLED)

    assert care.registered() == []


def test_what_was_sent_before_stays_and_may_be_withdrawn(care: Any) -> None:
    item = care.send(care.save())

    oppose(care)

    assert care.app.outbox.get(item.id).state is State.SENT


@pytest.mark.exigence("SC.DMP/CONF.09")
def test_an_opposition_outlives_a_stop(care: Any) -> None:
    oppose(care)
    care.reopen()

    assert care.until(care.save(), State.CANCELLED)


def test_in_the_race_a_confirmation_says_that_the_patient_opposed(care: Any) -> None:
    item = bring(care, State.AWAITING_CONFIRMATION)
    care.app.consents._cancel = lambda _structure, _host_id, _since: ()
    oppose(care)

    with pytest.raises(PatientOpposed):
        care.app.delivery.confirm(item.id, care.who)


def test_in_the_race_what_the_delivery_cancelled_first_is_named_too(care: Any) -> None:
    item = care.save()
    cancel = care.app.consents._cancel

    def delivery_first(*asked: Any) -> Any:
        care.app.delivery.step()
        return cancel(*asked)

    care.app.consents._cancel = delivery_first
    _, cancelled = oppose(care)

    assert [one.id for one in cancelled] == [item.id]


def test_once_it_is_taken_back_a_new_save_leaves(care: Any) -> None:
    oppose(care)
    care.until(care.save("save-1"), State.CANCELLED)

    oppose(care, given=False)

    care.send(care.save("save-2"))
    assert len(care.registered()) == 1
