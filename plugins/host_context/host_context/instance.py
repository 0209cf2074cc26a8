"""The one instance of a session: it announces itself, serves the calls, and takes the one that started it."""

import json
import sys
from pathlib import Path

from way_in import moment, private
from way_in.counter import Counter, Refusal
from way_in.serving import Gate, listening, origin_of, serve

from host_context.address import name_in, take
from host_context.opening import open_window
from host_context.screen import Screen
from host_context.settings import Settings
from host_context.site import Site, stranger
from hostbridge.clients.python import BridgeClient


def serve_session(settings: Settings, client: BridgeClient, address: str | None, screen: Screen) -> None:
    """Serve until a signal asks to stop. `address`: the call that started it, answered on `screen`.

    Raises SettingsWrong, Refusal.
    """
    counter, token, announce = Counter(client), moment.secret(), settings.announced_in
    counter.start("host_context", settings)
    listener = listening(settings)
    site = Gate(Site(counter, token, settings.folder).app(), settings, listener, stranger)

    def ready() -> None:
        private.write(announce, {"url": origin_of(settings, listener), "token": token})
        sys.stdout.write(json.dumps({"announce": str(announce)}) + "\n")
        sys.stdout.flush()
        if address is not None:
            _first(settings.folder, counter, address, screen)

    try:
        serve(site, listener, ready)
    finally:
        announce.unlink(missing_ok=True)


def _first(folder: Path, counter: Counter, address: str, screen: Screen) -> None:
    """The call that started this instance; it stays for the next ones whatever becomes of it."""
    try:
        wish = take(folder, name_in(address), moment.now().timestamp())
        screen.show(open_window(counter, wish))
    except Refusal as refusal:
        screen.refuse(refusal)
