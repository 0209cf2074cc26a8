"""*Carte partagée entre comptoirs*: the holder shares for a time, another counter calls, both compare the code."""

from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from windows import axe

from dmp_core.sharing.identity import of_folder
from dmp_core.sharing.listener import call_to_pair
from dmp_core.system import SystemClock, SystemIds

SHARED = '[sharing]\nenabled = true\nname = "comptoir 2"\nlisten = "127.0.0.1"\nport = 0\n'


@pytest.fixture
def window(make_desk: Any, tab: Page) -> tuple[Any, Page]:
    desk = make_desk(SHARED)
    desk.ask("operator/changed", {"operator": administering(desk)})
    tab.goto(desk.open("sharing"))
    return desk, tab


def administering(desk: Any) -> dict[str, Any]:
    operator: dict[str, Any] = desk.counter.operator.model_dump(mode="json")
    return operator | {"rights": ["read", "feed", "administer"]}


def share(page: Page) -> None:
    page.get_by_label("1 heure").check()
    page.get_by_role("button", name="Partager ma carte").click()
    expect(page.get_by_text("est partagée jusqu’à")).to_be_visible()


def test_the_holder_shares_for_a_time_and_ends_it(window: tuple[Any, Page]) -> None:
    desk, page = window
    assert axe(page) == []

    share(page)
    assert axe(page) == []
    assert desk.ask("sharing/show")["until"] > datetime.now(UTC).isoformat()
    page.get_by_role("button", name="Arrêter le partage").click()

    expect(page.get_by_role("button", name="Partager ma carte")).to_be_visible()
    assert desk.ask("sharing/show")["until"] is None


def test_two_counters_are_paired_by_the_code_of_the_other_screen(window: tuple[Any, Page], tmp_path: Any) -> None:
    desk, page = window
    share(page)
    port = desk.ask("sharing/show")["port"]
    page.get_by_role("button", name="Associer").click()
    expect(page.get_by_text("En attente de l’autre poste")).to_be_visible()

    identity = of_folder(tmp_path / "other", SystemClock(), SystemIds())
    offer = call_to_pair(f"127.0.0.1:{port}", "comptoir 1", identity, clock=SystemClock(), ids=SystemIds())
    expect(page.get_by_role("heading", name="Comparez les deux codes")).to_be_visible()
    expect(page.get_by_text(f"{offer.code[:3]} {offer.code[3:]}")).to_be_visible()
    assert axe(page) == []
    field = page.get_by_label("Code affiché sur l’autre poste")
    field.click()
    field.press_sequentially(offer.code, delay=150)
    page.get_by_role("button", name="Associer").click()

    expect(page.get_by_role("cell", name="comptoir 1", exact=True)).to_be_visible()
    assert axe(page) == []


def test_another_code_pairs_nothing(window: tuple[Any, Page], tmp_path: Any) -> None:
    desk, page = window
    share(page)
    port = desk.ask("sharing/show")["port"]
    page.get_by_role("button", name="Associer").click()
    identity = of_folder(tmp_path / "other", SystemClock(), SystemIds())
    offer = call_to_pair(f"127.0.0.1:{port}", "comptoir 1", identity, clock=SystemClock(), ids=SystemIds())
    field = page.get_by_label("Code affiché sur l’autre poste")
    field.click()
    field.press_sequentially(f"{(int(offer.code) + 1) % 1_000_000:06d}", delay=150)

    page.get_by_role("button", name="Associer").click()

    expect(page.get_by_role("alert")).to_contain_text("ne sont pas associés")
    assert desk.ask("sharing/show")["seats"] == []
