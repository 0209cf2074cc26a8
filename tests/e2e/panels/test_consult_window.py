"""*Accéder au DMP* as a pharmacist clicks through it, against the simulated DMP: opened, searched, read, kept, left."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from windows import axe, fits

from dmp_core.cli.simulate import prepare
from dmp_core.model.identity import Patient, ins_key
from dmp_core.simulator import demo_documents
from dmp_core.simulator.counter import record_of
from dmp_core.simulator.loading import Loader
from dmp_core.simulator.simulator import new_uuid, now


@pytest.fixture(scope="module")
def simulation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first patient's record holds a document of each kind."""
    folder = tmp_path_factory.mktemp("filled")
    prepare(folder, filled=True)
    return folder


def opened(desk: Any, tab: Page) -> Page:
    """The window of the first patient."""
    desk.open_patient()
    tab.goto(desk.open("consult", host_id=desk.patient()["host_id"]))
    return tab


@pytest.fixture
def consult(desk: Any, tab: Page) -> Page:
    window = opened(desk, tab)
    expect(rows(window).first).to_be_visible()
    return window


def rows(window: Page) -> Locator:
    return window.get_by_role("region", name="Documents").locator("tbody tr")


def ins(desk: Any) -> str:
    found = desk.counter.patients[0].ins
    assert found
    return str(found.cx)


def not_authorised(desk: Any, **gone: Any) -> None:
    professional = desk.counter.operator.practitioner.national_id
    desk.simulator.patients.authorise(ins(desk), professional, until=now() - timedelta(days=1))


def arrives(desk: Any, folder: Path) -> None:
    """Another document of somebody else comes into the record."""
    patient = desk.counter.patients[0]
    written = sorted(demo_documents.write(folder, patient, at=now(), uuid=new_uuid).glob("*.xml"))
    for file in written[1:]:
        file.unlink()
    simulator = desk.simulator
    loader = Loader(simulator.registry, simulator.patients, simulator.annuaire, uuid=new_uuid, at=now())
    loader.load(folder, authorised_days=183)


# ---------------------------------------------------------------- the list


def test_the_record_opens_with_its_sections_and_rows(consult: Page) -> None:
    expect(consult.get_by_role("heading", name="PAT-TROIS DOMINIQUE")).to_be_visible()
    sections = consult.get_by_role("navigation", name="Rubriques")
    expect(sections.get_by_role("button", name="Résultats d’examens (3)")).to_be_visible()
    expect(rows(consult).filter(has_text="Créatininémie")).to_contain_text("BIOLOGISTE")
    expect(rows(consult).filter(has_text="Déposé par le patient").first).to_be_visible()
    assert axe(consult) == []
    assert fits(consult)


def test_a_narrow_view_shows_each_document_with_its_button(consult: Page) -> None:
    consult.set_viewport_size({"width": 400, "height": 700})

    places = [one.bounding_box() for one in consult.get_by_role("row").get_by_role("button").all()]

    assert places
    assert all(place and place["x"] >= 0 and place["x"] + place["width"] <= 400 for place in places)
    assert axe(consult) == []


def test_a_section_shows_its_rows_and_an_empty_one_says_why(consult: Page) -> None:
    sections = consult.get_by_role("navigation", name="Rubriques")

    sections.get_by_role("button", name="Résultats d’examens").click()
    expect(rows(consult)).to_have_count(3)
    sections.get_by_role("button", name="Autres documents").click()
    expect(consult.locator("#list")).to_contain_text("Autres documents : Aucun document sur la période demandée.")
    sections.get_by_role("button", name="Personnes à prévenir").click()

    expect(consult.locator("#list")).to_contain_text("Personnes à prévenir : Pas encore demandé au DMP.")


def test_the_whole_history_says_that_the_dmp_holds_none(consult: Page) -> None:
    consult.get_by_label("Tout l’historique").check()
    consult.get_by_role("button", name="Chercher").click()
    expect(consult.get_by_text("Tout l’historique.")).to_be_visible()

    consult.get_by_role("navigation", name="Rubriques").get_by_role("button", name="Autres documents").click()

    expect(consult.locator("#list")).to_contain_text("Autres documents : Le DMP n’en contient pas.")


