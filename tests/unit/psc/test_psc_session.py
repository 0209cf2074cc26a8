"""The identification of one seat: needed, asked, identified, renewed, ended; whoever acts is who was identified."""

from collections import deque
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from dmp_core.errors import (
    ProfessionalMissing,
    PscDenied,
    PscExpired,
    PscOtherPerson,
    PscUnavailable,
    PscUntrusted,
    WrongState,
)
from dmp_core.model.identification import Channel, PscState
from dmp_core.services.notices import PscBrowse, PscChanged, PscNeeded
from dmp_core.testing import people
from dmp_core.testing.identity_provider import exercise

WHO = people.who()
HERE = WHO.structure.national_id


def identify(seat: Any) -> None:
    seat.session.open(Channel.BROWSER, WHO)
    seat.later(seconds=1)


def states(seat: Any) -> list[tuple[PscState, str | None]]:
    return [(one.view.state, one.view.ended) for one in seat.notices if isinstance(one, PscChanged)]


def test_who_is_not_identified_reads_nothing_and_the_host_hears_what_is_needed(seat: Any) -> None:
    with pytest.raises(ProfessionalMissing):
        seat.session.author(WHO)

    assert seat.notices == [PscNeeded()]
    assert seat.session.step() is None


def test_the_browser_is_shown_its_address_and_the_person_comes(seat: Any) -> None:
    view = seat.session.open(Channel.BROWSER, WHO)
    assert (view.state, view.prompt.url) == (PscState.ASKED, "https://wallet.example/auth")

    seat.later(seconds=1)

    assert isinstance(seat.notices[0], PscBrowse)
    assert states(seat) == [(PscState.IDENTIFIED, None)]
    assert seat.session.author(WHO) == WHO.author
    assert ("psc.identified", "899700000001") in [(action, facts["author"]) for action, facts in seat.audit.facts]


def test_the_card_and_the_phone_are_asked_for_the_one_who_works(seat: Any) -> None:
    view = seat.session.open(Channel.MOBILE, WHO)

    assert view.prompt.digits == "42"
    assert seat.provider.asked == ["begin mobile 899700000001"]


def test_the_provider_is_not_asked_before_it_is_due(seat: Any) -> None:
    seat.provider.polls = deque([None, None])
    seat.session.open(Channel.MOBILE, WHO)

    for _ in range(5):
        due = seat.session.step()

    assert seat.provider.asked.count("poll") == 0
    assert due == seat.clock.now() + timedelta(seconds=1)


def test_nobody_is_identified_without_an_operator(seat: Any) -> None:
    with pytest.raises(ProfessionalMissing):
        seat.session.open(Channel.BROWSER, None)

    assert seat.provider.asked == []


@pytest.mark.parametrize("error", [PscDenied("x"), PscExpired("x"), PscUntrusted("x")])
def test_a_refusal_ends_it_and_the_host_that_asks_hears_why(seat: Any, error: Any) -> None:
    seat.provider.polls = deque([error])
    seat.session.open(Channel.MOBILE, WHO)
    seat.later(seconds=1)

    with pytest.raises(type(error)):
        seat.session.poll()

    assert states(seat) == [(PscState.NONE, error.code)]
    assert "abandon" in seat.provider.asked


def test_a_network_that_fails_is_asked_again_until_time_is_up(seat: Any) -> None:
    seat.provider.polls = deque([PscUnavailable("x")] * 100)
    seat.session.open(Channel.MOBILE, WHO)

    for _ in range(30):
        seat.later(seconds=5)

    assert states(seat) == [(PscState.NONE, "DMP-PSC-001")]
    assert 20 < seat.provider.asked.count("poll") < 30


def test_another_person_is_refused_and_their_session_ended(make_seat: Callable[..., Any]) -> None:
    other = WHO.author.model_copy(update={"national_id": "899700000009"})
    seat = make_seat(exercise(other, HERE))
    identify(seat)

    with pytest.raises(PscOtherPerson):
        seat.session.poll()
    with pytest.raises(ProfessionalMissing):
        seat.session.author(WHO)

    assert "end" in seat.provider.asked


