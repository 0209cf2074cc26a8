"""`dmp feed` and `dmp consult` with a card: the code is typed on a terminal, never shown, never an argument."""

import fcntl
import json
import os
import pty
import select
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
from counters import VACCINATION as CONTENT

from dmp_core.cli import simulate_cards
from dmp_core.cli.simulate import CONFIG, COUNTER, prepare, write_config
from dmp_core.simulator.counter import Counter
from dmp_core.simulator.server import running
from dmp_core.simulator.simulator import Simulator
from dmp_core.testing.card_tray import CardTray

WAIT = 30.0
HAND = 0.06  # seconds between keys
PROMPT = "Code de la carte"


@pytest.fixture(scope="module")
def simulation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    data = tmp_path_factory.mktemp("terminal") / "sim"
    prepare(data)
    simulator = Simulator.open(data)
    with ExitStack() as stack:
        stack.callback(simulator.close)
        write_config(data, stack.enter_context(running(simulator)).url)
        simulate_cards.prepare(data, COUNTER)
        yield data


@pytest.fixture
def folder(simulation: Path, tmp_path: Path) -> Path:
    """A folder of a user, with the card in the reader."""
    CardTray(simulation).empty()
    CardTray(simulation).insert("cps")
    counter = Counter.model_validate_json((simulation / COUNTER).read_bytes())
    (tmp_path / "patient.json").write_text(counter.patients[0].model_dump_json())
    (tmp_path / "content.json").write_text(json.dumps(CONTENT))
    (tmp_path / "data.toml").write_text(f'data = "{tmp_path / "host"}"\n')
    return tmp_path


def _take(terminal: int) -> None:
    """The child's own session, whose terminal this is: what a window of a user is."""
    os.setsid()
    fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)


class Terminal:
    """A command on a terminal of its own. A code is waited for, then typed key by key."""

    def __init__(self, folder: Path, simulation: Path, *arguments: str) -> None:
        self._terminal, slave = pty.openpty()
        files = [str(simulation / CONFIG), str(simulation / simulate_cards.LAYER), str(folder / "data.toml")]
        configs = [part for file in files for part in ("--config", file)]
        command = [sys.executable, "-m", "dmp_core.cli", *arguments, *configs]
        self._process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, cwd=folder, preexec_fn=lambda: _take(slave)
        )
        os.close(slave)
        self.shown = ""

    def until(self, text: str, times: int = 1) -> None:
        end = time.monotonic() + WAIT
        while self.shown.count(text) < times:
            assert time.monotonic() < end and self._read(), self.shown

    def type(self, keys: str, *, between: float = HAND) -> None:
        for key in keys:
            os.write(self._terminal, key.encode())
            if between:
                select.select([], [], [], between)  # as a hand does

    def end(self) -> int:
        while self._read():
            pass
        os.close(self._terminal)
        return self._process.wait(WAIT)

    def _read(self) -> bool:
        ready, _, _ = select.select([self._terminal], [], [], WAIT)
        piece = b""
        with suppress(OSError):
            piece = os.read(self._terminal, 4096) if ready else b""
        self.shown += piece.decode(errors="replace")
        return bool(piece)


def feed(folder: Path, simulation: Path) -> Terminal:
    return Terminal(
        folder, simulation, "feed", "content.json", "--type", "note-vaccination", "--patient", "patient.json"
    )


def test_a_code_typed_by_hand_feeds_and_is_not_shown(folder: Path, simulation: Path) -> None:
    terminal = feed(folder, simulation)
    terminal.until(PROMPT)

    terminal.type("1234\r")

    assert terminal.end() == 0, terminal.shown
    assert "Essais restants : 3" in terminal.shown
    assert "Envoyé au DMP" in terminal.shown
    assert "1234" not in terminal.shown.split(PROMPT)[1].splitlines()[0]


def test_a_burst_spends_no_try_and_a_wrong_code_says_what_is_left(folder: Path, simulation: Path) -> None:
    terminal = feed(folder, simulation)
    terminal.until(PROMPT)
    terminal.type("9999\r", between=0)
    terminal.until(PROMPT, 2)
    terminal.type("9999\r")
    terminal.until(PROMPT, 3)

    terminal.type("1234\r")

    assert terminal.end() == 0, terminal.shown
    assert terminal.shown.count("Essais restants : 3") == 2
    assert terminal.shown.count("Essais restants : 2") == 1


def test_the_last_try_is_confirmed_or_not_used(folder: Path, simulation: Path) -> None:
    terminal = feed(folder, simulation)
    for times in (1, 2):
        terminal.until(PROMPT, times)
        terminal.type("9999\r")
    terminal.until("Dernier essai")

    terminal.type("n\r")

    assert terminal.end() == 1
    assert terminal.shown.count(PROMPT) == 2


def test_a_record_is_read_after_the_code(folder: Path, simulation: Path) -> None:
    counter = Counter.model_validate_json((simulation / COUNTER).read_bytes())
    ins: Any = counter.patients[0].ins
    terminal = Terminal(folder, simulation, "consult", ins.value, "--consent")
    terminal.until(PROMPT)

    terminal.type("1234\r")

    assert terminal.end() == 0, terminal.shown


def test_no_command_takes_a_code_as_an_argument() -> None:
    for command in ("feed", "consult"):
        help_text = subprocess.run(
            [sys.executable, "-m", "dmp_core.cli", command, "--help"], capture_output=True, text=True, check=True
        ).stdout
        assert "pin" not in help_text.lower().replace("--plugins-dir", "")
