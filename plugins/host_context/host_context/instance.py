"""The one instance of a session: it announces itself, serves the calls, and takes the one that started it."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

from way_in import moment, private
from way_in.counter import Counter, Refusal
from way_in.serving import Gate, listening, origin_of, serve

from host_context.address import name_in, take
from host_context.opening import open_window
from host_context.settings import Settings
from host_context.site import Site
from hostbridge.clients.python import BridgeClient


def serve_session(settings: Settings, client: BridgeClient, address: str | None, show: Callable[[str], None]) -> None:
    """Serve until a signal asks to stop. `address`: the call that started it, whose window goes to `show`.

    Raises SettingsWrong, Refusal.
    """
    counter, token, announce = Counter(client), moment.secret(), settings.announced_in
    counter.start("host_context", settings)
    listener = listening(settings)
    site = Gate(Site(counter, token, settings.folder).app(), settings, listener)

    def ready() -> None:
        private.write(announce, {"url": origin_of(settings, listener), "token": token})
        sys.stdout.write(json.dumps({"announce": str(announce)}) + "\n")
        sys.stdout.flush()
        if address is not None:
            _first(settings.folder, counter, address, show)

    try:
        serve(site, listener, ready)
    finally:
        announce.unlink(missing_ok=True)


def _first(folder: Path, counter: Counter, address: str, show: Callable[[str], None]) -> None:
    """The call that started this instance; it stays for the next ones whatever becomes of it."""
    try:
        wish = take(folder, name_in(address), moment.now().timestamp())
        show(open_window(counter, wish))
    except Refusal as refusal:
        sys.stderr.write(f"{refusal}\n")
