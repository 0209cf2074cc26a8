"""*Envois au DMP* as a pharmacist clicks through it: what waits, *Tout envoyer*, a withdrawal, another visibility."""

from typing import Any

import pytest
from counters import VACCINATION, registered
from playwright.sync_api import Page, expect
from windows import axe, fits

from dmp_core.model.item import State
from hostbridge.panels.outbox import GROUPS

TITRE = "Envois au DMP"


@pytest.fixture
def outbox(desk: Any, tab: Page) -> Page:
    """The window, at a counter where one document waits for its confirmation."""
    desk.open_patient()
    desk.save("save-1")
    tab.goto(desk.open("outbox"))
    return tab


def row(window: Page, section: str) -> Any:
    return window.get_by_role("region", name=section).get_by_role("row").nth(1)


def confidentiality(desk: Any, code: str) -> bool:
    """Whether the one document bears it, as the DMP has it."""
    (document,) = registered(desk.simulator, desk.counter.patients[0])
    return bool(document.facets.has_confidentiality(code))


def corrected(desk: Any) -> None:
    """The DMP has it as asked."""
    desk.wait(
        lambda told: (
            told.get("method") == "outbox/changed"
            and any(one["state"] == "done" for one in told["params"]["item"]["corrections"])
        )
    )


def sent(desk: Any, window: Page) -> Any:
    """The line of the document, once it was sent."""
    window.get_by_role("button", name="Tout envoyer").click()
    window.get_by_role("button", name="Envoyer", exact=True).click()
    expect(window.get_by_role("heading", name="Envoyés (1)")).to_be_visible()
    return row(window, "Envoyés")


def test_what_waits_says_whose_it_is_and_what_can_be_done(outbox: Page) -> None:
    line = row(outbox, "À confirmer")

    expect(line).to_contain_text("À confirmer avant l’envoi")
    expect(line).to_contain_text("PAT-TROIS")
    expect(line.get_by_role("button", name="Relire")).to_be_visible()
    assert axe(outbox) == []


def test_everything_that_waits_is_sent_together_after_one_question(desk: Any, outbox: Page) -> None:
    desk.save("save-2", 1)
    outbox.reload()

    outbox.get_by_role("button", name="Tout envoyer (2)").click()
    expect(outbox.get_by_role("checkbox")).to_have_count(2)
    outbox.get_by_role("checkbox").nth(1).uncheck()
    outbox.get_by_role("button", name="Envoyer", exact=True).click()

    expect(outbox.get_by_role("heading", name="Envoyés (1)")).to_be_visible()
    expect(outbox.get_by_role("heading", name="À confirmer (1)")).to_be_visible()


def test_a_document_is_not_sent_for_a_reason(outbox: Page) -> None:
    row(outbox, "À confirmer").get_by_role("button", name="Ne pas envoyer").click()
    expect(outbox.get_by_role("heading", name="Ne pas envoyer")).to_be_visible()
    outbox.get_by_role("button", name="Ne pas envoyer", exact=True).click()
    expect(outbox.get_by_role("heading", name="Ne pas envoyer")).to_be_visible()  # a reason must be chosen

    outbox.get_by_label("Le patient ne veut pas").check()
    outbox.get_by_role("button", name="Ne pas envoyer", exact=True).click()

    expect(outbox.get_by_role("heading", name="Non envoyés (1)")).to_be_visible()


def test_reading_again_leads_to_the_feed_window(outbox: Page) -> None:
    row(outbox, "À confirmer").get_by_role("button", name="Relire").click()

    expect(outbox.get_by_role("heading", name="Alimenter le DMP")).to_be_visible()


def test_without_network_the_line_says_why_and_goes_by_itself(desk: Any, outbox: Page) -> None:
    desk.fault.dropped.add("TD2.1")
    outbox.get_by_role("button", name="Tout envoyer").click()
    outbox.get_by_role("button", name="Envoyer", exact=True).click()
    line = row(outbox, "En attente, partiront tout seuls")
    expect(line).to_contain_text("DMP")

    desk.fault.dropped.clear()

    expect(outbox.get_by_role("heading", name="Envoyés (1)")).to_be_visible()


def test_a_document_sent_by_mistake_is_withdrawn_after_one_question(desk: Any, outbox: Page) -> None:
    sent(desk, outbox).get_by_role("button", name="Corriger").click()
    expect(outbox.get_by_text("dont le dossier est ouvert")).to_contain_text("PAT-TROIS")
    assert axe(outbox) == []

    section = outbox.get_by_role("region", name="Retirer du DMP")
    section.get_by_label("Ce n’est pas le bon document").check()
    section.get_by_role("button").click()

    expect(row(outbox, "Envoyés")).to_contain_text("Retiré")


