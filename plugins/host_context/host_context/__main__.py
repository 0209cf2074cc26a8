"""`python -m host_context --settings FILE [dmp-lgo://...] [--print] [--bridge COMMAND...]`.

Without an address it is the instance of this session. With one it hands it to that instance; where none runs and
`--bridge` says how, it becomes it.
"""

import argparse
import sys
import threading
import webbrowser
from pathlib import Path
from typing import Final

from way_in import private
from way_in.counter import Refusal
from way_in.settings import SettingsWrong, read_settings

from host_context.calling import hand_over
from host_context.settings import Settings
from hostbridge.clients.python import BridgeClient

_TRIES: Final = 150
_PAUSE: Final = 0.2  # seconds


def main(arguments: list[str] | None = None) -> int:
    """0 after a stop or once the window is open; 1 where that cannot be, told on standard error in French."""
    parser = argparse.ArgumentParser(prog="python -m host_context", description="Open the DMP from its context.")
    parser.add_argument("address", nargs="?", metavar="dmp-lgo://open?context=NAME")
    parser.add_argument("--settings", type=Path, required=True)
    parser.add_argument("--print", action="store_true", help="print the window's address; open no browser")
    parser.add_argument("--bridge", nargs=argparse.REMAINDER, help="command that starts the bridge; the rest")
    chosen = parser.parse_args(arguments)
    try:
        settings = read_settings(chosen.settings, Settings)
        if chosen.address is None:
            return _run(settings, chosen.bridge, None, chosen.print)
        page = hand_over(settings.announced_in, chosen.address)
        if page is None:
            return _run(settings, chosen.bridge, chosen.address, chosen.print)
        _show(page, chosen.print)
    except (SettingsWrong, Refusal) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _run(settings: Settings, bridge: list[str] | None, address: str | None, printed: bool) -> int:
    if not bridge:
        raise Refusal("INSTANCE", "Le module DMP n’est pas démarré.", "Démarrez-le, puis rouvrez le DMP.")
    from host_context.instance import serve_session  # not for a call that only hands over: it brings the server

    announce = settings.announced_in
    try:
        with private.OnlyOne(announce.with_suffix(".lock")), BridgeClient(bridge) as client:
            private.make_folder(settings.folder)
            serve_session(settings, client, address, lambda page: _show(page, printed))
    except BlockingIOError:
        page = _from_the_first(announce, address) if address else None
        if page is None:
            raise Refusal("INSTANCE", "Le module DMP est déjà en service.", "Réessayez dans un instant.") from None
        _show(page, printed)
    return 0


def _from_the_first(announce: Path, address: str) -> str | None:
    """Another call was faster and becomes the instance: wait until it can be spoken to."""
    pause = threading.Event()
    for _ in range(_TRIES):
        page = hand_over(announce, address)
        if page is not None:
            return page
        pause.wait(_PAUSE)
    return None


def _show(page: str, printed: bool) -> None:
    if printed:
        sys.stdout.write(f"{page}\n")
        sys.stdout.flush()
    elif not webbrowser.open(page):
        raise Refusal("NAVIGATEUR", "Aucun navigateur ne s’ouvre sur ce poste.", "Installez-en un, ou choisissez-le.")


if __name__ == "__main__":
    sys.exit(main())
