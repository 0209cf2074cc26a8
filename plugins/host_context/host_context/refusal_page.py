"""The page that says why the DMP does not open: what happened, what to do, who can mend it; nothing of a patient.

A form is answered with it. After an address nothing waits for an answer, and often no bridge runs: the program itself
serves it, once, on a port of its own, which every browser may read (a packaged one reads few folders).
"""

import base64
import contextlib
import hashlib
import hmac
import threading
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from way_in import moment
from way_in.counter import Refusal
from way_in.serving import HEADERS

_STYLE: Final = """
html { background: #eef1f4; }
body { max-width: 40rem; margin: 3rem auto; padding: 1rem 1.5rem; border: 1px solid #c9d1db; border-radius: .5rem;
  background: #fff; color: #1c2430; font: 1.05rem/1.5 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
h1 { margin: 0 0 .75rem; font-size: 1.35rem; line-height: 1.25; }
dt { color: #4a5666; } dd { margin: 0 0 .6rem; font-weight: 600; overflow-wrap: anywhere; }
"""
_PAGE: Final = """<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Le DMP ne s’ouvre pas</title><link rel="icon" href="data:,"><style>{style}</style></head>
<body><main><h1>Le DMP ne s’ouvre pas</h1>
<dl><dt>Ce qui s’est passé</dt><dd>{sentence}</dd>
<dt>Que faire</dt><dd>{remedy}</dd>
<dt>Qui peut y remédier</dt><dd>{mender}</dd>
<dt>Pour l’assistance</dt><dd>{code}</dd></dl>
<p>Cet appel n’a rien envoyé au DMP. Vous pouvez fermer cette page.</p></main></body></html>
"""
_HASH: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
PAGE_HEADERS: Final = HEADERS | {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_HASH}'; img-src data:; frame-ancestors 'none'",
}
LONGEST: Final = 60.0  # seconds that a browser has to come
_AFTERWARDS: Final = 2.0  # seconds in which it may ask again


def written(refusal: Refusal) -> str:
    """The page, in HTML."""
    words = {"sentence": refusal.sentence, "remedy": refusal.remedy, "mender": refusal.mender, "code": refusal.code}
    typeset = {name: escape(word).replace(" :", "&nbsp;:").replace(" ;", "&nbsp;;") for name, word in words.items()}
    return _PAGE.format(style=_STYLE, **typeset)


class OwnPage:
    """The page on a port of this machine, at an address that nobody guesses. Ended by `wait`, or with the process."""

    def __init__(self, refusal: Refusal) -> None:
        self._path, self._read = f"/{moment.secret()}", threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self._path, written(refusal), self._read))
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_port}{self._path}"
        # A process of its own, not the core.
        threading.Thread(target=self._serve, name="refusal-page", daemon=True).start()  # noqa: TID251

    def wait(self) -> bool:
        """Whether it was read in time."""
        read = self._read.wait(LONGEST)
        if read:
            threading.Event().wait(_AFTERWARDS)
        self._server.shutdown()
        return read

    def _serve(self) -> None:
        with self._server:
            self._server.serve_forever(poll_interval=0.1)


def _handler(path: str, page: str, read: threading.Event) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 10.0  # a connection that a browser opens ahead says nothing

        def do_GET(self) -> None:
            here = self.headers.get("Host") == f"127.0.0.1:{self.connection.getsockname()[1]}"
            if not here or not hmac.compare_digest(self.path.encode(), path.encode()):
                self.send_response_only(404)
                self.end_headers()
                return
            body = page.encode()
            self.send_response_only(200)
            for name, value in (PAGE_HEADERS | {"Content-Length": str(len(body))}).items():
                self.send_header(name, value)
            self.end_headers()
            with contextlib.suppress(ConnectionError):  # it asks again
                self.wfile.write(body)
                read.set()

        def log_message(self, *_: object) -> None:
            """Nothing: an address is not printed."""

    return Handler
