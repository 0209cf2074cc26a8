"""*Envois au DMP* shows what changes by itself, and never under the hand of whoever works in it."""

from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect
from windows import HAND, axe, reach

from dmp_core.model.item import CancelReason


@pytest.fixture
def outbox(desk: Any, tab: Page) -> Page:
    """The window, at a counter where two documents wait for their confirmation, the pointer outside of the lists."""
    desk.open_patient()
    desk.save("save-1")
    desk.save("save-2", 1)
    tab.goto(desk.open("outbox"))
    expect(tab.get_by_role("heading", name="À confirmer (2)")).to_be_visible()
    return tab


def items(desk: Any) -> list[str]:
    """Of both documents, as the window lists them."""
    listed = desk.ask("outbox/list", {"states": ["awaiting_confirmation"], "since": "2000-01-01T00:00:00Z"})
    return [one["item"] for one in listed["items"]]


def answered(window: Page) -> int:
    """The status of the next answer to the question whether something is new."""
    with window.expect_response(lambda one: "/part/pulse" in one.url) as told:
        pass
    return told.value.status


def test_what_another_window_does_is_shown_though_nothing_moved(desk: Any, outbox: Page) -> None:
    desk.ask("feed/cancel", {"item": items(desk)[0], "reason": CancelReason.MISTAKE})

    expect(outbox.get_by_role("heading", name="Non envoyés (1)")).to_be_visible()
    expect(outbox.get_by_role("heading", name="À confirmer (1)")).to_be_visible()


def test_a_document_that_is_saved_while_an_empty_window_stands_open_comes_into_it(desk: Any, tab: Page) -> None:
    tab.goto(desk.open("outbox"))
    expect(tab.get_by_text("Aucun envoi depuis un mois")).to_be_visible()

    desk.open_patient()
    desk.save("save-1")

    expect(tab.get_by_role("heading", name="À confirmer (1)")).to_be_visible()


def test_while_nothing_is_new_nothing_is_drawn_again(outbox: Page) -> None:
    row = outbox.locator("tbody tr").first
    row.evaluate("one => { one.itself = true; }")

    statuses = {answered(outbox) for _ in range(3)}

    assert 204 in statuses
    assert row.evaluate("one => one.itself")


def test_nothing_moves_under_the_pointer_until_it_leaves(desk: Any, outbox: Page) -> None:
    first, second = items(desk)
    button = outbox.locator(f"#refuse-{second}")
    button.hover()
    place = button.bounding_box()

    desk.ask("feed/cancel", {"item": first, "reason": CancelReason.MISTAKE})
    expect(outbox.get_by_text("La liste a changé.")).to_be_visible()

    assert button.bounding_box() == place
    assert axe(outbox) == []
    outbox.mouse.move(2, 2)
    expect(outbox.get_by_role("heading", name="À confirmer (1)")).to_be_visible()
    expect(outbox.get_by_text("La liste a changé.")).to_be_hidden()


def test_whoever_leaves_the_pointer_on_a_button_asks_for_what_is_new(desk: Any, outbox: Page) -> None:
    first, second = items(desk)
    outbox.locator(f"#refuse-{second}").hover()
    desk.ask("feed/cancel", {"item": first, "reason": CancelReason.MISTAKE})
    expect(outbox.get_by_text("La liste a changé.")).to_be_visible()

    outbox.get_by_role("button", name="Actualiser").click()

    expect(outbox.get_by_role("heading", name="À confirmer (1)")).to_be_visible()


def test_text_that_is_chosen_stays_chosen(desk: Any, outbox: Page) -> None:
    outbox.locator("tbody td").first.evaluate("one => document.getSelection().selectAllChildren(one)")
    chosen = outbox.evaluate("String(document.getSelection())")

    desk.ask("feed/cancel", {"item": items(desk)[0], "reason": CancelReason.MISTAKE})
    expect(outbox.get_by_text("La liste a changé.")).to_be_visible()

    assert outbox.evaluate("String(document.getSelection())") == chosen != ""


def test_the_keyboard_stays_on_its_button_while_lines_come_and_go(desk: Any, outbox: Page) -> None:
    first, second = items(desk)
    reach(outbox, f"refuse-{second}")

    desk.ask("feed/cancel", {"item": first, "reason": CancelReason.MISTAKE})
    expect(outbox.get_by_role("heading", name="À confirmer (1)")).to_be_visible()

    assert outbox.evaluate("document.activeElement.id") == f"refuse-{second}"
    outbox.keyboard.press("Enter")
    expect(outbox.get_by_role("heading", name="Ne pas envoyer")).to_be_visible()


def test_a_key_for_a_button_that_went_away_presses_no_other_one(desk: Any, outbox: Page) -> None:
    first, second = items(desk)
    reach(outbox, f"refuse-{first}")

    desk.ask("feed/cancel", {"item": first, "reason": CancelReason.MISTAKE})
    expect(outbox.get_by_role("heading", name="Non envoyés (1)")).to_be_visible()
    outbox.keyboard.press("Enter")
    outbox.wait_for_timeout(HAND * 2)

    assert outbox.evaluate("document.activeElement.id") == f"item-{first}"
    assert desk.state(second) == "awaiting_confirmation"
    expect(outbox.get_by_role("heading", name="À confirmer (1)")).to_be_visible()


def test_a_reason_that_is_being_chosen_is_left_alone_by_an_answer_that_comes_late(desk: Any, outbox: Page) -> None:
    first, second = items(desk)
    late: list[Route] = []
    outbox.route("**/part/pulse*", lambda route: late.append(route))
    with outbox.expect_request("**/part/pulse*"):
        desk.ask("feed/cancel", {"item": first, "reason": CancelReason.MISTAKE})
    outbox.locator(f"#refuse-{second}").click()
    outbox.get_by_label("Sans intérêt").check()

    with outbox.expect_response("**/part/pulse*"):
        late[0].continue_()
    outbox.evaluate("new Promise(requestAnimationFrame)")

    expect(outbox.get_by_label("Sans intérêt")).to_be_checked()
    expect(outbox.get_by_role("heading", name="Ne pas envoyer")).to_be_visible()
    expect(outbox.locator("[data-live]")).to_have_count(0)


def test_a_scanner_that_bursts_while_the_list_changes_does_nothing(desk: Any, outbox: Page) -> None:
    first, second = items(desk)
    reach(outbox, f"refuse-{second}")
    desk.ask("feed/cancel", {"item": first, "reason": CancelReason.MISTAKE})

    for _ in range(3):
        outbox.keyboard.type("0103400930000120")
        outbox.keyboard.press("Enter")
        answered(outbox)

    expect(outbox.get_by_role("heading", name="À confirmer (1)")).to_be_visible()
    expect(outbox.get_by_role("heading", name="Ne pas envoyer")).to_have_count(0)
    assert desk.state(second) == "awaiting_confirmation"


def test_a_window_whose_host_went_away_says_so_and_keeps_what_it_shows(desk: Any, outbox: Page) -> None:
    desk.seat.windows.close_all_of(desk.seat)

    expect(outbox.get_by_role("alert").filter(has_text="n’est plus reliée à votre logiciel")).to_be_visible()
    expect(outbox.get_by_role("heading", name="À confirmer (2)")).to_be_visible()
