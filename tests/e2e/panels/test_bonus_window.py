"""*Jauge du DMP*: declared acts against what was fed, by year, with what is missing and a table to keep."""

import csv
from typing import Any

from playwright.sync_api import Page, expect
from windows import axe

INTERVIEW = "entretien-pharmaceutique"


def declared(desk: Any, *records: str, **more: Any) -> None:
    acts = [{"record": record, "type_id": INTERVIEW, "done_on": "2026-03-02", **more} for record in records]
    desk.ask("acts/declare", {"acts": acts})


def test_a_year_shows_what_is_missing_by_the_name_of_its_record(desk: Any, tab: Page) -> None:
    declared(desk, "E-1", "E-2")
    declared(desk, "E-3", refused=True)

    tab.goto(desk.open("bonus", year=2026))

    expect(tab.get_by_text("L’objectif n’est pas atteint")).to_contain_text("2 documents manquent")
    missing = tab.get_by_role("heading", name="Manquent au DMP (2)").locator("..")
    expect(missing.get_by_role("row")).to_have_count(3)
    expect(missing).to_contain_text("E-1")
    expect(tab.get_by_role("heading", name="Refusés par le patient (1)")).to_be_visible()


def test_another_year_is_one_click_away(desk: Any, tab: Page) -> None:
    declared(desk, "E-1")
    tab.goto(desk.open("bonus", year=2026))

    tab.get_by_role("button", name="Année 2025").click()

    expect(tab.get_by_text("aucun entretien ni bilan")).to_be_visible()


def test_figures_per_operator_are_for_whoever_administers(desk: Any, tab: Page) -> None:
    declared(desk, "E-1", "E-2")
    tab.goto(desk.open("bonus", year=2026))
    expect(tab.get_by_role("heading", name="Par opérateur")).to_have_count(0)

    tab.get_by_role("button", name="Par opérateur").click()
    expect(tab.get_by_text("DMP-RIGHT-001")).to_be_visible()
    operator = desk.counter.operator.model_dump(mode="json") | {"rights": ["feed", "administer"]}
    desk.ask("operator/changed", {"operator": operator})
    tab.get_by_role("button", name="Par opérateur").click()

    per_operator = tab.get_by_role("region", name="Par opérateur").get_by_role("row")
    expect(per_operator.nth(1)).to_contain_text(operator["id"])
    expect(per_operator.nth(1)).to_contain_text("2")
    with tab.expect_download() as download:
        tab.get_by_role("link", name="Enregistrer le tableau").click()
    assert operator["id"] in download.value.path().read_text(encoding="utf-8-sig")
    assert axe(tab) == []


def test_the_table_is_kept_as_csv(desk: Any, tab: Page) -> None:
    declared(desk, "E-1", "E-2")
    tab.goto(desk.open("bonus", year=2026))

    with tab.expect_download() as download:
        tab.get_by_role("link", name="Enregistrer le tableau").click()

    assert download.value.suggested_filename == "dmp-2026.csv"
    text = download.value.path().read_text(encoding="utf-8-sig")
    rows = list(csv.reader(text.splitlines(), delimiter=";" if ";" in text.splitlines()[0] else ","))
    assert len([row for row in rows if "E-1" in row or "E-2" in row]) == 2
