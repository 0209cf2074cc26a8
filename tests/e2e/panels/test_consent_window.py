"""*Consentement*: what the patient said, dated and by whom; an opposition cancels what waits, after one question."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect
from windows import axe, fits, reach


@pytest.fixture
def window(desk: Any, tab: Page) -> Page:
    desk.open_patient()
    tab.goto(desk.open("consent", host_id=desk.patient()["host_id"]))
    return tab


def test_the_information_is_recorded_with_its_date_and_who_gave_it(window: Page) -> None:
    part = window.get_by_role("region", name="Information")
    expect(part).to_contain_text("Aucune information n’est notée")
    assert axe(window) == []
    assert fits(window)

    part.get_by_role("button", name="Le patient vient d’être informé").click()

    expect(part).to_contain_text("Le patient a été informé")
    expect(part).to_contain_text("par operateur-1")
    assert axe(window) == []


def test_an_opposition_cancels_what_waits_after_one_question(desk: Any, window: Page) -> None:
    item = desk.save()
    window.get_by_role("button", name="Le patient s’oppose").click()
    expect(window.get_by_role("heading", name="Le patient s’oppose à l’envoi")).to_be_visible()
    assert axe(window) == []

    window.get_by_role("button", name="Oui, noter son opposition").click()

    expect(window.get_by_text("1 document qui attendait ne partira pas")).to_be_visible()
    assert desk.state(item) == "cancelled"
    window.get_by_role("button", name="Le patient lève son opposition").click()
    expect(window.get_by_text("Le patient ne s’oppose pas")).to_be_visible()
    window.get_by_text("Tout ce qui a été dit (2)").click()
    expect(window.get_by_role("row")).to_have_count(3)
    assert axe(window) == []


def test_an_agreement_is_given_and_taken_back(desk: Any, window: Page) -> None:
    part = window.get_by_role("region", name="Consultation")
    part.get_by_role("button", name="Le patient est d’accord").click()
    expect(part).to_contain_text("Noté le")

    part.get_by_role("button", name="Le patient retire son accord").click()

    expect(part).to_contain_text("Aucun accord de consultation n’est noté")
    assert desk.ask("consent/show", {"host_id": desk.patient()["host_id"]})["consent"]["agrees_to_reading"] is None


def test_the_keyboard_alone_is_enough(window: Page) -> None:
    reach(window, "Le patient vient d’être informé")
    window.keyboard.press("Enter")

    expect(window.get_by_role("region", name="Information")).to_contain_text("par operateur-1")


def test_a_scanner_records_nothing(desk: Any, window: Page) -> None:
    window.mouse.click(1000, 740)
    window.get_by_role("button", name="Le patient vient d’être informé").focus()
    window.wait_for_timeout(150)

    window.keyboard.type("3400930000120\n")
    window.wait_for_timeout(300)

    assert desk.ask("consent/show", {"host_id": desk.patient()["host_id"]})["consent"]["history"] == []
