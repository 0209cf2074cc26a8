"""A saved document reaches the DMP once, whatever happens on the way. What the DMP holds is read in its registry."""

from collections.abc import Callable
from typing import Any

import pytest

from dmp_core.errors import KeyConflict, RightMissing, WrongState
from dmp_core.model.document import Visibility
from dmp_core.model.identity import IdentityStatus
from dmp_core.model.item import State, WaitReason
from dmp_core.model.oids import Status
from dmp_core.model.practitioner import Right
from dmp_core.services.notices import FeedFinished, WindowWanted


@pytest.mark.exigence("EX_2.1-1090", "EX_2.1-2000", "EX_2.1-2035")
def test_a_vaccination_reaches_the_registry_byte_for_byte(road: Any) -> None:
    item = road.save()

    item = road.send(item)

    (document,) = road.registered()
    assert (document.unique_id, document.sha1, document.size) == (
        item.frozen.unique_id,
        item.frozen.hash,
        item.frozen.size,
    )
    assert document.status == Status.APPROVED


@pytest.mark.exigence("EX_GEN-1450")
def test_a_pharmacy_without_a_card_feeds_in_indirect_mode(make_road: Callable[..., Any]) -> None:
    road = make_road(structure='feed_mode = "indirect"\nread_mode = "air"')

    item = road.send(road.save())

    assert [document.unique_id for document in road.registered()] == [item.frozen.unique_id]


@pytest.mark.exigence("EX_2.1-1050")
def test_the_feed_window_opens_and_nothing_leaves_before_it_is_confirmed(road: Any) -> None:
    item = road.save()

    road.steps(5)

    assert road.app.outbox.get(item.id).state is State.AWAITING_CONFIRMATION
    assert [notice.item.id for notice in road.notices if isinstance(notice, WindowWanted)] == [item.id]
    assert "TD2.1" not in road.fault.asked


@pytest.mark.exigence("EX_2.1-1050")
def test_the_title_and_visibility_that_the_operator_chose_are_those_of_the_registry(road: Any) -> None:
    item = road.send(road.save(), title="Rappel tétanos", visibility=Visibility(masked_to_professionals=True))

    (document,) = road.registered()
    assert document.facets.has_confidentiality("MASQUE_PS")
    assert "Rappel tétanos" in document.metadata.decode()
    assert "<title>Rappel tétanos</title>" in road.simulator.registry.content(item.frozen.unique_id).decode()


@pytest.mark.exigence("EX_GEN-1060", "SC.DMP/ALI/PROG.02")
def test_an_automatic_document_leaves_after_its_hold(make_road: Callable[..., Any]) -> None:
    road = make_road(extra='[documents]\nhold = 0\n[documents.policies]\nnote-vaccination = "automatic"')

    item = road.until(road.save(), State.SENT)

    assert [document.unique_id for document in road.registered()] == [item.frozen.unique_id]


def test_a_manual_document_waits_until_somebody_asks(make_road: Callable[..., Any]) -> None:
    road = make_road(extra='[documents.policies]\nnote-vaccination = "manual"')
    item = road.save()

    road.steps(4)

    assert road.app.outbox.get(item.id).state is State.COMPOSED
    road.app.delivery.confirm(item.id, road.who)
    assert road.until(item, State.SENT)


def test_the_same_save_again_is_the_same_item(road: Any) -> None:
    first, second = road.save(), road.save()

    road.send(first)

    assert second.id == first.id
    assert road.save().state is State.SENT
    assert len(road.registered()) == 1


def test_another_content_under_the_same_key_is_refused_and_the_first_kept(road: Any) -> None:
    road.save()

    with pytest.raises(KeyConflict):
        road.save(rang=3)


def test_a_new_save_of_a_record_takes_the_place_of_one_that_did_not_leave(road: Any) -> None:
    first = road.until(road.save("save-1"), State.AWAITING_CONFIRMATION)

    second = road.send(road.save("save-2", rang=3))

    assert road.app.outbox.get(first.id).state is State.CANCELLED
    assert [document.unique_id for document in road.registered()] == [second.frozen.unique_id]


