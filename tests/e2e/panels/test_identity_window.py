"""*Identité*: from a newcomer to a qualified identity, each step at its price; a divergence is decided by a person."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect
from windows import axe, fits, reach

from dmp_core.documents.datamatrix import ins_text
from dmp_core.simulator.cards.vitale import Vitale2, person_of
from dmp_core.testing.readers import EmulatedReaders


def newcomer(desk: Any, **traits: Any) -> dict[str, Any]:
    """The first patient as a host knows them before INSi."""
    patient = desk.patient()
    patient |= {"ins": None, "status": "provisoire", "traits": patient["traits"] | traits}
    return patient


def opened(desk: Any, tab: Page, patient: dict[str, Any]) -> Page:
    desk.ask("patient/opened", {"patient": patient})
    tab.goto(desk.open("identity", host_id=patient["host_id"]))
    return tab


@pytest.fixture
def window(make_desk: Any, tab: Page) -> Page:
    """A newcomer's, at a counter that asks INSi only when somebody says so."""
    desk = make_desk("[insi]\non_opening = false\n")
    tab.desk = desk  # type: ignore[attr-defined]
    return opened(desk, tab, newcomer(desk))


def status(window: Page, words: str) -> None:
    expect(window.get_by_role("definition").first).to_have_text(words)


def seen(window: Page) -> None:
    window.get_by_label("Pièce que le patient présente").select_option(label="Passeport")
    window.get_by_role("button", name="Pièce contrôlée").click()


def test_insi_and_a_document_seen_qualify_a_newcomer(window: Page) -> None:
    status(window, "Provisoire")
    assert axe(window) == []
    assert fits(window)

    window.get_by_role("button", name="Chercher dans INSi").click()
    status(window, "Récupérée")
    assert axe(window) == []
    seen(window)

    status(window, "Qualifiée")
    expect(window.get_by_text("L’identité est qualifiée.")).to_be_visible()
    assert axe(window) == []


def test_a_document_that_waited_goes_on(window: Page) -> None:
    desk = window.desk  # type: ignore[attr-defined]
    params = {"key": "k", "record": "r", "type_id": "note-vaccination", "patient": newcomer(desk)}
    content = {
        "date": "2025-10-14",
        "vaccin": {"cis": "68747507", "libelle": "VACCIN", "atc": {"code": "J07AM", "libelle": "x"}, "lot": "1"},
        "acte": "BOOSTER",
        "rang": 2,
    }
    item = desk.ask("document/saved", params | {"content": content})["item"]
    desk.wait(lambda told: told.get("method") == "outbox/changed" and told["params"]["item"]["state"] == "waiting")
    window.get_by_role("button", name="Chercher dans INSi").click()
    status(window, "Récupérée")

    seen(window)

    expect(window.get_by_text("1 document qui attendait cette identité repart")).to_be_visible()
    assert desk.state(item) != "cancelled"


def test_a_document_must_be_chosen_before_it_counts(window: Page) -> None:
    window.get_by_role("button", name="Pièce contrôlée").click()

    status(window, "Provisoire")


def test_an_ins_of_the_host_is_verified(make_desk: Any, tab: Page) -> None:
    desk = make_desk("[insi]\non_opening = false\n")
    window = opened(desk, tab, desk.patient() | {"status": "provisoire"})

    window.get_by_role("button", name="Vérifier l’INS avec INSi").click()

    status(window, "Récupérée")


def test_without_an_answer_of_insi_the_window_says_what_to_do(make_desk: Any, tab: Page) -> None:
    desk = make_desk("[insi]\non_opening = false\n")
    window = opened(desk, tab, newcomer(desk, birth_name="INCONNU"))

    window.get_by_role("button", name="Chercher dans INSi").click()

    expect(window.get_by_text("INSi ne trouve personne")).to_be_visible()
    status(window, "Provisoire")


# ---------------------------------------------------------------- the carte Vitale


def test_the_vitale_in_the_reader_names_the_patient(make_desk: Any, tab: Page) -> None:
    readers = EmulatedReaders("Vitale")
    desk = make_desk("[insi]\non_opening = false\n", open_readers=lambda: readers)
    readers.insert("Vitale", Vitale2([person_of(desk.counter.patients[0])]))
    desk.wait(lambda told: told.get("method") == "patient/suggested")
    window = opened(desk, tab, newcomer(desk))
    expect(window.get_by_text("Une carte Vitale est dans le lecteur.")).to_be_visible()

    window.get_by_role("button", name="Lire la carte Vitale").click()

    status(window, "Récupérée")


def test_the_vitale_of_somebody_else_is_refused(make_desk: Any, tab: Page) -> None:
    readers = EmulatedReaders("Vitale")
    desk = make_desk("[insi]\non_opening = false\n", open_readers=lambda: readers)
    readers.insert("Vitale", Vitale2([person_of(desk.counter.patients[1])]))
    desk.wait(lambda told: told.get("method") == "patient/suggested")
    window = opened(desk, tab, newcomer(desk))

    window.get_by_role("button", name="Lire la carte Vitale").click()

    expect(window.get_by_role("alert")).to_contain_text("n’est pas celle du patient")
    status(window, "Provisoire")


