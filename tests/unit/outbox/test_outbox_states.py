"""The table of changes, against a second copy of it."""

import itertools

import pytest

from dmp_core.errors import WrongState
from dmp_core.model.item import State, WaitReason
from dmp_core.outbox import states

# Typed from the design's sentence on a saved document, not from the table.
TABLE = """
accepted               composed translated waiting refused cancelled
composed               awaiting_confirmation held ready waiting refused cancelled
awaiting_confirmation  ready refused cancelled
held                   ready refused cancelled
ready                  sending waiting refused cancelled
sending                sent waiting uncertain refused
uncertain              ready sent refused
handed                 ready uncertain sent cancelled
waiting                accepted composed ready handed refused cancelled
refused                accepted cancelled
sent
cancelled
translated
"""
STAYS = "accepted composed awaiting_confirmation held ready uncertain handed waiting refused sent"
CHANGES = {(line.split()[0], new) for line in TABLE.strip().splitlines() for new in line.split()[1:]} | {
    (state, state) for state in STAYS.split()
}


@pytest.mark.parametrize(("old", "new"), list(itertools.product(State, State)))
def test_the_two_tables_agree(old: State, new: State) -> None:
    assert states.allowed(old, new) is ((str(old), str(new)) in CHANGES)


def test_every_state_that_is_no_end_leads_to_one() -> None:
    ends = {State.SENT, State.CANCELLED, State.TRANSLATED}
    reach = {state: {state} | set(states.CHANGES[state]) for state in State}

    for _ in State:
        reach = {state: set().union(*(reach[via] for via in known)) for state, known in reach.items()}

    assert all(found & ends for found in reach.values())


def test_nothing_is_sent_without_having_been_ready_and_sending() -> None:
    leads_to_sent = {old for old in State if states.allowed(old, State.SENT)} - {State.SENT}
    leads_to_sending = {old for old in State if states.allowed(old, State.SENDING)}

    assert leads_to_sent == {State.SENDING, State.UNCERTAIN, State.HANDED}  # handed: another seat sent it
    assert leads_to_sending == {State.READY}


def test_what_is_being_sent_cannot_be_cancelled() -> None:
    assert not states.allowed(State.SENDING, State.CANCELLED)
    assert not states.allowed(State.UNCERTAIN, State.CANCELLED)


def test_a_waiting_item_resumes_only_where_it_left() -> None:
    states.check(State.WAITING, State.COMPOSED, State.COMPOSED)

    with pytest.raises(WrongState):
        states.check(State.WAITING, State.COMPOSED, State.READY)


def test_every_state_and_reason_has_a_label_of_its_own() -> None:
    labels = [states.label(state) for state in State] + [states.label(State.WAITING, reason) for reason in WaitReason]

    assert len(set(labels)) == len(State) + len(WaitReason)
    assert states.label(State.SENT) == "Envoyé au DMP"
    assert states.label(State.WAITING, WaitReason.IDENTITY) == "En attente : identité du patient à qualifier"
