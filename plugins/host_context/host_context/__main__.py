"""`python -m host_context --settings FILE [dmp-lgo://...] [--print] [--bridge COMMAND...]`.

Without an address it is the instance of this session. With one it hands it to that instance; where none runs and
`--bridge` says how, it becomes it.
"""

import argparse
import os
import sys
import threading
from pathlib import Path
from typing import Final

from way_in import private
from way_in.counter import Refusal, for_vendor
from way_in.settings import SettingsWrong, read_settings

from host_context.calling import hand_over
from host_context.screen import Screen
from host_context.settings import Settings
from hostbridge.clients.python import BridgeClient

_TRIES: Final = 150
_PAUSE: Final = 0.2  # seconds


def main(arguments: list[str] | None = None) -> int:
    """0 after a stop or once the window is open; 1 where that cannot be, told in French.

    It is told on standard error, and to whoever clicked on an address by a page in the browser.
    """
    parser = argparse.ArgumentParser(prog="python -m host_context", description="Open the DMP from its context.")
    parser.add_argument("address", nargs="?", metavar="dmp-lgo://open?context=NAME")
    parser.add_argument("--settings", type=Path, required=True)
    parser.add_argument("--print", action="store_true", help="print the window's address; open no browser")
    parser.add_argument("--bridge", nargs=argparse.REMAINDER, help="command that starts the bridge; the rest")
    _with_streams()
    chosen = parser.parse_args(arguments)
    screen = Screen(clicked=chosen.address is not None, printed=chosen.print)
    try:
        _act(read_settings(chosen.settings, Settings), chosen.address, chosen.bridge, screen)
    except Refusal as refusal:
        wrong = refusal
    except SettingsWrong as error:
        wrong = for_vendor(f"REGLAGE {error}", "Le module DMP est mal réglé sur ce poste.")
    except Exception as error:  # whoever clicked sees that nothing opens
        if chosen.address is None:
            raise
        wrong = for_vendor(f"INATTENDU {type(error).__name__}", "Une erreur inattendue est survenue.")
    else:
        return 0
    page = screen.refuse(wrong)
    if page is not None:
        page.wait()
    return 1


def _act(settings: Settings, address: str | None, bridge: list[str] | None, screen: Screen) -> None:
    page = hand_over(settings.announced_in, address) if address else None
    if page is not None:
        screen.show(page)
        return
    if not bridge:
        remedy = "Redémarrez le LGO, puis rouvrez le DMP ; si cela recommence, prévenez l’éditeur du LGO."
        raise Refusal("INSTANCE", "Le module DMP n’est pas démarré.", remedy)
    from host_context.instance import serve_session  # not for a call that only hands over: it brings the server

    announce = settings.announced_in
    try:
        with private.OnlyOne(announce.with_suffix(".lock")), BridgeClient(bridge) as client:
            private.make_folder(settings.folder)
            serve_session(settings, client, address, screen)
    except BlockingIOError:
        page = _from_the_first(announce, address) if address else None
        if page is None:
            raise Refusal("INSTANCE", "Le module DMP est déjà en service.", "Réessayez dans un instant.") from None
        screen.show(page)


def _from_the_first(announce: Path, address: str) -> str | None:
    """Another call was faster and becomes the instance: wait until it can be spoken to."""
    pause = threading.Event()
    for _ in range(_TRIES):
        page = hand_over(announce, address)
        if page is not None:
            return page
        pause.wait(_PAUSE)
    return None


def _with_streams() -> None:
    """A program without a console (pythonw) has none: what it says there is dropped."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - until the end


if __name__ == "__main__":
    sys.exit(main())