@pytest.mark.parametrize(
    ("criterion", "value", "found"),
    [
        ("Texte dans la liste", "radiographie", "Radiographie du genou droit"),
        ("Auteur ou établissement", "biologiste", "Créatininémie"),
        ("Type de document", "Dispensation médicamenteuse", "Dispensation du traitement du mois"),
    ],
)
def test_a_search_narrows_the_list(consult: Page, criterion: str, value: str, found: str) -> None:
    consult.get_by_text("Plus de critères").click()
    field = consult.get_by_label(criterion)
    if criterion.startswith("Type"):
        field.select_option(label=value)
    else:
        field.fill(value)

    consult.get_by_role("button", name="Chercher").click()

    expect(rows(consult)).to_have_count(1)
    expect(rows(consult)).to_contain_text(found)
    assert axe(consult) == []


def test_a_period_between_two_dates(consult: Page) -> None:
    consult.get_by_label("Entre deux dates").check()
    consult.get_by_text("Plus de critères").click()
    consult.get_by_label("Du", exact=True).fill((now() - timedelta(days=16)).date().isoformat())
    consult.get_by_label("Au", exact=True).fill(now().date().isoformat())

    consult.get_by_role("button", name="Chercher").click()

    expect(rows(consult)).to_have_count(3)


def test_at_the_next_visit_what_came_since_is_new(desk: Any, consult: Page, tmp_path: Path) -> None:
    host_id = desk.patient()["host_id"]
    arrives(desk, tmp_path / "more")
    desk.ask("patient/closed", {"host_id": host_id})

    window = opened(desk, consult)

    expect(rows(window)).to_have_count(1)
    expect(rows(window)).to_contain_text("Nouveau")
    expect(window.locator(".news")).to_contain_text("1 ")
    assert desk.ask("dmp/status", {"host_id": host_id})["new"][0]["count"] == 1


def test_a_long_list_is_drawn_while_it_comes(make_desk: Any, tab: Page, tmp_path: Path) -> None:
    desk = make_desk()
    for rank in range(9):
        folder = tmp_path / f"many-{rank}"
        demo_documents.write(folder, desk.counter.patients[0], at=now(), uuid=new_uuid)
        simulator = desk.simulator
        loader = Loader(simulator.registry, simulator.patients, simulator.annuaire, uuid=new_uuid, at=now())
        loader.load(folder, authorised_days=183)

    window = opened(desk, tab)

    expect(rows(window)).to_have_count(110)


# ---------------------------------------------------------------- how it is entered


def test_the_patient_is_asked_where_the_pharmacy_is_not_authorised(desk: Any, tab: Page) -> None:
    not_authorised(desk)
    window = opened(desk, tab)
    expect(window.get_by_role("heading", name="d’accord pour que vous consultiez")).to_be_visible()
    expect(window.get_by_text("PAT-TROIS DOMINIQUE, né(e) le 28 mars 1979")).to_be_visible()
    assert axe(window) == []

    window.get_by_role("button", name="Oui, le patient est d’accord").click()

    expect(rows(window).first).to_be_visible()


def test_a_refusal_is_noted_and_nothing_is_shown(desk: Any, tab: Page) -> None:
    not_authorised(desk)
    window = opened(desk, tab)

    window.get_by_role("button", name="Non", exact=True).click()

    expect(window.get_by_role("heading", name="n’est pas d’accord")).to_be_visible()
    expect(rows(window)).to_have_count(0)


def test_an_emergency_asks_why_and_its_banner_stays_until_it_is_left(desk: Any, tab: Page) -> None:
    not_authorised(desk)
    window = opened(desk, tab)
    window.get_by_role("button", name="Accès en urgence").click()
    window.get_by_role("button", name="Accéder en urgence").click()
    expect(window.get_by_label("Motif")).to_be_visible()  # without a reason nothing happens
    assert axe(window) == []

    window.get_by_label("Motif").fill("Patient inconscient")
    window.get_by_role("button", name="Accéder en urgence").click()

    banner = window.get_by_text("Accès en urgence en cours")
    expect(banner).to_be_visible()
    assert axe(window) == []
    rows(window).first.get_by_role("button", name="Ouvrir").click()
    expect(window.frame_locator("iframe").locator("body")).not_to_be_empty()
    expect(banner).to_be_visible()
    window.get_by_role("button", name="Quitter l’accès en urgence").click()
    expect(window.get_by_role("heading", name="quitté le DMP")).to_be_visible()
    expect(banner).to_have_count(0)
    assert not desk.ask("dmp/access", {"host_id": desk.patient()["host_id"]})["open"]


def test_the_banner_goes_with_the_access_and_the_rows_with_it(make_desk: Any, tab: Page) -> None:
    desk = make_desk('[access]\nemergency_lasts = "PT6S"\n')
    not_authorised(desk)
    window = opened(desk, tab)
    window.get_by_role("button", name="Accès en urgence").click()
    window.get_by_label("Motif").fill("Patient inconscient")
    window.get_by_role("button", name="Accéder en urgence").click()
    expect(window.get_by_text("Accès en urgence en cours")).to_be_visible()

    over = window.get_by_text("L’accès en urgence au DMP de ce patient est terminé.")
    expect(over).to_be_visible(timeout=20_000)

    expect(rows(window)).to_have_count(0)


