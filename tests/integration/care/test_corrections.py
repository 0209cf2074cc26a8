"""After sending: withdrawn, shown otherwise, archived, replaced. What the DMP holds is read in its registry."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from dmp_core.errors import (
    InsNotQualified,
    KeyConflict,
    NotFound,
    PatientMismatch,
    RightMissing,
    WrongState,
)
from dmp_core.model.document import Visibility
from dmp_core.model.item import CorrectionKind, CorrectionState, State, WaitReason, WithdrawReason
from dmp_core.model.oids import Status
from dmp_core.model.practitioner import Right
from dmp_core.services.notices import OutboxChanged
from hostbridge.protocol.outbox import ItemView

WRONG_DOCUMENT = WithdrawReason.WRONG_DOCUMENT
DONE, PENDING, REFUSED = CorrectionState.DONE, CorrectionState.PENDING, CorrectionState.REFUSED


def statuses(care: Any) -> list[str]:
    return [document.status for document in care.registered()]


def withdraw(care: Any, item: Any, reason: WithdrawReason = WRONG_DOCUMENT) -> Any:
    return care.app.corrections.withdraw(item.id, care.patient, reason, care.who)


def due_now(care: Any, item: Any) -> None:
    """The time of the next try has come."""
    now = care.app.clock.now()
    item = care.app.outbox.get(item.id)
    care.app.outbox.change(item, item.state, now=now, due_at=now)


# ---------------------------------------------------------------- withdraw


@pytest.mark.parametrize("reason", WithdrawReason)
@pytest.mark.exigence("SC.DMP/CONF.03", "SC.DMP/HISTO.02")
def test_a_withdrawn_document_is_deleted_and_its_receipt_says_why_and_by_whom(
    care: Any, reason: WithdrawReason
) -> None:
    item = care.send(care.save())

    item = withdraw(care, item, reason)

    assert statuses(care) == [Status.DELETED]
    (correction,) = care.app.outbox.get(item.id).corrections
    assert (correction.kind, correction.state, correction.reason) == (CorrectionKind.WITHDRAW, DONE, reason)
    assert correction.who.operator.id == care.who.operator.id
    assert ItemView.of(item).label == "Retiré du DMP"


def test_the_patient_is_forgotten_again_once_it_is_done(care: Any) -> None:
    item = withdraw(care, care.send(care.save()))

    assert item.patient is None
    assert [one.patient for one in item.corrections] == [None]


def test_the_audit_tells_of_the_question_and_of_its_end(care: Any) -> None:
    item = withdraw(care, care.send(care.save()))

    told = [(one["item"], one["state"], one["reason"], one["result"]) for one in care.audited("feed.corrected")]
    assert told == [
        (item.id, "withdraw", "wrong_document", "asked"),
        (item.id, "withdraw", "wrong_document", "ok"),
    ]


def test_a_pharmacy_without_a_card_withdraws_in_indirect_mode(make_care: Callable[..., Any]) -> None:
    care = make_care(structure='feed_mode = "indirect"\nread_mode = "air"')

    item = withdraw(care, care.send(care.save()))

    assert (item.withdrawn.state, statuses(care)) == (DONE, [Status.DELETED])


@pytest.mark.exigence("EX_3.3-1060", "SC.DMP/CONF.05")
def test_without_an_authorisation_on_the_record_a_document_is_withdrawn_by_its_reference(care: Any) -> None:
    item = care.send(care.save())
    expired = care.app.clock.now() - timedelta(days=1)
    care.simulator.patients.authorise(care.patient.ins.cx, care.who.author.national_id, until=expired)

    withdraw(care, item)

    assert statuses(care) == [Status.DELETED]


def test_after_a_withdrawal_a_new_save_of_the_record_is_a_new_document(care: Any) -> None:
    first = withdraw(care, care.send(care.save("save-1")))

    second = care.send(care.save("save-2"))

    assert second.frozen.set_id != first.frozen.set_id
    assert second.frozen.version == 1
    assert statuses(care) == [Status.DELETED, Status.APPROVED]


def test_what_was_withdrawn_is_corrected_no_more(care: Any) -> None:
    item = withdraw(care, care.send(care.save()))

    for correct in (
        lambda: withdraw(care, item),
        lambda: care.app.corrections.archive(item.id, care.patient, care.who),
        lambda: care.app.corrections.replace(item.id, care.patient, "save-2", {}, care.who),
    ):
        with pytest.raises(WrongState):
            correct()


# ---------------------------------------------------------------- interrupted


def test_a_withdrawal_whose_answer_was_lost_is_looked_up_and_not_made_twice(care: Any) -> None:
    item = care.send(care.save())
    care.fault.drop_after.add("TD3.3c")

    item = withdraw(care, item)
    assert (item.correcting.state, item.correcting.fault.code) == (PENDING, "DMP-NET-002")
    due_now(care, item)
    care.app.delivery.step()

    assert care.app.outbox.get(item.id).withdrawn
    assert care.fault.asked.count("TD3.3c") == 1


def test_a_withdrawal_that_never_arrived_is_made_again(care: Any) -> None:
    item = care.send(care.save())
    care.fault.drop_before.add("TD3.3c")
    item = withdraw(care, item)
    care.fault.drop_before.clear()

    due_now(care, item)
    care.app.delivery.step()

    assert statuses(care) == [Status.DELETED]
    assert care.app.outbox.get(item.id).withdrawn


def test_it_is_tried_again_less_and_less_often(care: Any) -> None:
    item = care.send(care.save())
    care.fault.drop_before.update({"TD3.1", "TD3.3c"})
    item = withdraw(care, item)

    delays = []
    for _ in range(4):
        delays.append(round((item.due_at - item.changed_at).total_seconds()))
        due_now(care, item)
        care.app.delivery.step()
        item = care.app.outbox.get(item.id)

    assert delays == [2, 4, 8, 16]


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("change", [1, 2])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_killed_between_the_steps_a_withdrawal_is_found_again_and_ends_once(
    make_care: Callable[..., Any], moment: str, change: int
) -> None:
    """Change 1 keeps that it was asked, change 2 its end."""
    care = make_care()
    item = care.send(care.save())
    outbox, made = care.app.outbox, []
    real = outbox.change

    def deadly(*given: Any, **named: Any) -> Any:
        made.append(named)
        if len(made) == change and moment == "before":
            raise Killed
        changed = real(*given, **named)
        if len(made) == change:
            raise Killed
        return changed

    outbox.change = deadly
    with pytest.raises(Killed):
        withdraw(care, item)
    care.reopen()
    if care.app.outbox.get(item.id).correcting:
        due_now(care, item)
        care.app.delivery.step()

    never_asked = (change, moment) == (1, "before")
    assert statuses(care) == [Status.APPROVED if never_asked else Status.DELETED]
    assert bool(care.app.outbox.get(item.id).withdrawn) is not never_asked
    assert care.fault.asked.count("TD3.3c") == (0 if never_asked else 1)
    assert care.app.outbox.next_due() is None


def test_while_it_is_pending_a_new_save_waits_and_then_goes_on(care: Any) -> None:
    item = care.send(care.save("save-1"))
    care.fault.drop_before.add("TD3.3c")
    item = withdraw(care, item)

    second = care.until(care.save("save-2", rang=3), State.WAITING)
    care.fault.drop_before.clear()
    due_now(care, item)
    care.app.delivery.step()

    assert second.reason is WaitReason.CONFLICT
    care.send(second)
    assert statuses(care) == [Status.DELETED, Status.APPROVED]


def test_two_corrections_at_once_are_refused(care: Any) -> None:
    item = care.send(care.save())
    care.fault.drop_before.add("TD3.3c")
    withdraw(care, item)

    with pytest.raises(WrongState):
        care.app.corrections.archive(item.id, care.patient, care.who)


def test_a_refusal_of_the_dmp_is_kept_with_its_words_and_the_document_stays(care: Any) -> None:
    item = care.send(care.save())
    other = care.who.author.model_copy(update={"national_id": "899700000009"})
    who = care.who.model_copy(update={"author": other})

    item = care.app.corrections.withdraw(item.id, care.patient, WRONG_DOCUMENT, who)

    (correction,) = item.corrections
    assert (correction.state, correction.fault.code, correction.patient) == (REFUSED, "DMP-RIGHT-003", None)
    assert statuses(care) == [Status.APPROVED]
    assert withdraw(care, item).withdrawn


# ---------------------------------------------------------------- visibility


VISIBILITIES = {
    "masked": Visibility(masked_to_professionals=True),
    "hidden": Visibility(hidden_from_patient=True),
    "everybody": Visibility(),
}
SEEN = {"masked": {"MASQUE_PS"}, "hidden": {"INVISIBLE_PATIENT"}, "everybody": set()}


def hidden_by(care: Any) -> set[str]:
    (document,) = care.registered()
    codes = ("MASQUE_PS", "INVISIBLE_PATIENT", "INVISIBLE_REPRESENTANTS_LEGAUX")
    return {code for code in codes if document.facets.has_confidentiality(code)}


@pytest.mark.parametrize(
    ("before", "after"),
    [("everybody", "masked"), ("masked", "everybody"), ("hidden", "everybody"), ("hidden", "masked")],
)
def test_the_visibility_becomes_what_was_chosen(care: Any, before: str, after: str) -> None:
    item = care.send(care.save(), visibility=VISIBILITIES[before])

    item = care.app.corrections.set_visibility(item.id, care.patient, VISIBILITIES[after], care.who)

    assert item.corrections[0].state is DONE, item.corrections[0].fault
    assert hidden_by(care) == SEEN[after]
    assert item.visibility == VISIBILITIES[after]


def test_a_visibility_that_is_so_already_asks_for_no_change(care: Any) -> None:
    item = care.send(care.save())

    item = care.app.corrections.set_visibility(item.id, care.patient, Visibility(), care.who)

    assert item.corrections[0].state is DONE
    assert not [asked for asked in care.fault.asked if asked.startswith("TD3.3")]


def test_what_the_dmp_does_not_let_be_hidden_afterwards_is_refused_with_its_words(care: Any) -> None:
    item = care.send(care.save())

    item = care.app.corrections.set_visibility(item.id, care.patient, VISIBILITIES["hidden"], care.who)

    (correction,) = item.corrections
    assert (correction.state, item.visibility) == (REFUSED, Visibility())
    assert correction.fault.dmp_text
    assert hidden_by(care) == set()


def test_a_lost_answer_to_a_change_of_visibility_is_looked_up(care: Any) -> None:
    item = care.send(care.save())
    care.fault.drop_after.add("TD3.3a")
    item = care.app.corrections.set_visibility(item.id, care.patient, VISIBILITIES["masked"], care.who)

    due_now(care, item)
    care.app.delivery.step()

    assert care.app.outbox.get(item.id).corrections[0].state is DONE
    assert (care.fault.asked.count("TD3.3a"), hidden_by(care)) == (1, {"MASQUE_PS"})


def test_a_document_shown_otherwise_is_withdrawn_too(care: Any) -> None:
    item = care.send(care.save())
    item = care.app.corrections.set_visibility(item.id, care.patient, VISIBILITIES["masked"], care.who)

    item = withdraw(care, item)

    assert [one.kind for one in item.corrections] == [CorrectionKind.VISIBILITY, CorrectionKind.WITHDRAW]
    assert statuses(care) == [Status.DELETED]


# ---------------------------------------------------------------- archive


def test_a_document_goes_into_the_archive_and_out_of_it(care: Any) -> None:
    item = care.send(care.save())

    item = care.app.corrections.archive(item.id, care.patient, care.who)
    archived = statuses(care)
    care.app.corrections.archive(item.id, care.patient, care.who, archived=False)

    assert (item.archived, archived, statuses(care)) == (True, [Status.ARCHIVED], [Status.APPROVED])


def test_an_archived_document_is_withdrawn(care: Any) -> None:
    item = care.send(care.save())
    care.app.corrections.archive(item.id, care.patient, care.who)

    withdraw(care, item)

    assert statuses(care) == [Status.DELETED]


@pytest.mark.parametrize("modes", ["read_mode = 'air'", "read_mode = 'direct'"])
def test_a_pharmacy_that_feeds_in_indirect_mode_archives_as_it_reads(make_care: Callable[..., Any], modes: str) -> None:
    care = make_care(structure=f"feed_mode = 'indirect'\n{modes}")
    item = care.send(care.save())

    item = care.app.corrections.archive(item.id, care.patient, care.who)

    assert item.corrections[0].state is DONE, item.corrections[0].fault
    assert statuses(care) == [Status.ARCHIVED]


# ---------------------------------------------------------------- replace


def test_a_replacement_takes_the_place_of_the_document_that_was_sent(care: Any) -> None:
    first = care.send(care.save("save-1"))
    from_host = {**care.vaccination, "rang": 3}

    item = care.app.corrections.replace(first.id, care.patient, "save-2", from_host, care.who)
    second = care.send(item)

    assert (item.record, second.frozen.version) == (first.record, 2)
    assert statuses(care) == [Status.DEPRECATED, Status.APPROVED]


def test_what_was_replaced_is_corrected_no_more_the_last_version_is(care: Any) -> None:
    first = care.send(care.save("save-1"))
    second = care.send(care.save("save-2", rang=3))

    with pytest.raises(WrongState):
        withdraw(care, first)

    assert withdraw(care, second).withdrawn


def test_a_replacement_under_a_key_of_another_content_is_refused(care: Any) -> None:
    first = care.send(care.save("save-1"))

    with pytest.raises(KeyConflict):
        care.app.corrections.replace(first.id, care.patient, "save-1", {"rang": 3}, care.who)


# ---------------------------------------------------------------- what a window asks with


def test_what_the_dmp_will_do_is_told_before(care: Any) -> None:
    item = care.send(care.save())

    possible = {one.kind: one for one in care.app.corrections.explain(item.id, care.who, VISIBILITIES["masked"])}

    assert set(possible) == {"withdraw", "visibility", "archive", "replace"}
    assert [one.fault for one in possible.values()] == [None] * 4
    assert "supprime" in possible["withdraw"].effect
    assert "définitif" in possible["withdraw"].effect
    assert "professionnels" in possible["visibility"].effect


def test_what_was_not_sent_is_not_corrected(care: Any) -> None:
    item = care.until(care.save(), State.AWAITING_CONFIRMATION)

    assert all(isinstance(one.fault, WrongState) for one in care.app.corrections.explain(item.id, care.who))
    with pytest.raises(WrongState):
        withdraw(care, item)


def test_the_document_of_another_patient_is_left_alone(care: Any) -> None:
    item = care.send(care.save())

    with pytest.raises(PatientMismatch):
        care.app.corrections.withdraw(item.id, care.counter.patients[1], WRONG_DOCUMENT, care.who)


def test_an_identity_that_is_not_qualified_corrects_nothing(care: Any) -> None:
    item = care.send(care.save())

    with pytest.raises(InsNotQualified):
        care.app.corrections.withdraw(item.id, care.newcomer, WRONG_DOCUMENT, care.who)
    assert care.app.outbox.get(item.id).corrections == ()


def test_who_may_not_feed_withdraws_nothing(care: Any) -> None:
    item = care.send(care.save())

    with pytest.raises(RightMissing):
        care.app.corrections.withdraw(item.id, care.patient, WRONG_DOCUMENT, care.by(Right.READ))


def test_an_item_of_another_pharmacy_is_not_found(care: Any) -> None:
    item = care.send(care.save())
    structure = care.who.structure.model_copy(update={"national_id": "1990000002"})
    who = care.who.model_copy(update={"structure": structure})

    with pytest.raises(NotFound):
        care.app.corrections.withdraw(item.id, care.patient, WRONG_DOCUMENT, who)


def test_the_host_hears_of_each_step(care: Any) -> None:
    item = care.send(care.save())
    care.notices.clear()

    withdraw(care, item)

    told = [one.item.corrections[-1].state for one in care.notices if isinstance(one, OutboxChanged)]
    assert told == [PENDING, DONE]
