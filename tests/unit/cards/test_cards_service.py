"""The cards of the seat: what host and plugins are told, whatever the card does."""

from collections.abc import Callable
from typing import Any

import pytest

from dmp_core import errors
from dmp_core.cards.atr import CardKind
from dmp_core.model.beneficiary import Beneficiary
from dmp_core.ports import Readers
from dmp_core.services.notices import CardTold
from dmp_core.simulator.cards import liars
from dmp_core.simulator.cards.cps3 import Cps3, Cps3Contactless
from dmp_core.simulator.cards.cps4 import Cps4
from dmp_core.simulator.cards.vitale import DURAND, Vitale1, Vitale2, person_of
from dmp_core.simulator.counter import Counter
from dmp_core.testing import people
from dmp_core.testing.beneficiaries import CODE, SimulatedBeneficiaries

CHILD = ("DURAND", "PAUL", "20120229", "269054958815780")
MARIE = Beneficiary(family="DURAND", given="MARIE", birth_date="19690713")


@pytest.mark.parametrize(("kind", "of"), [("cps3", Cps3), ("cps4", Cps4), ("cps3_contactless", Cps3Contactless)])
def test_a_cps_is_told_when_it_comes_and_when_it_goes(
    seat: Any, holder: Any, kind: str, of: Callable[..., Any]
) -> None:
    seat.readers.insert("droite", of(holder))
    seat.step()
    seat.readers.remove("droite")
    seat.step()

    assert seat.told == [
        CardTold("droite", CardKind(kind), present=True),
        CardTold("droite", CardKind(kind), present=False),
    ]
    assert [(event.card, event.present, event.people) for event in seat.heard] == [
        ("cps", True, ()),
        ("cps", False, ()),
    ]


def test_nobody_speaks_to_a_cps(seat: Any, cps3: Cps3) -> None:
    seat.readers.insert("droite", liars.Mute(cps3))
    seat.read()

    assert seat.problems == []
    assert seat.cards.listed()[1].kind is CardKind.CPS3


def test_the_persons_of_a_vitale_are_offered_in_any_slot(seat: Any) -> None:
    seat.readers.insert("gauche", Vitale2([DURAND, CHILD]))
    seat.read()

    suggestion = seat.suggested[0]
    assert suggestion.plugin is None
    assert [person.given for person in suggestion.people] == ["MARIE", "PAUL"]
    assert suggestion.person == suggestion.people[0]
    assert suggestion.person.nir == "269054958815780"
    assert suggestion.problem is None


def test_the_card_is_told_before_it_is_read(seat: Any) -> None:
    seat.readers.insert("gauche", Vitale2())
    seat.step()

    assert seat.told == [CardTold("gauche", CardKind.VITALE2, present=True)]
    assert [(seen.reading, seen.busy) for seen in seat.cards.listed()] == [(True, False), (False, False)]
    assert seat.heard == []


def test_a_plugin_hears_the_persons_and_may_choose_one(seat: Any) -> None:
    seat.readers.insert("gauche", Vitale2([DURAND, CHILD]))
    seat.read()

    assert [len(event.people) for event in seat.heard] == [2]
    assert (seat.suggested[1].plugin, seat.suggested[1].person.given) == ("hears_cards", "PAUL")


def test_a_card_of_the_open_patient_is_no_problem(seat: Any, counter: Counter) -> None:
    patient = counter.patients[0]
    seat.session.opened(patient)
    seat.readers.insert("gauche", Vitale2([DURAND, person_of(patient)]))
    seat.read()

    assert seat.suggested[0].problem is None


def test_a_card_of_somebody_else_than_the_open_patient_is_said(seat: Any, counter: Counter) -> None:
    seat.session.opened(counter.patients[0])
    seat.readers.insert("gauche", Vitale2())
    seat.read()

    assert isinstance(seat.suggested[0].problem, errors.OtherPatientsCard)


