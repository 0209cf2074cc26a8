"""A pharmacist's two roads, a correction and a rattrapage, clicked through in the demonstration LGO."""

from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import expect
from windows import axe

# ---------------------------------------------------------------- to read


def test_from_the_menu_to_a_document_of_the_record(counter) -> None:
    counter.find("pat-trois")
    expect(counter.page.locator("[data-badge]")).to_contain_text("DMP ouvert")

    record = counter.window("Accéder au DMP")
    record.get_by_label("Tout l’historique").check()
    record.get_by_role("button", name="Chercher").click()
    expect(record.get_by_role("row")).not_to_have_count(2)
    record.get_by_role("button", name="Ouvrir").first.click()

    expect(record.frame_locator("iframe").locator("body")).to_contain_text("PAT-TROIS")


def test_a_colleague_whom_the_patient_did_not_authorise_is_asked_for_their_consent(counter) -> None:
    counter.work_as("adjointe")
    counter.find("pat-quatre")

    record = counter.window("Accéder au DMP")

    expect(record.get_by_text("Le patient est-il d’accord")).to_be_visible()


# ---------------------------------------------------------------- to feed


def test_a_vaccination_is_saved_sent_and_stands_as_sent_in_the_file(counter, sending) -> None:
    counter.find("pat-trois")

    window = counter.save("Vaccination", Numéro_de_lot="LOT-E2E")
    expect(window.frame_locator("iframe").get_by_text("LOT-E2E").first).to_be_visible()
    sending(window)

    page = counter.page
    expect(page.get_by_role("status")).to_contain_text("Vaccination : Envoyé au DMP")
    expect(page.get_by_role("row", name="Vaccination").first).to_contain_text("Envoyé au DMP")


@pytest.mark.parametrize("form", ["Bilan partagé de médication", "Entretien pharmaceutique"])
def test_a_form_of_the_counter_becomes_a_printed_document_in_the_dmp(form, counter, sending) -> None:
    counter.find("pat-quatre")

    sending(counter.save(form), title=f"{form} d’essai")

    expect(counter.page.get_by_role("row", name=form).first).to_contain_text("Envoyé au DMP")
    gauge = counter.window("Jauge")
    expect(gauge.get_by_role("main")).to_contain_text("%")


def test_a_preparateur_may_feed(counter, sending) -> None:
    counter.work_as("préparateur")
    counter.find("pat-trois")

    sending(counter.save("Vaccination"))


# ---------------------------------------------------------------- to correct, to catch up


def test_a_document_sent_by_mistake_is_withdrawn(counter, sending) -> None:
    counter.find("pat-trois")
    sending(counter.save("Vaccination"), title="Vaccination à retirer")

    outbox = counter.window("Envois au DMP")
    outbox.get_by_role("row", name="Vaccination à retirer").get_by_role("button", name="Corriger").click()
    section = outbox.get_by_role("region", name="Retirer du DMP")
    section.get_by_label("Ce n’est pas le bon document").check()
    section.get_by_role("button").click()

    expect(outbox.get_by_role("row", name="Vaccination à retirer")).to_contain_text("Retiré")


def test_an_act_that_is_changed_replaces_its_document(counter, sending) -> None:
    counter.find("pat-quatre")
    sending(counter.save("Vaccination", Numéro_de_lot="LOT-FAUX"))

    counter.page.get_by_role("link", name="Modifier").first.click()
    expect(counter.page.get_by_label("Numéro de lot")).to_have_value("LOT-FAUX")
    counter.page.get_by_label("Numéro de lot").fill("LOT-JUSTE")
    with counter.page.expect_popup() as opened:
        counter.page.get_by_role("button", name="Enregistrer").click()

    expect(opened.value.frame_locator("iframe").get_by_text("LOT-JUSTE").first).to_be_visible()
    sending(opened.value)
    expect(counter.page.get_by_role("cell", name="Vaccination", exact=True)).not_to_have_count(0)


def test_what_was_left_without_an_answer_is_sent_together_in_the_evening(counter) -> None:
    counter.find("pat-trois")
    for lot in ("SOIR-1", "SOIR-2", "SOIR-3"):
        window = counter.save("Vaccination", Numéro_de_lot=lot)
        window.get_by_role("button", name="Plus tard").click()
        window.get_by_text("Rien n’est envoyé").wait_for()
        window.close()
    expect(counter.page.locator("#waiting")).to_be_visible()

    outbox = counter.window("Envois au DMP")
    outbox.get_by_role("button", name="Tout envoyer").click()
    boxes = outbox.get_by_role("checkbox")
    expect(boxes.nth(2)).to_be_checked()
    outbox.get_by_role("button", name="Envoyer", exact=True).click()

    expect(outbox.get_by_role("region", name="À confirmer")).to_have_count(0)
    expect(outbox.get_by_role("region", name="En cours")).to_have_count(0)
    expect(counter.page.locator("#waiting")).to_be_hidden()


# ---------------------------------------------------------------- who may


@pytest.mark.parametrize("role", ["préparateur", "apprentie"])
def test_who_may_not_read_is_refused_in_french(role, counter) -> None:
    counter.work_as(role)
    counter.find("pat-trois")

    record = counter.window("Accéder au DMP")

    expect(record.get_by_text("Vos droits dans le logiciel ne permettent pas")).to_be_visible()
    expect(record.get_by_text("DMP-RIGHT-001")).to_be_visible()


def test_who_has_no_right_saves_nothing_for_the_dmp_and_reads_why(counter) -> None:
    counter.work_as("apprentie")
    counter.find("pat-trois")
    page = counter.page
    page.get_by_role("main").get_by_role("link", name="Vaccination").first.click()

    page.get_by_role("button", name="Enregistrer").click()

    expect(page.get_by_role("alert")).to_contain_text("Vos droits dans le logiciel ne permettent pas")
    expect(page.get_by_label("Numéro de lot")).to_have_value("V4456672")


# ---------------------------------------------------------------- the page itself


def test_every_screen_is_for_everyone(counter) -> None:
    page = counter.page
    found = {"home": axe(page)}
    counter.find("pat")
    found["file"] = axe(page)
    for form in ("Vaccination", "Entretien pharmaceutique", "Bilan partagé de médication"):
        page.get_by_role("main").get_by_role("link", name=form).first.click()
        found[form] = axe(page)
        page.get_by_role("link", name="Abandonner").click()

    assert {name: each for name, each in found.items() if each} == {}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Cookie": "lgo-demo=guessed"}, 401),
        ({"Host": "rebound.example"}, 421),
    ],
)
def test_nobody_without_its_cookie_gets_in(headers, status, address) -> None:
    asked = Request(address.partition("/entrer/")[0] + "/patients", headers=headers)

    with pytest.raises(OSError, match=str(status)):
        urlopen(asked)


def test_a_page_of_somebody_else_changes_nothing(counter, address) -> None:
    origin = address.partition("/entrer/")[0]

    answer = counter.page.context.request.post(f"{origin}/fermer", headers={"Origin": "https://other.example"})

    assert answer.status == 403
