"""*Journal des accès*: the titulaire reads who did what about one patient; others do not, and that is recorded."""

import csv
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from windows import axe, fits, reach

from dmp_core.cli.simulate import prepare


@pytest.fixture(scope="module")
def simulation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("filled")
    prepare(folder, filled=True)
    return folder


def works(desk: Any, *rights: str, identifier: str = "titulaire-1") -> None:
    operator = desk.counter.operator.model_dump(mode="json") | {"id": identifier, "rights": list(rights)}
    desk.ask("operator/changed", {"operator": operator})


@pytest.fixture
def host_id(desk: Any) -> str:
    """A patient of whom the DMP was read: once, and once in an emergency."""
    desk.open_patient()
    patient: str = desk.patient()["host_id"]
    desk.ask("dmp/open", {"host_id": patient})
    rows = desk.ask("dmp/list", {"host_id": patient})["entries"]
    desk.ask("dmp/fetch", {"host_id": patient, "unique_id": rows[0]["unique_id"]})
    desk.ask("dmp/open", {"host_id": patient, "emergency": True, "justification": "Inconscient"})
    return patient


@pytest.fixture
def window(desk: Any, host_id: str, tab: Page) -> Page:
    works(desk, "read", "administer")
    tab.goto(desk.open("journal", host_id=host_id))
    return tab


def lines(window: Page) -> Any:
    return window.get_by_role("region", name="Lignes du journal").locator("tbody tr")


def test_each_access_tells_who_when_what_why_and_with_which_result(window: Page) -> None:
    read = lines(window).filter(has_text="Document lu")
    expect(read).to_contain_text("operateur-1")
    expect(read).to_contain_text("899700000001")
    expect(read).to_contain_text("Soins")
    expect(read).to_contain_text("Fait")
    expect(lines(window).filter(has_text="Urgence (bris de glace)")).to_have_count(1)
    assert axe(window) == []
    assert fits(window)


def test_every_exchange_with_the_dmp_is_there_once_and_feeding_too(desk: Any, host_id: str, tab: Page) -> None:
    desk.save()
    item = desk.ask("outbox/list")["items"][0]["item"]
    desk.ask("feed/confirm", {"item": item})
    desk.wait(lambda told: told.get("method") == "feed/finished")
    works(desk, "read", "administer")
    exchanges = [one for one in desk.app.audit.records() if one["action"] == "dmp.asked"]

    tab.goto(desk.open("journal", host_id=host_id))
    tab.get_by_label("Quoi").select_option(label="Échanges avec le DMP")
    tab.get_by_role("button", name="Filtrer").click()

    expect(lines(tab)).to_have_count(len(exchanges))
    sent = lines(tab).filter(has_text="Document envoyé au DMP (TD2.1)")
    expect(sent).to_have_count(1)
    expect(sent).to_contain_text("Fait")
    expect(lines(tab).filter(has_text="DMP interrogé : document (TD3.2)")).to_have_count(1)
    assert axe(tab) == []


def test_another_patient_s_lines_are_not_there(desk: Any, host_id: str, tab: Page) -> None:
    works(desk, "read", "administer")

    tab.goto(desk.open("journal", host_id="dossier-d-un-autre"))

    expect(tab.get_by_text("aucune ligne")).to_be_visible()
    assert axe(tab) == []


def test_a_patient_whose_reference_is_kept_as_a_digest_is_found(desk: Any, tab: Page) -> None:
    patient = desk.patient() | {"host_id": "Mme Dupont née en 1979"}
    desk.ask("patient/opened", {"patient": patient})
    desk.ask("dmp/open", {"host_id": patient["host_id"]})
    assert all("Dupont" not in str(record) for record in desk.app.audit.records())
    works(desk, "administer")

    tab.goto(desk.open("journal", host_id=patient["host_id"]))

    expect(lines(tab).filter(has_text="DMP ouvert")).to_have_count(1)


def test_filters_narrow_the_lines(window: Page) -> None:
    window.get_by_label("Quoi").select_option(label="Refus")
    window.get_by_role("button", name="Filtrer").click()
    expect(window.get_by_text("aucune ligne")).to_be_visible()

    window.get_by_label("Quoi").select_option(label="Consultation du DMP")
    window.get_by_label("Opérateur").fill("operateur-1")
    window.get_by_role("button", name="Filtrer").click()
    expect(lines(window)).to_have_count(4)

    window.get_by_label("Du", exact=True).fill("2001-01-01")
    window.get_by_label("Au", exact=True).fill("2001-01-02")
    window.get_by_role("button", name="Filtrer").click()
    expect(window.get_by_text("aucune ligne")).to_be_visible()
    assert axe(window) == []


def test_the_table_is_kept_as_csv_with_the_same_filters(window: Page) -> None:
    window.get_by_label("Quoi").select_option(label="Consultation du DMP")
    window.get_by_role("button", name="Filtrer").click()
    expect(lines(window)).to_have_count(4)

    with window.expect_download() as download:
        window.get_by_role("link", name="Enregistrer le tableau").click()

    assert download.value.suggested_filename == "journal-des-acces.csv"
    text = download.value.path().read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(text.splitlines(), delimiter=";"))
    assert [row["action"] for row in rows] == [
        "record.opened", "record.document_read", "record.listed", "record.opened",
    ]  # fmt: skip
    assert rows[0]["motif_acces"] == "bris_de_glace"


def test_without_the_right_nothing_is_shown_and_the_attempt_is_recorded(desk: Any, host_id: str, tab: Page) -> None:
    tab.goto(desk.open("journal", host_id=host_id))
    expect(tab.get_by_text("DMP-RIGHT-001")).to_be_visible()
    expect(lines(tab)).to_have_count(0)

    works(desk, "administer")
    tab.goto(desk.open("journal", host_id=host_id))

    expect(lines(tab).filter(has_text="Refusé : audit/ofPatient")).to_contain_text("operateur-1")


def test_the_keyboard_alone_filters(window: Page) -> None:
    reach(window, "operator")
    window.keyboard.type("personne", delay=120)
    window.wait_for_timeout(120)
    window.keyboard.press("Enter")

    expect(window.get_by_text("aucune ligne")).to_be_visible()