def test_it_is_said_too_where_the_patient_is_opened_after_the_card_came(seat: Any, counter: Counter) -> None:
    seat.readers.insert("gauche", Vitale2())
    seat.read()
    seat.session.opened(counter.patients[0])
    seat.step()
    seat.step()

    assert [type(each.problem) for each in seat.suggested] == [type(None), errors.OtherPatientsCard]


def test_a_card_pulled_while_it_was_read_suggests_nobody(seat: Any) -> None:
    seat.readers.insert("gauche", Vitale2())
    seat.step()
    seat.readers.remove("gauche")
    seat.step()
    seat.run_readings()
    seat.step()

    assert seat.suggested == []
    assert [notice.present for notice in seat.told] == [True, False]
    assert seat.heard == []


@pytest.mark.parametrize("liar", [liars.WrongLengths, liars.Garbage, liars.Refusing])
def test_a_card_that_lies_is_told_and_the_next_one_is_read(seat: Any, liar: Callable[..., Any]) -> None:
    seat.readers.insert("gauche", liar(Vitale2()))
    seat.read()
    seat.readers.remove("gauche")
    seat.step()
    seat.readers.insert("gauche", Vitale2())
    seat.read()

    assert seat.problems == [errors.VitaleUnreadable.code]
    assert len(seat.suggested) == 1
    assert next(event.people for event in seat.heard) == ()


@pytest.mark.parametrize(
    ("card", "problem"), [(Vitale1(), errors.VitaleUnreadable), (liars.Altered(Vitale2()), errors.CardUnknown)]
)
def test_a_card_that_cannot_be_read_at_all_is_told_at_once(
    seat: Any, monkeypatch: pytest.MonkeyPatch, card: Any, problem: type[errors.DmpError]
) -> None:
    if problem is errors.CardUnknown:
        monkeypatch.setattr(type(card), "atr", bytes.fromhex("3B6500002063CB6800"))
    seat.readers.insert("gauche", card)
    seat.step()

    assert seat.problems == [problem.code]
    assert seat.started == []


def test_a_mute_card_is_told_within_five_seconds_and_others_go_on(seat: Any, cps3: Cps3) -> None:
    seat.readers.insert("gauche", Vitale2())
    seat.step()
    seat.pass_time(2.0)
    seat.readers.insert("droite", cps3)
    seat.step()
    before = list(seat.problems)
    seat.pass_time(2.5)

    assert before == []
    assert seat.problems == [errors.CardMute.code]
    assert [(seen.kind, seen.reading) for seen in seat.cards.listed()] == [
        (CardKind.VITALE2, False),
        (CardKind.CPS3, False),
    ]


def test_an_answer_that_comes_too_late_changes_nothing(seat: Any) -> None:
    seat.readers.insert("gauche", Vitale2())
    seat.step()
    seat.pass_time(5.0)
    seat.run_readings()

    assert seat.suggested == []
    assert seat.problems == [errors.CardMute.code]


def test_one_thread_a_reader_is_lost_at_most(seat: Any) -> None:
    for _ in range(3):
        seat.readers.insert("gauche", Vitale2())
        seat.step()
        seat.pass_time(5.0)
        seat.readers.remove("gauche")
        seat.step()

    assert len(seat.started) == 1
    assert seat.problems == [errors.CardMute.code] * 3


def test_a_reader_held_by_another_program_is_told_once_and_read_when_it_is_free(seat: Any) -> None:
    seat.readers.hold("gauche")
    seat.readers.insert("gauche", Vitale2())
    seat.read()
    seat.pass_time(60.0)
    held = list(seat.problems)
    seat.readers.hold("gauche", held=False)
    seat.read()

    assert held == [errors.ReaderBusy.code]
    assert seat.problems == held
    assert len(seat.suggested) == 1


def test_a_program_that_takes_the_card_between_look_and_reading_is_waited_for(seat: Any) -> None:
    seat.readers.insert("gauche", Vitale2())
    seat.step()
    seat.readers.hold("gauche")
    seat.run_readings()
    seat.step()
    seat.readers.hold("gauche", held=False)
    seat.read()

    assert seat.problems == [errors.ReaderBusy.code]
    assert len(seat.suggested) == 1


