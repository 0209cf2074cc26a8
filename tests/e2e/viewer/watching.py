"""What a page does in Chromium, seen from outside: by the browser's events and by the server that it would reach."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from playwright.sync_api import Error, Page

# Everything is moved over and clicked, as a reader might; what is saved is no navigation.
_READER = """() => {
  for (const one of document.querySelectorAll('*')) {
    for (const kind of ['mouseover', 'mouseenter', 'focus'])
      one.dispatchEvent(new Event(kind, { bubbles: true }));
    if (one instanceof HTMLElement && !one.closest('a[download]')) one.click();
  }
}"""
_PATIENCE = 5_000  # ms for each act of the browser; a page that takes longer does something else
_DIALOG = "dialog: "
# A dialog that is open stops its page, and whoever waits for it: it is told instead, and nothing stops.
_DIALOGS_TELL = (
    f"for (const kind of ['alert', 'confirm', 'prompt']) window[kind] = text => console.log('{_DIALOG}' + text)"
)
_ABLE = """() => [...document.querySelectorAll('*')].filter(one =>
  ['script', 'iframe', 'object', 'embed', 'form', 'base', 'link', 'input', 'button', 'svg', 'math', 'video', 'audio']
    .includes(one.localName)
  || (one.localName === 'meta' && one.httpEquiv === 'refresh')
  || [...one.attributes].some(each => each.name.startsWith('on') || each.name === 'style' || each.name === 'srcdoc')
  || (one.hasAttribute('href') && !/^(#|data:[a-z/-]+;base64,)/.test(one.getAttribute('href')))
  || (one.getAttribute('href')?.startsWith('data:') && !one.hasAttribute('download'))
  || (one.hasAttribute('src') && !/^data:image\\/(png|jpeg);/.test(one.getAttribute('src')))
).map(one => one.outerHTML.slice(0, 200))"""


@dataclass
class Site:
    """A server's pages by path, and the paths that nobody put there but something asked for."""

    address: str = ""
    pages: dict[str, tuple[bytes, Mapping[str, str]]] = field(default_factory=dict)
    leaks: list[str] = field(default_factory=list)

    def answer(self, path: str) -> tuple[bytes, Mapping[str, str]]:
        if path in self.pages:
            return self.pages[path]
        if path != "/favicon.ico":
            self.leaks.append(path)
        return b"", {"Content-Type": "text/plain"}


class Watch:
    """One page, and what it did."""

    def __init__(self, page: Page, site: Site) -> None:
        self.page = page
        self.site = site
        self.requests: list[str] = []
        self.dialogs: list[str] = []
        self.console: list[str] = []
        self.navigations: list[str] = []
        self.able: list[str] = []

    def open(self, body: bytes, headers: Mapping[str, str]) -> "Watch":
        address = f"{self.site.address}/document"
        self.site.pages["/document"] = (body, headers)
        page = self.page
        page.on("request", lambda one: self.requests.append(one.url))
        page.set_default_timeout(_PATIENCE)
        page.add_init_script(_DIALOGS_TELL)
        page.on("console", lambda one: self._said(one.text))
        page.on("pageerror", lambda one: self.console.append(str(one)))
        page.on("popup", lambda one: self.navigations.append(one.url))
        page.on("framenavigated", lambda one: self.navigations.append(one.url))
        try:
            page.goto(address, wait_until="load")
            self.able = page.evaluate(_ABLE)
            page.evaluate(_READER)
            page.screenshot()  # time enough for what fires: the unprotected pages are given no more
        except Error:
            self.navigations.append("another page, or a file")
        self.requests = [one for one in self.requests if one not in (address, f"{self.site.address}/favicon.ico")]
        self.navigations = [one for one in self.navigations if one.partition("#")[0] != address]
        return self

    def _said(self, text: str) -> None:
        (self.dialogs if text.startswith(_DIALOG) else self.console).append(text.removeprefix(_DIALOG))

    def signs(self) -> dict[str, list[str]]:
        """What must not happen; empty for a page that does nothing."""
        told = {
            "requests": [one for one in self.requests if not one.startswith("data:")],
            "leaks": list(self.site.leaks),
            "dialogs": self.dialogs,
            "console": self.console,
            "navigations": self.navigations,
        }
        return {name: found for name, found in told.items() if found}