def test_who_may_see_it_is_changed_after_sending(desk: Any, outbox: Page) -> None:
    sent(desk, outbox).get_by_role("button", name="Corriger").click()

    section = outbox.get_by_role("region", name="visibilité")
    section.get_by_label("Masqué aux professionnels").check()
    section.get_by_role("button").click()

    expect(row(outbox, "Envoyés")).to_contain_text("isib")
    corrected(desk)
    assert confidentiality(desk, "MASQUE_PS")


def test_what_the_representatives_may_not_see_stays_so_when_something_else_is_changed(desk: Any, outbox: Page) -> None:
    item = desk.ask("outbox/list")["items"][0]["item"]
    desk.ask("feed/confirm", {"item": item, "visibility": {"hidden_from_representatives": True}})
    desk.wait(lambda told: told.get("method") == "feed/finished")
    outbox.reload()
    row(outbox, "Envoyés").get_by_role("button", name="Corriger").click()

    section = outbox.get_by_role("region", name="visibilité")
    expect(section.get_by_label("non visible par les représentants légaux")).to_be_checked()
    section.get_by_label("Masqué aux professionnels").check()
    section.get_by_role("button").click()

    corrected(desk)
    assert confidentiality(desk, "MASQUE_PS")
    assert confidentiality(desk, "INVISIBLE_REPRESENTANTS_LEGAUX")


def test_without_an_open_patient_nothing_can_be_corrected(desk: Any, outbox: Page) -> None:
    line = sent(desk, outbox)
    desk.ask("patient/closed", {"host_id": desk.patient()["host_id"]})

    line.get_by_role("button", name="Corriger").click()

    expect(outbox.get_by_text("Ouvrez d’abord le dossier")).to_be_visible()
    expect(outbox.get_by_role("button", name="Retirer")).to_have_count(0)


def test_a_narrow_view_shows_each_line_whole_with_its_buttons(desk: Any, outbox: Page) -> None:
    sent(desk, outbox)
    desk.save("save-2", 1)

    outbox.set_viewport_size({"width": 400, "height": 700})

    buttons = outbox.get_by_role("row").get_by_role("button")
    expect(buttons).to_have_count(3)
    places = [one.bounding_box() for one in buttons.all()]
    assert fits(outbox)
    assert all(place and place["x"] >= 0 and place["x"] + place["width"] <= 400 for place in places)
    assert axe(outbox) == []


def test_an_empty_outbox_says_so(desk: Any, tab: Page) -> None:
    tab.goto(desk.open("outbox"))

    expect(tab.get_by_text("Aucun envoi depuis un mois")).to_be_visible()


def test_every_state_of_the_outbox_has_its_place_in_the_window() -> None:
    shown = [state for _, _, states in GROUPS for state in states]

    assert sorted(shown) == sorted(set(State) - {State.TRANSLATED})


def test_a_document_that_waits_for_the_identity_leads_to_it(desk: Any, tab: Page) -> None:
    unknown = desk.patient() | {"ins": None, "status": "provisoire"}
    desk.ask("patient/opened", {"patient": unknown})
    told = {"key": "save-1", "record": "r-1", "type_id": "note-vaccination", "content": VACCINATION}
    desk.ask("document/saved", told | {"patient": unknown})
    desk.wait(lambda one: one.get("method") == "outbox/changed" and one["params"]["item"]["state"] == "waiting")
    tab.goto(desk.open("outbox"))
    line = row(tab, "En attente, partiront tout seuls")

    expect(line).to_contain_text("identité")
    assert axe(tab) == []
    line.get_by_role("button", name="Qualifier l’identité").click()

    expect(tab.get_by_role("heading", name="Identité", exact=True)).to_be_visible()
    expect(tab.get_by_role("heading", name="Ce qui manque")).to_be_visible()


def test_the_titulaire_takes_over_what_somebody_who_left_has_written(desk: Any, tab: Page) -> None:
    gone = desk.counter.operator.model_dump(mode="json") | {"id": "operateur-9"}
    gone["practitioner"] |= {"national_id": "899700000009", "family": "PARTIE"}
    titulaire = desk.counter.operator.model_dump(mode="json") | {"rights": ["read", "feed", "administer"]}
    desk.open_patient()
    desk.ask("operator/changed", {"operator": gone})
    item = desk.save()
    desk.ask("feed/confirm", {"item": item})
    desk.wait(lambda told: told.get("method") == "outbox/changed" and told["params"]["item"]["state"] == "waiting")
    desk.ask("operator/changed", {"operator": titulaire})
    desk.app.takeover.departed("899700000009", desk.seat.who)
    tab.goto(desk.open("outbox"))
    line = row(tab, "En attente, partiront tout seuls")

    expect(line).to_contain_text("titulaire")
    assert axe(tab) == []
    line.get_by_role("button", name="Reprendre").click()

    expect(tab.get_by_role("heading", name="À confirmer (1)")).to_be_visible()