def test_a_minor_is_offered_a_secret_connection_and_nothing_is_chosen_for_them(desk: Any, tab: Page) -> None:
    born = now().date().replace(day=1, year=now().year - 10)
    body = f"2{born:%y%m}51215189"
    patient = desk.patient() | {"host_id": "dossier-mineur"}
    patient["ins"]["value"] = f"{body}{ins_key(body):02}"
    patient["traits"] |= {"birth_name": "PAT-MINEUR", "birth_date": born.isoformat()}
    minor = Patient.model_validate(patient)
    assert minor.ins
    desk.simulator.patients.add(record_of(minor))
    professional = desk.counter.operator.practitioner.national_id
    desk.simulator.patients.authorise(minor.ins.cx, professional, until=now() + timedelta(days=90))
    desk.ask("patient/opened", {"patient": patient})
    tab.goto(desk.open("consult", host_id="dossier-mineur"))
    expect(tab.get_by_role("heading", name="connexion secrète")).to_be_visible()
    assert not desk.ask("dmp/access", {"host_id": "dossier-mineur"})["open"]
    assert axe(tab) == []

    tab.get_by_role("button", name="Oui, connexion secrète").click()

    expect(tab.get_by_text("Connexion secrète : les représentants légaux")).to_be_visible()
    assert desk.ask("dmp/access", {"host_id": "dossier-mineur"})["secret_connection"]


def test_without_the_dmp_the_window_says_so_and_tries_again(desk: Any, tab: Page) -> None:
    desk.fault.dropped.add("TD0.2")
    window = opened(desk, tab)
    expect(window.get_by_role("heading", name="Le DMP n’est pas affiché")).to_be_visible()
    assert axe(window) == []

    desk.fault.dropped.clear()
    window.get_by_role("button", name="Accéder au DMP").click()

    expect(rows(window).first).to_be_visible()


def test_a_list_that_is_cut_is_withdrawn_with_its_reason(desk: Any, tab: Page) -> None:
    desk.fault.dropped.add("TD3.1")
    window = opened(desk, tab)
    expect(window.get_by_text("La liste est retirée")).to_be_visible()
    expect(rows(window)).to_have_count(0)

    desk.fault.dropped.clear()
    window.get_by_role("button", name="Recommencer").click()

    expect(rows(window).first).to_be_visible()


def test_an_identity_that_is_not_qualified_leads_to_its_window(desk: Any, tab: Page) -> None:
    patient = desk.patient() | {"status": "recuperee"}
    desk.ask("patient/opened", {"patient": patient})
    tab.goto(desk.open("consult", host_id=patient["host_id"]))

    tab.get_by_role("button", name="Qualifier l’identité").click()

    expect(tab.get_by_role("heading", name="Identité", level=1)).to_be_visible()


def test_a_patient_whom_the_host_has_left_is_shown_no_more(desk: Any, consult: Page) -> None:
    desk.ask("patient/closed", {"host_id": desk.patient()["host_id"]})

    expect(consult.get_by_role("heading", name="Le DMP n’est pas affiché")).to_be_visible()
    expect(rows(consult)).to_have_count(0)
    expect(consult.get_by_text("PAT-TROIS")).to_have_count(0)


# ---------------------------------------------------------------- one document


@pytest.fixture
def document(consult: Page) -> Page:
    rows(consult).filter(has_text="Créatininémie").get_by_role("button", name="Ouvrir").click()
    expect(consult.get_by_role("heading", name="Créatininémie")).to_be_visible()
    return consult


def test_a_document_is_shown_in_a_frame_where_nothing_runs(document: Page) -> None:
    frame = document.locator("iframe")

    assert "allow-scripts" not in (frame.get_attribute("sandbox") or "")
    expect(document.frame_locator("iframe").locator("body")).to_contain_text("Créatininémie")
    assert axe(document) == []
    assert fits(document)


def test_the_document_is_printed_alone(document: Page) -> None:
    expect(document.frame_locator("iframe").locator("body")).to_contain_text("Créatininémie")
    document.evaluate("document.querySelector('iframe').contentWindow.print = () => { window.printed = 'the frame' }")

    document.get_by_role("button", name="Imprimer").click()

    assert document.evaluate("window.printed") == "the frame"