def test_without_a_card_the_counter_is_told_to_insert_one(make_desk: Any, tab: Page) -> None:
    desk = make_desk(open_readers=lambda: EmulatedReaders("Vitale"))
    window = opened(desk, tab, newcomer(desk, birth_name="INCONNU"))

    window.get_by_role("button", name="Lire la carte Vitale").click()

    expect(window.get_by_role("alert")).to_contain_text("Insérez la carte Vitale")


# ---------------------------------------------------------------- the datamatrix and the scanner


def scanned(window: Page, number: int = 0) -> None:
    """As a scanner types: in a burst, GS as Ctrl+], and Enter at the end."""
    text = ins_text(window.desk.counter.patients[number]).decode()  # type: ignore[attr-defined]
    for part in text.split("\x1d"):
        if part != text.split("\x1d")[0]:
            window.keyboard.press("Control+]")
        window.keyboard.type(part)
    window.keyboard.press("Enter")


def go_into_the_field(window: Page) -> None:
    window.get_by_label("Placez le curseur ici").click()
    window.wait_for_timeout(150)


def test_a_scan_fills_its_field_and_confirms_nothing(window: Page) -> None:
    go_into_the_field(window)

    scanned(window)
    window.wait_for_timeout(300)

    status(window, "Provisoire")
    field = window.get_by_label("Placez le curseur ici")
    expected = ins_text(window.desk.counter.patients[0]).decode()  # type: ignore[attr-defined]
    assert field.input_value() == expected
    window.get_by_role("button", name="Vérifier le datamatrix").click()
    status(window, "Récupérée")


def test_a_datamatrix_of_somebody_else_is_told_field_by_field(window: Page) -> None:
    go_into_the_field(window)
    scanned(window, 1)

    window.get_by_role("button", name="Vérifier le datamatrix").click()

    expect(window.get_by_role("heading", name="ne disent pas la même chose")).to_be_visible()
    expect(window.get_by_role("row", name="Nom de naissance", exact=False).first).to_contain_text("PAT-QUATRE")
    expect(window.get_by_role("button", name="C’est la même personne")).to_have_count(0)
    assert axe(window) == []
    status(window, "Provisoire")


def test_a_scan_anywhere_else_is_dropped(window: Page) -> None:
    window.mouse.click(1000, 740)
    window.get_by_role("button", name="Chercher dans INSi").focus()
    window.wait_for_timeout(150)

    scanned(window)
    window.wait_for_timeout(300)

    status(window, "Provisoire")


def test_what_is_no_datamatrix_is_refused(window: Page) -> None:
    go_into_the_field(window)
    window.keyboard.type("3400930000120-3400930000120-34009")

    window.get_by_role("button", name="Vérifier le datamatrix").click()

    expect(window.get_by_role("alert")).to_contain_text("DMP-IDENT-001")


# ---------------------------------------------------------------- where two sources disagree


def test_a_divergence_with_insi_is_decided(make_desk: Any, tab: Page) -> None:
    desk = make_desk("[insi]\non_opening = false\n")
    patient = newcomer(desk, birth_place_code="75110")
    window = opened(desk, tab, patient)
    window.get_by_role("button", name="Chercher dans INSi").click()
    expect(window.get_by_role("row", name="Lieu de naissance")).to_contain_text("51215")
    status(window, "Provisoire")

    window.get_by_role("button", name="C’est la même personne").click()

    status(window, "Récupérée")


def test_a_divergence_with_the_dmp_is_shown_with_both_values_and_decided(make_desk: Any, tab: Page) -> None:
    desk = make_desk("[insi]\non_opening = false\n")
    patient = desk.patient()
    patient["traits"] |= {"birth_name": "PAT-TREIZE"}
    desk.ask("patient/opened", {"patient": patient})
    tab.goto(desk.open("consult", host_id=patient["host_id"]))
    tab.get_by_role("button", name="Qualifier l’identité").click()
    expect(tab.get_by_role("row", name="Nom de naissance", exact=False).first).to_contain_text("PAT-TREIZE")
    expect(tab.get_by_role("row", name="Nom de naissance", exact=False).first).to_contain_text("PAT-TROIS")
    assert axe(tab) == []

    tab.get_by_role("button", name="C’est la même personne").click()

    expect(tab.get_by_role("heading", name="ne disent pas")).to_have_count(0)
    assert desk.ask("dmp/status", {"host_id": patient["host_id"]})["status"] == "authorised"


def test_the_keyboard_alone_is_enough(window: Page) -> None:
    reach(window, "Chercher dans INSi")
    window.keyboard.press("Enter")

    status(window, "Récupérée")
