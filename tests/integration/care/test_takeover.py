"""A document that waits for somebody who has left says so; the titulaire takes it over, and its author stays."""

from collections.abc import Callable
from typing import Any

import pytest

from dmp_core.documents.reading import read_header
from dmp_core.errors import RightMissing, WrongState
from dmp_core.model.item import State, WaitReason
from dmp_core.model.practitioner import Practitioner, Right
from dmp_core.outbox.states import label

GONE = Practitioner(national_id="899700000009", family="PARTIE", given="LOU", profession="21", section="D")


def by_somebody_else(care: Any) -> Any:
    """Who saved it at the counter, with a card that is no longer there."""
    operator = care.counter.operator.model_copy(update={"id": "operateur-9", "practitioner": GONE})
    return care.who.model_copy(update={"operator": operator, "author": GONE})


def waiting(care: Any, key: str = "save-1", record: str = "record-1") -> Any:
    """A confirmed document that waits for the card of its author."""
    item = care.until(care.save(key, record, who=by_somebody_else(care)), State.AWAITING_CONFIRMATION)
    care.app.delivery.confirm(item.id, item.who)
    return care.until(item, State.WAITING)


def titulaire(care: Any) -> Any:
    return care.by(*Right)


def test_what_waits_for_the_card_of_somebody_who_has_left_says_so(care: Any) -> None:
    item = waiting(care)
    assert item.reason is WaitReason.CARD

    (told,) = care.app.takeover.departed(GONE.national_id, titulaire(care))

    assert (told.id, told.reason, told.fault.code) == (item.id, WaitReason.AUTHOR, "DMP-RIGHT-010")
    assert "titulaire" in label(told.state, told.reason)


def test_what_they_saved_and_confirmed_later_says_so_at_once(care: Any) -> None:
    care.app.takeover.departed(GONE.national_id, titulaire(care))

    item = waiting(care)

    assert item.reason is WaitReason.AUTHOR
    assert "TD2.1" not in care.fault.asked


@pytest.mark.exigence("RG_2230", "SC.DMP/HISTO.04")
def test_taken_over_it_reaches_the_dmp_with_its_author_and_the_pharmacy(care: Any) -> None:
    item = waiting(care)
    care.app.takeover.departed(GONE.national_id, titulaire(care))

    taken = care.app.takeover.take_over(item.id, titulaire(care))

    assert (taken.who.author, taken.who.author_listed) == (GONE, False)
    assert taken.who.acting == care.who.author
    item = care.send(taken)
    (document,) = care.registered()
    header = read_header(care.simulator.registry.content(document.unique_id))
    assert header.authors == ("LOU PARTIE", care.who.structure.name)
    (told,) = care.audited("feed.taken_over")
    assert (told["item"], told["operator"], told["author"]) == (item.id, care.who.operator.id, GONE.national_id)


def test_nothing_has_to_be_told_before_a_document_is_taken_over(care: Any) -> None:
    item = waiting(care)

    taken = care.app.takeover.take_over(item.id, titulaire(care))

    assert care.send(taken)


@pytest.mark.parametrize("state", [State.AWAITING_CONFIRMATION, State.READY])
def test_it_is_composed_anew_for_its_authors_stand_in_it(care: Any, state: State) -> None:
    item = care.until(care.save(who=by_somebody_else(care)), State.AWAITING_CONFIRMATION)
    if state is State.READY:
        item = care.app.delivery.confirm(item.id, item.who)

    taken = care.app.takeover.take_over(item.id, titulaire(care))

    assert taken.state is State.ACCEPTED
    care.send(taken)
    assert len(care.registered()) == 1


def test_an_uncertain_document_is_looked_up_and_not_made_anew(make_care: Callable[..., Any]) -> None:
    care = make_care()
    item = care.until(care.save(who=care.who), State.AWAITING_CONFIRMATION)
    care.fault.drop_after.add("TD2.1")
    care.app.delivery.confirm(item.id, item.who)
    item = care.until(item, State.UNCERTAIN)
    left = item.who.model_copy(update={"author": GONE, "operator": by_somebody_else(care).operator})
    care.app.outbox.change(item, State.UNCERTAIN, now=care.app.clock.now(), who=left)

    taken = care.app.takeover.take_over(item.id, titulaire(care))
    item = care.until(taken, State.SENT)

    assert [one.unique_id for one in care.registered()] == [item.frozen.unique_id]
    assert care.fault.asked.count("TD2.1") == 1


def test_whoever_comes_back_sends_what_waited(care: Any) -> None:
    item = waiting(care)
    care.app.takeover.departed(GONE.national_id, titulaire(care))

    (told,) = care.app.takeover.departed(GONE.national_id, titulaire(care), left=False)

    assert (told.id, told.reason) == (item.id, WaitReason.CARD)


def test_a_pharmacy_without_a_card_needs_nobody_to_send_it(make_care: Callable[..., Any]) -> None:
    care = make_care(structure="feed_mode = 'indirect'\nread_mode = 'air'")
    care.app.takeover.departed(care.who.author.national_id, titulaire(care))

    assert care.send(care.save())


def test_only_whoever_administers_says_so_and_takes_over(care: Any) -> None:
    item = waiting(care)

    with pytest.raises(RightMissing):
        care.app.takeover.departed(GONE.national_id, care.by(Right.FEED))
    with pytest.raises(RightMissing):
        care.app.takeover.take_over(item.id, care.by(Right.FEED, Right.READ))


def test_one_s_own_document_and_a_sent_one_are_not_taken_over(care: Any) -> None:
    own = care.save("save-2", "record-2")
    sent = care.send(care.save("save-3", "record-3"))

    for item in (own, sent):
        with pytest.raises(WrongState):
            care.app.takeover.take_over(item.id, titulaire(care))
