"""Chromium, and a server on this machine that counts what a page asks of it."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from e2e.viewer.watching import Site, Watch
from playwright.sync_api import BrowserContext, Page
from windows import chromium_browser

NOBODY_ELSE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"  # what a page asks of others fails at once


@pytest.fixture(scope="module")
def chromium() -> Iterator[BrowserContext]:
    with chromium_browser("--disable-quic", NOBODY_ELSE) as browser:
        yield browser.new_context()


@pytest.fixture
def tab(chromium: BrowserContext) -> Iterator[Page]:
    """A page of its own. It is closed without being asked: one that is on its way elsewhere may never answer."""
    page = chromium.new_page()
    target = chromium.new_cdp_session(page).send("Target.getTargetInfo")["targetInfo"]["targetId"]
    yield page
    assert chromium.browser is not None
    chromium.browser.new_browser_cdp_session().send("Target.closeTarget", {"targetId": target})


@pytest.fixture
def site() -> Iterator[Site]:
    """Serves what a test puts at a path; counts what is asked anywhere else."""
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body, headers = site.answer(self.path)
            self.send_response_only(200)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            """Silent: a test reads `site.leaks`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.address = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield site
    server.shutdown()
    server.server_close()


@pytest.fixture
def watch(tab: Page, site: Site) -> Callable[..., Watch]:
    """Open bytes in Chromium, move over and click everything, and tell what happened, seen from outside."""
    return lambda body, headers: Watch(tab, site).open(body, headers)


@pytest.fixture(scope="session")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    """axe-core, from the npm registry; skipped where it cannot be had."""
    folder, npm = tmp_path_factory.mktemp("axe"), shutil.which("npm")
    command = [str(npm), "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--silent", "axe-core@4"]
    if npm is None or subprocess.run(command, capture_output=True, check=False, timeout=120).returncode:
        pytest.skip("NO AXE-CORE: accessibility was checked by our own tests alone")
    return (Path(folder) / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
