"""F33 and F36 as far as readers go: cards pulled and readers unplugged at each command, services that come and go."""

from typing import Any

import pytest

from dmp_core import errors
from dmp_core.simulator.cards.cps3 import Cps3
from dmp_core.simulator.cards.vitale import DURAND, Vitale2

CHILD = ("DURAND", "PAUL", "20120229", "112027505600127")
COMMANDS = 8  # of one reading: two SELECT with GET RESPONSE, two READ told their length


class Treacherous(Vitale2):
    """Leaves at the n-th command: with `answered` after its answer, else in the middle of it."""

    def __init__(self, leave: Any, at: int, *, answered: bool) -> None:
        super().__init__((DURAND, CHILD))
        self.asked = 0
        self._leave, self._at, self._answered = leave, at, answered

    def apdu(self, command: bytes) -> bytes | None:
        self.asked += 1
        answer = super().apdu(command)
        if self.asked != self._at:
            return answer
        self._leave()
        return answer if self._answered else None


def test_a_reading_has_as_many_commands_as_are_tried(seat: Any) -> None:
    card = Treacherous(lambda: None, 0, answered=True)
    seat.readers.insert("gauche", card)
    seat.read()

    assert card.asked == COMMANDS


@pytest.mark.parametrize("answered", [True, False], ids=["after", "within"])
@pytest.mark.parametrize("how", ["remove", "unplug"])
@pytest.mark.parametrize("at", [pytest.param(at, id=f"F33-{at}") for at in range(1, COMMANDS + 1)])
def test_a_card_that_leaves_at_any_command_is_gone_and_the_next_one_is_read(
    seat: Any, at: int, how: str, answered: bool
) -> None:
    for _ in range(3):
        seat.told.clear()
        leave = getattr(seat.readers, how)
        seat.readers.insert("gauche", Treacherous(lambda leave=leave: leave("gauche"), at, answered=answered))
        seat.read()
        first = list(seat.suggested)
        if how == "unplug":
            seat.readers.plug("gauche")
        seat.readers.insert("gauche", Vitale2())
        seat.read()

        assert [each.plugin for each in first] == ([None, "hears_cards"] if answered and at == COMMANDS else [])
        assert seat.suggested[len(first) :][0].person.given == "MARIE"
        seat.readers.remove("gauche")
        seat.step()


@pytest.mark.parametrize("times", [pytest.param(50, id="F36")])
def test_a_service_that_comes_and_goes_loses_no_card(seat: Any, cps3: Cps3, times: int) -> None:
    seat.readers.insert("droite", cps3)
    seat.readers.insert("gauche", Vitale2())
    for _ in range(times):
        seat.read()
        seat.readers.serve(False)
        seat.step()
        seat.readers.serve(True)
    seat.read()

    presences = [notice.present for notice in seat.told if getattr(notice, "reader", "") == "droite"]
    assert presences == [True, False] * times + [True]
    assert len(seat.suggested) == times + 1
    assert set(seat.problems) == {errors.ReadersUnavailable.code}


@pytest.mark.parametrize("times", [pytest.param(50, id="F36")])
def test_a_program_that_takes_the_card_again_and_again_only_delays_the_reading(seat: Any, times: int) -> None:
    seat.readers.insert("gauche", Vitale2())
    for _ in range(times):
        seat.readers.hold("gauche")
        seat.read()
        seat.pass_time(10.0)
    seat.readers.hold("gauche", held=False)
    seat.read()

    assert seat.problems == [errors.ReaderBusy.code]
    assert len(seat.suggested) == 1
