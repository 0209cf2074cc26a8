"""`python -m dmp_core.testing.bridge FOLDER`: a real bridge on standard input and output, with a DMP in its process.

For the tests of ways in: no network, no card. FOLDER is one that `rig.prepare` made; what was said goes into
FOLDER/journal.jsonl, the outbox into FOLDER/outbox.json. `--die-at METHOD`: the first time that METHOD is asked, the
process dies before it answers. `--refuse METHOD`: it is answered by an error.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from dmp_core.app import App
from dmp_core.model.item import State
from dmp_core.plughost.discovery import discover
from dmp_core.ports import OutboxStore
from dmp_core.simulator.counter import demo_counter
from dmp_core.simulator.simulator import Simulator
from dmp_core.system import SystemClock, SystemIds
from dmp_core.testing.app import KitApp, config_of
from dmp_core.testing.clock import ManualClock
from hostbridge.methods.table import connect
from hostbridge.protocol import framing
from hostbridge.transports.beside import windows_beside
from hostbridge.transports.stdio import host_input, host_leaves, stop_signals, taken_over
from hostbridge.transports.writer import Writer

JOURNAL: Final = "journal.jsonl"
OUTBOX: Final = "outbox.json"
_DIED: Final = "died"
_KILLED: Final = 9


@dataclass(frozen=True)
class BridgeUnderWatch:
    """A bridge for a way in, and what was said to it. `command` is what the way in takes after `--bridge`."""

    folder: Path
    options: tuple[str, ...] = ()

    @property
    def command(self) -> list[str]:
        return [sys.executable, "-m", "dmp_core.testing.bridge", *self.options, str(self.folder)]

    @property
    def journal(self) -> tuple[dict[str, Any], ...]:
        """Every message so far, in order: `{"from": "host" or "bridge", "message": {...}}`."""
        file = self.folder / JOURNAL
        whole = file.read_bytes().rpartition(b"\n")[0] if file.exists() else b""
        return tuple(json.loads(line) for line in whole.splitlines())

    @property
    def asked(self) -> tuple[tuple[str, dict[str, Any]], ...]:
        """Method and parameters of all that the way in said."""
        told = [line["message"] for line in self.journal if line["from"] == "host"]
        return tuple((message.get("method", ""), message.get("params", {})) for message in told)

    @property
    def saved(self) -> tuple[dict[str, Any], ...]:
        """The parameters of each `document/saved` that was accepted."""
        answered = {line["message"]["id"]: line["message"] for line in self.journal if _is_answer(line)}
        asked = [line["message"] for line in self.journal if line["from"] == "host"]
        return tuple(
            message["params"]
            for message in asked
            if message.get("method") == "document/saved" and "result" in answered.get(message.get("id"), {})
        )

    @property
    def outbox(self) -> tuple[dict[str, str], ...]:
        """`key`, `type_id` and `state` of each item, once the bridge has left."""
        file = self.folder / OUTBOX
        return tuple(json.loads(file.read_bytes())) if file.exists() else ()


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve one host until it leaves. Gives the exit status of the bridge."""
    parser = argparse.ArgumentParser(prog="python -m dmp_core.testing.bridge")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--die-at", default="")
    parser.add_argument("--refuse", default="")
    chosen = parser.parse_args(arguments)
    simulator = Simulator.open(chosen.folder)
    clock = ManualClock()
    names = [plugin.id for plugin in discover() if not plugin.reason]
    config = config_of(chosen.folder, demo_counter(), names, {})

    def open_app(_structure: str | None, adapter: str | None) -> App:
        return KitApp(config, simulator.dmp(clock=clock.now), clock, tuple, adapter=adapter)

    try:
        return _serve(open_app, _Watch(chosen.folder, chosen.die_at, chosen.refuse))
    finally:
        simulator.close()


@dataclass
class _Watch:
    """Writes down what is said; dies or refuses where it is told to."""

    folder: Path
    die_at: str
    refuse: str
    _refused: set[Any] = field(default_factory=set)

    def heard(self, body: bytes) -> bool:
        """Whether the bridge is to hear it, too."""
        message = self._note("host", body)
        method = message.get("method", "")
        mark = self.folder / _DIED
        if method and method == self.die_at and not mark.exists():
            mark.touch()
            os._exit(_KILLED)
        return not (method and method == self.refuse)

    def told(self, send: Callable[[bytes], None]) -> Callable[[bytes], None]:
        def sending(body: bytes) -> None:
            self._note("bridge", body)
            send(body)

        return sending

    def no(self, body: bytes) -> bytes:
        """The refusal of a message."""
        error = {"code": -32000, "message": "Refusé pour l’essai.", "data": {"sentence": "Refusé pour l’essai."}}
        return json.dumps({"jsonrpc": "2.0", "id": json.loads(body).get("id"), "error": error}).encode()

    def outbox(self, store: OutboxStore) -> None:
        items = [
            {"key": one.key, "type_id": one.type_id, "state": one.state} for one in store.in_states(frozenset(State))
        ]
        (self.folder / OUTBOX).write_text(json.dumps(items), encoding="utf-8")

    def _note(self, who: str, body: bytes) -> dict[str, Any]:
        try:
            message = json.loads(body)
        except ValueError:
            message = {"unreadable": len(body)}
        with (self.folder / JOURNAL).open("a", encoding="utf-8") as stream:
            stream.write(json.dumps({"from": who, "message": message}) + "\n")
        return message if isinstance(message, dict) else {}


def _serve(open_app: Callable[[str | None, str | None], App], watch: _Watch) -> int:
    with taken_over() as (source, sink), stop_signals() as stopped:
        leaving = host_leaves(stopped)
        writer = Writer(sink, leaving)
        send = watch.told(writer.send)
        windows = windows_beside(SystemClock(), SystemIds(), listen="127.0.0.1", frame=None)
        connection, seat = connect(open_app, send, panels=windows)
        try:
            reader = framing.FrameReader(host_input(source, leaving))
            while connection.status is None and (body := reader.read()) is not None:
                if watch.heard(body):
                    connection.receive(body)
                else:
                    send(watch.no(body))
        finally:
            with suppress(Exception):
                watch.outbox(seat.app.outbox)
            seat.close()
            writer.end()
        return 0 if stopped else connection.finished()


def _is_answer(line: dict[str, Any]) -> bool:
    return line["from"] == "bridge" and "id" in line["message"]


if __name__ == "__main__":
    sys.exit(main())