def test_a_new_save_of_a_record_replaces_the_document_that_was_sent(road: Any) -> None:
    first = road.send(road.save("save-1"))

    second = road.send(road.save("save-2", rang=3))

    statuses = {document.unique_id: document.status for document in road.registered()}
    assert statuses == {first.frozen.unique_id: Status.DEPRECATED, second.frozen.unique_id: Status.APPROVED}
    assert (second.frozen.set_id, second.frozen.version) == (first.frozen.set_id, 2)


@pytest.mark.exigence("EX_GEN-1060", "SC.DMP/HISTO.01")
def test_a_save_that_changes_nothing_sends_nothing(road: Any) -> None:
    road.send(road.save("save-1"))

    second = road.until(road.save("save-2"), State.CANCELLED)

    assert second.fault.code == "DMP-INPUT-011"
    assert len(road.registered()) == 1
    assert road.fault.asked.count("TD2.1") == 1


def test_a_new_save_waits_for_one_that_is_on_its_way(road: Any) -> None:
    road.fault.drop_before.add("TD2.1")
    first = road.until(road.save("save-1"), State.AWAITING_CONFIRMATION)
    road.app.delivery.confirm(first.id, road.who)
    road.until(first, State.UNCERTAIN)

    second = road.until(road.save("save-2", rang=3), State.WAITING)

    assert second.reason is WaitReason.CONFLICT


def test_an_unqualified_identity_waits_and_goes_on_once_it_is_qualified(road: Any) -> None:
    unqualified = road.patient.model_copy(update={"status": IdentityStatus.PROVISOIRE})
    item = road.until(road.save(patient=unqualified), State.WAITING)

    resumed = road.app.intake.patient_updated(road.patient, road.who)

    assert item.reason is WaitReason.IDENTITY
    assert item.fault.code == "DMP-IDENT-002"
    assert [one.id for one in resumed] == [item.id]
    road.send(item)
    assert len(road.registered()) == 1


def test_an_identity_still_unqualified_changes_nothing(road: Any) -> None:
    unqualified = road.patient.model_copy(update={"status": IdentityStatus.RECUPEREE})
    item = road.until(road.save(patient=unqualified), State.WAITING)

    assert road.app.intake.patient_updated(unqualified, road.who) == []
    assert road.app.outbox.get(item.id).state is State.WAITING


def test_a_content_that_the_type_refuses_stands_as_refused_with_its_field(road: Any) -> None:
    item = road.until(road.save(vaccin={"cis": "1"}, acte="BOOSTER"), State.REFUSED)

    assert item.fault.code == "DMP-INPUT-010"
    assert "vaccin.cis" in item.fault.detail
    assert [notice.item.id for notice in road.notices if isinstance(notice, FeedFinished)] == [item.id]


def test_a_type_that_no_plugin_brings_waits_for_the_plugin(road: Any) -> None:
    item = road.until(road.save(type_id="note-inconnue"), State.WAITING)

    assert item.reason is WaitReason.PLUGIN
    assert item.fault.code == "DMP-PLUG-004"


def test_an_operator_without_the_right_to_feed_is_refused(road: Any) -> None:
    operator = road.counter.operator.model_copy(update={"rights": frozenset({Right.READ})})
    road.counter = road.counter.model_copy(update={"operator": operator})

    with pytest.raises(RightMissing):
        road.save()


@pytest.mark.exigence("EX_GEN-1060", "SC.DMP/ALI/PROG.03")
def test_a_cancelled_document_never_leaves(road: Any) -> None:
    item = road.until(road.save(), State.AWAITING_CONFIRMATION)

    road.app.delivery.cancel(item.id, road.who)
    road.steps(4)

    assert road.app.outbox.get(item.id).state is State.CANCELLED
    assert road.registered() == []
    with pytest.raises(WrongState):
        road.app.delivery.confirm(item.id, road.who)


def test_a_card_of_another_professional_feeds_nothing(road: Any) -> None:
    other = road.who.author.model_copy(update={"national_id": "899700000009"})
    operator = road.counter.operator.model_copy(update={"practitioner": other})
    road.counter = road.counter.model_copy(update={"operator": operator})
    item = road.until(road.save(), State.AWAITING_CONFIRMATION)

    road.app.delivery.confirm(item.id, road.who)
    item = road.until(item, State.WAITING)

    assert (item.reason, item.fault.code) == (WaitReason.CARD, "DMP-RIGHT-003")
    assert road.registered() == []
