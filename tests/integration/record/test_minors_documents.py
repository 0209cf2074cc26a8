"""What a minor under secret connection has fed is hidden from the legal representatives, whatever the policy."""

from collections.abc import Callable
from typing import Any

import pytest
from counters import VACCINATION, until

from dmp_core.api import SavedDocument
from dmp_core.model.document import Visibility
from dmp_core.model.identity import Patient
from dmp_core.model.item import OutboxItem, State
from dmp_core.model.opening import OpenWish

AUTOMATIC = '[documents]\nhold = 0\n[documents.policies]\nnote-vaccination = "automatic"\n'
HIDDEN = "INVISIBLE_REPRESENTANTS_LEGAUX"


@pytest.fixture
def desk(make_desk: Callable[..., Any]) -> Any:
    return make_desk(extra=AUTOMATIC)


@pytest.fixture
def minor(desk: Any, make_minor: Callable[[], Patient]) -> Patient:
    return make_minor()


def asks(desk: Any, patient: Patient, *, secret: bool) -> None:
    desk.app.access.open(patient, desk.who, OpenWish(secret_connection=secret))


def saved(desk: Any, patient: Patient) -> OutboxItem:
    document = SavedDocument(
        key="save-1", record="record-1", type_id="note-vaccination", patient=patient, content=VACCINATION
    )
    item: OutboxItem = desk.app.intake.save(document, desk.who)
    return item


def is_hidden(desk: Any, patient: Patient) -> bool:
    """As the DMP has it."""
    number = desk.simulator.patients.number(patient.ins.cx)
    (document,) = [one for one in desk.simulator.registry.of_patient(number) if not one.facets.is_signature]
    hidden: bool = document.facets.has_confidentiality(HIDDEN)
    return hidden


@pytest.mark.exigence("EX_2.1-1050")
def test_what_leaves_by_itself_is_hidden_from_the_representatives(desk: Any, minor: Patient) -> None:
    asks(desk, minor, secret=True)

    until(desk.app, saved(desk, minor), State.SENT)

    assert is_hidden(desk, minor)


def test_an_answer_during_the_hold_counts(desk: Any, minor: Patient) -> None:
    item = until(desk.app, saved(desk, minor), State.HELD)

    asks(desk, minor, secret=True)
    until(desk.app, item, State.SENT)

    assert is_hidden(desk, minor)


def test_the_answer_holds_once_the_patient_has_left(desk: Any, minor: Patient) -> None:
    asks(desk, minor, secret=True)
    desk.app.consult.closed(minor.host_id)

    until(desk.app, saved(desk, minor), State.SENT)

    assert is_hidden(desk, minor)


def test_a_minor_who_asked_for_nothing_hides_nothing(desk: Any, minor: Patient) -> None:
    asks(desk, minor, secret=False)

    until(desk.app, saved(desk, minor), State.SENT)

    assert not is_hidden(desk, minor)


def test_everything_sent_together_is_hidden_too(desk: Any, minor: Patient) -> None:
    item = until(desk.app, saved(desk, minor), State.HELD)
    asks(desk, minor, secret=True)

    desk.app.delivery.confirm(item.id, desk.who)  # *Tout envoyer* chooses no visibility
    until(desk.app, item, State.SENT)

    assert is_hidden(desk, minor)


def test_the_counter_may_decide_otherwise_where_it_was_asked(desk: Any, minor: Patient) -> None:
    asks(desk, minor, secret=True)
    item = until(desk.app, saved(desk, minor), State.HELD)

    form = desk.app.delivery.describe(item.id, desk.who)
    desk.app.delivery.confirm(item.id, desk.who, visibility=Visibility())
    until(desk.app, item, State.SENT)

    assert form.visibility.hidden_from_representatives
    assert not is_hidden(desk, minor)


def test_an_adult_of_today_hides_nothing_of_what_the_minor_asked(desk: Any, minor: Patient) -> None:
    asks(desk, minor, secret=True)
    grown = minor.model_copy(
        update={
            "traits": minor.traits.model_copy(
                update={"birth_date": minor.traits.birth_date.replace(year=minor.traits.birth_date.year - 10)}
            )
        }
    )

    assert not desk.app.secrecy.holds(desk.who.structure.national_id, grown)
