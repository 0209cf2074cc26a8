"""The demonstration as `dmp demo` opens it: simulated DMP, bridge and LGO in processes of their own, and Chromium."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from windows import chromium_browser

WAIT = 60


@contextmanager
def opened(*options: str) -> Iterator[str]:
    """Where `dmp demo` says that its pharmacy is; ended as by Ctrl+C."""
    command = [sys.executable, "-m", "dmp_core.cli", "demo", "--no-browser", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8", start_new_session=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline().strip()
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/entrer/\S{32}", line), line
        yield line
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(WAIT) == 0, "Ctrl+C ends everything, and that is no error"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with opened() as where:
        yield where


@pytest.fixture(scope="module")
def address_on_cards() -> Iterator[str]:
    """The pharmacy that works on its professional's card."""
    with opened("--cards") as where:
        yield where


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with chromium_browser() as browser:
        yield browser


@pytest.fixture
def profile(chromium: Browser) -> Iterator[BrowserContext]:
    expect.set_options(timeout=WAIT * 1000)
    context = chromium.new_context(viewport={"width": 1280, "height": 860}, locale="fr-FR")
    context.set_default_timeout(WAIT * 1000)
    yield context
    context.close()


class Counter:
    """Whoever stands at the counter, with a mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def work_as(self, role: str) -> None:
        choices = self.page.get_by_label("Opérateur")
        value = choices.locator("option", has_text=role).get_attribute("value")
        if choices.input_value() == value:
            return
        with self.page.expect_navigation():
            choices.select_option(value)

    def find(self, name: str) -> None:
        """C données, J patients, the search, the file."""
        self.page.get_by_role("link", name="C données").click()
        self.page.get_by_role("main").get_by_role("link", name="J patients").click()
        self.page.get_by_label("Nom, prénom").fill(name)
        self.page.get_by_role("button", name="Rechercher").click()
        self.page.get_by_role("row").get_by_role("link").first.click()
        expect(self.page.get_by_role("heading", name="Fiche patient")).to_be_visible()

    def window(self, name: str) -> Page:
        """The window that a button of the file opens beside it."""
        with self.page.expect_popup() as opened:
            self.page.get_by_role("main").get_by_role("link", name=name).click()
        return opened.value

    def save(self, form: str, **changes: str) -> Page:
        """Fill a form and press *Enregistrer*: the feed window."""
        self.page.get_by_role("main").get_by_role("link", name=form).first.click()
        for label, value in changes.items():
            self.page.get_by_label(label.replace("_", " ")).fill(value)
        with self.page.expect_popup() as opened:
            self.page.get_by_role("button", name="Enregistrer").click()
        return opened.value


@pytest.fixture
def new_counter(profile: BrowserContext) -> Callable[[str], Counter]:
    """A page of the pharmacy at an address."""

    def open_page(address: str) -> Counter:
        page = profile.new_page()
        page.goto(address)
        counter = Counter(page)
        counter.work_as("titulaire")
        return counter

    return open_page


@pytest.fixture
def counter(address: str, new_counter: Callable[[str], Counter]) -> Counter:
    return new_counter(address)


def send(window: Page, title: str | None = None) -> None:
    """*Envoyer* in the feed window, as a hand does: first a click into it."""
    button = window.get_by_role("button", name="Envoyer", exact=True)
    button.wait_for()
    window.mouse.click(5, 5)
    if title:
        window.get_by_label("Titre du document").fill(title)
    button.click()
    window.get_by_text("Envoyé au DMP à").wait_for()


@pytest.fixture
def sending():
    return send
