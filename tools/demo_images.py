"""The demonstration LGO as a pharmacist clicks through it, for `screenshots.py`: its pages, the windows beside them."""

import io
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Browser, Page

_COLOURS: Final = 96
_SIZE: Final = {"width": 1180, "height": 720}
_WAIT: Final = 60_000  # ms


def draw(browser: Browser, images: Path) -> None:
    """Write `demo-*.png`."""
    command = [sys.executable, "-m", "dmp_core.cli", "demo", "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8", start_new_session=True) as process:
        assert process.stdout is not None
        context = browser.new_context(viewport=_SIZE, locale="fr-FR")
        context.set_default_timeout(_WAIT)
        try:
            page = context.new_page()
            page.goto(process.stdout.readline().strip())
            _walk(page, images)
        finally:
            context.close()
            os.killpg(process.pid, signal.SIGINT)
            process.wait()


def _walk(page: Page, images: Path) -> None:
    page.goto(page.url + "patients")
    _shot(page, images / "demo-recherche.png")
    page.get_by_role("link", name="PAT-TROIS").click()
    page.get_by_text("DMP ouvert").wait_for()
    _shot(page, images / "demo-fiche.png")
    _beside(page, "Accéder au DMP", "Ouvrir", images / "demo-consulter.png")
    page.get_by_role("link", name="Bilan partagé de médication").click()
    _shot(page, images / "demo-bilan.png")
    page.get_by_role("link", name="Abandonner").click()
    page.get_by_role("link", name="Vaccination").click()
    _shot(page, images / "demo-vaccination.png")
    with page.expect_popup() as opened:
        page.get_by_role("button", name="Enregistrer").click()
    feed = opened.value
    feed.set_viewport_size(_SIZE)
    feed.get_by_role("button", name="Envoyer", exact=True).wait_for()
    feed.wait_for_load_state("networkidle")
    _shot(feed, images / "demo-alimenter.png")
    feed.mouse.click(5, 5)
    feed.get_by_role("button", name="Envoyer", exact=True).click()
    feed.get_by_text("Envoyé au DMP à").wait_for()
    feed.close()
    page.get_by_role("status").get_by_text("Envoyé au DMP").wait_for()
    _shot(page, images / "demo-envoye.png")
    _beside(page, "Envois au DMP", "Envoyés (1)", images / "demo-envois.png")


def _beside(page: Page, button: str, shown: str, target: Path) -> None:
    """A window that a button of the file opens, once this text stands in it."""
    with page.expect_popup() as opened:
        page.get_by_role("main").get_by_role("link", name=button).click()
    opened.value.set_viewport_size(_SIZE)
    opened.value.get_by_text(shown).first.wait_for()
    _shot(opened.value, target)
    opened.value.close()


def _shot(page: Page, target: Path) -> None:
    drawn = Image.open(io.BytesIO(page.screenshot()))
    drawn.convert("RGB").quantize(_COLOURS).save(target, optimize=True)
