"""What every test of a window needs: the browser, accessibility, its width on a small screen, the keyboard."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, sync_playwright

HAND = 150  # milliseconds between the keys that a hand presses
_CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chromium-browser"))), None)
_FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


@contextmanager
def chromium_browser(*flags: str) -> Iterator[Browser]:
    """The system's Chromium. Absent: skipped with one loud line, under CI=true a failure.

    Playwright keeps an event loop running in this thread: it ends with the block, or no other test could run its own.
    """
    if _CHROMIUM is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium: apt-get install chromium")
        pytest.skip("NO CHROMIUM: nothing was shown in a browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=[*_FLAGS, *flags])
        yield browser
        browser.close()


def axe(window: Page) -> list[str]:
    """What axe-core finds against WCAG 2.1 AA."""
    rules = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
    found = Axe().run(window, options=rules).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found]


def fits(window: Page) -> bool:
    """No sideways scrolling."""
    return bool(window.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def reach(window: Page, text: str) -> None:
    """Go there by Tab alone."""
    for _ in range(40):
        window.keyboard.press("Tab")
        window.wait_for_timeout(150)
        where = window.evaluate(
            "(one => one === document.body ? '' : one.textContent + one.id)(document.activeElement)"
        )
        if text in where:
            return
    raise AssertionError(f"no Tab leads to {text}")


def code_field(window: Page) -> Locator:
    """Of the dialog that asks the code of a card."""
    return window.get_by_label("Code de la carte")


def type_code(window: Page, digits: str) -> None:
    """As a hand does, with Enter."""
    code_field(window).click()
    code_field(window).press_sequentially(digits, delay=HAND)
    window.wait_for_timeout(HAND)
    window.keyboard.press("Enter")
