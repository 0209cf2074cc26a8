"""Windows and what opens them: a link once, within thirty seconds; then a cookie of that window and no other."""

import pytest

from dmp_core.testing.ids import SeededIds
from hostbridge.panels.panel import Panel
from hostbridge.panels.windows import LINK_SECONDS, Windows
from hostbridge.protocol.messages import Nothing


class Desk:
    def __init__(self) -> None:
        self.now = 100.0
        self.windows = Windows(SeededIds().token, lambda: self.now)
        self.panel = Panel()

    def offer(self, seat: object = "seat") -> str:
        return self.windows.offer(seat, self.panel, Nothing())


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_a_link_opens_its_window_and_gives_its_cookie(desk):
    window, cookie = desk.windows.enter(desk.offer())

    assert desk.windows.find(window.id, cookie) == window
    assert (window.seat, window.panel) == ("seat", desk.panel)


@pytest.mark.parametrize("later", [pytest.param((0.0, LINK_SECONDS + 0.01), id="row-027")])
def test_a_link_serves_once_and_within_thirty_seconds(later, desk):
    used, old = desk.offer(), desk.offer()
    desk.windows.enter(used)

    desk.now += later[0]
    assert desk.windows.enter(used) is None
    desk.now += later[1]
    assert desk.windows.enter(old) is None


def test_a_cookie_opens_no_other_window(desk):
    (first, cookie), (second, other) = desk.windows.enter(desk.offer()), desk.windows.enter(desk.offer())

    assert desk.windows.find(second.id, cookie) is None
    assert desk.windows.find(first.id, other) is None
    assert desk.windows.find(first.id, "") is None
    assert desk.windows.find("0" * 16, cookie) is None


def test_when_the_host_goes_its_links_and_windows_go(desk):
    window, cookie = desk.windows.enter(desk.offer())
    link, others = desk.offer(), desk.offer("another seat")

    desk.windows.close_all_of("seat")

    assert desk.windows.find(window.id, cookie) is None
    assert desk.windows.enter(link) is None
    assert desk.windows.enter(others) is not None


def test_windows_that_nobody_closes_do_not_pile_up(desk):
    first, cookie = desk.windows.enter(desk.offer())

    for _ in range(100):
        desk.windows.enter(desk.offer())

    assert desk.windows.find(first.id, cookie) is None


def test_nothing_that_opens_a_window_shows_in_a_log(desk):
    code = desk.offer()
    window, cookie = desk.windows.enter(code)

    assert code not in repr(window)
    assert cookie not in repr(window)
