"""*Alimenter le DMP* in Chromium: what leaves, for whom, who may see it, and what the pharmacist is told of it."""

import json

import pytest
from playwright.sync_api import Page, expect

from dmp_core.model.identity import Patient

SEND = "Envoyer"
UNREACHABLE = '[dmp]\nurl = "https://127.0.0.1:1/services/"\n'


@pytest.fixture
def feed(desk, tab) -> Page:
    desk.open_patient()
    tab.goto(desk.shown(desk.save()))
    tab.mouse.click(1000, 740)
    return tab


def press(tab: Page, name: str) -> None:
    tab.get_by_role("button", name=name, exact=True).click()


def only_item(desk) -> dict:
    [item] = desk.ask("outbox/list")["items"]
    return item


def test_the_window_names_its_patient_and_shows_the_document(feed):
    expect(feed.get_by_text("PAT-TROIS DOMINIQUE")).to_be_visible()
    expect(feed.get_by_text("28 mars 1979")).to_be_visible()
    expect(feed.get_by_text("2 79 03 51 215 189 89")).to_be_visible()
    expect(feed.frame_locator("iframe").get_by_text("4456672").first).to_be_visible()


def test_it_says_sent_with_the_hour_only_after_the_dmp_answered(desk, feed):
    press(feed, SEND)

    feed.get_by_text("Envoyé au DMP à").wait_for()

    assert only_item(desk)["state"] == "sent"


def test_what_cannot_leave_says_why_and_that_it_leaves_by_itself(make_desk, tab):
    desk = make_desk(UNREACHABLE)
    desk.open_patient()
    tab.goto(desk.shown(desk.save()))

    press(tab, SEND)

    tab.get_by_text("En attente : réseau ou DMP injoignable").wait_for()
    expect(tab.get_by_text("Le document partira tout seul.")).to_be_visible()
    assert tab.get_by_text("Envoyé au DMP").count() == 0


def test_an_answer_that_was_lost_is_no_sent(desk, feed):
    desk.fault.dropped.add("TD2.1")

    press(feed, SEND)

    feed.get_by_text("Le DMP n’a pas confirmé.").wait_for()
    assert feed.get_by_text("Envoyé au DMP").count() == 0
    desk.fault.dropped.clear()
    feed.get_by_text("Envoyé au DMP à").wait_for()


CHOICES = {
    "Le patient et tous les professionnels autorisés": (False, False),
    "Masqué aux professionnels": (True, False),
    "Pas encore visible par le patient": (False, True),
}


@pytest.mark.parametrize("choice", CHOICES)
def test_the_title_and_who_may_see_it_are_what_was_chosen(choice, desk, feed):
    feed.get_by_label("Titre du document").fill("Vaccin <b>fait</b> ce matin")
    feed.get_by_label(choice).check()

    press(feed, SEND)
    feed.get_by_text("Envoyé au DMP à").wait_for()

    item = only_item(desk)
    assert item["title"] == "Vaccin <b>fait</b> ce matin"
    seen_by = item["visibility"]
    assert (seen_by["masked_to_professionals"], seen_by["hidden_from_patient"]) == CHOICES[choice]
    expect(feed.get_by_role("heading", name="Vaccin <b>fait</b> ce matin")).to_be_visible()


def test_where_the_host_shows_another_patient_it_asks_first(desk, feed):
    desk.open_patient(1)
    other = desk.counter.patients[1].traits.usual_name

    press(feed, SEND)
    feed.get_by_text(f"Votre logiciel montre {other}").wait_for()
    assert only_item(desk)["state"] == "awaiting_confirmation"
    feed.get_by_role("button", name="Oui, l’envoyer pour PAT-TROIS DOMINIQUE").click()

    feed.get_by_text("Envoyé au DMP à").wait_for()


def test_it_warns_of_another_patient_as_soon_as_it_opens(desk, tab):
    desk.open_patient()
    item = desk.save()
    desk.open_patient(1)

    tab.goto(desk.open("feed", item=item))

    expect(tab.get_by_text("Votre logiciel montre maintenant")).to_be_visible()