def test_an_unplugged_reader_is_told_with_its_card(seat: Any, cps3: Cps3) -> None:
    seat.readers.insert("droite", cps3)
    seat.step()
    seat.readers.unplug("droite")
    seat.step()

    assert seat.problems == [errors.ReaderUnplugged.code]
    assert [seen.reader for seen in seat.cards.listed()] == ["gauche"]


def test_a_service_that_stops_ends_every_card_and_its_return_brings_them_back(seat: Any, cps3: Cps3) -> None:
    seat.readers.insert("droite", cps3)
    seat.step()
    seat.readers.serve(False)
    seat.step()
    with pytest.raises(errors.ReadersUnavailable):
        seat.cards.listed()
    seat.step()
    seat.readers.serve(True)
    seat.step()

    assert [notice.present for notice in seat.told] == [True, False, True]
    assert seat.problems == [errors.ReadersUnavailable.code]
    assert seat.cards.listed()[1].kind is CardKind.CPS3


def test_a_service_that_never_was_is_looked_for_again_without_a_word(make_seat: Any) -> None:
    def none() -> Readers:
        raise errors.ReadersUnavailable("no service")

    seat = make_seat(open_readers=none)

    due = seat.cards.step()

    assert due > seat.clock.now()
    assert seat.told == []


def test_without_the_extra_there_is_nothing_to_watch(make_seat: Any) -> None:
    def absent() -> Readers:
        raise errors.ExtraMissing("cards")

    seat = make_seat(open_readers=absent)

    due = seat.cards.step()

    assert due is None
    with pytest.raises(errors.ExtraMissing):
        seat.cards.listed()


def test_a_provider_that_fails_in_its_own_way_is_a_card_that_cannot_be_read(make_seat: Any) -> None:
    provider = SimulatedBeneficiaries()
    provider.refuse = RuntimeError("DURAND")
    seat = make_seat(lambda _readers: provider)
    seat.readers.insert("gauche", Vitale2())
    seat.read()

    assert seat.problems == [errors.VitaleUnreadable.code]


def test_the_api_of_the_gie_takes_the_place_of_the_free_zone(make_seat: Any) -> None:
    seat = make_seat(lambda _readers: SimulatedBeneficiaries(cards={"gauche": [MARIE]}))
    seat.readers.insert("gauche", Vitale2([CHILD]))
    seat.read()

    assert [person.given for person in seat.suggested[0].people] == ["MARIE"]


def test_a_scanned_code_gives_its_persons_and_says_whether_the_open_patient_is_one(
    make_seat: Any, counter: Counter
) -> None:
    seat = make_seat(lambda _readers: SimulatedBeneficiaries(codes={"marie": [MARIE]}))

    found, problem = seat.cards.scanned(CODE + "marie", people.who())
    seat.session.opened(counter.patients[0])
    _, other = seat.cards.scanned(CODE + "marie", people.who())

    assert [person.given for person in found] == ["MARIE"]
    assert problem is None
    assert isinstance(other, errors.OtherPatientsCard)


@pytest.mark.parametrize("code", ["", "marie", CODE, CODE + "personne", "é" * 4000])
def test_a_code_of_anything_else_is_refused(make_seat: Any, code: str) -> None:
    seat = make_seat(lambda _readers: SimulatedBeneficiaries(codes={"marie": [MARIE]}))

    with pytest.raises(errors.ScannedCodeRefused):
        seat.cards.scanned(code, people.who())


def test_without_a_provider_for_the_appli_a_code_is_not_supported(seat: Any) -> None:
    with pytest.raises(errors.ScannedCodeUnsupported):
        seat.cards.scanned(CODE + "marie", people.who())


def test_nobody_scans_without_being_at_work(seat: Any) -> None:
    with pytest.raises(errors.ProfessionalMissing):
        seat.cards.scanned(CODE + "marie", None)