def test_who_acts_for_another_author_must_be_the_one_identified(seat: Any) -> None:
    identify(seat)

    with pytest.raises(PscOtherPerson):
        seat.session.author(seat.other())


def test_the_author_who_left_is_no_hindrance_the_operator_acts(seat: Any) -> None:
    identify(seat)
    gone = WHO.author.model_copy(update={"national_id": "899700000009"})

    author = seat.session.author(WHO.model_copy(update={"author": gone, "author_listed": False}))

    assert author.national_id == WHO.author.national_id


def test_the_exercise_in_this_pharmacy_is_taken_among_several(make_seat: Callable[..., Any]) -> None:
    seat = make_seat(exercise(WHO.author, "1990000002", section="DA"), exercise(WHO.author, HERE, section="D"))

    identify(seat)

    assert seat.session.author(WHO).section == "D"
    assert seat.session.view().at_this_structure


def test_two_exercises_in_this_pharmacy_are_a_choice(make_seat: Callable[..., Any]) -> None:
    seat = make_seat(exercise(WHO.author, HERE, section="D"), exercise(WHO.author, HERE, section="DA"))
    identify(seat)
    with pytest.raises(ProfessionalMissing):
        seat.session.author(WHO)

    view = seat.session.view()
    chosen = seat.session.choose(1)

    assert (view.state, len(view.choices)) == (PscState.CHOOSING, 2)
    assert chosen.state is PscState.IDENTIFIED
    assert seat.session.author(WHO).section == "DA"


@pytest.mark.parametrize("rank", [-1, 2, 1000])
def test_a_choice_that_there_is_not_is_refused(make_seat: Callable[..., Any], rank: int) -> None:
    seat = make_seat(exercise(WHO.author, HERE, section="D"), exercise(WHO.author, HERE, section="DA"))
    identify(seat)

    with pytest.raises(WrongState):
        seat.session.choose(rank)


def test_what_the_host_says_of_the_professional_decides_between_two(make_seat: Callable[..., Any]) -> None:
    seat = make_seat(exercise(WHO.author, HERE, section="DA"), exercise(WHO.author, HERE, section="A"))

    identify(seat)

    assert seat.session.author(WHO).section == "A"


def test_a_pharmacy_that_the_directory_does_not_know_yet_is_told_and_left_to_the_dmp(
    make_seat: Callable[..., Any],
) -> None:
    seat = make_seat(exercise(WHO.author, "1990000002"))

    identify(seat)

    assert not seat.session.view().at_this_structure
    assert seat.session.author(WHO) == WHO.author


def test_a_section_that_the_directory_lacks_is_the_host_s(make_seat: Callable[..., Any]) -> None:
    bare = WHO.author.model_copy(update={"section": None})
    seat = make_seat(exercise(bare, HERE))

    identify(seat)

    assert seat.session.author(WHO).section == "A"


def test_it_is_renewed_at_half_of_its_time_as_long_as_it_is_used(seat: Any) -> None:
    identify(seat)

    for _ in range(10):
        seat.session.author(WHO)
        seat.later(minutes=15)

    assert seat.provider.asked.count("renew") == 10
    assert seat.session.view().state is PscState.IDENTIFIED


def test_half_an_hour_without_use_ends_it_at_the_service_too(seat: Any) -> None:
    identify(seat)

    seat.later(minutes=15)
    seat.later(minutes=15)

    assert states(seat)[-1] == (PscState.NONE, "idle")
    assert seat.provider.asked[-1] == "end"