def test_later_sends_nothing(desk, feed):
    press(feed, "Plus tard")

    feed.get_by_text("Rien n’est envoyé").wait_for()
    assert only_item(desk)["state"] == "awaiting_confirmation"


def test_a_document_that_shall_not_leave_keeps_the_reason(desk, feed):
    press(feed, "Ne pas envoyer…")
    feed.get_by_label("Le patient ne veut pas de ce document dans son DMP").check()
    press(feed, "Ne pas envoyer")

    feed.get_by_text("Ce document ne sera pas envoyé").wait_for()
    item = only_item(desk)
    assert (item["state"], item["fault"]["code"], item["fault"]["detail"]) == (
        "cancelled",
        "DMP-INPUT-012",
        "patient_opposed",
    )


def test_without_a_reason_it_stays(desk, feed):
    press(feed, "Ne pas envoyer…")
    feed.get_by_text("Pourquoi ce document").wait_for()

    press(feed, "Ne pas envoyer")
    feed.wait_for_timeout(300)

    assert only_item(desk)["state"] == "awaiting_confirmation"


def test_an_operator_who_may_not_feed_reads_why_and_loses_nothing(desk, feed):
    operator = json.loads(desk.counter.operator.model_dump_json())
    feed.get_by_label("Titre du document").fill("Mon titre")
    desk.ask("operator/changed", {"operator": operator | {"rights": ["read"]}})

    press(feed, SEND)

    feed.get_by_text("Vos droits dans le logiciel ne permettent pas").wait_for()
    expect(feed.get_by_text("DMP-RIGHT-001")).to_be_visible()
    expect(feed.get_by_label("Titre du document")).to_have_value("Mon titre")
    desk.ask("operator/changed", {"operator": operator})
    press(feed, SEND)
    feed.get_by_text("Envoyé au DMP à").wait_for()
    assert only_item(desk)["title"] == "Mon titre"


def test_a_document_confirmed_elsewhere_shows_what_became_of_it(desk, tab):
    desk.open_patient()
    item = desk.save()
    desk.ask("feed/confirm", {"item": item})

    tab.goto(desk.open("feed", item=item))

    tab.get_by_text("Envoyé au DMP à").wait_for()


def test_a_document_that_does_not_exist_is_said_in_french(desk, tab):
    tab.goto(desk.open("feed", item="unknown"))

    expect(tab.get_by_text("Cet élément n’existe pas ou n’existe plus.")).to_be_visible()


def _patient(data: dict) -> Patient:
    return Patient.model_validate_json(json.dumps(data))


def minor(patient: dict) -> dict:
    return patient | {"traits": patient["traits"] | {"birth_date": "2012-03-28"}}


def test_a_minor_may_keep_a_document_from_the_representatives(make_desk, tab):
    desk = make_desk(UNREACHABLE)
    child = minor(desk.patient())
    desk.ask("patient/opened", {"patient": child})
    desk.patient = lambda number=0: child
    tab.goto(desk.shown(desk.save()))
    tab.mouse.click(1000, 740)
    box = tab.get_by_label("Non visible par les représentants légaux")

    expect(box).not_to_be_checked()
    box.check()
    press(tab, SEND)
    tab.locator("#state").wait_for()

    assert only_item(desk)["visibility"]["hidden_from_representatives"] is True


def test_a_minor_under_secret_connection_has_it_ticked(make_desk, tab):
    desk = make_desk(UNREACHABLE)
    child = minor(desk.patient())
    desk.ask("patient/opened", {"patient": child})
    desk.patient = lambda number=0: child
    # as `dmp/open` with `secret_connection` notes it; no test patient of the DMP is a minor
    desk.app.secrecy.answered(desk.counter.structure.national_id, _patient(child), secret=True)

    tab.goto(desk.shown(desk.save()))

    expect(tab.get_by_label("Non visible par les représentants légaux")).to_be_checked()


def test_about_shows_the_software_as_the_vihf_names_it(make_desk, tab):
    desk = make_desk('[software]\npublisher = "Éditions Équasens"\n')
    tab.goto(desk.open("about"))
    software = desk.app.config.software

    for text in ("Éditions Équasens", software.name, software.version, software.homologation):
        expect(tab.get_by_text(text, exact=True).first).to_be_visible()
