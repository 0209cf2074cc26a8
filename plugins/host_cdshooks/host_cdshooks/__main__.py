"""`python -m host_cdshooks --settings FILE --bridge COMMAND...`: answer CDS Hooks until told to stop."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from way_in import moment, private
from way_in.counter import Counter, Refusal
from way_in.serving import Gate, listening, origin_of, serve
from way_in.settings import SettingsWrong, read_settings

from host_cdshooks.service import Service
from host_cdshooks.settings import Settings
from host_cdshooks.tokens import Tokens, read_clients
from hostbridge.clients.python import BridgeClient


def main(arguments: list[str] | None = None) -> int:
    """0 after a stop; 1 where the settings or the bridge do not allow a start, told on standard error."""
    parser = argparse.ArgumentParser(prog="python -m host_cdshooks", description="The DMP's status as a card.")
    parser.add_argument("--settings", type=Path, required=True)
    parser.add_argument("--bridge", nargs=argparse.REMAINDER, required=True, help="command that starts it; the rest")
    chosen = parser.parse_args(arguments)
    try:
        settings = read_settings(chosen.settings, Settings)
        clients = read_clients(settings.clients, chosen.settings.parent)
        tokens = Tokens(clients, lambda: moment.now().timestamp()) if settings.authentication == "jwt" else None
        with BridgeClient(chosen.bridge) as client:
            _serve(settings, Counter(client), tokens)
    except (SettingsWrong, Refusal) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _serve(settings: Settings, counter: Counter, tokens: Tokens | None) -> None:
    if counter.start("host_cdshooks", settings) != "simulation" and tokens is None:
        raise SettingsWrong('authentication = "none" is for a simulation only')
    listener = listening(settings)
    origin, announce = origin_of(settings, listener), settings.announced_in
    service = Service(settings, origin, counter, tokens, lambda told: _say({"feedback": told}))

    def ready() -> None:
        private.write(announce, {"url": origin})
        _say({"announce": str(announce)})

    try:
        serve(Gate(service.app(), settings, listener), listener, ready)
    finally:
        announce.unlink(missing_ok=True)


def _say(told: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
