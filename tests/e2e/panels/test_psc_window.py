"""*Pro Santé Connect* before the simulated service: by the phone, the card, the browser; a choice; the end."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, expect
from windows import axe, fits, reach

from dmp_core.cli import simulate_psc
from dmp_core.cli.simulate import COUNTER
from dmp_core.simulator.psc_server import Running


@pytest.fixture
def service(simulation: Path) -> Iterator[Running]:
    with simulate_psc.at_work(simulation, COUNTER) as psc:
        yield psc


@pytest.fixture
def desk(service: Running, simulation: Path, make_desk: Any) -> Any:
    return make_desk((simulation / simulate_psc.DIRECT).read_text(encoding="utf-8"))


@pytest.fixture
def window(desk: Any, tab: Page) -> Page:
    tab.goto(desk.open("psc"))
    return tab


def click(page: str, text: str) -> httpx.Response:
    """Follow the link of that text on a page of the service."""
    with httpx.Client(trust_env=False) as client:
        shown = client.get(page).text
        links = re.findall(r'<a href="([^"]+)">([^<]*)<', shown)
        href = next(unescape(href) for href, label in links if text in unescape(label))
        return client.get(httpx.URL(page).join(href))


def test_the_phone_shows_the_digits_of_the_window(service: Running, window: Page) -> None:
    assert axe(window) == []
    assert fits(window)
    window.get_by_role("button", name="e-CPS, sur mon téléphone").click()
    expect(window.get_by_role("heading", name="Confirmez sur votre téléphone")).to_be_visible()
    digits = window.locator(".digits").inner_text()
    assert digits in httpx.get(service.phone, trust_env=False).text
    assert axe(window) == []

    click(service.phone, "Accepter")

    expect(window.get_by_role("heading", name="Vous êtes identifié")).to_be_visible()
    expect(window.get_by_text("PHARMACIE DE DEMONSTRATION")).to_be_visible()
    assert axe(window) == []


def test_a_refusal_on_the_phone_is_said_and_another_try_offered(service: Running, window: Page) -> None:
    window.get_by_role("button", name="e-CPS, sur mon téléphone").click()
    expect(window.locator(".digits")).to_be_visible()

    click(service.phone, "Refuser")

    expect(window.get_by_text("DMP-PSC-002")).to_be_visible()
    expect(window.get_by_role("heading", name="Comment vous identifier")).to_be_visible()
    assert axe(window) == []


def test_waiting_can_be_given_up(window: Page) -> None:
    window.get_by_role("button", name="Carte CPS, dans le lecteur").click()
    expect(window.get_by_text("En attente de votre confirmation")).to_be_visible()

    window.get_by_role("button", name="Annuler").click()

    expect(window.get_by_role("heading", name="Comment vous identifier")).to_be_visible()


def test_the_browser_goes_to_the_service_and_back(window: Page) -> None:
    window.get_by_role("button", name="Dans le navigateur").click()
    link = window.get_by_role("link", name="Ouvrir Pro Santé Connect")
    address = link.get_attribute("href") or ""
    assert link.get_attribute("target") == "_blank"

    back = click(address, "TITULAIRE")
    httpx.get(back.headers["location"], trust_env=False)

    expect(window.get_by_role("heading", name="Vous êtes identifié")).to_be_visible()


def test_who_works_in_several_places_chooses_one(desk: Any, service: Running, tab: Page) -> None:
    operator = desk.counter.operator.model_dump(mode="json")
    operator["practitioner"] |= {"national_id": "899700000002", "family": "REMPLACANT", "given": "ALIX", "section": "B"}
    desk.ask("operator/changed", {"operator": operator})
    tab.goto(desk.open("psc"))
    tab.get_by_role("button", name="e-CPS, sur mon téléphone").click()
    expect(tab.locator(".digits")).to_be_visible()
    click(service.phone, "Accepter")
    expect(tab.get_by_text("Dans quelle structure travaillez-vous")).to_be_visible()
    assert axe(tab) == []

    tab.get_by_role("radio").nth(1).check()
    tab.get_by_role("button", name="Continuer").click()

    expect(tab.get_by_text("PHARMACIE DE LA GARE").first).to_be_visible()
    expect(tab.get_by_text("L’annuaire ne relie pas")).to_be_visible()


def test_the_session_ends_when_asked(desk: Any, service: Running, window: Page) -> None:
    window.get_by_role("button", name="e-CPS, sur mon téléphone").click()
    expect(window.locator(".digits")).to_be_visible()
    click(service.phone, "Accepter")

    window.get_by_role("button", name="Terminer la session").click()

    expect(window.get_by_text("Vous avez terminé la session.")).to_be_visible()
    assert desk.ask("psc/poll")["state"] == "none"


def test_reading_without_an_identification_leads_here(desk: Any, tab: Page) -> None:
    desk.open_patient()
    tab.goto(desk.open("consult", host_id=desk.patient()["host_id"]))

    tab.get_by_role("button", name="S’identifier avec Pro Santé Connect").click()

    expect(tab.get_by_role("heading", name="Comment vous identifier")).to_be_visible()


def test_where_it_is_not_configured_the_window_says_so(make_desk: Any, tab: Page) -> None:
    tab.goto(make_desk().open("psc"))

    expect(tab.get_by_text("n’est pas configuré sur ce poste")).to_be_visible()
    assert axe(tab) == []


def test_the_keyboard_alone_is_enough_and_a_scanner_chooses_nothing(desk: Any, window: Page) -> None:
    window.mouse.click(1000, 740)
    window.get_by_role("button", name="e-CPS, sur mon téléphone").focus()
    window.wait_for_timeout(150)
    window.keyboard.type("3400930000120\n")
    window.wait_for_timeout(300)
    assert desk.ask("psc/poll")["state"] == "none"

    reach(window, "e-CPS")
    window.keyboard.press("Enter")

    expect(window.locator(".digits")).to_be_visible()
