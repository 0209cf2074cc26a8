"""`python -m host_fhircast hub|client --settings FILE --bridge COMMAND...`: follow the context until told to stop."""

import argparse
import asyncio
import json
import signal
import sys
from pathlib import Path
from typing import Final

from way_in import moment, private
from way_in.counter import Counter, Refusal
from way_in.serving import Gate, listening, origin_of, serve
from way_in.settings import SettingsWrong, read_settings

from host_fhircast.client import HubClient
from host_fhircast.follower import Follower
from host_fhircast.hub import BASE, Hub
from host_fhircast.settings import ClientSettings, HubSettings
from hostbridge.clients.python import BridgeClient

_TOKEN: Final = 8192  # bytes of the file


def main(arguments: list[str] | None = None) -> int:
    """0 after a stop; 1 where the settings or the bridge do not allow a start, told on standard error."""
    parser = argparse.ArgumentParser(prog="python -m host_fhircast", description="Follow the context of FHIRcast.")
    parser.add_argument("role", choices=("hub", "client"))
    parser.add_argument("--settings", type=Path, required=True)
    parser.add_argument("--bridge", nargs=argparse.REMAINDER, required=True, help="command that starts it; the rest")
    chosen = parser.parse_args(arguments)
    try:
        with BridgeClient(chosen.bridge) as client:
            if chosen.role == "hub":
                _hub(read_settings(chosen.settings, HubSettings), Counter(client))
            else:
                _client(read_settings(chosen.settings, ClientSettings), Counter(client))
    except (SettingsWrong, Refusal, private.NotPrivate) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _hub(settings: HubSettings, counter: Counter) -> None:
    counter.start("host_fhircast", settings)
    listener = listening(settings)
    url, token = origin_of(settings, listener) + BASE, moment.secret()
    topic = settings.topic or moment.secret()
    hub = Hub(settings, url, token, topic, Follower(counter, settings.vali))

    def ready() -> None:
        private.write(settings.announced_in, {"url": url, "topic": topic, "token": token})
        _say({"announce": str(settings.announced_in)})

    try:
        serve(Gate(hub.app(), settings, listener), listener, ready)
    finally:
        settings.announced_in.unlink(missing_ok=True)


def _client(settings: ClientSettings, counter: Counter) -> None:
    token = None
    if settings.token_file is not None:
        token = private.read(settings.token_file, _TOKEN).decode("ascii", "replace").strip()
    counter.start("host_fhircast", settings)
    _say({"following": True})
    asyncio.run(_until_stopped(HubClient(settings, token, Follower(counter, settings.vali))))


async def _until_stopped(client: HubClient) -> None:
    loop, following = asyncio.get_running_loop(), asyncio.ensure_future(client.run())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(following.cancel))
    await asyncio.wait([following])
    if not following.cancelled():
        following.result()


def _say(told: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