def test_four_hours_are_the_end_however_much_it_is_used(seat: Any) -> None:
    identify(seat)

    for _ in range(17):
        seat.later(minutes=14)
        if seat.session.view().state is PscState.IDENTIFIED:
            seat.session.author(WHO)
    seat.later(minutes=2)

    assert states(seat)[-1] == (PscState.NONE, "too-long")


def test_a_session_that_the_service_ended_is_over_here(seat: Any) -> None:
    seat.provider.renewals.append(PscExpired("x"))
    identify(seat)

    seat.later(minutes=15)

    assert states(seat)[-1] == (PscState.NONE, "DMP-PSC-003")


def test_a_network_that_fails_at_the_renewal_is_asked_again(seat: Any) -> None:
    seat.provider.renewals += [PscUnavailable("x"), PscUnavailable("x")]
    identify(seat)

    seat.later(minutes=15)
    seat.later(seconds=30)
    seat.later(seconds=30)

    assert seat.provider.asked.count("renew") == 3
    assert seat.session.view().state is PscState.IDENTIFIED


def test_what_cannot_be_renewed_any_more_serves_until_its_end_and_no_longer(seat: Any) -> None:
    seat.provider.renewals.extend([PscUnavailable("x")] * 100)
    identify(seat)
    seat.clock.advance(timedelta(minutes=29))
    seat.session.author(WHO)

    seat.clock.advance(timedelta(minutes=1))

    with pytest.raises(ProfessionalMissing):
        seat.session.author(WHO)


def test_the_next_step_is_when_something_falls_due(seat: Any) -> None:
    identify(seat)

    assert seat.session.step() == seat.clock.now() + timedelta(minutes=15)


@pytest.mark.parametrize("after", [0, 1])
def test_another_operator_ends_it_at_once_and_the_service_hears_of_it_later(seat: Any, after: int) -> None:
    seat.session.open(Channel.BROWSER, WHO)
    if after:
        seat.later(seconds=1)
    asked = len(seat.provider.asked)

    seat.session.operator_changed(seat.other())

    assert len(seat.provider.asked) == asked
    assert states(seat)[-1] == (PscState.NONE, "operator-changed")
    seat.session.step()
    assert seat.provider.asked[-1] == ("end" if after else "abandon")


def test_the_same_operator_again_changes_nothing(seat: Any) -> None:
    identify(seat)

    seat.session.operator_changed(WHO)

    assert seat.session.view().state is PscState.IDENTIFIED


def test_nobody_at_work_ends_it(seat: Any) -> None:
    identify(seat)

    seat.session.operator_changed(None)

    assert seat.session.view().ended == "operator-changed"


def test_the_host_closes_it(seat: Any) -> None:
    identify(seat)

    seat.session.close()
    seat.session.step()

    assert seat.session.view().ended == "closed"
    assert seat.provider.asked[-1] == "end"


def test_the_end_of_the_program_ends_the_session_and_the_provider(seat: Any) -> None:
    identify(seat)

    seat.session.shutdown(1)

    assert seat.provider.asked[-2:] == ["end", "close"]


def test_a_second_identification_takes_the_place_of_the_first(seat: Any) -> None:
    identify(seat)

    seat.session.open(Channel.CARD, WHO)
    seat.session.step()

    assert seat.provider.asked[-1] == "end"
    assert seat.session.view().state is PscState.ASKED


def test_who_comes_after_the_host_went_on_is_let_go(seat: Any) -> None:
    seat.session.open(Channel.BROWSER, WHO)
    real = seat.provider.poll

    def closes_meanwhile(*arguments: Any) -> Any:
        proof = real(*arguments)
        seat.session.close()
        return proof

    seat.provider.poll = closes_meanwhile
    seat.later(seconds=1)

    assert seat.session.view().ended == "closed"
    assert "end" in seat.provider.asked


def test_what_the_host_may_see_holds_no_name_in_its_repr(seat: Any) -> None:
    identify(seat)

    view = seat.session.view()

    assert "TITULAIRE" not in f"{view!r} {view} {seat.notices}"
