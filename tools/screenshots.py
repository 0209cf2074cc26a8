#!/usr/bin/env python3
"""Draws every type of document, every window, the demonstration: `python tools/screenshots.py [windows|demo]`.

They go into docs/images. Needs the extras `pdf`, `bridge`, `simulator` and `dev`, and Debian's Chromium. Structured
documents are shown by the viewer, the others are the first page of their PDF.
"""

import base64
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

import demo_images
import pypdfium2
import window_images
from playwright.sync_api import Browser, sync_playwright

from dmp_core.documents import viewer

IMAGES: Final = Path(__file__).resolve().parent.parent / "docs" / "images"
CHROMIUM: Final = "/usr/bin/chromium"
FLAGS: Final = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
TYPES: Final = (
    "note-vaccination", "entretien-pharmaceutique", "bilan-medication", "trod", "dispensation", "historique-vaccinal",
    "intervention-pharmaceutique", "renouvellement-correspondant", "consultation-pharmaceutique",
)  # fmt: skip
_BODY: Final = re.compile(rb'mediaType="application/pdf" representation="B64">([^<]+)<')


def main() -> int:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        if sys.argv[1:] != ["demo"]:
            window_images.draw(browser, IMAGES)
        if sys.argv[1:] != ["windows"]:
            demo_images.draw(browser, IMAGES)
        for type_id in TYPES if not sys.argv[1:] else ():
            document = _example(type_id, Path(folder))
            body = _BODY.search(document)
            target = IMAGES / f"{type_id}.png"
            if body:
                _draw_pdf(base64.b64decode(body[1]), target)
            else:
                _draw_page(browser, viewer.page(viewer.render(document)), target)
        browser.close()
    return 0


def _example(type_id: str, folder: Path) -> bytes:
    """The document of the example that the type ships."""
    file = folder / f"{type_id}.xml"
    command = [sys.executable, "-m", "dmp_core.cli", "documents", "build", type_id, "--example", "-o", str(file)]
    subprocess.run(command, check=True)
    return file.read_bytes()


def _draw_pdf(pdf: bytes, target: Path) -> None:
    page = pypdfium2.PdfDocument(pdf)[0]
    page.render(scale=1.1).to_pil().convert("P", palette=1, colors=64).save(target, optimize=True)


def _draw_page(browser: Browser, page: bytes, target: Path) -> None:
    shown = browser.new_page(viewport={"width": 1024, "height": 600})
    shown.set_content(page.decode())
    shown.screenshot(path=target, full_page=True)
    shown.close()


if __name__ == "__main__":
    sys.exit(main())
