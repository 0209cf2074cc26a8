"""*Code de la carte CPS* in Chromium: an emulated CPS3 in a real reader, OpenSC, a hand or a scanner that types."""

from typing import Any

import pytest
from cards import OPENSC, PutIn
from playwright.sync_api import Page, expect
from windows import axe, code_field, type_code

from dmp_core.simulator.cards.cps3 import Cps3
from dmp_core.simulator.cards.holder import Holder
from dmp_core.simulator.counter import demo_counter

STRUCTURE = demo_counter().structure.national_id
IN_A_CARD = f'[structure.{STRUCTURE}.keys]\nsource = "card"\n[cps]\nlibrary = "{OPENSC}"\n'


@pytest.fixture
def card(holder: Holder) -> Cps3:
    return Cps3(holder)


@pytest.fixture
def asked(make_desk: Any, put_in: PutIn, card: Cps3, tab: Page) -> tuple[Any, Page]:
    """The dialog, open, before anybody typed. The browser is somebody's who is in the window."""
    desk = make_desk(IN_A_CARD)
    put_in(card)
    desk.ask("session/open")
    tab.goto(desk.open("pin"))
    code_field(tab).click()
    return desk, tab


def test_a_code_typed_by_hand_opens_the_card(asked: tuple[Any, Page], card: Cps3) -> None:
    desk, window = asked
    expect(window.get_by_text("Essais restants : 3")).to_be_visible()
    assert axe(window) == []

    type_code(window, "1234")

    expect(window.get_by_text("La carte est ouverte")).to_be_visible()
    assert axe(window) == []
    assert desk.ask("session/show")["state"] == "open"


def test_a_scanners_burst_spends_no_try(asked: tuple[Any, Page], card: Cps3) -> None:
    _, window = asked

    window.keyboard.type("9999")
    window.keyboard.press("Enter")
    window.wait_for_timeout(500)

    expect(window.get_by_text("Essais restants : 3")).to_be_visible()
    expect(code_field(window)).to_have_value("")
    assert card.pin.tries == 3


def test_a_wrong_code_shows_what_is_left_and_an_empty_code_field(asked: tuple[Any, Page]) -> None:
    _, window = asked

    type_code(window, "9999")

    expect(window.get_by_text("Essais restants : 2")).to_be_visible()
    expect(code_field(window)).to_have_value("")
    assert axe(window) == []


def test_the_last_try_asks_for_a_confirmation(asked: tuple[Any, Page], card: Cps3) -> None:
    _, window = asked
    type_code(window, "9999")
    expect(window.get_by_text("Essais restants : 2")).to_be_visible()
    type_code(window, "9999")
    expect(window.get_by_text("Dernier essai : un code faux")).to_be_visible()
    assert axe(window) == []

    type_code(window, "1234")
    window.wait_for_timeout(300)
    assert card.pin.tries == 1  # nothing was shown to the card
    window.get_by_label("Je suis certain de mon code").check()
    window.get_by_role("button", name="Valider").click()

    expect(window.get_by_text("La carte est ouverte")).to_be_visible()


def test_a_blocked_card_is_explained(asked: tuple[Any, Page]) -> None:
    _, window = asked
    for left in ("Essais restants : 2", "Dernier essai : un code faux"):
        type_code(window, "9999")
        expect(window.get_by_text(left)).to_be_visible()
    window.get_by_label("Je suis certain de mon code").check()

    type_code(window, "9999")

    expect(window.locator("strong", has_text="La carte CPS est bloquée")).to_be_visible()
    assert axe(window) == []