def test_a_document_goes_into_the_host_s_file_once(desk: Any, document: Page) -> None:
    host_id = desk.patient()["host_id"]

    document.get_by_role("button", name="Enregistrer au dossier").click()
    wanted = desk.wait(lambda told: told.get("method") == "document/importWanted")["params"]
    expect(document.get_by_text("Demandé à votre logiciel")).to_be_visible()
    assert (wanted["origin"], wanted["replaces"]) == ("DMP", None)
    content = desk.ask("dmp/fetch", {"host_id": host_id, "unique_id": wanted["entry"]["unique_id"]})
    assert content["content"]
    desk.ask("document/imported", {"host_id": host_id, "unique_id": wanted["entry"]["unique_id"]})
    document.get_by_role("button", name="Revenir à la liste").click()

    line = rows(document).filter(has_text="Créatininémie")
    expect(line).to_contain_text("Déjà au dossier")
    line.get_by_role("button", name="Ouvrir").click()
    expect(document.get_by_text("Déjà au dossier depuis")).to_be_visible()
    expect(document.get_by_role("button", name="Enregistrer au dossier")).to_have_count(0)


# ---------------------------------------------------------------- around the record


def test_people_to_warn_and_who_may_read(consult: Page) -> None:
    consult.get_by_role("button", name="Personnes à prévenir", exact=True).click()
    expect(consult.locator("#further")).to_contain_text("0199000011")
    assert axe(consult) == []

    consult.get_by_role("button", name="Professionnels autorisés").click()

    expect(consult.locator("#further")).to_contain_text("Autorisé")
    assert axe(consult) == []


def test_the_dmp_s_own_pages_are_links_for_the_browser(make_desk: Any, tab: Page) -> None:
    window = opened(make_desk('[web]\ndomain = "web.example"\n'), tab)

    window.get_by_role("button", name="Pages du DMP").click()

    link = window.get_by_role("link", name="Dossier du patient")
    expect(link).to_have_attribute("target", "_blank")
    assert (link.get_attribute("href") or "").startswith("https://web.example")


def test_the_patient_takes_the_authorisation_back(desk: Any, consult: Page) -> None:
    consult.get_by_text("Quitter, retirer").click()

    consult.get_by_role("button", name="Le patient retire son autorisation").click()

    expect(consult.get_by_text("L’autorisation est retirée")).to_be_visible()
    expect(rows(consult)).to_have_count(0)


# ---------------------------------------------------------------- the keyboard, the scanner


def test_the_keyboard_alone_opens_a_document(consult: Page) -> None:
    consult.keyboard.press("Tab")
    consult.wait_for_timeout(150)
    for _ in range(60):
        if consult.evaluate("document.activeElement.textContent").strip() == "Ouvrir":
            break
        consult.keyboard.press("Tab")
        consult.wait_for_timeout(110)
    consult.keyboard.press("Enter")

    expect(consult.get_by_role("button", name="Revenir à la liste")).to_be_visible()
    consult.wait_for_timeout(200)
    assert consult.evaluate("document.activeElement.id") == "document-title"


def test_who_is_in_the_window_is_moved_by_no_pulse(consult: Page) -> None:
    consult.mouse.click(1000, 5)
    field = consult.get_by_label("Texte dans la liste")
    field.focus()

    with consult.expect_response(lambda response: response.url.endswith("part/pulse")):
        pass
    consult.wait_for_timeout(100)

    expect(field).to_be_focused()


def test_a_scanner_opens_nothing_and_answers_nothing(desk: Any, tab: Page) -> None:
    not_authorised(desk)
    window = opened(desk, tab)
    yes = window.get_by_role("button", name="Oui, le patient est d’accord")
    yes.wait_for()
    window.mouse.click(1000, 740)
    yes.focus()
    window.wait_for_timeout(150)

    window.keyboard.type("3400930000120\n")
    window.wait_for_timeout(300)

    expect(yes).to_be_visible()
    assert not desk.ask("dmp/access", {"host_id": desk.patient()["host_id"]})["open"]


def test_a_pdf_is_drawn_in_the_window_and_not_only_offered_as_a_file(desk: Any, tab: Page) -> None:
    window = opened(desk, tab)
    window.get_by_role("button", name="Ouvrir Créatininémie et ionogramme").click()

    page = window.frame_locator("iframe").get_by_alt_text("Page 1 sur 1")

    expect(page).to_be_visible()
    assert page.evaluate("one => one.complete && one.naturalWidth > 1000")
    assert window.locator("iframe").get_attribute("sandbox") == "allow-downloads allow-same-origin allow-modals"
