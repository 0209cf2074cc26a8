"""Whoever clicked in the LGO sees, in Chromium, why the DMP does not open: also where no bridge, no instance runs."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page
from windows import axe, chromium_browser, fits

ADDRESS = f"dmp-lgo://open?context={'a' * 24}"


@pytest.fixture(scope="module")
def tab() -> Iterator[Page]:
    with chromium_browser() as browser:
        yield browser.new_page(viewport={"width": 1024, "height": 768}, locale="fr-FR")


class Click:
    """One click on an address. `opened`: the page that the default browser was told to open."""

    def __init__(self, folder: Path, command: Sequence[str]) -> None:
        seen = folder / "opened"
        browser = folder / "browser"
        browser.write_text(f'#!/bin/sh\nprintf %s "$1" > "{seen}.new" && mv "{seen}.new" "{seen}"\n', encoding="ascii")
        browser.chmod(0o700)
        environment = {**os.environ, "BROWSER": f"{browser} %s"}
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, env=environment)
        for _ in range(1200):
            if seen.exists() or self._ended():
                break
        self.opened = seen.read_text(encoding="ascii") if seen.exists() else ""

    def _ended(self) -> bool:
        try:
            self.process.wait(0.05)
        except subprocess.TimeoutExpired:
            return False
        return True

    def end(self) -> int:
        return self.process.wait(90)


@pytest.fixture
def click(tmp_path) -> Iterator[Callable[..., Click]]:
    clicks: list[Click] = []

    def on(settings: Path, address: str = ADDRESS, *more: str) -> Click:
        command = [sys.executable, "-m", "host_context", "--settings", str(settings), address, *more]
        clicks.append(Click(tmp_path, command))
        return clicks[-1]

    yield on
    for each in clicks:
        if each.process.poll() is None:
            each.process.kill()
            each.process.wait()
        assert each.process.stderr
        each.process.stderr.close()


@pytest.fixture
def settings(seat, tmp_path) -> Path:
    return written(tmp_path, seat.operator())


def written(folder: Path, rest: str) -> Path:
    file = folder / "context.toml"
    file.write_text(f'announce = "run/context.json"\n{rest}', encoding="utf-8")
    return file


def left(folder: Path, told: dict[str, Any]) -> str:
    """A context as the LGO leaves it; its address."""
    contexts, name = folder / "run" / "contexts", os.urandom(16).hex()
    for each in (contexts.parent, contexts):
        each.mkdir(mode=0o700, exist_ok=True)
    (contexts / f"{name}.json").write_text(json.dumps(told), encoding="utf-8")
    (contexts / f"{name}.json").chmod(0o600)
    return f"dmp-lgo://open?context={name}"


def test_without_a_bridge_the_page_says_what_happened_what_to_do_and_who_mends_it(click, settings, tab) -> None:
    clicked = click(settings)

    tab.goto(clicked.opened)

    said = tab.inner_text("body")
    for line in (
        "Le DMP ne s’ouvre pas",
        "Le module DMP n’est pas démarré.",
        "Redémarrez le LGO, puis rouvrez le DMP",
        "vous, au comptoir",
        "INSTANCE",
        "Cet appel n’a rien envoyé au DMP.",
    ):
        assert line in said
    assert (axe(tab), fits(tab)) == ([], True)
    assert clicked.end() == 1


def test_the_page_is_at_an_opaque_address_and_gone_once_it_was_read(click, settings, tab) -> None:
    clicked = click(settings)
    stranger = clicked.opened.rpartition("/")[0] + "/" + "a" * 43

    assert httpx.get(stranger).status_code == 404
    assert httpx.get(clicked.opened, headers={"Host": "attaquant.exemple"}).status_code == 404
    tab.goto(clicked.opened)
    assert clicked.end() == 1
    with pytest.raises(httpx.ConnectError):
        httpx.get(clicked.opened)


def test_an_address_that_is_none_shows_a_page_without_what_it_held(start, click, seat, settings, tab) -> None:
    start("host_context", settings, announced=settings.parent / "run" / "context.json")

    clicked = click(settings, "dmp-lgo://open?patient=PAT-TROIS")
    tab.goto(clicked.opened)

    assert "Cette adresse n’est pas un appel du DMP." in tab.inner_text("body")
    assert "PAT-TROIS" not in tab.content() + clicked.opened


def test_a_patient_who_cannot_be_opened_shows_the_field_and_none_of_its_values(click, seat, settings, tab) -> None:
    fields = {"host_id": "dossier-1", "birth_name": "PAT-TROIS", "birth_date": "28/03/1979", "sex": "F"}
    address = left(settings.parent, fields)

    clicked = click(settings, address, "--bridge", *seat.bridge)
    tab.goto(clicked.opened)

    said = tab.inner_text("body")
    assert "birth_date (comme 1979-03-28)" in said
    assert not any(value in tab.content() for value in ("dossier-1", "PAT-TROIS", "28/03"))
    assert clicked.process.poll() is None  # it stays, for the next call
    clicked.process.terminate()
    assert clicked.end() == 0


def test_a_document_that_was_never_saved_shows_a_page(click, seat, settings, tab) -> None:
    address = left(settings.parent, {"document": "inconnu"})

    tab.goto(click(settings, address, "--bridge", *seat.bridge).opened)

    assert "Ce document n’a pas été transmis au module DMP." in tab.inner_text("body")


def test_the_wrong_pharmacy_shows_a_page_for_the_vendor(click, seat, tmp_path, tab) -> None:
    settings = written(tmp_path, f'structure = "une-autre"\n{seat.operator()}')

    clicked = click(settings, ADDRESS, "--bridge", *seat.bridge)
    tab.goto(clicked.opened)

    assert "DMP-" in tab.inner_text("body")
    assert clicked.end() == 1


def test_a_bridge_that_does_not_start_shows_a_page(click, settings, tab) -> None:
    clicked = click(settings, ADDRESS, "--bridge", "/absent/dmp")

    tab.goto(clicked.opened)

    assert "Le module DMP ne répond pas." in tab.inner_text("body")
    assert clicked.end() == 1


def test_settings_that_are_wrong_show_a_page_for_the_vendor(click, tmp_path, tab) -> None:
    clicked = click(written(tmp_path, ""))

    tab.goto(clicked.opened)

    said = tab.inner_text("body")
    assert "Le module DMP est mal réglé sur ce poste." in said
    assert "l’éditeur du LGO" in said
    assert "context.toml: operator" in said


def test_what_nobody_expected_shows_a_page_too(tmp_path, settings, tab) -> None:
    arguments = ["--settings", str(settings), ADDRESS, "--bridge", "\0"]
    code = f"import sys; from host_context.__main__ import main; sys.exit(main({arguments!r}))"

    clicked = Click(tmp_path, [sys.executable, "-c", code])
    tab.goto(clicked.opened)

    assert "Une erreur inattendue est survenue." in tab.inner_text("body")
    assert clicked.end() == 1
    assert clicked.process.stderr
    assert "Traceback" not in clicked.process.stderr.read().decode()
    clicked.process.stderr.close()


def test_a_caller_that_shows_windows_itself_gets_words_and_no_browser(click, settings) -> None:
    clicked = click(settings, ADDRESS, "--print")

    assert clicked.end() == 1
    assert clicked.opened == ""


def test_a_form_that_is_refused_shows_the_same_page_in_the_browser(start, seat, settings, tab) -> None:
    program = start("host_context", settings, announced=settings.parent / "run" / "context.json")
    inputs = {"token": program.told["token"], "host_id": "dossier-1", "birth_name": "PAT-TROIS", "sex": "X"}
    fields = "".join(f'<input name="{name}" value="{value}">' for name, value in inputs.items())
    tab.goto("about:blank")
    tab.route("http://lgo.exemple/", lambda route: route.fulfill(content_type="text/html", body="<p>LGO</p>"))
    tab.goto("http://lgo.exemple/")

    with tab.expect_navigation():
        tab.evaluate(
            "([url, fields]) => { document.body.innerHTML = `<form method=post action='${url}'>${fields}</form>`;"
            " document.forms[0].submit() }",
            [f"{program.url}/open", fields],
        )

    said = tab.inner_text("body")
    assert "n’est pas connue de ce poste" in said  # its origin is not in `origins`
    assert axe(tab) == []
